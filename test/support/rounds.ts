import process from "node:process";

/** `npm run test:long` sets it: how many times as long as usual may the tests try that look for what seldom happens? */
const EFFORT = Number(process.env["TEST_EFFORT"] ?? "1");

/** How often to try something that seldom happens. */
export function rounds(usual: number): number {
  return Math.round(usual * EFFORT);
}
