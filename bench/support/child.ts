import process from "node:process";
import type { Benchmark } from "./benchmark.ts";

/** Runs one benchmark, named by its URL on the command line, and tells its rows to the process that started this one. */
const { default: benchmark } = await import(process.argv[2] ?? "") as { default: Benchmark };
console.log(benchmark.about);
const rows = await benchmark.run();
process.send?.({ rows, limits: benchmark.limits }, () => process.exit(0));
