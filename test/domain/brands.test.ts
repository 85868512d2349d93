import { describe, expect, it } from "vitest";
import { parseMonth, parseSessionId, tenThousandths } from "../../lib/domain/brands.ts";

describe("an amount of money", () => {
  it.each([0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER])("is whole ten-thousandths: %d", (amount) => {
    expect(tenThousandths(amount)).toBe(amount);
  });

  it.each([0.5, NaN, Infinity, Number.MAX_SAFE_INTEGER + 1, "1", 1n, null, undefined])("is nothing else: %s", (amount) => {
    expect(() => tenThousandths(amount)).toThrow(new RangeError("Not an amount of money"));
  });
});

describe("a session's id", () => {
  const ID = "AZaz09_-AZaz09_-AZaz09_-AZaz09_-";

  it("is 32 characters of base64url", () => {
    expect(parseSessionId(ID)).toBe(ID);
  });

  it.each([ID.slice(1), `${ID}A`, `${ID.slice(1)}+`, `${ID.slice(1)}/`, `${ID.slice(1)}=`, ` ${ID.slice(1)}`, `${ID}\n`, "", [ID], undefined, null, 1])("is nothing else: %j", (text) => {
    expect(parseSessionId(text)).toBeUndefined();
  });
});

describe("a month", () => {
  it.each(["2026-01", "2026-09", "2026-10", "2026-12", "0000-01"])("is %s", (text) => {
    expect(parseMonth(text)).toBe(text);
  });

  it.each(["", "2026", "2026-00", "2026-13", "2026-20", "2026-1", "26-01", "2026-011", "02026-01", "2026-01-01", " 2026-01", "2026-01\n", "2026/01", "x2026-01"])("is not %j", (text) => {
    expect(parseMonth(text)).toBeUndefined();
  });
});
