import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import type { Defect, Edit } from "./defects.ts";

export const ROOT = path.join(import.meta.dirname, "../..");
const COPIED = ["functions", "lib", "test", "web", "package.json", "package-lock.json", "serverless.yml", "tsconfig.json", "vitest.config.ts"];

/** What a suite did under a defect. "missed" is a suite that saw nothing wrong; "broken" one that could not run, which proves nothing. */
export type Outcome = "caught" | "missed" | "broken";

/** Plants a defect in a copy of the product, and runs the suite that must find it. */
export async function plant({ suite, edits }: Defect): Promise<Outcome> {
  const copy = mkdtempSync(path.join(tmpdir(), "latchkey-planted-"));
  try {
    for (const name of COPIED) cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
    symlinkSync(path.join(ROOT, "node_modules"), path.join(copy, "node_modules"));
    for (const edit of edits) {
      const file = path.join(copy, edit.file);
      writeFileSync(file, edited(readFileSync(file, "utf8"), edit));
    }
    return await outcomeOf(suite, copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** A source with a defect in it. Throws when the text that it replaces is not there exactly once: the product has changed, and the defect with it must. */
export function edited(source: string, { file, from, to }: Edit): string {
  const places = source.split(from).length - 1;
  if (places !== 1) throw new Error(`${file} holds this ${places} times, and not once: ${from}`);
  return source.replace(from, () => to);
}

async function outcomeOf(suite: string, cwd: string): Promise<Outcome> {
  const report = path.join(cwd, "report.json");
  const vitest = path.join(ROOT, "node_modules/vitest/vitest.mjs");
  const child = spawn(process.execPath, [vitest, "run", suite, "--reporter=json", `--outputFile.json=${report}`], {
    cwd, stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, TEST_ROWS: "all" },
  });
  const [code] = await once(child, "close") as [number | null];
  if (code === 0) return "missed";
  // What fails to start fails every suite, with and without a defect: only a test that was run and failed has found something.
  const { numFailedTests, testResults } = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) as Report : { numFailedTests: 0, testResults: [] };
  return numFailedTests > 0 && testResults.some(({ assertionResults }) => assertionResults.some(({ status }) => status === "failed")) ? "caught" : "broken";
}

type Report = { readonly numFailedTests: number; readonly testResults: readonly { readonly assertionResults: readonly { readonly status: string }[] }[] };
