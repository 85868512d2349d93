import { parseId, type AccountId, type EpochSeconds, type MetricId, type ServiceId } from "../domain/brands.ts";
import { countIn } from "../domain/counts.ts";
import type { Period } from "../domain/periods.ts";
import { timeOf, type ReportedUse } from "../domain/reports.ts";
import { parseToken } from "../domain/token-string.ts";
import { TrafficError, type TrafficErrorCode } from "../domain/traffic-errors.ts";
import { folded, readUsage, type Usage } from "../domain/traffic.ts";
import {
  isReporting, judgeTraffic, limitHeaders, usageReports, type LimitHeaders, type Refusal, type TrafficRequest, type UsageReport,
} from "../domain/verdict.ts";
import { matches } from "../secrets/pepper.ts";
import { newReportId } from "../secrets/random.ts";
import { applicationTrafficFrom, applicationTrafficKey, type ApplicationTraffic } from "../table/application-traffic.ts";
import { applicationUsageFrom, applicationUsageKey } from "../table/application-usage.ts";
import { readTogether } from "../table/client.ts";
import { keys, type Credential, type Key, type Row } from "../table/model.ts";
import { reportId, storeReport } from "../table/reports.ts";
import { serviceTokenFrom } from "../table/services.ts";
import type { ServiceTraffic } from "../table/traffic.ts";
import type { Hashing, Storage } from "./context.ts";

/** What a gateway presents: the service token and the service it belongs to. */
export type Presented = { readonly serviceToken: string | undefined; readonly serviceId: string | undefined; readonly providerKey: string | undefined };
/** Which application it is about. */
export type Named = { readonly appId: string | undefined; readonly userKey: string | undefined };
export type Call = TrafficRequest & Named & { readonly namesEndUser: boolean; readonly idempotencyKey: string | undefined };
/** The judgement of a call, with all that may be told of it. */
export type Judged = {
  readonly refusal: Refusal | undefined;
  readonly application: ApplicationTraffic;
  readonly planName: string;
  readonly reports: readonly UsageReport[];
  readonly limits: LimitHeaders;
};

/** One of the transactions of a report. */
export type Transaction = Named & { readonly usage: Readonly<Record<string, unknown>>; readonly timestamp: unknown };
/** A transaction that could not be counted, by its place. */
export type Uncounted = { readonly at: number; readonly code: TrafficErrorCode };

type Opened = { readonly accountId: AccountId; readonly serviceId: ServiceId; readonly traffic: ServiceTraffic; readonly rows: readonly (Row | undefined)[] };

/** The largest report that fits into one row, whatever its numbers are. */
const MOST_USES = 5000;
const AT_ONCE = 100;

/**
 * Judges a call of an application, and stores what an allowed `authrep` uses (3scale: GET /transactions/authorize.xml
 * and its kin). Who asks, which application and what it has used come in one consistent round trip of three rows.
 * Throws TrafficError for a call that is wrong in itself.
 */
export async function judgeCall(deps: Storage & Hashing, presented: Presented, call: Call): Promise<Judged> {
  const credential = credentialIn(call);
  const opened = await open(deps, presented, (at) =>
    credential === undefined ? [] : [applicationTrafficKey(at, credential), applicationUsageKey(at, credential)]);
  if (call.namesEndUser) throw endUser();
  const { accountId, serviceId, traffic, rows: [row, usage] } = opened;
  const application = applicationIn(traffic, call, row);
  const now = deps.clock();
  const { counts } = applicationUsageFrom(usage);
  const countOf = (metricId: MetricId, period: Period) => countIn(counts, metricId, period, now);
  const plan = traffic.plans.find(({ id }) => id === application.planId);
  const { refusal, usage: used } = judgeTraffic(traffic, { ...application, limits: plan?.limits ?? [] }, call, countOf);

  const reported = refusal === undefined && isReporting(call) ? used : undefined;
  if (reported !== undefined) {
    await store(deps, opened, usesOf(application, reported, now), call.idempotencyKey, JSON.stringify([accountId, serviceId, application.applicationId, call.usage]));
  }
  const reports = usageReports(traffic.metrics, plan?.limits ?? [], reported, countOf, now);
  return { refusal, application, planName: plan?.name ?? "", reports, limits: limitHeaders(reports, used, now) };
}

/**
 * Stores what applications used, to be counted (3scale: POST /transactions.xml). A transaction that cannot be counted,
 * because its application or a metric is unknown, holds up none of the others: programs repeat a refused report for ever.
 */
export async function reportTraffic(
  deps: Storage & Hashing, presented: Presented, transactions: readonly Transaction[] | TrafficError, idempotencyKey: string | undefined,
): Promise<readonly Uncounted[]> {
  const given = transactions instanceof TrafficError ? [] : transactions;
  const credentials = [...new Map(given.flatMap((named) => credentialIn(named) ?? []).map((credential) => [nameOf(credential), credential])).values()];
  const first = credentials.slice(0, AT_ONCE - 1);
  const opened = await open(deps, presented, (at) => first.map((credential) => applicationTrafficKey(at, credential)));
  if (transactions instanceof TrafficError) throw transactions;
  const rows = [...opened.rows];
  for (let at = first.length; at < credentials.length; at += AT_ONCE) {
    rows.push(...(await readTogether(deps.table, credentials.slice(at, at + AT_ONCE).map((credential) => applicationTrafficKey(opened, credential)))));
  }
  const rowOf = new Map(credentials.map((credential, at) => [nameOf(credential), rows[at]]));

  const now = deps.clock();
  const uncounted: Uncounted[] = [];
  const uses = given.flatMap((transaction, at) => {
    try {
      const credential = credentialIn(transaction);
      const application = applicationIn(opened.traffic, { ...transaction, kind: "authrep" }, credential && rowOf.get(nameOf(credential)));
      return usesOf(application, readUsage(transaction.usage, opened.traffic.metrics), timeOf(transaction.timestamp, now));
    } catch (error) {
      if (!(error instanceof TrafficError)) throw error;
      uncounted.push({ at, code: error.code });
      return [];
    }
  });
  await store(deps, opened, merged(uses), idempotencyKey, JSON.stringify(given));
  return uncounted;
}

/** Proves that the service token belongs to the service, and reads the rows wanted in the same round trip (apisonator: listener.rb). */
async function open(deps: Storage & Hashing, presented: Presented, wanted: (at: { accountId: AccountId; serviceId: ServiceId }) => readonly Key[]): Promise<Opened> {
  const { serviceToken, serviceId: givenId, providerKey } = presented;
  if (providerKey !== undefined) throw new TrafficError("provider_key_invalid", `provider key "${masked(providerKey)}" is invalid`);
  if (serviceToken === undefined) throw new TrafficError("provider_key_or_service_token_required", "Provider key or service token are required");
  if (givenId === undefined) throw new TrafficError("service_id_missing", "Service ID is missing");
  const parsed = parseToken(serviceToken);
  if (parsed?.kind !== "service_token" || parsed.serviceId !== parseId<ServiceId>(givenId)) throw unknownPair(serviceToken, givenId);
  const { accountId, serviceId } = parsed;
  const [row, ...rows] = await readTogether(deps.table, [keys.serviceToken(accountId, serviceId), ...wanted(parsed)]);
  const stored = row === undefined ? undefined : serviceTokenFrom(row);
  if (stored === undefined || !matches(deps.peppers, serviceToken, stored.digest)) throw unknownPair(serviceToken, givenId);
  return { accountId, serviceId, traffic: stored.traffic, rows };
}

/** The credential that names the application; none when two do, or none does. */
function credentialIn({ appId, userKey }: Named): Credential | undefined {
  if (appId !== undefined) return userKey === undefined ? { kind: "app_id", value: appId } : undefined;
  return userKey === undefined ? undefined : { kind: "user_key", value: userKey };
}

/** The application that was found, or why there is none (apisonator: Application.extract_id!). */
function applicationIn(
  { backendVersion }: Pick<ServiceTraffic, "backendVersion">, { appId, userKey, kind }: Named & Pick<TrafficRequest, "kind">, row: Row | undefined,
): ApplicationTraffic {
  if (kind.startsWith("oauth_") && appId === undefined) throw new TrafficError("application_not_found", "application id is missing");
  if (appId !== undefined && userKey !== undefined) throw new TrafficError("authentication_error", "either app_id or user_key is allowed, not both");
  if (backendVersion === "1" && userKey === undefined) throw new TrafficError("user_key_invalid", "user key is missing");
  if (appId === undefined && userKey === undefined) throw new TrafficError("application_not_found", "application id is missing");
  if (row !== undefined) return applicationTrafficFrom(row);
  if (userKey !== undefined) throw new TrafficError("user_key_invalid", `user key "${userKey}" is invalid`);
  throw new TrafficError("application_not_found", `application with id="${appId}" was not found`);
}

async function store(
  deps: Storage, { accountId, serviceId }: Opened, uses: readonly ReportedUse[], idempotencyKey: string | undefined, contents: string,
): Promise<void> {
  if (uses.length === 0) return;
  if (uses.length > MOST_USES) throw new TrafficError("bad_request", `a report holds at most ${MOST_USES} different counts`);
  const id = idempotencyKey === undefined ? newReportId() : reportId(accountId, serviceId, idempotencyKey);
  const outcome = await storeReport(deps.table, { id, accountId, serviceId, at: deps.clock(), uses }, contents);
  if (outcome === "other") throw new TrafficError("idempotency_key_reused", "this idempotency key came with another request before");
}

/** Uses by one application of one metric in one minute are one: nothing is counted by anything shorter. */
function merged(uses: readonly ReportedUse[]): readonly ReportedUse[] {
  const byMinute = Map.groupBy(uses, ({ applicationId, metricId, at }) => `${applicationId} ${metricId} ${Math.floor(at / 60)}`);
  return [...byMinute.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, amount: others.reduce((amount, next) => folded(amount, next.amount), first.amount) }]);
}

function usesOf({ applicationId }: ApplicationTraffic, usage: Usage, at: EpochSeconds): ReportedUse[] {
  return [...usage].filter(([, { op, value }]) => op === "set" || value > 0).map(([metricId, amount]) => ({ applicationId, metricId, at, amount }));
}

const nameOf = ({ kind, value }: Credential) => `${kind}:${value}`;
const endUser = () => new TrafficError("end_users_no_longer_supported", "End-users are no longer supported, do not specify the user_id parameter");

function unknownPair(serviceToken: string, serviceId: string): TrafficError {
  return new TrafficError("service_token_invalid", `service token "${masked(serviceToken)}" or service id "${serviceId}" is invalid`);
}

/** Enough of a secret to tell which one it was: 3scale repeats it whole, but answers end up in the logs of those who ask. */
function masked(secret: string): string {
  return secret.length > 16 ? `${secret.slice(0, 10)}…` : "…";
}
