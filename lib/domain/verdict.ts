import type { EpochSeconds, MetricId } from "./brands.ts";
import { periodEnd, periodStart, PERIODS, type Period } from "./periods.ts";
import { applied, readUsage, type TrafficLimit, type TrafficMetric, type Usage } from "./traffic.ts";

/** How many of each metric were used in each period that is running, by the last count (traffic is counted a moment later). */
export type CountOf = (metricId: MetricId, period: Period) => number;

/** What the Service Management API knows of a service when it is asked. */
export type TrafficService = {
  readonly backendVersion: "1" | "2" | "oauth" | "oidc";
  readonly metrics: readonly TrafficMetric[];
};

/** …and of the application that the request names. */
export type TrafficApplication = {
  readonly state: "live" | "suspended" | "pending";
  readonly limits: readonly TrafficLimit[];
  readonly keys: readonly string[];
  readonly redirectUrl?: string;
};

export type TrafficRequest = {
  readonly kind: "authorize" | "authrep" | "oauth_authorize" | "oauth_authrep";
  readonly appKey: string | undefined;
  /** Where an OAuth flow would lead, and by which of its two names it was given. */
  readonly redirect: { readonly name: "redirect_uri" | "redirect_url"; readonly value: string } | undefined;
  /** `usage[hits]=1`, as it came. */
  readonly usage: Readonly<Record<string, unknown>> | undefined;
};

/** Why a known application may not: 3scale's code and sentence (apisonator, validators). */
export type Refusal = { readonly code: string; readonly message: string };

/** A limit, and where its count stands. */
export type UsageReport = {
  readonly metric: TrafficMetric;
  readonly period: Period;
  readonly max: number;
  readonly current: number;
  readonly exceeded: boolean;
  readonly start: EpochSeconds;
  readonly end: EpochSeconds | undefined;
};

/** Whether a call is allowed, and what it uses, which is read last of all. */
export type Verdict = { readonly refusal: Refusal | undefined; readonly usage: Usage | undefined };

/**
 * May this application make this call now? The first check that fails is the reason (apisonator, Validators). The usage
 * is looked at last, so that what is wrong with it (throws metric_invalid, usage_value_invalid) hides no other reason.
 */
export function judgeTraffic(service: TrafficService, application: TrafficApplication, request: TrafficRequest, countOf: CountOf): Verdict {
  const refusal = keyRefusal(service, application, request) ?? redirectRefusal(application, request)
    ?? (application.state === "live" ? undefined : { code: "application_not_active", message: "application is not active" });
  if (refusal !== undefined) return { refusal, usage: undefined };
  const usage = request.usage === undefined ? undefined : readUsage(request.usage, service.metrics);
  return { refusal: limitRefusal(application, usage, countOf), usage };
}

/** The limits of an application with their counts; what an allowed call reports is in the counts already. */
export function usageReports(
  metrics: readonly TrafficMetric[], limits: readonly TrafficLimit[], reported: Usage | undefined, countOf: CountOf, now: EpochSeconds,
): readonly UsageReport[] {
  return metrics.flatMap((metric) =>
    PERIODS.flatMap((period) => {
      const limit = limits.find((each) => each.metricId === metric.id && each.period === period);
      if (limit === undefined) return [];
      const stored = countOf(metric.id, period);
      const used = reported?.get(metric.id);
      return [{
        metric, period, max: limit.value, current: used === undefined ? stored : applied(used, stored), exceeded: stored > limit.value,
        start: periodStart(period, now), end: periodEnd(period, now),
      }];
    }),
  );
}

/** Whether the call counts what it uses, or only asks. */
export function isReporting({ kind }: Pick<TrafficRequest, "kind">): boolean {
  return kind === "authrep" || kind === "oauth_authrep";
}

export type LimitHeaders = { readonly remaining: number; readonly reset: number; readonly maxValue?: number };

/** How many calls like this one are left under the tightest limit that it touches; -1 when none binds (apisonator, LimitHeaders). */
export function limitHeaders(reports: readonly UsageReport[], usage: Usage | undefined, now: EpochSeconds): LimitHeaders {
  const touched = usage === undefined || usage.size === 0 ? reports : reports.filter(({ metric }) => usage.has(metric.id));
  const calls = (report: UsageReport): number => {
    const left = Math.max(report.max - report.current, 0);
    const each = usage?.get(report.metric.id)?.value ?? 0;
    // Of what uses nothing, there is no end.
    return left === 0 ? 0 : Math.floor(left / each);
  };
  // Of two that leave as many, the longer period binds longer.
  const [tightest] = [...touched].sort((a, b) => calls(a) - calls(b) || PERIODS.indexOf(a.period) - PERIODS.indexOf(b.period));
  if (tightest === undefined || calls(tightest) === Number.POSITIVE_INFINITY) return { remaining: -1, reset: -1 };
  return { remaining: calls(tightest), reset: tightest.end === undefined ? -1 : tightest.end - now, maxValue: tightest.max };
}

function keyRefusal(service: TrafficService, { keys }: TrafficApplication, { kind, appKey }: TrafficRequest): Refusal | undefined {
  const isOauth = service.backendVersion === "oauth" || service.backendVersion === "oidc";
  if (kind.startsWith("oauth_") && !isOauth) return { code: "oauth_not_enabled", message: "oauth is not enabled" };
  // With OAuth the token has proved the application: a key is checked only when one is given, a blank one too.
  const isKnown = keys.some((key) => key === appKey);
  const passes = isKnown || (isOauth ? appKey === undefined : service.backendVersion === "1" || keys.length === 0);
  if (passes) return undefined;
  const isBlank = appKey === undefined || appKey.trim() === "";
  return { code: "application_key_invalid", message: isBlank ? "application key is missing" : `application key "${appKey}" is invalid` };
}

function redirectRefusal({ redirectUrl }: TrafficApplication, { kind, redirect }: TrafficRequest): Refusal | undefined {
  if (!kind.startsWith("oauth_") || redirect === undefined || redirect.value === "" || redirect.value === redirectUrl) return undefined;
  return { code: `${redirect.name}_invalid`, message: `${redirect.name} "${redirect.value}" is invalid` };
}

function limitRefusal({ limits }: TrafficApplication, usage: Usage | undefined, countOf: CountOf): Refusal | undefined {
  // With a usage, only what it touches is judged, after it; without one, everything as it stands.
  const within = limits.every(({ metricId, period, value }) => {
    const amount = usage?.get(metricId);
    if (usage !== undefined && amount === undefined) return true;
    const current = countOf(metricId, period);
    return (amount === undefined ? current : applied(amount, current)) <= value;
  });
  return within ? undefined : { code: "limits_exceeded", message: "usage limits are exceeded" };
}
