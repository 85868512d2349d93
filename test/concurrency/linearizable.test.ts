import { describe, expect, it } from "vitest";
import { randomFrom } from "../support/random.ts";
import { isLinearizable, tokenStep, type Done, type TokenAct, type TokenState } from "../support/linearizable.ts";
import { rounds } from "../support/rounds.ts";
import { tried } from "../support/tried.ts";

/** The checker of histories, which must refuse what cannot have been and let pass whatever can. */
type Line = readonly [start: number, end: number, act: TokenAct["act"], found?: boolean | "unknown"];
const history = (lines: readonly Line[]): Done<TokenState>[] => lines.map(([start, end, act, found = true]) => ({ start, end, after: tokenStep(act === "create" ? { act } : { act, found }) }));
const checked = (lines: readonly Line[]) => isLinearizable(history(lines), "unborn");

describe("refused is a history in which", () => {
  it.each<[string, readonly Line[]]>([
    ["a token is used after its deletion was answered", [[0, 1, "create"], [2, 3, "delete"], [4, 5, "use"]]],
    ["a token is listed after its deletion was answered", [[0, 1, "create"], [2, 3, "delete"], [4, 5, "list"]]],
    ["a token is refused between its creation and its deletion", [[0, 1, "create"], [2, 3, "use", false], [4, 5, "delete"]]],
    ["a token that was never deleted is gone", [[0, 1, "create"], [2, 3, "use"], [4, 5, "list", false]]],
    ["a token is deleted twice, one after the other", [[0, 1, "create"], [2, 3, "delete"], [4, 5, "delete"]]],
    ["a token is deleted twice, at the same time", [[0, 1, "create"], [2, 9, "delete"], [3, 8, "delete"]]],
    ["nobody finds a token to delete that is there", [[0, 1, "create"], [2, 3, "delete", false]]],
    ["a token is used before anybody began to make it", [[0, 1, "use"], [2, 3, "create"]]],
    ["a token is made twice", [[0, 1, "create"], [2, 3, "create"]]],
    ["a token comes back while it is being deleted", [[0, 1, "create"], [2, 9, "delete"], [3, 4, "use", false], [5, 6, "use"]]],
    ["a token comes back for somebody else while it is being deleted", [[0, 1, "create"], [2, 9, "delete"], [3, 4, "list", false], [5, 6, "use"]]],
    ["a token goes while it is being made, after it was seen", [[0, 9, "create"], [1, 2, "list"], [3, 4, "use", false]]],
    ["two see a change at the same time in different orders", [[0, 1, "create"], [2, 20, "delete"], [3, 4, "use", false], [3, 6, "list"], [7, 8, "use"]]],
    ["a deletion whose answer never came has been seen, and then has not", [[0, 1, "create"], [2, Infinity, "delete", "unknown"], [3, 4, "use", false], [5, 6, "use"]]],
    ["one thing in the middle of many that are right is wrong", [
      [0, 1, "create"], [2, 3, "use"], [2, 4, "use"], [2, 5, "list"], [6, 7, "use"], [8, 9, "use", false], [10, 11, "use"], [12, 20, "delete"], [13, 14, "use"], [21, 22, "use", false],
    ]],
  ])("%s", (_what, lines) => {
    expect(checked(lines)).toBe(false);
  });
});

describe("let pass is a history in which", () => {
  it.each<[string, readonly Line[]]>([
    ["nothing happened", []],
    ["one thing comes after the other", [[0, 1, "create"], [2, 3, "use"], [4, 5, "list"], [6, 7, "delete"], [8, 9, "use", false], [10, 11, "delete", false], [12, 13, "list", false]]],
    ["a token is seen while it is being made, by one and not by another", [[0, 9, "create"], [1, 2, "list", false], [3, 4, "list"], [5, 6, "use"]]],
    ["a token is used and then refused while it is being deleted", [[0, 1, "create"], [2, 9, "delete"], [3, 4, "use"], [5, 6, "use", false]]],
    ["of two who delete at once one is too late", [[0, 1, "create"], [2, 9, "delete"], [3, 8, "delete", false]]],
    ["what overlaps is seen in any order", [[0, 1, "create"], [2, 20, "delete"], [3, 10, "use", false], [4, 9, "use"]]],
    ["a deletion whose answer never came was done", [[0, 1, "create"], [2, Infinity, "delete", "unknown"], [3, 4, "use"], [5, 6, "use", false]]],
    ["a deletion whose answer never came was not done", [[0, 1, "create"], [2, Infinity, "delete", "unknown"], [3, 4, "use"], [5, 6, "delete"]]],
  ])("%s", (_what, lines) => {
    expect(checked(lines)).toBe(true);
  });
});

/** The same question, answered by trying every order there is. */
function bruteForce(all: readonly Done<TokenState>[], states: readonly TokenState[]): boolean {
  if (states.length === 0) return false;
  if (all.length === 0) return true;
  return all.some((one, at) => {
    const others = all.toSpliced(at, 1);
    return others.every(({ end }) => end >= one.start) && bruteForce(others, states.flatMap(one.after));
  });
}

it("agrees with whoever tries every order, about short histories drawn at random", () => {
  const SEED = 4711;
  const random = randomFrom(SEED);
  const verdicts = { possible: 0, impossible: 0 };
  const histories = rounds(3000);
  for (let at = 0; at < histories; at++) {
    const lines = Array.from({ length: 2 + random.number(5) }, (_, place): Line => {
      const start = random.number(12);
      const act = place === 0 ? "create" : random.of(["use", "use", "list", "delete"] as const);
      return [start, start + random.number(10), act, act === "delete" && random.chance(0.2) ? "unknown" : random.chance(0.6)];
    });
    const verdict = checked(lines);
    verdicts[verdict ? "possible" : "impossible"]++;
    expect([lines, verdict]).toEqual([lines, bruteForce(history(lines), ["unborn"])]);
  }
  tried("the checker of histories", { ...verdicts }, SEED);
});
