import type { EpochSeconds } from "./brands.ts";
import { periodEnd, periodStart, PERIODS, type Period } from "./periods.ts";
import { applied, type TrafficLimit, type TrafficMetric, type Usage } from "./traffic.ts";

/** How many of each metric were used in each period that is running, by the last count (traffic is counted a moment later). */
export type Counts = (metricId: number, period: Period) => number;

/** What the Service Management API knows of a service when it is asked. */
export type TrafficService = {
  readonly backendVersion: "1" | "2" | "oauth" | "oidc";
  readonly active: boolean;
  readonly referrerFiltersRequired: boolean;
  readonly metrics: readonly TrafficMetric[];
};

/** …and of the application that the request names. */
export type TrafficApplication = {
  readonly state: "live" | "suspended" | "pending";
  readonly planName: string;
  readonly limits: readonly TrafficLimit[];
  readonly keys: readonly string[];
  readonly referrerFilters: readonly string[];
  readonly redirectUrl?: string;
};

export type TrafficRequest = {
  readonly kind: "authorize" | "authrep" | "oauth_authorize" | "oauth_authrep";
  readonly appKey: string | undefined;
  readonly referrer: string | undefined;
  readonly redirectUri: string | undefined;
  readonly usage: Usage | undefined;
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

/** May this application make this call now? The first check that fails is the reason (apisonator, Validators). */
export function judgeTraffic(service: TrafficService, application: TrafficApplication, request: TrafficRequest, counts: Counts): Refusal | undefined {
  return keyRefusal(service, application, request) ?? redirectRefusal(application, request) ?? referrerRefusal(service, application, request)
    ?? (application.state === "live" ? undefined : { code: "application_not_active", message: "application is not active" })
    ?? (service.active ? undefined : { code: "service_not_active", message: "service is not active" })
    ?? limitRefusal(application, request, counts);
}

/** The limits of an application with their counts; what an allowed `authrep` uses is in the counts already. */
export function usageReports(
  { metrics }: TrafficService, { limits }: TrafficApplication, request: TrafficRequest, authorized: boolean, counts: Counts, now: EpochSeconds,
): readonly UsageReport[] {
  const reported = authorized && isReporting(request) ? request.usage : undefined;
  return metrics.flatMap((metric) =>
    PERIODS.flatMap((period) => {
      const limit = limits.find((each) => each.metricId === metric.id && each.period === period);
      if (limit === undefined) return [];
      const stored = counts(metric.id, period);
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
export function limitHeaders(reports: readonly UsageReport[], { usage }: TrafficRequest, now: EpochSeconds): LimitHeaders {
  const touched = usage === undefined || usage.size === 0 ? reports : reports.filter(({ metric }) => usage.has(metric.id));
  const calls = (report: UsageReport): number => {
    const left = Math.max(report.max - report.current, 0);
    const each = usage?.get(report.metric.id)?.value ?? 0;
    return left === 0 ? 0 : each > 0 ? Math.floor(left / each) : Number.POSITIVE_INFINITY;
  };
  // Of two that leave as many, the longer period binds longer.
  const [tightest] = [...touched].sort((a, b) => calls(a) - calls(b) || PERIODS.indexOf(a.period) - PERIODS.indexOf(b.period));
  if (tightest === undefined || calls(tightest) === Number.POSITIVE_INFINITY) return { remaining: -1, reset: -1 };
  return { remaining: calls(tightest), reset: tightest.end === undefined ? -1 : tightest.end - now, maxValue: tightest.max };
}

function keyRefusal(service: TrafficService, { keys }: TrafficApplication, { kind, appKey }: TrafficRequest): Refusal | undefined {
  const isOauth = service.backendVersion === "oauth" || service.backendVersion === "oidc";
  if (kind.startsWith("oauth_") && !isOauth) return { code: "oauth_not_enabled", message: "oauth is not enabled" };
  if (service.backendVersion === "1" || keys.length === 0) return undefined;
  // With OAuth the token has proved the application; a key is checked only when one is given.
  if (isOauth && appKey === undefined) return undefined;
  if (appKey !== undefined && keys.includes(appKey)) return undefined;
  const message = appKey === undefined || appKey === "" ? "application key is missing" : `application key "${appKey}" is invalid`;
  return { code: "application_key_invalid", message };
}

function redirectRefusal({ redirectUrl }: TrafficApplication, { kind, redirectUri }: TrafficRequest): Refusal | undefined {
  if (!kind.startsWith("oauth_") || redirectUri === undefined || redirectUri === redirectUrl) return undefined;
  return { code: "redirect_uri_invalid", message: `redirect_uri "${redirectUri}" is invalid` };
}

function referrerRefusal(service: TrafficService, { referrerFilters }: TrafficApplication, { referrer }: TrafficRequest): Refusal | undefined {
  if (!service.referrerFiltersRequired || referrerFilters.length === 0 || referrer === "*") return undefined;
  if (referrer !== undefined && referrerFilters.some((filter) => globMatches(filter, referrer))) return undefined;
  return { code: "referrer_not_allowed", message: referrer === undefined ? "referrer is missing" : `referrer "${referrer}" is not allowed` };
}

function limitRefusal({ limits }: TrafficApplication, { usage }: TrafficRequest, counts: Counts): Refusal | undefined {
  // With a usage, only what it touches is judged, after it; without one, everything as it stands.
  const within = limits.every(({ metricId, period, value }) => {
    const amount = usage?.get(metricId);
    if (usage !== undefined && amount === undefined) return true;
    const current = counts(metricId, period);
    return (amount === undefined ? current : applied(amount, current)) <= value;
  });
  return within ? undefined : { code: "limits_exceeded", message: "usage limits are exceeded" };
}

/** `*.example.com`: a star stands for any text. Compared piece by piece, so that no pattern takes long. */
function globMatches(pattern: string, text: string): boolean {
  const [head = "", ...rest] = pattern.split("*");
  const tail = rest.pop();
  if (tail === undefined) return pattern === text;
  if (!text.startsWith(head) || !text.slice(head.length).endsWith(tail) || text.length < head.length + tail.length) return false;
  let at = head.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1 || found + piece.length > text.length - tail.length) return false;
    at = found + piece.length;
  }
  return true;
}
