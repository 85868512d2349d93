import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { filled, type Filled } from "./scale/filled.ts";
import { OPERATIONS, operationsOn, type Operation, type Operations } from "./scale/operations.ts";
import { progressBar } from "./scale/progress-bar.ts";
import { median, type Benchmark, type Row } from "./support/benchmark.ts";
import { byTurns, ratios } from "./support/rounds.ts";

const SMALL = 1000;
/** What is filled in a minute or so: `--data`, with what `npm run fill` has kept, measures a million. */
const LARGE_WITHOUT_DATA = 50_000;
const MOST = 1.2;
/** So many calls on each of the two tables, by turns, are an operation's part of a round. */
const PAIRS = 40;
const ROUNDS = 11;

const kept = process.env["LATCHKEY_SCALE_DATA"];
const large = Number(process.env["LATCHKEY_SCALE_TOKENS"] ?? (kept === undefined ? LARGE_WITHOUT_DATA : 1_000_000));
const ratioOf = (what: string) => `${what}, of the small table's`;

export default {
  about: `What operations take in a table of ${large.toLocaleString("en")} access tokens, beside one of ${SMALL.toLocaleString("en")}.`,
  limits: Object.fromEntries(OPERATIONS.map((what) => [ratioOf(what), { most: MOST }])),
  async run() {
    const folder = kept ?? mkdtempSync(path.join(tmpdir(), "bench-scale-"));
    const open = (tokens: number) => filled({ directory: folder, tokens, inMemory: kept === undefined }, progressBar(`${tokens.toLocaleString("en")} access tokens`));
    const tables: Filled[] = [];
    try {
      for (const tokens of [SMALL, large]) tables.push(await open(tokens));
      const [small, big] = await Promise.all(tables.map(operationsOn));
      if (small === undefined || big === undefined) throw new Error("There are two tables");
      const rows: Row[] = [];
      for (const name of OPERATIONS) rows.push(...(await compared(name, small, big)));
      return rows;
    } finally {
      await Promise.all(tables.map((table) => table.stop()));
      if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    }
  },
} satisfies Benchmark;

async function compared(name: Operation, small: Operations, big: Operations): Promise<readonly Row[]> {
  const { pairs } = await byTurns({ pairs: () => inPairs(small[name], big[name]) }, ROUNDS);
  const [ofSmall, ofBig] = [pairs.map((pair) => pair.small), pairs.map((pair) => pair.big)];
  console.log(`${name}: ${median(ofSmall).toFixed(2)} and ${median(ofBig).toFixed(2)} ms`);
  return [
    { what: `${name}, p50`, unit: "ms", rounds: ofBig },
    { what: ratioOf(name), unit: "×", rounds: ratios(ofBig, ofSmall) },
  ];
}

/** The middle of the times that calls take on either table, one after the other, another one first each time. */
async function inPairs(small: () => Promise<unknown>, big: () => Promise<unknown>): Promise<{ readonly small: number; readonly big: number }> {
  const taken = { small: [] as number[], big: [] as number[] };
  for (let pair = 0; pair < PAIRS; pair++) {
    for (const which of pair % 2 === 0 ? (["small", "big"] as const) : (["big", "small"] as const)) {
      const begin = performance.now();
      await (which === "small" ? small : big)();
      taken[which].push(performance.now() - begin);
    }
  }
  return { small: median(taken.small), big: median(taken.big) };
}
