import { randomUUID } from "node:crypto";
import type { Operation } from "../../lib/http/operation.ts";
import type { Deployment } from "../support/deployment.ts";
import { faultsOf, type Fault, type FaultProxy, type SeenCall } from "../support/fault-proxy.ts";
import { request, type Answer } from "../support/request.ts";
import type { Lane, LaneRequest } from "./lane.ts";
import { FINISHED_BY_EVENT, REPLACING } from "./subjects.ts";

export type Stage = { readonly latchkey: Deployment; readonly faults: FaultProxy };

/** How an operation goes when nothing fails: what it answers, what it changes, and the calls that it makes for that. */
export type Reference = { readonly operation: Operation; readonly status: number; readonly changes: readonly string[]; readonly calls: readonly SeenCall[] };
/** A fault that strikes one of the calls of an operation: its first try, or all of them. */
export type Trial = { readonly reference: Reference; readonly call: SeenCall; readonly fault: Fault; readonly always: boolean };

/** A client repeats what was answered 5xx. More often than once it has to where the test's own machine keeps the database waiting. */
const RETRIES = 10;
/** So often something is tried again that came to nothing because of other calls, for which the machine was too slow. */
const ATTEMPTS = 5;

/** A request as a client makes it that may have to send it again: what is not the same when it is done twice has a key. */
export type Asked = LaneRequest & { readonly headers: Readonly<Record<string, string>> };
async function asked(lane: Lane, operation: Operation): Promise<Asked> {
  const wanted = await lane.requestFor(operation);
  return { ...wanted, headers: wanted.method === "POST" ? { "idempotency-key": randomUUID() } : {} };
}
const send = ({ latchkey }: Stage, lane: Lane, { method, path, ...options }: Asked): Promise<Answer> => request(latchkey, method, path, { token: lane.token, ...options });

export async function referenceOf(stage: Stage, lane: Lane, operation: Operation): Promise<Reference> {
  for (let attempt = 1; ; attempt++) {
    await lane.restore();
    const what = await asked(lane, operation);
    const watch = stage.faults.watch(String(lane.accountId));
    const { status } = await send(stage, lane, what);
    watch.end();
    const wasDisturbed = status >= 500 || watch.calls.some(({ tries }) => tries > 1);
    if (!wasDisturbed || attempt === ATTEMPTS) return { operation, status, changes: await lane.changes(), calls: watch.calls };
  }
}

/** Every fault at every call of an operation, once and each time. */
export function trialsOf(reference: Reference): readonly Trial[] {
  return reference.calls.flatMap((call) => faultsOf(call.action).flatMap((fault) => [false, true].map((always) => ({ reference, call, fault, always }))));
}

/** What is wrong when a fault strikes: each of it a sentence. */
export async function wrongUnder(stage: Stage, lane: Lane, { reference, call, fault, always }: Trial): Promise<readonly string[]> {
  const wrong = await wrongAfter(stage, lane, reference, async (what) => {
    const watch = stage.faults.watch(String(lane.accountId), ({ place, tries }) => (place === call.place && (always || tries === 1) ? { fault } : undefined));
    const heard = await send(stage, lane, what);
    watch.end();
    return { heard, struck: watch.calls.some(({ struck }) => struck > 0) };
  });
  return wrong.map((sentence) => `${reference.operation.name}, call ${call.place} (${call.action}) ${fault}${always ? " each time" : ""}: ${sentence}`);
}

/** What came of asking once: what the client heard, if anything, and whether there was the trouble that was meant. */
export type Outcome = { readonly heard: Answer | undefined; readonly struck: boolean };

/**
 * Asks an operation in trouble, and then again, when that is over, until an answer is no 5xx. Tells what was wrong: an answer
 * that is not true, a state that is neither the old nor the new, an effect that is not exactly one.
 */
export async function wrongAfter(stage: Stage, lane: Lane, reference: Reference, ask: (what: Asked) => Promise<Outcome>): Promise<readonly string[]> {
  const { operation, changes: whole } = reference;
  let what = await asked(lane, operation);
  let struck = false;
  let heard: Answer | undefined;
  for (let attempt = 0; attempt < ATTEMPTS && !struck; attempt++) {
    await lane.restore();
    what = await asked(lane, operation);
    ({ heard, struck } = await ask(what));
  }
  const after = await lane.changes();
  const isDone = same(after, whole) || (FINISHED_BY_EVENT.includes(operation.name) && after.some((line) => line.startsWith("new event")) && after.every((line) => whole.includes(line)));
  const wrong = [
    ...(struck ? [] : ["it was never made"]),
    ...(isDone || after.length === 0 ? [] : [`half a state: ${after.join("; ")}`]),
    ...(heard === undefined ? [] : untrue(heard, reference, isDone)),
  ];

  let last = heard;
  for (let tries = 0; (last === undefined || last.status >= 500) && tries < RETRIES; tries++) last = await send(stage, lane, what);
  await lane.finish(operation);
  const settled = (await lane.changes()).filter((line) => !isReplacement(operation, line));
  const hasKey = what.method === "POST";
  if (!same(settled, whole) && !(!hasKey && same(onceRecorded(settled), whole))) wrong.push(`not one effect: ${settled.join("; ")}`);
  // What had been done already may be gone, or be so already: only a key tells that it was this very request.
  const mayBeRefused = !hasKey && isDone && last !== heard && last !== undefined && last.status < 500;
  if (last?.status !== reference.status && !mayBeRefused) wrong.push(`in the end answered ${last?.status} ${last?.text}`);
  return wrong;
}

function untrue(answer: Answer, { status }: Reference, isDone: boolean): readonly string[] {
  if (answer.status >= 400) return isRetryable(answer) ? [] : [`answered ${answer.status} ${answer.text}`];
  return answer.status === status && isDone ? [] : [`answered ${answer.status}, though that was not done`];
}

/** A failure that says that it is one: the functions' own, which says when to come again, or the gateway's, when the authorizer does not know. */
function isRetryable({ status, headers, json }: Answer): boolean {
  if (status === 503) return headers.get("retry-after") === "1" && ["busy", "unavailable"].includes(json?.code);
  return status === 500 && json?.message === "Internal Server Error";
}

function isReplacement({ name }: Operation, line: string): boolean {
  const event = REPLACING[name];
  return event !== undefined && line.startsWith("new event") && line.endsWith(` of ${event}`);
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, at) => line === other[at]);
}

/** That something was asked for twice, and done, is recorded twice. */
function onceRecorded(changes: readonly string[]): readonly string[] {
  return changes.filter((line, at) => !line.startsWith("new event") || line !== changes[at - 1]);
}
