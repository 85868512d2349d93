import { describe, expect, it } from "vitest";
import { epochSeconds, parseMonth, type Month } from "../../lib/domain/brands.ts";
import { dateOf, daysOf, isBillable, monthOf } from "../../lib/domain/months.ts";

const month = (text: string): Month => parseMonth(text)!;
const at = (text: string) => epochSeconds(Date.parse(text) / 1000);

describe("a month", () => {
  it.each(["2026-01", "2026-12", "0007-10"])("is %s", (text) => {
    expect(parseMonth(text)).toBe(text);
  });

  it.each(["", "2026", "2026-1", "2026-00", "2026-13", "2026-01-01", "26-01", "2026-01\n", " 2026-01", "2026/01"])("is not %j", (text) => {
    expect(parseMonth(text)).toBeUndefined();
  });

  it.each([["2026-01", "31"], ["2026-02", "28"], ["2028-02", "29"], ["2000-02", "29"], ["2100-02", "28"], ["2026-04", "30"], ["0099-06", "30"], ["2026-12", "31"]])("%s ends on day %s", (text, last) => {
    expect(daysOf(month(text))).toEqual({ first: `${text}-01`, last: `${text}-${last}` });
  });

  it("begins and ends in UTC", () => {
    expect(() => monthOf(epochSeconds(253_402_300_800))).toThrow(new RangeError("Beyond the year 9999 there are no months"));
    expect([monthOf(at("2026-01-31T23:59:59Z")), monthOf(at("2026-02-01T00:00:00Z"))]).toEqual(["2026-01", "2026-02"]);
    expect([dateOf(at("2026-02-28T23:00:00Z")), dateOf(at("2026-02-28T23:00:00Z"), 2)]).toEqual(["2026-02-28", "2026-03-02"]);
  });

  it.each([
    ["the one in which the provider came", "2026-03", true],
    ["the one before", "2026-02", false],
    ["this one", "2026-11", true],
    ["twelve ahead", "2027-11", true],
    ["thirteen ahead", "2027-12", false],
    ["one long ago", "0007-12", false],
  ])("is billed or not: %s", (_what, text, billable) => {
    expect(isBillable(month(text), at("2026-03-31T00:00:00Z"), at("2026-11-30T23:59:59Z"))).toBe(billable);
  });
});
