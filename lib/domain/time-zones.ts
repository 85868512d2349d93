import { RAILS_TIME_ZONES } from "./rails-time-zones.ts";

/**
 * A time zone. Times are whole seconds since 1970, as numbers, because they may lie before; what a zone's clocks show is
 * in the same seconds, counted as if the clocks were in UTC: `wall`.
 */
export type TimeZone = {
  /** In the tz database. */
  readonly name: string;
  readonly isUtc: boolean;
  /** How many seconds the zone's clocks are ahead of UTC at a time. */
  readonly offsetAt: (time: number) => number;
};

export const HOUR = 3600;
export const DAY = 24 * HOUR;

export const UTC: TimeZone = { name: "Etc/UTC", isUtc: true, offsetAt: () => 0 };

/** The zone of a name, which is one of Rails or of the tz database. Undefined when there is none. */
export function timeZoneNamed(given: string): TimeZone | undefined {
  const name = RAILS_TIME_ZONES.get(given) ?? given;
  // Bare offsets such as +01:00 are zones to Intl, but have no name.
  if (!/[A-Za-z]/.test(name)) return undefined;
  let clock: Intl.DateTimeFormat;
  try {
    clock = new Intl.DateTimeFormat("en-US", {
      timeZone: name, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
    });
  } catch {
    return undefined;
  }
  if (clock.resolvedOptions().timeZone === "UTC") return { ...UTC, name };
  const offsetAt = (time: number) => {
    const parts = Object.fromEntries(clock.formatToParts(time * 1000).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - time;
  };
  return { name, isUtc: false, offsetAt };
}

/** What the zone's clocks show at a time. */
export function wallAt(zone: TimeZone, time: number): number {
  return time + zone.offsetAt(time);
}

/**
 * The first time at which the zone's clocks show `wall` or more: where they are turned back and show it twice, the
 * first of the two; where they skip it, the time of the jump. So what is later on the clock is never earlier in time.
 */
export function timeOf(zone: TimeZone, wall: number): number {
  // No zone is a day away from UTC, and none changes its clocks twice in two days.
  const [before, after] = [zone.offsetAt(wall - DAY), zone.offsetAt(wall + DAY)];
  if (before === after || zone.offsetAt(wall - before) === before) return wall - before;
  if (zone.offsetAt(wall - after) === after) return wall - after;
  let [low, high] = [wall - after, wall - before];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** A time in ISO 8601 with the zone's offset: `2026-01-01T00:00:00+01:00`, or `Z` in UTC. */
export function isoIn(zone: TimeZone, time: number): string {
  const { date, clock, sign, hours, minutes } = shownIn(zone, time);
  return `${date}T${clock}${zone.isUtc ? "Z" : `${sign}${hours}:${minutes}`}`;
}

/** A time as Rails writes it: `2026-01-01 00:00:00 +0100`, or `UTC`. */
export function railsTextIn(zone: TimeZone, time: number): string {
  const { date, clock, sign, hours, minutes } = shownIn(zone, time);
  return `${date} ${clock} ${zone.isUtc ? "UTC" : `${sign}${hours}${minutes}`}`;
}

function shownIn(zone: TimeZone, time: number) {
  const offset = zone.offsetAt(time);
  const [date, clock] = new Date((time + offset) * 1000).toISOString().slice(0, 19).split("T") as [string, string];
  const minutes = Math.trunc(Math.abs(offset) / 60);
  const two = (number: number) => String(number).padStart(2, "0");
  return { date, clock, sign: offset < 0 ? "-" : "+", hours: two(Math.floor(minutes / 60)), minutes: two(minutes % 60) };
}
