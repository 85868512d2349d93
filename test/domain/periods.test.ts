import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochSeconds } from "../../lib/domain/brands.ts";
import { periodEnd, periodStart, PERIODS, type Period } from "../../lib/domain/periods.ts";

const time = (text: string) => epochSeconds(Date.parse(text) / 1000);
const anyTime = fc.integer({ min: 1_000_000, max: 4_000_000_000 }).map(epochSeconds);
const bounded = PERIODS.filter((period) => period !== "eternity");

describe("a period", () => {
  it.each<[Period, string, string]>([
    ["year", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"],
    ["month", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"],
    ["week", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"],
    ["day", "2026-11-29T00:00:00Z", "2026-11-30T00:00:00Z"],
    ["hour", "2026-11-29T23:00:00Z", "2026-11-30T00:00:00Z"],
    ["minute", "2026-11-29T23:59:00Z", "2026-11-30T00:00:00Z"],
  ])("%s begins at %s and ends where the next begins, at %s (UTC, weeks from Monday)", (period, start, end) => {
    expect([periodStart(period, time("2026-11-29T23:59:59Z")), periodEnd(period, time("2026-11-29T23:59:59Z"))]).toEqual([time(start), time(end)]);
  });

  it("eternity begins with time and does not end", () => {
    expect([periodStart("eternity", time("2026-11-29T23:59:59Z")), periodEnd("eternity", time("2026-11-29T23:59:59Z"))]).toEqual([0, undefined]);
  });

  it("the week of a Monday begins on that Monday, and a leap day is in its month", () => {
    expect(periodStart("week", time("2026-11-30T00:00:00Z"))).toBe(time("2026-11-30T00:00:00Z"));
    expect(periodEnd("month", time("2028-02-29T12:00:00Z"))).toBe(time("2028-03-01T00:00:00Z"));
  });

  it("holds its time, and every time in it has the same bounds", () => {
    fc.assert(fc.property(fc.constantFrom(...bounded), anyTime, fc.nat(), (period, at, offset) => {
      const [start, end] = [periodStart(period, at), periodEnd(period, at) ?? 0];
      expect(start <= at && at < end).toBe(true);
      const other = epochSeconds(start + (offset % (end - start)));
      expect([periodStart(period, other), periodEnd(period, other)]).toEqual([start, end]);
    }));
  });
});
