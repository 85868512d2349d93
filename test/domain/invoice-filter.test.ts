import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fits, matches, type InvoiceFilter } from "../../lib/domain/invoice-filter.ts";
import { FRIENDLY_ID, friendlyIdOf, numberHeldBy } from "../../lib/domain/invoice-numbers.ts";
import { epochSeconds, id, parseMonth, tenThousandths } from "../../lib/domain/brands.ts";
import type { Invoice } from "../../lib/domain/invoices.ts";

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

describe("an invoice is wanted", () => {
  const now = epochSeconds(1);
  const invoice: Invoice = {
    accountId: id(1), id: id(2), developerAccountId: id(3), friendlyId: "2026-09-00000012", period: parseMonth("2026-09")!, state: "paid", currency: "EUR",
    total: tenThousandths(0), creationType: "manual", version: 1, createdAt: now, updatedAt: now,
  };
  const right: InvoiceFilter = { state: "paid", month: "2026-09", number: "*12", year: "2026", monthNumber: "9", buyers: new Set([id(3)]) };
  const wrong: readonly InvoiceFilter[] = [{ state: "open" }, { month: "2026-08" }, { number: "*13" }, { year: "2025" }, { monthNumber: "8" }, { buyers: new Set([id(4)]) }];

  it("when nothing is asked for, and when each thing that is asked for holds", () => {
    expect(fits(invoice, {})).toBe(true);
    expect(fits(invoice, right)).toBe(true);
    for (const [name, value] of Object.entries(right)) expect([name, fits(invoice, { [name]: value })]).toEqual([name, true]);
  });

  it.each(wrong)("not when one thing does not hold, alone or among others that do: %j", (one) => {
    expect(fits(invoice, one)).toBe(false);
    expect(fits(invoice, { ...right, ...one })).toBe(false);
  });

  it.each<[InvoiceFilter, boolean]>([
    [{ monthNumber: "09" }, true], [{ monthNumber: "009" }, false], [{ monthNumber: "" }, false], [{ month: "2026" }, false], [{ year: "26" }, false], [{ state: "" }, false], [{ number: "" }, false],
    [{ buyers: new Set() }, false], [{ monthNumber: "2026-09" }, false], [{ year: "2026-09" }, false],
  ])("by %j: %s", (wanted, expected) => {
    expect(fits(invoice, wanted)).toBe(expected);
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
    expect(numberHeldBy({ friendlyId: "2026-11-00000001" })).toEqual([{ scope: "INVOICES#", field: "friendly_id", value: "2026-11-00000001" }]);
    for (const friendlyId of ["2026-00000001", "x2026-11-00000001", "2026-11-000000012"]) expect(numberHeldBy({ friendlyId })).toEqual([]);
  });
});
