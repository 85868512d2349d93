import process from "node:process";

/** `npm run test:long` sets it: how many times as long as usual may the tests try that look for what seldom happens? */
const EFFORT = Number(process.env["TEST_EFFORT"] ?? "1");

/** How often to try something that seldom happens; `full` for the long run where ten times as often is not what it takes. */
export function rounds(usual: number, full: number = usual * EFFORT): number {
  return EFFORT === 1 ? usual : Math.round(full);
}
