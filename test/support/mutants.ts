import { existsSync, readFileSync } from "node:fs";

/**
 * Stryker changes the product in many ways at once, and a global tells the changed code which of them counts, and counts
 * which of them a test has come by. Functions run in threads with globals of their own, programs in processes: this carries both
 * across. Without Stryker there is nothing to carry.
 */
type Hits = Record<string, number>;
/** Of Stryker's instrumenter: `@stryker-mutator/instrumenter`, instrument-header. */
type Stryker = { readonly activeMutant?: string; readonly currentTestId?: string; mutantCoverage?: { readonly static: Hits; readonly perTest: Record<string, Hits> } };

const stryker = () => (globalThis as { readonly __stryker__?: Stryker }).__stryker__;

/** The variable that makes a thread, or a process, run the change that counts here. */
export function activeMutant(): Readonly<Record<string, string>> {
  const active = stryker()?.activeMutant;
  return active === undefined ? {} : { __STRYKER_ACTIVE_MUTANT__: active };
}

/** What a process loads first: at its end it leaves what it has come by in a file. */
const LEAVE_HITS = `data:text/javascript,${encodeURIComponent(`
  import { writeFileSync } from "node:fs";
  process.on("exit", () => writeFileSync(process.env.STRYKER_HITS, JSON.stringify(globalThis.__stryker__?.mutantCoverage?.static ?? {})));
`)}`;

/** The variables with which a process runs that change, and leaves what it has come by in this file, for `noteHitsIn`. */
export function inProcess(file: string): Readonly<Record<string, string>> {
  return stryker() === undefined ? {} : { ...activeMutant(), STRYKER_HITS: file, NODE_OPTIONS: `--import=${LEAVE_HITS}` };
}

/** In the tests' thread: notes what a process came by that has ended. */
export function noteHitsIn(file: string): void {
  if (stryker() !== undefined && existsSync(file)) noteHits(JSON.parse(readFileSync(file, "utf8")) as Hits, false);
}

/** In the thread: what it has come by since it was last asked. */
export function takeHits(): Hits | undefined {
  const hits = stryker()?.mutantCoverage?.static;
  if (hits === undefined) return undefined;
  const taken = { ...hits };
  // Stryker holds on to this very object.
  for (const mutant of Object.keys(hits)) delete hits[mutant];
  return taken;
}

/** What threads came by while they were loaded, or were prepared for the tests of this file: each test that calls one depends on it. */
const before: Hits = {};

/** In the tests' thread: notes what a thread came by for the test that waits for it. */
export function noteHits(hits: Hits | undefined, loading: boolean): void {
  const own = stryker();
  if (own === undefined || hits === undefined) return;
  const { perTest } = (own.mutantCoverage ??= { static: {}, perTest: {} });
  if (loading || own.currentTestId === undefined) add(before, hits);
  if (own.currentTestId === undefined) return;
  const test = (perTest[own.currentTestId] ??= {});
  add(test, hits);
  add(test, before);
}

function add(to: Hits, hits: Hits): void {
  for (const [mutant, times] of Object.entries(hits)) to[mutant] = (to[mutant] ?? 0) + times;
}
