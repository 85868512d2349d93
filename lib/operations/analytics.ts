import { beginningBefore } from "../domain/analytics/cycles.ts";
import { percentageChange, seriesOf, totalOf } from "../domain/analytics/series.ts";
import { usageWindow, wholePeriod, type Asked, type Window } from "../domain/analytics/window.ts";
import type { ApplicationId, EpochSeconds, ServiceId } from "../domain/brands.ts";
import type { ApplicationPlan, Metric } from "../domain/catalogue.ts";
import type { DeveloperAccount } from "../domain/developers.ts";
import { invalidParameter, missingParameter, notFound } from "../domain/errors.ts";
import type { Application, Principal, Service } from "../domain/model.ts";
import { applications } from "../table/applications.ts";
import { applicationPlans, metrics, ofService } from "../table/catalogue.ts";
import { developerAccounts } from "../table/developers.ts";
import type { Used } from "../table/model.ts";
import { readUsed } from "../table/used.ts";
import { memberOf, type Storage } from "./context.ts";
import { readServiceFor } from "./services.ts";

/** What is asked about: a metric, by its system name, over a time. */
export type UsageAsked = Asked & { readonly metricName: string | undefined };

/** An application with what its use is shown with: its plan and whose it is, where it has them. */
export type UsingApplication = { readonly application: Application; readonly plan: ApplicationPlan | undefined; readonly developer: DeveloperAccount | undefined };

/** How much was used of a metric in each cycle of a time. `at` is when that was found out. */
export type Usage = {
  readonly at: EpochSeconds;
  readonly metric: Metric;
  readonly window: Window;
  readonly total: number;
  readonly values: readonly number[];
  readonly of: UsingApplication | undefined;
  /** The total of as many cycles before, and by how many per cent it changed since; only where it was wanted. */
  readonly before: { readonly total: number; readonly change: number } | undefined;
};

/** The applications of a service that used most of a metric, first things first. */
export type TopApplications = {
  readonly at: EpochSeconds;
  readonly metric: Metric;
  readonly window: ReturnType<typeof wholePeriod>;
  readonly applications: readonly (UsingApplication & { readonly value: number })[];
};

const TOP = 10;
/** So many applications are read at once: the database is to be waited for side by side, but not to be flooded. */
const AT_ONCE = 16;

/** What was used of a service (3scale: GET /stats/services/{id}/usage). */
export async function serviceUsage(deps: Storage, principal: Principal, id: ServiceId, asked: UsageAsked, comparing: boolean): Promise<Usage> {
  const service = await readServiceFor(deps, principal, id);
  return usageOf(deps, service, "SERVICE", asked, comparing, undefined);
}

/** What one application used (3scale: GET /stats/applications/{id}/usage). That of a hidden service is not there. */
export async function applicationUsage(deps: Storage, principal: Principal, id: ApplicationId, asked: UsageAsked, comparing: boolean): Promise<Usage> {
  const application = await applications.read(deps.table, memberOf(principal).accountId, id);
  if (application === undefined) throw notFound();
  const service = await readServiceFor(deps, principal, application.serviceId);
  return usageOf(deps, service, "APPLICATION", asked, comparing, application);
}

/** The ten applications that used most in a period (3scale: GET /stats/services/{id}/top_applications). */
export async function topApplications(deps: Storage, principal: Principal, id: ServiceId, asked: UsageAsked): Promise<TopApplications> {
  const service = await readServiceFor(deps, principal, id);
  const name = nameIn(asked);
  const at = deps.clock();
  const window = wholePeriod(asked, at);
  const [since = 0, until = 0] = window.borders;
  const metric = await metricNamed(deps, service, name);

  const all = await applications.all(deps.table, service.accountId, ofService(id));
  const uses: { readonly application: Application; readonly value: number }[] = [];
  for (let first = 0; first < all.length; first += AT_ONCE) {
    uses.push(...(await Promise.all(all.slice(first, first + AT_ONCE).map(async (application) => {
      const counts = await readUsed(deps.table, used("APPLICATION", application, metric), since, until - 1);
      return { application, value: totalOf(counts, since, until) };
    }))));
  }
  // Sorting is stable: of those that used as much, the older stays first.
  const most = uses.filter(({ value }) => value > 0).sort((a, b) => b.value - a.value).slice(0, TOP);
  return { at, metric, window, applications: await Promise.all(most.map(async ({ application, value }) => ({ ...(await using(deps, application)), value }))) };
}

async function usageOf(
  deps: Storage, service: Service, subject: Used["subject"], asked: UsageAsked, comparing: boolean, application: Application | undefined,
): Promise<Usage> {
  const name = nameIn(asked);
  const at = deps.clock();
  const window = usageWindow(asked, at);
  const { zone, granularity, borders } = window;
  const metric = await metricNamed(deps, service, name);
  const [begins = 0, ends = 0] = [borders[0], borders.at(-1)];
  // Before all time there is nothing to compare with.
  const previous = comparing && granularity !== "eternity" ? beginningBefore(zone, granularity, begins, borders.length - 1) : undefined;

  const counts = await readUsed(deps.table, used(subject, application ?? service, metric), previous ?? begins, ends - 1);
  const values = seriesOf(borders, counts);
  const total = totalOf(counts, begins, ends);
  const before = previous === undefined ? undefined : totalOf(counts, previous, begins);
  return {
    at, metric, window, total, values,
    of: application === undefined ? undefined : await using(deps, application),
    before: before === undefined ? undefined : { total: before, change: percentageChange(before, total) },
  };
}

function nameIn({ metricName }: UsageAsked): string {
  if (metricName === undefined) throw missingParameter("metric_name");
  return metricName;
}

async function metricNamed({ table }: Storage, { accountId, id }: Service, name: string): Promise<Metric> {
  const metric = (await metrics.all(table, accountId, ofService(id))).find(({ systemName }) => systemName === name);
  if (metric === undefined) throw invalidParameter(`metric ${name} not found`);
  return metric;
}

function used(subject: Used["subject"], { accountId, id }: Service | Application, metric: Metric): Used {
  return { accountId, subject, id, metricId: metric.id };
}

async function using({ table }: Storage, application: Application): Promise<UsingApplication> {
  const { accountId, planId, developerAccountId } = application;
  const [plan, developer] = await Promise.all([
    planId === undefined ? undefined : applicationPlans.read(table, accountId, planId),
    developerAccountId === undefined ? undefined : developerAccounts.read(table, accountId, developerAccountId),
  ]);
  return { application, plan, developer };
}
