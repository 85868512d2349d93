import { afterAll, beforeAll, expect, it } from "vitest";
import type { Operation } from "../../lib/http/operation.ts";
import { everyOperation } from "../api/wrong-input.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { isSlow, startFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import { rounds } from "../support/rounds.ts";
import { tried } from "../support/tried.ts";
import { startLane, type Lane } from "./lane.ts";
import { newSeed, randomFrom, shuffled } from "../support/random.ts";
import { NEVER_DONE } from "./subjects.ts";
import { referenceOf, trialsOf, wrongUnder, type Reference, type Trial } from "./trial.ts";

/**
 * Every operation × every call that it makes to the database × everything that may become of that call, once and each
 * time: the answer is true, nothing is half done, and who asks again has asked for one thing. A sample of that as a rule.
 */
const WHOLE = rounds(1) > 1;
const LANES = 4;
const seed = newSeed();
const random = randomFrom(seed);

let latchkey: Deployment;
let faults: FaultProxy;
let lanes: readonly Lane[];
let operations: readonly Operation[];

beforeAll(async () => {
  operations = sampleOfOperations((await everyOperation()).filter(({ name }) => !NEVER_DONE.includes(name)));
  faults = await startFaultProxy();
  latchkey = await startDeployment({ AWS_ENDPOINT_URL_DYNAMODB: faults.url });
  faults.sendTo(latchkey.proxy.url);
  lanes = await Promise.all(Array.from({ length: LANES }, () => startLane(latchkey, operations)));
}, 120_000);
afterAll(async () => {
  await latchkey?.stop();
  await faults?.stop();
});

/** One of each API and method, and those that are about tokens. */
function sampleOfOperations(all: readonly Operation[]): readonly Operation[] {
  if (WHOLE) return all;
  const kinds = new Set<string>();
  return shuffled(all, random).filter(({ name, methods, path }) => {
    const kind = `${methods[0]} ${path.split("/", 3).join("/")}`;
    const isNew = !kinds.has(kind);
    kinds.add(kind);
    return isNew || ALWAYS.includes(name);
  });
}
const ALWAYS = ["createAccessToken", "deleteAccessToken", "createService", "deleteService", "revealServiceToken", "signUp"];

/** Each fault at each kind of call, and each operation, at least once. */
function sampleOfTrials(all: readonly Trial[]): readonly Trial[] {
  if (WHOLE) return all;
  const seen = new Set<string>();
  return shuffled(all, random).filter(({ reference, call: { action, place }, fault, always }) => {
    if (isSlow(fault) && (always || place !== reference.calls.length - 1)) return false;
    const features = [`${action} ${fault} ${always}`, ...(isSlow(fault) ? [] : [reference.operation.name])].filter((feature) => !seen.has(feature));
    for (const feature of features) seen.add(feature);
    return features.length > 0;
  });
}

/** Does this to each, several at once, each time in an account where nothing else goes on. The results are in the order of what was given. */
async function inLanes<T, R>(all: readonly T[], act: (lane: Lane, one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  await Promise.all(lanes.map(async (lane) => {
    for (let at = next++; at < all.length; at = next++) results[at] = await act(lane, all[at]!);
  }));
  return results;
}

it("a fault of the database is told as one, leaves nothing half done, and whoever asks again has asked for one thing", async () => {
  const references = await inLanes(operations, (lane, operation) => referenceOf({ latchkey, faults }, lane, operation));
  expect(references.filter(({ status }) => status >= 400).map(({ operation, status }) => `${operation.name} ${status}`)).toEqual([]);
  expect(references.filter(isIdle).map(({ operation }) => operation.name)).toEqual([]);
  const trials = sampleOfTrials(references.flatMap(trialsOf));
  const wrong = (await inLanes(trials, (lane, trial) => wrongUnder({ latchkey, faults }, lane, trial))).flat();
  tried("faults of the database", {
    operations: operations.length, calls: references.reduce((sum, { calls }) => sum + calls.length, 0), faults: trials.length,
  }, WHOLE ? undefined : seed);
  expect(wrong).toEqual([]);
}, 21_600_000);

/** An operation that is to change something and did not has been tried with nothing. */
const isIdle = ({ operation, changes }: Reference) => operation.requires.effect === "write" && changes.length === 0;
