import { dayOf } from "./time.ts";
import { epochSeconds, type AccountId, type ApplicationId, type EpochSeconds, type ServiceId } from "./brands.ts";
import { TrafficError } from "./traffic-errors.ts";
import type { Use } from "./counts.ts";

/** Something an application used, as a request reported it. */
export type ReportedUse = Use & { readonly applicationId: ApplicationId };

/** All that one request reports about a service: stored as it is, counted afterwards. */
export type Report = {
  /** The same for a request that is repeated with the same idempotency key, and for no other. */
  readonly id: string;
  readonly accountId: AccountId;
  readonly serviceId: ServiceId;
  readonly at: EpochSeconds;
  readonly uses: readonly ReportedUse[];
};

/** A part of a report that is counted in one go, for one application; `part` numbers those of the same application. */
export type Share = Pick<Report, "id" | "accountId" | "serviceId"> & { readonly applicationId: ApplicationId; readonly part: number; readonly uses: readonly Use[] };

/** So many pairs of a metric and a day in a part: each takes two rows, and a transaction has a hundred. */
const PAIRS_IN_A_PART = 20;
const OLDEST_SECONDS = 24 * 60 * 60;
const NEWEST_SECONDS = 60 * 60;

/** A report's parts: always the same of the same report, so that each can be counted exactly once. */
export function sharesOf({ id, accountId, serviceId, uses }: Report): readonly Share[] {
  const byApplication = Map.groupBy(uses, ({ applicationId }) => applicationId);
  return [...byApplication].flatMap(([applicationId, own]) => {
    const byPair = [...Map.groupBy(own, ({ metricId, at }) => `${metricId} ${dayOf(at)}`).values()];
    const parts: Share[] = [];
    for (let at = 0; at < byPair.length; at += PAIRS_IN_A_PART) {
      parts.push({ id, accountId, serviceId, applicationId, part: parts.length, uses: byPair.slice(at, at + PAIRS_IN_A_PART).flat() });
    }
    return parts;
  });
}

const TIME = /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})[T ](?<hour>\d{1,2}):(?<minute>\d{2}):(?<second>\d{2})(?:\.\d+)? ?(?:Z|UTC|(?<sign>[+-])(?<hours>[01]\d|2[0-3]):?(?<minutes>[0-5]\d))?$/;

/**
 * When a transaction happened: unix seconds or `2010-05-07 18:11:25 +02:00`; what is blank or cannot be read happened
 * now. Throws for what is more than a day old or more than an hour ahead (3scale: apisonator, Transaction).
 */
export function timeOf(text: unknown, now: EpochSeconds): EpochSeconds {
  const time = parsed(typeof text === "string" ? text.trim() : "") ?? now;
  if (now - time > OLDEST_SECONDS) {
    throw new TrafficError("transaction_timestamp_too_old", `reporting transactions older than ${OLDEST_SECONDS} seconds is not allowed`);
  }
  if (time - now > NEWEST_SECONDS) {
    throw new TrafficError("transaction_timestamp_too_new", `reporting transactions more than ${NEWEST_SECONDS} seconds in the future is not allowed`);
  }
  return time;
}

function parsed(text: string): EpochSeconds | undefined {
  if (/^\d{1,12}$/.test(text)) return epochSeconds(Number(text));
  const { year, month, day, hour, minute, second, sign, hours = 0, minutes = 0 } = TIME.exec(text)?.groups ?? {};
  const two = (part: string | undefined) => String(part).padStart(2, "0");
  const shown = Date.parse(`${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:${second}Z`) / 1000;
  const ahead = Number(hours) * 3600 + Number(minutes) * 60;
  const time = sign === "-" ? shown + ahead : shown - ahead;
  // What is no number is none either.
  return time >= 0 ? epochSeconds(time) : undefined;
}
