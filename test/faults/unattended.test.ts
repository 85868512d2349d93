import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deleteMember } from "../../lib/operations/members.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { faultsOf, isSlow, startFaultProxy, type Fault, type FaultProxy, type SeenCall } from "../support/fault-proxy.ts";
import type { Answer } from "../support/request.ts";
import { everyRow } from "../support/rows.ts";
import { rounds } from "../support/rounds.ts";
import { newSeed, randomFrom, shuffled } from "../support/random.ts";
import { gatewayOf, usage, type Gateway } from "../support/traffic.ts";
import { tried } from "../support/tried.ts";

/**
 * What nobody waits for a page to tell them: gateways that ask and report, announcements and deletions that come over the
 * bus. Whatever becomes of their calls to the database, they are done once, whole, when they are done again until it succeeds.
 */
const WHOLE = rounds(1) > 1;
const SOME = 16;
const TRIES = 10;

let latchkey: Deployment;
let faults: FaultProxy;
let account: TestAccount;
let gateway: Gateway;
beforeAll(async () => {
  faults = await startFaultProxy();
  latchkey = await startDeployment({ AWS_ENDPOINT_URL_DYNAMODB: faults.url });
  faults.sendTo(latchkey.proxy.url);
  account = await createTestAccount(latchkey);
  gateway = await gatewayOf(latchkey, account.admin, (await account.service("Reported")).id);
});
afterAll(async () => {
  await latchkey?.stop();
  await faults?.stop();
});

type Heard = "done" | "failed" | { readonly untrue: string };
/** Something to do, each time anew: made ready, and then done as often as it takes. `atOnce`: in one transaction. */
type Deed = { readonly name: string; readonly atOnce: boolean; readonly prepare: () => Promise<() => Promise<Heard>> };

/** A refusal because of a fault would be untrue: that it failed is all that may be told. */
const heard = (good: number) => ({ status, text }: Answer): Heard => (status === good ? "done" : status >= 500 ? "failed" : { untrue: `${status} ${text}` });
const invoked = (name: string, event: object) => () => latchkey.invoke(name, event).then((): Heard => "done", (): Heard => "failed");

let made = 0;
async function deeds(): Promise<readonly Deed[]> {
  const { userKey: user_key } = await gateway.application();
  const { accountId } = account.admin.member;
  const named = () => ({ "idempotency-key": randomUUID() });
  return [
    { name: "report", atOnce: true, prepare: async () => {
      const headers = named();
      return async () => heard(202)(await gateway.report({ "transactions[0][user_key]": user_key, "transactions[0][usage][hits]": "1" }, headers));
    } },
    { name: "authrep", atOnce: true, prepare: async () => {
      const headers = named();
      return async () => heard(200)(await gateway.get("authrep", { user_key, ...usage({ hits: 1 }) }, headers));
    } },
    { name: "authorize", atOnce: true, prepare: async () => async () => heard(200)(await gateway.get("authorize", { user_key })) },
    { name: "announcement", atOnce: true, prepare: async () => {
      const service = { id: 900 + ++made, name: `Announced ${made}` };
      return invoked("importService", { detail: { account_id: accountId, service } });
    } },
    // Step by step: nothing of it lets anybody in meanwhile.
    { name: "what a deleted member left", atOnce: false, prepare: async () => {
      const { member } = await account.token(await account.member({ sections: ["partners"] }));
      await deleteMember(latchkey.operator, { kind: "member", member: account.admin.member }, member.id);
      return invoked("cleanUp", { "detail-type": "member.deleted", detail: { account_id: accountId, subject: { member_id: member.id } } });
    } },
  ];
}

/** How many rows there are of the account: what a deed makes or removes, by its number. */
async function rowsThere(): Promise<number> {
  const about = String(account.admin.member.accountId);
  return (await everyRow(latchkey)).filter((row) => JSON.stringify(row).includes(about)).length;
}
type Trial = { readonly deed: Deed; readonly effect: number; readonly call: SeenCall; readonly fault: Fault; readonly always: boolean };

async function trialsOf(deed: Deed): Promise<readonly Trial[]> {
  const act = await deed.prepare();
  const before = await rowsThere();
  const watch = faults.watch(String(account.admin.member.accountId));
  expect([deed.name, await act()]).toEqual([deed.name, "done"]);
  watch.end();
  const effect = (await rowsThere()) - before;
  return watch.calls.flatMap((call) => faultsOf(call.action).flatMap((fault) => [false, true].map((always) => ({ deed, effect, call, fault, always }))));
}

async function wrongUnder({ deed, effect, call, fault, always }: Trial): Promise<readonly string[]> {
  const act = await deed.prepare();
  const before = await rowsThere();
  const watch = faults.watch(String(account.admin.member.accountId), ({ place, tries }) => (place === call.place && (always || tries === 1) ? { fault } : undefined));
  let told = await act();
  watch.end();
  const wrong: string[] = [];
  if (!watch.calls.some(({ struck }) => struck > 0)) wrong.push("it was never made");
  const halfway = (await rowsThere()) - before;
  if (told === "done" && halfway !== effect) wrong.push("told as done, and was not");
  if (deed.atOnce && ![0, effect].includes(halfway)) wrong.push(`half a state: ${halfway} rows of ${effect}`);
  for (let tries = 0; told === "failed" && tries < TRIES; tries++) told = await act();
  if (told !== "done") wrong.push(told === "failed" ? "never came to an end" : `untrue: ${told.untrue}`);
  const inTheEnd = (await rowsThere()) - before;
  if (inTheEnd !== effect) wrong.push(`not one effect: ${inTheEnd} rows, not ${effect}`);
  return wrong.map((sentence) => `${deed.name}, call ${call.place} (${call.action}) ${fault}${always ? " each time" : ""}: ${sentence}`);
}

it("what nobody attends to is done once and whole, whatever becomes of the calls to the database that it takes", async () => {
  const seed = newSeed();
  const all: Trial[] = [];
  for (const deed of await deeds()) all.push(...await trialsOf(deed));
  // A write whose answer is lost is where something could be done twice.
  const weighty = all.filter(({ call: { action }, fault }) => fault === "lost" && /Put|Write/.test(action));
  const others = shuffled(all.filter((trial) => !isSlow(trial.fault) && !weighty.includes(trial)), randomFrom(seed));
  const chosen = WHOLE ? all : [...weighty, ...others].slice(0, SOME);
  const wrong: string[] = [];
  for (const trial of chosen) wrong.push(...await wrongUnder(trial));
  tried("faults of what nobody attends to", { deeds: new Set(all.map(({ deed }) => deed.name)).size, faults: chosen.length }, WHOLE ? undefined : seed);
  expect(wrong).toEqual([]);
}, 21_600_000);
