import { afterAll, beforeAll, expect, it } from "vitest";
import { everyOperation } from "../api/wrong-input.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { startFaultProxy, type FaultProxy, type SeenCall } from "../support/fault-proxy.ts";
import { startFunctionProcess } from "../support/function-process.ts";
import { httpEvent } from "../support/gateway.ts";
import { taskRootOf } from "../support/lambda.ts";
import { rounds } from "../support/rounds.ts";
import { newSeed, randomFrom, shuffled } from "../support/random.ts";
import { tried } from "../support/tried.ts";
import { startLane, type Lane } from "./lane.ts";
import { NEVER_DONE } from "./subjects.ts";
import { referenceOf, wrongAfter, type Asked, type Outcome, type Reference } from "./trial.ts";

/**
 * A function that is gone from one instant to the next, before or after any of its calls to the database: what it was doing has
 * been done or not, and whoever asks again has asked for one thing.
 */
const WHOLE = rounds(1) > 1;
const LANES = 2;
/** Operations and kills of a run that does not try all. */
const [SOME_OPERATIONS, SOME_KILLS] = [6, 12];
const ALWAYS = ["createAccessToken", "deleteAccessToken", "createService", "deleteService"];
const seed = newSeed();
const random = randomFrom(seed);

let latchkey: Deployment;
let faults: FaultProxy;
beforeAll(async () => {
  faults = await startFaultProxy();
  latchkey = await startDeployment({ AWS_ENDPOINT_URL_DYNAMODB: faults.url });
  faults.sendTo(latchkey.proxy.url);
});
afterAll(async () => {
  await latchkey?.stop();
  await faults?.stop();
});

type Kill = { readonly reference: Reference; readonly call: SeenCall; readonly when: "before" | "after" };

/** The authorizer has let it in. Then the function runs by itself, until the call comes. */
async function killedAt(lane: Lane, { call, when }: Kill, { method, path, headers, json }: Asked): Promise<Outcome> {
  const sent = { method, path, headers: { ...headers, authorization: `Bearer ${lane.token}`, "content-type": "application/json" }, body: json === undefined ? "" : JSON.stringify(json) };
  const { context } = await latchkey.invoke("authorizer", httpEvent(sent)) as { readonly context?: unknown };
  const fn = latchkey.template.functions.find(({ logicalId }) => logicalId === call.principal)!;
  const running = startFunctionProcess(taskRootOf(fn.zip), fn.handler, latchkey.environment(fn.name));
  // The authorizer's call was the first of all.
  const watch = faults.watch(String(lane.accountId), ({ place, tries }) => (place === call.place - 1 && tries === 1
    ? { fault: when === "before" ? "refused" : "lost", meanwhile: () => running.kill() } : undefined));
  const answer = await running.invoke(httpEvent({ ...sent, context }));
  watch.end();
  await running.kill();
  return { heard: undefined, struck: answer === undefined && watch.calls.some(({ struck }) => struck > 0) };
}

it("a function that is killed has done all or nothing, and whoever asks again has asked for one thing", async () => {
  const writes = (await everyOperation()).filter(({ name, requires }) => requires.effect === "write" && !NEVER_DONE.includes(name));
  const operations = WHOLE ? writes : [...writes.filter(({ name }) => ALWAYS.includes(name)), ...shuffled(writes.filter(({ name }) => !ALWAYS.includes(name)), random)].slice(0, SOME_OPERATIONS);
  const lanes = await Promise.all(Array.from({ length: LANES }, () => startLane(latchkey, operations)));
  const references: Reference[] = [];
  for (const operation of operations) references.push(await referenceOf({ latchkey, faults }, lanes[0]!, operation));
  const all = references.flatMap((reference) => reference.calls.slice(1).flatMap((call) => (["before", "after"] as const).map((when): Kill => ({ reference, call, when }))));
  // Where something is stored is where half of it could be.
  const weighty = all.filter(({ call: { action }, reference: { operation } }) => ALWAYS.includes(operation.name) && action === "TransactWriteItems");
  const waiting = WHOLE ? all : [...weighty, ...shuffled(all, random)].slice(0, SOME_KILLS);
  const kills = waiting.length;

  const wrong: string[] = [];
  await Promise.all(lanes.map(async (lane) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const kill = next;
      const { operation } = kill.reference;
      const sentences = await wrongAfter({ latchkey, faults }, lane, kill.reference, (what) => killedAt(lane, kill, what));
      wrong.push(...sentences.map((sentence) => `${operation.name}, killed ${kill.when} call ${kill.call.place} (${kill.call.action}): ${sentence}`));
    }
  }));
  tried("functions killed", { operations: operations.length, kills }, WHOLE ? undefined : seed);
  expect(wrong).toEqual([]);
}, 21_600_000);
