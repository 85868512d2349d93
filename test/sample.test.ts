import process from "node:process";
import { afterEach, describe, expect, it, vi } from "vitest";
import { sample } from "./support/sample.ts";

const ROWS = Array.from({ length: 40 }, (_, at) => at);
/** The long run, and whoever asks for every row, has them all. */
const isWhole = (process.env["TEST_EFFORT"] ?? "1") !== "1" || process.env["TEST_ROWS"] === "all";
const drawn = (seed: number) => {
  vi.stubEnv("TEST_SEED", String(seed));
  return sample("numbers", 5, ROWS);
};
afterEach(() => vi.unstubAllEnvs());

describe("a sample", () => {
  it("has as many rows as are wanted, each once, as they follow each other", () => {
    const rows = drawn(1);
    expect(rows).toHaveLength(isWhole ? 40 : 5);
    expect(ROWS.filter((row) => rows.includes(row))).toEqual(rows);
  });

  it("is the same for the same seed, and in time every row is in one", () => {
    expect(drawn(2)).toEqual(drawn(2));
    expect(new Set(Array.from({ length: 200 }, (_, seed) => drawn(seed)).flat())).toEqual(new Set(ROWS));
  });

  it("of nothing fails, instead of trying nothing", () => {
    expect(() => sample("nothing", 5, [])).toThrow("nothing: none would be tried");
  });
});
