import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { program } from "commander";
import { packageService } from "../test/support/package-service.ts";
import { judged, type Benchmark, type Judged, type Row } from "./support/benchmark.ts";
import { tableOf } from "./support/table.ts";

/** `npm run bench`: each benchmark in a process of its own, one after the other, and one table at the end. */
const HERE = import.meta.dirname;
const known = readdirSync(HERE).filter((file) => file.endsWith(".ts") && file !== "run.ts").map((file) => path.parse(file).name);

program
  .name("npm run bench --")
  .description("Measures what a decision costs, side by side with what else there is. The method is in bench/README.md.")
  .argument("[names...]", `which benchmarks (default: all): ${known.join(", ")}`)
  .option("--check", "fail when a limit is not kept")
  .option("--prices <file>", "of cost: figures of one's own in place of those in bench/cost/prices.json")
  .option("--data <folder>", "of scale: what npm run fill has kept; without it a smaller table is made in memory")
  .option("--tokens <number>", "of scale: how many access tokens the large table there has (default: 1000000)")
  .parse();
const options = program.opts<{ check?: true; prices?: string; data?: string; tokens?: string }>();
if (options.prices !== undefined) process.env["LATCHKEY_PRICES"] = path.resolve(options.prices);
if (options.data !== undefined) process.env["LATCHKEY_SCALE_DATA"] = path.resolve(options.data);
if (options.tokens !== undefined) process.env["LATCHKEY_SCALE_TOKENS"] = options.tokens;
const names = program.args.length > 0 ? program.args : known;
const strangers = names.filter((name) => !known.includes(name));
if (strangers.length > 0) program.error(`There is no benchmark ${strangers.join(", ")}, only ${known.join(", ")}.`);

// What would be deployed is packaged once: the benchmarks that run it find it by their environment.
const place = mkdtempSync(path.join(tmpdir(), "latchkey-package-"));
process.on("exit", () => rmSync(place, { recursive: true, force: true }));
// What is unpacked lies beside it.
const packageDirectory = path.join(place, "package");
process.env["LATCHKEY_PACKAGE"] = packageDirectory;
console.log("Packaging what would be deployed ...");
await packageService(packageDirectory);

const found: (Judged & { readonly benchmark: string })[] = [];
for (const name of names) found.push(...(await measured(name)).map((row) => ({ benchmark: name, ...row })));
console.log(`\n${tableOf(found)}`);

const missed = found.filter(({ kept }) => !kept);
if (options.check === true && missed.length > 0) {
  console.error(`\nPast the limit: ${missed.map(({ benchmark, what }) => `${benchmark}, ${what}`).join("; ")}`);
  process.exitCode = 1;
}

/** What one benchmark found. What it prints meanwhile is seen; its failure is the failure of the run. */
async function measured(name: string): Promise<readonly Judged[]> {
  console.log(`\n== ${name}`);
  const child = fork(path.join(HERE, "support/child.ts"), [pathToFileURL(path.join(HERE, `${name}.ts`)).href], { serialization: "advanced" });
  let told: { readonly rows: readonly Row[]; readonly limits: Benchmark["limits"] } | undefined;
  child.on("message", (message: NonNullable<typeof told>) => void (told = message));
  const [code] = await once(child, "close") as [number | null];
  if (code !== 0 || told === undefined) throw new Error(`The benchmark ${name} failed`);
  return judged(told.rows, told.limits);
}
