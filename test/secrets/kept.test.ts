import { describe, expect, it } from "vitest";
import { keep, open } from "../../lib/secrets/kept.ts";
import { parsePeppers } from "../../lib/secrets/pepper.ts";

const [ONE, TWO] = ["1".repeat(64), "2".repeat(64)];
const peppers = parsePeppers(`1:${ONE}`);
const kept = keep(peppers, "name", "place", '"secret"');

describe("what is kept for a request that may come again", () => {
  it("opens for whoever has the pepper and the name, in its place", () => {
    expect(open(peppers, "name", "place", kept)).toBe('"secret"');
  });

  it("opens after the pepper was rotated, as long as the old one is there", () => {
    expect(open(parsePeppers(`1:${ONE},2:${TWO}`), "name", "place", kept)).toBe('"secret"');
    expect(keep(parsePeppers(`1:${ONE},2:${TWO}`), "name", "place", "").pepper).toBe(2);
    expect(() => open(parsePeppers(`2:${TWO}`), "name", "place", kept)).toThrow("Pepper version 1 is not configured");
  });

  const WRONG_KEY = "Unsupported state or unable to authenticate data";
  it.each([
    ["without the pepper", parsePeppers(`1:${TWO}`), "name", "place"],
    ["without the name", peppers, "another", "place"],
    ["in the place of another request", peppers, "name", "another"],
  ])("does not open %s", (_what, given, name, place) => {
    expect(() => open(given, name, place, kept)).toThrow(WRONG_KEY);
  });

  it("shows nothing of itself, and is another text each time", () => {
    expect(kept.sealed).not.toContain("secret");
    expect(keep(peppers, "name", "place", '"secret"').sealed).not.toBe(kept.sealed);
  });
});
