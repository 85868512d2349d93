import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SYSTEM_NAME, systemNameFrom } from "../../lib/domain/system-name.ts";

describe("a system name", () => {
  it.each([
    ["Echo API", "echo_api"],
    ["  Crème brûlée!  ", "creme_brulee"],
    ["a -- b", "a_b"],
    ["__a__b__", "a__b"],
    ["v1.2/β", "v1_2"],
    ["snake_case-and-kebab", "snake_case_and_kebab"],
    ["ﬁne ①", "fine_1"],
    ["東京", "api"],
    ["___", "api"],
    ["", "api"],
  ])("is made from the name %j: %j", (name, expected) => {
    expect(systemNameFrom(name, "api")).toBe(expected);
  });

  it("is made from the longest name with room for what makes it unique", () => {
    expect(systemNameFrom("x".repeat(255), "api")).toBe("x".repeat(200));
  });

  it("made from any name is one that 3scale accepts, with room for what makes it unique", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
      const made = systemNameFrom(name, "api");
      expect(made).toMatch(SYSTEM_NAME);
      expect(made.length).toBeLessThanOrEqual(200);
      expect(systemNameFrom(name, "api")).toBe(made);
    }), { numRuns: 2000 });
  });

  it.each(["a", "A-b_9", "x".repeat(255)])("may be %j", (text) => {
    expect(text).toMatch(SYSTEM_NAME);
  });

  it.each(["", "x".repeat(256), "a b", "a.b", "a/b", "é", "a\n", "a#b"])("may not be %j", (text) => {
    expect(text).not.toMatch(SYSTEM_NAME);
  });
});
