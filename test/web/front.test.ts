import { describe, expect, it } from "vitest";
import { front } from "../../web/src/api/front.ts";

/** A list of the numbers up to `length`, in pages of three, and the cursors that were asked for. */
function list(length: number) {
  const asked: string[] = [];
  return { asked, read: async (after: string) => {
    asked.push(after);
    const from = Number(after || "0");
    const items = Array.from({ length: Math.min(3, length - from) }, (_, at) => from + at + 1);
    return { kind: "ok" as const, value: { items, ...(from + 3 < length ? { next: String(from + 3) } : {}) } };
  } };
}

describe("the front of a list", () => {
  it.each([
    ["nothing", 0, 5, [], false, [""]],
    ["a list of less than a page", 2, 5, [1, 2], false, [""]],
    ["a list of just a page", 3, 3, [1, 2, 3], false, [""]],
    ["a list that goes on", 10, 3, [1, 2, 3], true, [""]],
    ["as many whole pages as it takes", 10, 4, [1, 2, 3, 4, 5, 6], true, ["", "3"]],
    ["all of it, when that is less than what is wanted", 7, 100, [1, 2, 3, 4, 5, 6, 7], false, ["", "3", "6"]],
  ])("is %s", async (_what, length, most, items, more, cursors) => {
    const { asked, read } = list(length);
    expect(await front(read, most)).toEqual({ kind: "ok", value: { items, more } });
    expect(asked).toEqual(cursors);
  });

  it("is a failure when any page of it is: what is missing must not look like the end", async () => {
    const { read } = list(10);
    expect(await front(async (after) => (after === "3" ? { kind: "unavailable" } : read(after)), 9)).toEqual({ kind: "unavailable" });
  });
});
