import { invalidParameter, missingParameter } from "../errors.ts";
import { DAY, timeZoneNamed, UTC, type TimeZone } from "../time-zones.ts";
import { bordersOf, type Calendar, type Granularity } from "./cycles.ts";
import { beginningOf, later, parseTimeIn, type CalendarPeriod } from "./local-time.ts";

/** What a request says of the time that it asks about, as it was written; what is blank is not said. */
export type Asked = {
  readonly period: string | undefined;
  readonly granularity: string | undefined;
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly timezone: string | undefined;
};

export type PeriodName = CalendarPeriod | "eternity";

/** The time that is asked about, in cycles: `borders` as `bordersOf` tells them. Without a period it has no name. */
export type Window = {
  readonly name: PeriodName | null;
  readonly zone: TimeZone;
  readonly granularity: Granularity;
  readonly borders: readonly number[];
};

const GRANULARITY_OF: Readonly<Record<CalendarPeriod, Calendar>> = { year: "month", month: "day", week: 21600, day: "hour" };
const GRANULARITIES: readonly Granularity[] = ["eternity", "month", "day", 21600, "hour"];

/** The longest range of each granularity, in days and in words (Rails: a year is 365.2425 days, a month a twelfth of it). */
const LONGEST: Readonly<Record<Calendar, readonly [days: number, words: string]>> = {
  month: [3652.425, "10 years"], day: [365.2425, "1 year"], 21600: [182.62125, "6 months"], hour: [90, "90 days"],
};

/**
 * The time that a usage is asked for: a period from `since` on or up to now, or a granularity from `since` to `until`
 * (3scale: app/lib/stats/views/usage.rb). Throws missing_parameter and invalid_parameter with 3scale's words.
 */
export function usageWindow(asked: Asked, now: number): Window {
  if (asked.period === undefined) return explicitWindow(asked);
  const zone = zoneOf(asked);
  const period = periodOf(asked.period);
  const wanted = asked.granularity === undefined ? undefined : granularityOf(asked.granularity);
  if (period === "eternity") {
    if (wanted !== undefined && wanted !== "eternity") throw invalidParameter("Only 'eternity' granularity is supported for period 'eternity'");
    return eternity(now);
  }
  const granularity = calendar(wanted ?? GRANULARITY_OF[period]);
  const since = asked.since === undefined ? later(zone, now, period, -1) : timeIn(zone, asked.since);
  return { name: period, zone, granularity, borders: limitedBorders(zone, granularity, since, later(zone, since, period, 1) - 1) };
}

/** The whole period that `since` is in, as one cycle (3scale: app/lib/stats/views/top.rb). Throws as `usageWindow`. */
export function wholePeriod(asked: Asked, now: number): Window & { readonly name: PeriodName } {
  if (asked.period === undefined) throw missingParameter("period");
  if (asked.since === undefined) throw missingParameter("since");
  const zone = zoneOf(asked);
  const period = periodOf(asked.period);
  const begins = timeIn(zone, asked.since);
  if (period === "eternity") return eternity(now);
  const since = beginningOf(zone, begins, period);
  return { name: period, zone, granularity: GRANULARITY_OF[period], borders: [since, later(zone, since, period, 1)] };
}

function explicitWindow(asked: Asked): Window {
  if (asked.granularity === undefined) throw missingParameter("granularity");
  if (asked.since === undefined) throw missingParameter("since");
  const granularity = calendar(granularityOf(asked.granularity));
  if (asked.until === undefined) throw invalidParameter("You need to specify either 'range' or 'since' and 'until'");
  const zone = zoneOf(asked);
  const [since, until] = [timeIn(zone, asked.since), timeIn(zone, asked.until)];
  if (until < since) throw invalidParameter("'until' must not be before 'since'");
  return { name: null, zone, granularity, borders: limitedBorders(zone, granularity, since, until) };
}

/** All time up to the end of today, in UTC. */
function eternity(now: number): Window & { readonly name: PeriodName } {
  return { name: "eternity", zone: UTC, granularity: "eternity", borders: [0, (Math.floor(now / DAY) + 1) * DAY] };
}

/** The longest range is judged with its ends widened to whole cycles, and before that, so that nobody waits for a million cycles. */
function limitedBorders(zone: TimeZone, granularity: Calendar, since: number, until: number): readonly number[] {
  const [days, words] = LONGEST[granularity];
  const refuseTooLong = (from: number, to: number) => {
    if (to - from > days * DAY) throw invalidParameter(`Time range for the granularity must be less than ${words}`);
  };
  refuseTooLong(since, until);
  const borders = bordersOf(zone, granularity, since, until);
  refuseTooLong(borders[0] ?? since, (borders.at(-1) ?? until) - 1);
  return borders;
}

function zoneOf({ timezone }: Asked): TimeZone {
  const zone = timezone === undefined ? UTC : timeZoneNamed(timezone);
  if (zone === undefined) throw invalidParameter(`Time zone ${timezone} not found`);
  return zone;
}

function timeIn(zone: TimeZone, text: string): number {
  const time = parseTimeIn(zone, text);
  if (time === undefined) throw invalidParameter("Date parameters should have valid date/time format.");
  return time;
}

function periodOf(text: string): PeriodName {
  const period = (["eternity", "year", "month", "week", "day"] as const).find((each) => each === text);
  if (period === undefined) throw invalidParameter(`Period must be one of ["eternity", "year", "month", "week", "day"] not ${JSON.stringify(text)}`);
  return period;
}

function granularityOf(text: string): Granularity {
  const granularity = GRANULARITIES.find((each) => String(each) === text);
  if (granularity === undefined) throw invalidParameter(`Granularity must be one of [:eternity, :month, :day, 6 hours, :hour], not ${text}`);
  return granularity;
}

function calendar(granularity: Granularity): Calendar {
  if (granularity === "eternity") throw invalidParameter("Granularity 'eternity' is only supported for period 'eternity'");
  return granularity;
}
