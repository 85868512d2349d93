import { describe, expect, it } from "vitest";
import { judged, median, quantile, type Row } from "../../bench/support/benchmark.ts";
import { byTurns, ratios } from "../../bench/support/rounds.ts";

const row = (what: string, ...rounds: readonly number[]): Row => ({ what, unit: "×", rounds });
const kept = (rows: readonly Row[], limits: Parameters<typeof judged>[1]) => judged(rows, limits).map(({ what, kept: is }) => [what, is]);

describe("limits of the benchmarks", () => {
  it.each([
    ["the median at the limit keeps it", { most: 2 }, [row("a", 1, 2, 9)], true],
    ["the median past the limit does not, however low the others are", { most: 2 }, [row("a", 0, 2.01, 3)], false],
    ["what must be reached is reached at the limit", { least: 2 }, [row("a", 1, 2, 9)], true],
    ["what must be reached and is not", { least: 2 }, [row("a", 1, 1.99, 9)], false],
    ["a figure that is not a number keeps nothing", { most: 2 }, [row("a", NaN)], false],
    ["a row without rounds keeps nothing", { least: 0 }, [row("a")], false],
    ["a limit whose row is missing is not kept", { most: 2 }, [], false],
  ] as const)("%s", (_guarantee, limit, rows, expected) => {
    expect(kept(rows, { a: limit })).toEqual([["a", expected]]);
  });

  it("concern the rows that they name, and the others are shown", () => {
    expect(kept([row("a", 3), row("b", 3)], { b: { most: 2 } })).toEqual([["a", true], ["b", false]]);
  });
});

describe("rounds", () => {
  it("are taken by turns, the first not counted, and each round begins with another contender", async () => {
    const order: string[] = [];
    const measured = await byTurns({ a: async () => order.push("a"), b: async () => order.push("b") }, 2);
    expect(order.join("")).toBe("abbaab");
    expect(measured).toEqual({ a: [4, 5], b: [3, 6] });
  });

  it("are compared each with the other of the same round", () => {
    expect(ratios([1, 20, 3], [2, 10, 6])).toEqual([0.5, 2, 0.5]);
    expect(median(ratios([1], []))).toBeNaN();
  });

  it("have a middle, and tails in proportion", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile(Array.from({ length: 101 }, (_, value) => value), 0.99)).toBe(99);
    expect(median([])).toBeNaN();
  });
});
