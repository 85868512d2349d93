import { DAY, timeOf, wallAt, type TimeZone } from "../time-zones.ts";

const FORM = /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})(?:[T ](?<hour>\d{1,2}):(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d{1,9})?)?(?: ?(?<offset>Z|UTC|[+-]\d{2}:?\d{2}))?)?$/;
/** Nothing was counted before, and days beyond have no name of ten characters. */
const [FIRST_YEAR, LAST_YEAR] = [1970, 9997];

/**
 * Reads a time (seconds since 1970) as people and programs write it: `2026-01-01`, `2026-01-01 10:00:00`, ISO 8601 with or
 * without an offset. Without one it is what the zone's clocks show. Undefined for anything else.
 */
export function parseTimeIn(zone: TimeZone, text: string): number | undefined {
  const { year, month, day, hour = 0, minute = 0, second = 0, offset } = FORM.exec(text)?.groups ?? {};
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // `Date` would turn the 31st of February into a day of March. What was not read is no month at all.
  const exists = date.getUTCMonth() === Number(month) - 1;
  if (!exists || Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const wall = date.getTime() / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  if (offset === undefined) return timeOf(zone, wall);
  if (offset === "Z" || offset === "UTC") return wall;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))];
  return hours > 14 || minutes > 59 ? undefined : wall - (offset.startsWith("-") ? -1 : 1) * (hours * 3600 + minutes * 60);
}

export type CalendarPeriod = "year" | "month" | "week" | "day";

/** The time so many periods later, at the same time of day; from the 31st into a shorter month it is that month's last day. */
export function later(zone: TimeZone, time: number, period: CalendarPeriod, periods: number): number {
  const wall = wallAt(zone, time);
  if (period === "day" || period === "week") return timeOf(zone, wall + periods * (period === "day" ? 1 : 7) * DAY);
  const date = new Date(wall * 1000);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + periods * (period === "year" ? 12 : 1)];
  const days = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const midnight = Date.UTC(year, month, Math.min(date.getUTCDate(), days)) / 1000;
  return timeOf(zone, midnight + (wall - Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) / 1000));
}

/** When the period began that a time is in; weeks begin on Monday. */
export function beginningOf(zone: TimeZone, time: number, period: CalendarPeriod): number {
  const date = new Date(wallAt(zone, time) * 1000);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const first = {
    year: Date.UTC(year, 0, 1), month: Date.UTC(year, month, 1), week: Date.UTC(year, month, day - ((date.getUTCDay() + 6) % 7)), day: Date.UTC(year, month, day),
  };
  return timeOf(zone, first[period] / 1000);
}
