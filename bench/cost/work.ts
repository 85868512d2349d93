import type { Deployment } from "../../test/support/deploy.ts";
import { costOf } from "../support/cpu.ts";
import { handlerOf } from "../support/in-process.ts";
import { byTurns } from "../support/rounds.ts";
import { unitsOf, type Meter, type Metered } from "./meter.ts";
import type { Assumed, Invocation, Usage } from "./money.ts";

/** What one invocation of a function does: counted on the wire once, and timed in rounds. */
export type Work = {
  readonly name: string; readonly memoryMb: number; readonly writesPlatformLog: boolean;
  readonly calls: readonly Metered[]; readonly kmsRequests: number; readonly busRequests: number; readonly events: number;
  /** Milliseconds of processor time, of each round. */
  readonly cpuMs: readonly number[];
};

const MICROSECONDS = 1000;

/**
 * Runs a function out of its zip, in this process: first through the meter, then straight to the database, for a proxy in the same
 * process would be timed with it.
 *
 * @param next the event of the next invocation.
 * @param right whether the answer is the one that is paid for: any other throws.
 */
export async function workOf(
  latchkey: Deployment, meter: Meter, name: string,
  { next, right, calls }: { readonly next: () => unknown; readonly right: (answer: unknown) => boolean; readonly calls: number },
): Promise<Work> {
  const fn = latchkey.template.functions.find((each) => each.name === name);
  if (fn === undefined) throw new Error(`There is no function ${name}`);
  const asked = async (handler: Awaited<ReturnType<typeof handlerOf>>) => {
    const answer = await handler(next(), {});
    if (!right(answer)) throw new Error(`${name} answered ${JSON.stringify(answer)}`);
  };

  const counted = await handlerOf(latchkey, name, meter.url);
  const before = aside(latchkey);
  meter.taken();
  await asked(counted);
  const after = aside(latchkey);

  const timed = await handlerOf(latchkey, name);
  const { costs } = await byTurns({ costs: () => costOf(calls, () => asked(timed)) });
  return {
    name, memoryMb: fn.memoryMb, writesPlatformLog: writesPlatformLog(latchkey, fn.logicalId), calls: meter.taken(),
    kmsRequests: after.kms - before.kms, busRequests: after.bus - before.bus, events: after.events - before.events,
    cpuMs: costs.map(({ cpu }) => cpu / MICROSECONDS),
  };
}

function aside({ aws }: Deployment) {
  return { kms: aws.calls["kms:Decrypt"] ?? 0, bus: aws.calls["events:PutEvents"] ?? 0, events: aws.events().length };
}

/** Lambda writes START, END and REPORT of each invocation, unless the function's log begins at warnings. */
function writesPlatformLog({ template }: Deployment, logicalId: string): boolean {
  const logging = template.resources[logicalId]?.Properties["LoggingConfig"] as { readonly SystemLogLevel?: string } | undefined;
  return logging?.SystemLogLevel !== "WARN";
}

/** Works that together make up what is paid for, each shared by so many of it; of one of the rounds. */
export function usageOf(
  works: readonly { readonly work: Work; readonly sharedBy: number }[], round: number, assumed: Assumed, request?: { readonly accessLogBytes: number },
): Usage {
  const sum = (of: (work: Work) => number) => works.reduce((all, { work, sharedBy }) => all + of(work) / sharedBy, 0);
  return {
    invocations: works.map(({ work, sharedBy }): Invocation => ({
      name: work.name, memoryMb: work.memoryMb, sharedBy,
      cpuMs: work.cpuMs[round] ?? NaN, waitMs: waitMsOf(work, assumed), logBytes: work.writesPlatformLog ? assumed.platformLogBytes : 0,
    })),
    readUnits: sum(({ calls }) => unitsOf(calls, "reads")),
    writeUnits: sum(({ calls }) => unitsOf(calls, "writes")),
    kmsRequests: sum(({ kmsRequests }) => kmsRequests),
    events: sum(({ events }) => events),
    httpRequests: request === undefined ? 0 : 1,
    accessLogBytes: request === undefined ? 0 : request.accessLogBytes + assumed.logLineOverheadBytes,
  };
}

/** As if each call waited for the one before: some do not. */
function waitMsOf({ calls, kmsRequests, busRequests }: Work, assumed: Assumed): number {
  const waitOf = (call: Metered) => (unitsOf([call], "writes") === 0 ? assumed.readMs : call.action === "TransactWriteItems" ? assumed.transactionMs : assumed.writeMs);
  const database = calls.reduce((sum, call) => sum + waitOf(call), 0);
  return database + kmsRequests * assumed.kmsMs + busRequests * assumed.eventBridgeMs;
}
