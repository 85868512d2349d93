import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matches } from "../../lib/domain/invoice-filter.ts";
import { FRIENDLY_ID, friendlyIdOf, numberHeldBy } from "../../lib/domain/invoice-numbers.ts";
import { parseMonth } from "../../lib/domain/brands.ts";

describe("a pattern of numbers", () => {
  it.each([
    ["2026-01-00000001", "2026-01-00000001", true], ["2026-01-00000001", "2026-01", false], ["2026-01-00000001", "2026*", true], ["2026-01-00000001", "*1", true],
    ["2026-01-00000001", "*01*", true], ["2026-01-00000001", "2*-01-*1", true], ["2026-01-00000001", "*", true], ["2026-01-00000001", "**", true], ["2026-01-00000001", "*2027*", false],
    ["aba", "ab*ba", false], ["abba", "ab*ba", true], ["ab", "*a*b*a", false], ["a.c", "a.c", true], ["abc", "a.c", false], ["abc", "a_c", false], ["abc", "a%", false],
  ])("%s is %s: %s", (text, pattern, expected) => {
    expect(matches(text, pattern)).toBe(expected);
  });

  it("says what a regular expression would", () => {
    const signs = fc.constantFrom("a", "b", "*");
    fc.assert(fc.property(fc.array(fc.constantFrom("a", "b")), fc.array(signs, { maxLength: 6 }), (text, pattern) => {
      expect(matches(text.join(""), pattern.join(""))).toBe(new RegExp(`^${pattern.join("").replaceAll("*", ".*")}$`).test(text.join("")));
    }), { numRuns: 2000 });
  });
});

describe("an invoice number", () => {
  const month = parseMonth("2026-11")!;

  it("is the month's, with eight digits", () => {
    expect([friendlyIdOf(month, 1), friendlyIdOf(month, 99_999_999)]).toEqual(["2026-11-00000001", "2026-11-99999999"]);
  });

  it.each([["2026-11-00000001", true], ["2026-00000001", true], ["2026-11-0000001", false], ["2026-11-000000001", false], ["2026-1-00000001", false], ["x2026-11-00000001", false], ["2026-11-00000001\n", false]])(
    "%j: %s", (text, valid) => {
      expect(FRIENDLY_ID.test(text)).toBe(valid);
    });

  it("of a month is held, of a year is not", () => {
    expect([numberHeldBy({ friendlyId: "2026-11-00000001" }).length, numberHeldBy({ friendlyId: "2026-00000001" }).length]).toEqual([1, 0]);
  });
});
