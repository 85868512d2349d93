import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tenThousandths } from "../../lib/domain/brands.ts";
import { decimal, parseAmount, plus, units } from "../../lib/domain/money.ts";

describe("an amount", () => {
  it.each([
    ["0", 0], ["20", 200_000], ["20.5", 205_000], ["0.0001", 1], ["0.00005", 1], ["0.00004999", 0], ["-1.5", -15_000], ["-0.00001", 0], ["0.99995", 10_000],
    ["007", 70_000], ["999999999.9999", 9_999_999_999_999],
  ])("%s is %d ten-thousandths", (text, amount) => {
    expect(parseAmount(text)).toBe(amount);
  });

  it.each(["", " ", "1,5", ".5", "1.", "+1", "1e3", "0x1", "--1", "1.2.3", "1000000000", "NaN", "Infinity", "\u0661", "1\n", "1 000"])("%j is none", (text) => {
    expect(parseAmount(text)).toBeUndefined();
  });

  it.each([[0, "0.0", 0], [200_000, "20.0", 20], [205_000, "20.5", 20.5], [1, "0.0001", 0.0001], [-15_000, "-1.5", -1.5], [100, "0.01", 0.01], [123_456, "12.3456", 12.3456]])(
    "of %d is %s in XML and %d in JSON", (amount, xml, json) => {
      expect([decimal(tenThousandths(amount)), units(tenThousandths(amount))]).toEqual([xml, json]);
    });

  it("comes back from XML and from JSON as it was", () => {
    fc.assert(fc.property(fc.integer({ min: -9_999_999_999_999, max: 9_999_999_999_999 }).map(tenThousandths), (amount) => {
      expect(parseAmount(decimal(amount))).toBe(amount);
      expect(parseAmount(units(amount).toFixed(8))).toBe(amount);
    }));
  });

  it("adds exactly, or not at all", () => {
    const most = tenThousandths(Number.MAX_SAFE_INTEGER);
    expect([plus(tenThousandths(1), 2), plus(most, 1), plus(most, -1)]).toEqual([3, undefined, Number.MAX_SAFE_INTEGER - 1]);
    expect(() => tenThousandths(0.5)).toThrow(RangeError);
  });
});
