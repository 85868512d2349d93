import { spawnSync } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { PARTS } from "./parts.ts";

// `npm run test:mutation -- domain`, and whatever options Stryker has, as `--mutate lib/domain/ceiling.ts`.
const [name = "", ...options] = process.argv.slice(2);
if (!Object.hasOwn(PARTS, name)) {
  console.error(`error: which part? npm run test:mutation -- ${Object.keys(PARTS).join(" | ")} [options of Stryker's]`);
  process.exit(2);
}
const stryker = path.join(import.meta.dirname, "node_modules/@stryker-mutator/core/bin/stryker.js");
const { status } = spawnSync(process.execPath, [stryker, "run", path.join(import.meta.dirname, "stryker.config.mjs"), ...options], {
  stdio: "inherit", env: { ...process.env, LATCHKEY_MUTATION_PART: name, TEST_ROWS: "all" },
});
process.exitCode = status ?? 1;
