import { DAY, HOUR, timeOf, wallAt, type TimeZone } from "../time-zones.ts";

/** How long the cycles of a series are; a number is seconds, as 3scale says it for a quarter of a day. */
export type Granularity = "eternity" | "month" | "day" | 21600 | "hour";
/** The granularities that follow the calendar of a zone. */
export type Calendar = Exclude<Granularity, "eternity">;

/**
 * The borders of a zone's cycles that hold every second from `since` to `until`, ascending, one more than there are
 * cycles: each cycle ends where the next begins. Days, quarters of days and months begin when the zone's clocks show
 * their beginning for the first time, so that a day has 23 or 25 hours when clocks change; one that the clocks skip has
 * no cycle. An hour is an hour, counted on from the first.
 */
export function bordersOf(zone: TimeZone, granularity: Calendar, since: number, until: number): readonly number[] {
  const wall = beginning(granularity, wallAt(zone, since));
  if (granularity === "hour") {
    const first = since - (wallAt(zone, since) - wall);
    return Array.from({ length: Math.floor((until - first) / HOUR) + 2 }, (_, at) => first + at * HOUR);
  }
  let borders = [timeOf(zone, wall)];
  for (let count = 1, last = -Infinity; last <= until; count++) {
    const border = timeOf(zone, shifted(granularity, wall, count));
    // Clocks that were turned back over a border show the earlier cycle again: it has ended all the same.
    if (border <= since) borders = [border];
    else if (border > last) borders.push(border);
    last = border;
  }
  return borders;
}

/** When as many cycles begin, one after the other, as end with the time at which a cycle begins. */
export function beginningBefore(zone: TimeZone, granularity: Calendar, begins: number, cycles: number): number {
  if (granularity === "hour") return begins - cycles * HOUR;
  return timeOf(zone, shifted(granularity, beginning(granularity, wallAt(zone, begins)), -cycles));
}

/** The beginning of the cycle that a clock is in. */
function beginning(granularity: Calendar, wall: number): number {
  switch (granularity) {
    case "month":
      return firstOfMonth(wall, 0);
    case "day":
      return wall - remainder(wall, DAY);
    case 21600:
      return wall - remainder(wall, 21600);
    case "hour":
      return wall - remainder(wall, HOUR);
  }
}

/** The beginning of a cycle so many after one that begins at `wall`. */
function shifted(granularity: Exclude<Calendar, "hour">, wall: number, cycles: number): number {
  return granularity === "month" ? firstOfMonth(wall, cycles) : wall + cycles * (granularity === "day" ? DAY : granularity);
}

function firstOfMonth(wall: number, months: number): number {
  const date = new Date(wall * 1000);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / 1000;
}

/** Never negative, also before 1970. */
function remainder(number: number, by: number): number {
  return ((number % by) + by) % by;
}
