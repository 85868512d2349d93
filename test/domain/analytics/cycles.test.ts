import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beginningBefore, bordersOf, type Calendar } from "../../../lib/domain/analytics/cycles.ts";
import { percentageChange, seriesOf, totalOf } from "../../../lib/domain/analytics/series.ts";
import { DAY, HOUR, timeZoneNamed, UTC, wallAt, type TimeZone } from "../../../lib/domain/time-zones.ts";

const at = (text: string) => Date.parse(text) / 1000;
const zones = [
  "Etc/UTC", "Europe/Madrid", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "America/Sao_Paulo", "America/Havana",
  "Pacific/Apia", "Africa/Casablanca", "America/Santiago",
].map((name): TimeZone => timeZoneNamed(name) ?? UTC);
const zoneOf = (name: string) => timeZoneNamed(name) ?? UTC;

/** The longest ranges to try: as many cycles of each kind. */
const LENGTH: Readonly<Record<Calendar, number>> = { month: 900 * DAY, day: 90 * DAY, 21600: 20 * DAY, hour: 3 * DAY };
const ranges = fc.record({
  zone: fc.constantFrom(...zones), granularity: fc.constantFrom<Calendar[]>("month", "day", 21600, "hour"),
  since: fc.integer({ min: at("1990-01-01T00:00:00Z"), max: at("2030-01-01T00:00:00Z") }), part: fc.double({ min: 0, max: 1, noNaN: true }),
}).map(({ zone, granularity, since, part }) => ({ zone, granularity, since, until: since + Math.floor(part * LENGTH[granularity]) }));

const hours = (borders: readonly number[]) => borders.slice(1).map((border, cycle) => (border - borders[cycle]!) / HOUR);

describe("cycles", () => {
  it("partition a range that holds what is asked for, and no cycle more", () => {
    fc.assert(fc.property(ranges, ({ zone, granularity, since, until }) => {
      const borders = bordersOf(zone, granularity, since, until);
      expect(borders.length).toBeGreaterThan(1);
      expect(borders.slice(1).every((border, cycle) => border > borders[cycle]!)).toBe(true);
      expect(borders[0]).toBeLessThanOrEqual(since);
      expect(borders[1]).toBeGreaterThan(since);
      expect(borders.at(-1)).toBeGreaterThan(until);
      expect(borders.at(-2)).toBeLessThanOrEqual(until);
    }), { numRuns: 500 });
  });

  it("begin where the zone's clocks show the beginning of a month, a day, a quarter of a day; an hour is an hour", () => {
    fc.assert(fc.property(ranges, ({ zone, granularity, since, until }) => {
      const borders = bordersOf(zone, granularity, since, until);
      const odd = granularity === "hour" ? hours(borders).filter((long) => long !== 1) : borders.filter((border) => {
        const wall = wallAt(zone, border);
        const begins = wall % (granularity === 21600 ? 21600 : DAY) === 0 && (granularity !== "month" || new Date(wall * 1000).getUTCDate() === 1);
        const jumps = wall - wallAt(zone, border - 1) !== 1;
        return !begins && !jumps;
      });
      expect(odd).toEqual([]);
    }), { numRuns: 200 });
  });

  it("do not depend on where within its first and last cycle a range begins and ends", () => {
    fc.assert(fc.property(ranges, ({ zone, granularity, since, until }) => {
      const borders = bordersOf(zone, granularity, since, until);
      expect(bordersOf(zone, granularity, borders[0]!, borders.at(-1)! - 1)).toEqual(borders);
    }), { numRuns: 200 });
  });

  it.each<[string, Calendar, string, string, readonly number[]]>([
    ["Europe/Madrid", "day", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z", [24, 23, 24]],
    ["Europe/Madrid", "day", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z", [24, 25, 24]],
    ["Europe/Madrid", 21600, "2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z", [5, 6, 6]],
    ["Europe/Madrid", 21600, "2026-10-24T22:00:00Z", "2026-10-25T12:00:00Z", [7, 6, 6]],
    ["Europe/Madrid", "month", "2026-03-15T00:00:00Z", "2026-03-15T00:00:00Z", [31 * 24 - 1]],
    ["America/Sao_Paulo", "day", "2018-11-04T12:00:00Z", "2018-11-04T12:00:00Z", [23]],
    ["Pacific/Apia", "day", "2011-12-30T00:00:00Z", "2011-12-31T00:00:00Z", [24, 24]],
    ["America/St_Johns", "day", "2010-11-07T03:00:00Z", "2010-11-07T03:00:00Z", [25]], // the evening before, shown again a minute after midnight
    ["Asia/Kolkata", "day", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", [24]],
  ])("in %s, by %s from %s to %s, last %j hours", (name, granularity, since, until, lengths) => {
    expect(hours(bordersOf(zoneOf(name), granularity, at(since), at(until)))).toEqual(lengths);
  });

  it("of a day on which clocks change are 23 or 25 hours", () => {
    const madrid = zoneOf("Europe/Madrid");
    const hoursOf = (day: readonly number[]) => bordersOf(madrid, "hour", day[0]!, day[1]! - 1).length - 1;
    expect(["2026-03-29T12:00:00Z", "2026-10-25T12:00:00Z", "2026-06-01T12:00:00Z"].map((noon) => hoursOf(bordersOf(madrid, "day", at(noon), at(noon))))).toEqual([23, 25, 24]);
  });
});

describe("the cycles before", () => {
  it("are as many, and end where those begin", () => {
    // Where no day is skipped: that one is no cycle.
    fc.assert(fc.property(ranges.filter(({ zone }) => zone.name !== "Pacific/Apia"), ({ zone, granularity, since, until }) => {
      const borders = bordersOf(zone, granularity, since, until);
      const begins = beginningBefore(zone, granularity, borders[0]!, borders.length - 1);
      const long = borders.at(-1)! - borders[0]!;
      // What is an hour does not depend on where clocks stand.
      const before = granularity === "hour" ? borders.map((border) => border - long) : bordersOf(zone, granularity, begins, borders[0]! - 1);
      expect([before[0], before.at(-1), before.length]).toEqual([begins, borders[0], borders.length]);
    }), { numRuns: 300 });
  });

  it.each<[string, Calendar, string, number, string]>([
    ["Etc/UTC", "month", "2026-03-01T00:00:00Z", 1, "2026-02-01T00:00:00Z"],
    ["Etc/UTC", "month", "2026-01-01T00:00:00Z", 12, "2025-01-01T00:00:00Z"],
    ["Europe/Madrid", "day", "2026-03-29T22:00:00Z", 2, "2026-03-27T23:00:00Z"],
    ["Europe/Madrid", "hour", "2026-03-29T22:00:00Z", 23, "2026-03-28T23:00:00Z"],
  ])("in %s, by %s: before %s, %d of them, is %s", (name, granularity, begins, cycles, before) => {
    expect(beginningBefore(zoneOf(name), granularity, at(begins), cycles)).toBe(at(before));
  });
});

describe("a series", () => {
  const counted = fc.array(fc.record({ day: fc.integer({ min: -5, max: 100 }), hour: fc.nat({ max: 23 }), count: fc.nat({ max: 1000 }) }), { maxLength: 60 });

  it("holds every count of the range in the cycle in which its hour begins, once, and no other", () => {
    fc.assert(fc.property(ranges, counted, ({ zone, granularity, since, until }, counts) => {
      const borders = bordersOf(zone, granularity, since, until);
      const midnight = Math.floor(since / DAY) * DAY;
      const found = counts.map(({ day, hour, count }) => ({ hour: midnight + day * DAY + hour * HOUR, count }));
      const values = seriesOf(borders, found);
      expect(values.length).toBe(borders.length - 1);
      expect(values).toEqual(borders.slice(1).map((border, cycle) => totalOf(found, borders[cycle]!, border)));
      expect(values.reduce((sum, value) => sum + value, 0)).toBe(totalOf(found, borders[0]!, borders.at(-1)!));
    }), { numRuns: 300 });
  });

  it("is zero where nothing was used", () => {
    expect(seriesOf([0, HOUR, 2 * HOUR], [])).toEqual([0, 0]);
  });

  it("counts an hour of UTC where it begins, when a zone's hours begin within it", () => {
    const kolkata = zoneOf("Asia/Kolkata");
    const day = bordersOf(kolkata, "day", at("2026-01-01T12:00:00Z"), at("2026-01-01T12:00:00Z"));
    const count = (hour: string) => seriesOf(day, [{ hour: at(hour), count: 1 }])[0];
    expect([count("2025-12-31T18:00:00Z"), count("2025-12-31T19:00:00Z"), count("2026-01-01T18:00:00Z"), count("2026-01-01T19:00:00Z")]).toEqual([0, 1, 1, 0]);
  });
});

describe("a change in per cent", () => {
  it.each([[0, 0, 0], [5, 5, 0], [0, 7, 100], [4, 6, 50], [4, 1, -75], [3, 0, -100], [3, 4, 100 / 3]])("from %d to %d is %d", (before, now, change) => {
    expect(percentageChange(before, now)).toBeCloseTo(change, 10);
  });
});
