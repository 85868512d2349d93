import process from "node:process";
import { newSeed, randomFrom, shuffled } from "./random.ts";
import { rounds } from "./rounds.ts";

/** Whoever looks for what the tests notice at all must not depend on what was drawn: planted defects and mutations set it. */
const EVERY_ROW = process.env["TEST_ROWS"] === "all";

/**
 * Rows of a table of tests that takes long: `npm test` tries so many of them, drawn anew each time, and the long run all.
 * @param what said to whoever reads the output, with the seed that draws the same again.
 * @throws RangeError when none would be tried.
 */
export function sample<Row>(what: string, usual: number, rows: readonly Row[]): readonly Row[] {
  const count = EVERY_ROW ? rows.length : rounds(usual, rows.length);
  if (!(Math.min(count, rows.length) > 0)) throw new RangeError(`${what}: none would be tried`);
  if (count >= rows.length) return rows;
  const seed = newSeed();
  const drawn = new Set(shuffled([...rows.keys()], randomFrom(seed)).slice(0, count));
  console.log(`${what}: ${count} of ${rows.length}, seed ${seed}`);
  return rows.filter((_, at) => drawn.has(at));
}
