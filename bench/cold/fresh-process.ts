import { spawnSync } from "node:child_process";
import process from "node:process";
import { pathToFileURL } from "node:url";

/** The last words of a process: the processor time that all its threads took, in microseconds. */
const TELL = 'const { user, system } = process.cpuUsage(); require("fs").writeSync(1, String(user + system));';
/** Imports a bundle, hands it one event, and fails unless the answer holds what it must. */
const RUNNER = `
const [bundle, event, expected] = process.argv.slice(1);
import(bundle).then(async ({ handler }) => {
  const answer = JSON.stringify(await handler(JSON.parse(event), { awsRequestId: "1" }));
  if (!answer.includes(expected)) throw new Error(answer);
  ${TELL}
  process.exit();
});
`;

export type Start = { readonly environment: Readonly<Record<string, string>>; readonly event: unknown; readonly expected: string };
/** Milliseconds of a process, from nothing to its end: on the clock, and of the processor. */
export type Taken = { readonly wall: number; readonly cpu: number };

/** What a fresh process takes to import a bundle and answer its first event. Another answer than the expected throws. */
export function coldStart(bundle: string, { environment, event, expected }: Start): Taken {
  return taken(["-e", RUNNER, pathToFileURL(bundle).href, JSON.stringify(event), expected], environment);
}

/** What a process takes in which nothing happens. */
export function bareStart(): Taken {
  return taken(["-e", TELL], {});
}

function taken(args: readonly string[], env: Readonly<Record<string, string>>): Taken {
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  const wall = performance.now() - begin;
  if (status !== 0) throw new Error(stderr);
  return { wall, cpu: Number(stdout) / 1000 };
}
