import { describe, expect, it } from "vitest";
import { epochSeconds, id, parseId, systemClock, toId } from "../../lib/domain/brands.ts";
import { IDS_PER_MS, idNumber } from "../../lib/domain/ids.ts";
import { isoSeconds } from "../../lib/domain/time.ts";

const MAX = Number.MAX_SAFE_INTEGER;

describe("an id", () => {
  it.each([1, 42, 2 ** 31, 2 ** 32, MAX])("is a positive integer that every JSON parser reads exactly: %d", (number) => {
    expect(toId(number)).toBe(number);
    expect(id(number)).toBe(number);
    expect(parseId(String(number))).toBe(number);
    expect(JSON.parse(JSON.stringify(number))).toBe(number);
  });

  it.each([0, -1, 0.5, MAX + 1, Infinity, NaN, "1", 1n, null, undefined, true, [1], {}])("is nothing else: %s", (value) => {
    expect(toId(value)).toBeUndefined();
    expect(() => id(value)).toThrow(new RangeError("Not an id"));
  });

  it.each([
    "", "0", "-1", "+1", "01", "1.0", "1e3", "0x10", " 1", "1 ", "1\n", "1_000", "1,000", "9007199254740992", "9007199254740993", "99999999999999999",
    "१", "１", "NaN", "12ab", "ab12", "null",
  ])("is read only in the form it is written: %j is none", (text) => {
    expect(parseId(text)).toBeUndefined();
  });
});

describe("a new id's number", () => {
  const at = (year: number, random: number) => idNumber(Date.UTC(year, 0, 1), random);

  it("grows with time, whatever was drawn", () => {
    const now = Date.UTC(2026, 5, 1);
    expect(idNumber(now, IDS_PER_MS - 1)).toBeLessThan(idNumber(now + 1, 0));
  });

  it("is the next one for the next number that is drawn", () => {
    expect(at(2026, 1) - at(2026, 0)).toBe(1);
  });

  it("is another for each number drawn in one millisecond", () => {
    expect(new Set(Array.from({ length: IDS_PER_MS }, (_, random) => idNumber(Date.UTC(2026, 0, 1), random))).size).toBe(IDS_PER_MS);
  });

  it.each([2026, 2050, 2094, 2123])("is an id of at most fourteen digits in %d, as gateways print numbers", (year) => {
    expect(toId(at(year, 0))).toBeDefined();
    expect(toId(at(year, IDS_PER_MS - 1))).toBeLessThan(1e14);
  });

  it("is no id before the epoch of ids, on a machine whose clock is lost", () => {
    expect(toId(at(2024, 1))).toBeUndefined();
  });
});

describe("a time", () => {
  it.each([0, 1_900_000_000])("is whole seconds: %d", (seconds) => {
    expect(epochSeconds(seconds)).toBe(seconds);
  });

  it.each([-1, 0.5, NaN, Infinity, "1", null, undefined, new Date()])("is nothing else: %s", (value) => {
    expect(() => epochSeconds(value)).toThrow(new RangeError("Not a time in seconds"));
  });

  it("of the machine's clock is now", () => {
    const seconds = Date.now() / 1000;
    expect(Math.abs(systemClock() - seconds)).toBeLessThan(2);
  });

  it("is written as 3scale writes it", () => {
    expect(isoSeconds(epochSeconds(1_893_499_200))).toBe("2030-01-01T12:00:00Z");
  });
});
