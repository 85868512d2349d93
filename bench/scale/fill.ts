import { program } from "commander";
import { filled } from "./filled.ts";
import { progressBar } from "./progress-bar.ts";

/** `npm run fill`: makes the tables that `npm run bench -- scale --data <folder>` measures, and keeps them. */
program
  .name("npm run fill --")
  .description("Fills a folder with a table of 1,000 access tokens and one of many. Stopped, it goes on where it was; full, it does nothing.")
  .requiredOption("--data <folder>", "where the tables are kept: in a file system that is memory (/dev/shm) it is filled thirty times as fast as on a slow disk")
  .option("--tokens <number>", "how many access tokens the large table has: a multiple of 50,000", "1000000")
  .parse();
const { data, tokens } = program.opts<{ data: string; tokens: string }>();
const large = Number(tokens);
if (!Number.isSafeInteger(large) || large <= 0 || large % 50_000 !== 0) program.error("--tokens is a multiple of 50,000.");

for (const size of [1000, large]) {
  const table = await filled({ directory: data, tokens: size }, progressBar(`${size.toLocaleString("en")} access tokens`));
  await table.stop();
}
