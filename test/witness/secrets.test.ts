import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SECRET_LENGTH } from "../../lib/domain/token-string.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { faultsOf, isSlow, startFaultProxy, type FaultProxy, type SeenCall } from "../support/fault-proxy.ts";
import { newSeed, randomFrom } from "../support/random.ts";
import { rounds } from "../support/rounds.ts";
import { everyRow } from "../support/rows.ts";
import { openStream } from "../support/stream.ts";
import { tried } from "../support/tried.ts";
import { finder, type Secret } from "./pieces.ts";
import { ask, newParty, newWorld, operations, type Asked, type Party } from "./traffic.ts";

/** Random requests, a part of whose calls to the database fail: no piece of a secret is anywhere but in the one answer it belongs in (threats.md, T4 and T30). */
const COUNT = rounds(200, 20_000);
const AT_ONCE = 20;
const FAILING = 0.06;
const ASKED_OF_A_WORLD = 400;
const CHECK_LENGTH = 6;
/** Whose answers hold the value of a service's token: who may look at it, and gateways, in their configuration. */
const MAY_TELL_SERVICE_TOKENS = /^(?:revealServiceToken|\w*ProxyConfigs?\w*|\w*Configs?)$/;

/** More of what makes and tells secrets than chance alone would bring. */
const WEIGHED = [...operations, ...Array.from({ length: 10 }, () => operations.filter(({ name }) => ["createAccessToken", "revealServiceToken"].includes(name))).flat()];

let latchkey: Deployment;
let faults: FaultProxy;
let parties: readonly [Party, Party];
const answers: Asked[] = [];
const seed = newSeed();
let failed = 0;

beforeAll(async () => {
  faults = await startFaultProxy();
  latchkey = await startDeployment({ AWS_ENDPOINT_URL_DYNAMODB: faults.url });
  faults.sendTo(latchkey.proxy.url);
  parties = [await newParty(latchkey), await newParty(latchkey)];
  const random = randomFrom(seed);
  const strikes = randomFrom(seed + 1);
  for (let asked = 0; asked < COUNT; asked += AT_ONCE) {
    if (asked > 0 && asked % ASKED_OF_A_WORLD === 0) parties[0].own = await newWorld(latchkey, parties[0].account);
    // Every other call that fails once fails each time it is tried: the client's own tries do not heal it.
    const lasting = new Set<SeenCall>();
    const watch = faults.watch("", (call) => {
      if (!lasting.has(call) && !strikes.chance(FAILING)) return undefined;
      if (strikes.chance(0.5)) lasting.add(call);
      failed++;
      return { fault: strikes.of(faultsOf(call.action).filter((fault) => !isSlow(fault))) };
    });
    answers.push(...await Promise.all(Array.from({ length: AT_ONCE }, () => ask(latchkey, random, parties[0], parties[1], WEIGHED))));
    watch.end();
  }
  await latchkey.pump.drain();
  await latchkey.bus.deliver();
}, 60_000 + COUNT * 200);
afterAll(async () => {
  await latchkey?.stop();
  await faults?.stop();
});

const secretOf = (value: string) => value.slice(-SECRET_LENGTH - CHECK_LENGTH);
const wire = ({ answer: { status, headers, text } }: Asked) => JSON.stringify([status, [...headers], text]);
/** The values that were made by a request, each in the answer to it. */
const made = (): Secret[] => answers.flatMap(({ answer }, at) => {
  const value: unknown = answer.json?.access_token?.value;
  return answer.status === 201 && typeof value === "string" ? [{ name: `made by request ${at}`, value: secretOf(value) }] : [];
});
/** Those that nobody should see in any answer. */
const hidden = (): Secret[] => [
  ...parties.flatMap(({ people }) => Object.values(people).map(({ value }, at) => ({ name: `token of person ${at}`, value: secretOf(value) }))),
  { name: "pepper", value: latchkey.operator.peppers.keys.get(1)! }, { name: "session key", value: latchkey.sessionKey },
];
const serviceTokens = (): Secret[] => answers.flatMap(({ answer }, at) => {
  const value: unknown = answer.json?.service_token?.value;
  return typeof value === "string" ? [{ name: `service token of request ${at}`, value: secretOf(value) }] : [];
});

describe("the search", () => {
  it.each<[string, (secret: string) => string]>([
    ["as it is", (secret) => `x${secret.slice(7, 19)}y`], ["in hex", (secret) => Buffer.from(`ab${secret}`).toString("hex")], ["in capital hex", (secret) => Buffer.from(secret).toString("hex").toUpperCase()],
    ...[0, 1, 2, 3].map((shift): [string, (secret: string) => string] => [`in base64, ${shift} bytes in`, (secret) => Buffer.from("x".repeat(shift) + secret).toString("base64")]),
    ["in base64url", (secret) => Buffer.from(`{"a":"${secret}"}`).toString("base64url")], ["percent-encoded", (secret) => Buffer.from(secret).toString("hex").replaceAll(/../g, "%$&")],
  ])("finds a secret %s", (_how, written) => {
    const [secret] = hidden() as [Secret];
    expect([...finder(hidden())(`before ${written(secret.value)} after`)]).toEqual([secret.name]);
  });

  it("finds nothing where nothing is", () => {
    expect(finder(hidden())("x".repeat(10_000)).size).toBe(0);
  });
});

it("of all answers exactly one holds the value of an access token: the one that made it", () => {
  const told = new Map(made().map(({ name }) => [name, 0]));
  const find = finder([...made(), ...hidden()]);
  for (const answer of answers) for (const name of find(wire(answer))) told.set(name, (told.get(name) ?? 0) + 1);
  expect(told.size).toBeGreaterThan(0);
  expect([...told].filter(([, times]) => times !== 1)).toEqual([]);
});

it("a service token is in no answer but those that are asked for it", () => {
  const find = finder(serviceTokens());
  expect(serviceTokens().length).toBeGreaterThan(0);
  const telling = answers.filter((answer) => find(wire(answer)).size > 0).map(({ operation }) => operation);
  expect([...new Set(telling)].filter((operation) => !MAY_TELL_SERVICE_TOKENS.test(operation))).toEqual([]);
});

it("no secret is in the table, its stream, the events, the dead letters or any log", async () => {
  const rows = await everyRow(latchkey);
  const records = await openStream({ database: latchkey.database, tableName: latchkey.operator.table.name }).read();
  const places = {
    rows: rows.map((row) => JSON.stringify(row)), records: records.map((record) => JSON.stringify(record)), events: latchkey.aws.events().map((event) => JSON.stringify(event)),
    "dead letters": [latchkey.pump.deadLetters, latchkey.bus.deadLetters, latchkey.aws.deadLetters()].map((letters) => JSON.stringify(letters)), "lines of logs": latchkey.logs().split("\n"),
  };
  const find = finder([...made(), ...hidden(), ...serviceTokens()]);
  const found = Object.entries(places).flatMap(([place, texts]) => texts.flatMap((text) => [...find(text)].map((name) => `${name} in ${place}: ${text.slice(0, 200)}`)));
  expect({ seed, found }).toEqual({ seed, found: [] });
  tried("secrets", {
    requests: answers.length, "failed calls": failed, "answers of 5xx": answers.filter(({ answer }) => answer.status >= 500).length, "access tokens made": made().length,
    "service tokens shown": serviceTokens().length, ...Object.fromEntries(Object.entries(places).filter(([, texts]) => texts.length > 0).map(([place, texts]) => [place, texts.length])),
  }, seed);
});

it("nothing that is stored is taken for a credential", async () => {
  const stored = new Set<string>();
  const gather = (value: unknown): void => {
    if (typeof value === "string") stored.add(value);
    else if (typeof value === "object" && value !== null) for (const each of Object.values(value)) gather(each);
  };
  for (const row of await everyRow(latchkey)) gather(row);
  const all = [...stored].filter((text) => text !== "").slice(0, rounds(600, Infinity));
  const accepted: string[] = [];
  for (let at = 0; at < all.length; at += 50) {
    await Promise.all(all.slice(at, at + 50).map(async (text) => {
      const answer = await latchkey.invoke("authorizer", { headers: { authorization: `Bearer ${text}` }, requestContext: {} }) as { readonly isAuthorized: boolean; readonly context?: object };
      if (answer.isAuthorized) accepted.push(text);
    }));
  }
  expect(accepted).toEqual([]);
  tried("stored attributes as credentials", { attributes: all.length });
}, 300_000);
