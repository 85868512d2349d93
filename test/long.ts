import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { DEFECTS } from "./planted/defects.ts";
import { plant } from "./planted/plant.ts";
import type { Tried } from "./support/tried.ts";

/** `npm run test:long`: every suite with its full counts, then every planted defect; one table at the end. Hours on two cores. */
const place = mkdtempSync(path.join(tmpdir(), "latchkey-long-"));
const file = path.join(place, "tried.jsonl");
const vitest = path.join(import.meta.dirname, "../node_modules/vitest/vitest.mjs");
const run = spawnSync(process.execPath, [vitest, "run"], { stdio: "inherit", env: { TEST_EFFORT: "10", ...process.env, LATCHKEY_TRIED: file } });
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
console.log(`\n${run.status === 0 ? "All suites passed" : "A suite failed"}, ${DEFECTS.length - missed} of ${DEFECTS.length} planted defects were caught`);
process.exitCode = run.status === 0 && missed === 0 ? 0 : 1;

async function planted() {
  const outcomes = [];
  for (const defect of DEFECTS) outcomes.push({ ...defect, outcome: await plant(defect) });
  return outcomes;
}
