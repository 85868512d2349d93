import { appendFileSync } from "node:fs";
import process from "node:process";

/** Where the long run wants to hear of it. */
const REPORT = process.env["LATCHKEY_TRIED"];

export type Tried = { readonly suite: string; readonly seed: number | undefined; readonly counts: Readonly<Record<string, number>> };

/**
 * What a suite has tried, by what it counts: one line for whoever reads the output. A suite that tried nothing has not
 * passed, whatever else it says: then this throws.
 * @param seed what the tries were drawn from; undefined for those that leave nothing out.
 */
export function tried(suite: string, counts: Readonly<Record<string, number>>, seed?: number): void {
  const nothing = Object.entries(counts).filter(([, count]) => !(count > 0)).map(([what]) => what);
  console.log(`${suite}: ${Object.entries(counts).map(([what, count]) => `${count.toLocaleString("en")} ${what}`).join(", ")}${seed === undefined ? "" : `, seed ${seed}`}`);
  if (REPORT !== undefined) appendFileSync(REPORT, `${JSON.stringify({ suite, seed, counts })}\n`);
  if (nothing.length > 0 || Object.keys(counts).length === 0) throw new Error(`${suite}: nothing was tried (${nothing.join(", ")})`);
}
