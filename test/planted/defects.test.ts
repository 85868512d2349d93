import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { DEFECTS } from "./defects.ts";
import { edited, ROOT } from "./plant.ts";

const table = readFileSync(path.join(ROOT, "test/README.md"), "utf8");

/** That the suites catch them is seen by `npm run test:planted`; that they can still be planted, by this. */
describe("the planted defects", () => {
  it.each(DEFECTS)("$suite: $what", ({ suite, what, edits }) => {
    expect(existsSync(path.join(ROOT, suite))).toBe(true);
    for (const edit of edits) {
      const source = readFileSync(path.join(ROOT, edit.file), "utf8");
      expect(edited(source, edit)).not.toBe(source);
    }
    // Whoever looks for a threat in the table finds the suite and the defect.
    expect([table.includes(suite), table.includes(what)]).toEqual([true, true]);
  });
});
