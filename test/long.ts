import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { DEFECTS } from "./planted/defects.ts";
import { plant } from "./planted/plant.ts";
import type { Tried } from "./support/tried.ts";

/**
 * `npm run test:long [-- part of a suite's name]`: every suite with its full counts, then every planted defect; one table at the
 * end. The better part of a day on two cores, most of it test/sequences: in parts it need not be one day.
 */
const [wanted = ""] = process.argv.slice(2);
const defects = DEFECTS.filter(({ suite }) => suite.includes(wanted));
/** Ten times 20,000 are 200,000; and what one of them left in its emulator need not fit into the memory beside the next. */
const SEQUENCES = "test/sequences/sequences.test.ts";
const again = SEQUENCES.includes(wanted) ? Array.from({ length: 9 }, () => SEQUENCES) : [];

const place = mkdtempSync(path.join(tmpdir(), "latchkey-long-"));
const file = path.join(place, "tried.jsonl");
const vitest = path.join(import.meta.dirname, "../node_modules/vitest/vitest.mjs");
const runs = [wanted, ...again].map((suites) =>
  spawnSync(process.execPath, [vitest, "run", suites], { stdio: "inherit", env: { TEST_EFFORT: "10", ...process.env, LATCHKEY_TRIED: file } }));
const passed = runs.every(({ status }) => status === 0);
const tried = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line) as Tried) : [];
rmSync(place, { recursive: true, force: true });

const lines = tried.map(({ suite, seed, counts }) => [suite, Object.entries(counts).map(([what, count]) => `${count} ${what}`).join(", "), seed === undefined ? "" : String(seed)]);
let missed = 0;
for (const { suite, what, outcome } of await planted()) {
  if (outcome !== "caught") missed++;
  lines.push([suite, `planted: ${what}`, outcome]);
}
const widths = [0, 1].map((column) => Math.max(0, ...lines.map((line) => line[column]?.length ?? 0)));
console.log(`\n${lines.map(([suite = "", what = "", seed = ""]) => `${suite.padEnd(widths[0] ?? 0)}  ${what.padEnd(widths[1] ?? 0)}  ${seed}`).join("\n")}`);
console.log(`\n${passed ? "All suites passed" : "A suite failed"}, ${defects.length - missed} of ${defects.length} planted defects were caught`);
process.exitCode = passed && missed === 0 ? 0 : 1;

async function planted() {
  const outcomes = [];
  for (const defect of defects) outcomes.push({ ...defect, outcome: await plant(defect) });
  return outcomes;
}
