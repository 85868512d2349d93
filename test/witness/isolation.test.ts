import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { newSeed, randomFrom } from "../support/random.ts";
import { rounds } from "../support/rounds.ts";
import { tried } from "../support/tried.ts";
import { ask, newParty, newWorld, type Party } from "./traffic.ts";

/**
 * Random requests of two accounts who know each other's ids. The witness stands at the database: whatever was asked for and
 * answered, no key of another account's was ever touched (threats.md, T9).
 */
const COUNT = rounds(300, 100_000);
const AT_ONCE = 20;
/** What a world has loses things as it is asked to: then there is a new one. */
const ASKED_OF_A_WORLD = 300;

let latchkey: Deployment;
let parties: readonly [Party, Party];

beforeAll(async () => {
  latchkey = await startDeployment();
  parties = [await newParty(latchkey), await newParty(latchkey)];
}, 120_000);
afterAll(() => latchkey?.stop());

/** Whose a key is: an account's id; "nobody's" for what no account owns; undefined for what does not say. */
function ownerOf(key: Readonly<Record<string, string>>): string | undefined {
  const [partition = "", sort] = Object.values(key);
  if (partition === "ACCOUNTS") return sort === undefined ? undefined : String(Number(/^ACCOUNT#(\d+)$/.exec(sort)?.[1]));
  if (/^(?:REPORT|IMPORTED|IDENTITY|MEMBER_EMAIL)#[\w-]+$/.test(partition)) return "nobody's";
  return /^(?:ACCOUNT|EVENT)#(\d+)#/.exec(partition)?.[1];
}

describe("whose a key is", () => {
  it.each([
    [{ pk: "ACCOUNT#12#MEMBER#3", sk: "MEMBER" }, "12"], [{ pk: "EVENT#12#2026-11", sk: "1-a" }, "12"], [{ pk: "ACCOUNTS", sk: "ACCOUNT#0000000000000012" }, "12"],
    [{ gsi1pk: "ACCOUNT#12#MEMBERS" }, "12"], [{ pk: "REPORT#abc", sk: "REPORT" }, "nobody's"], [{ pk: "ACCOUNTS" }, undefined], [{ pk: "ACCOUNT#", sk: "x" }, undefined],
  ])("%j: %s", (key, owner) => {
    expect(ownerOf(key)).toBe(owner);
  });
});

it("no request touches a key of another account, whosever ids it names", async () => {
  const seed = newSeed();
  const random = randomFrom(seed);
  const seen = { requests: 0, calls: 0, keys: 0, "answered 2xx": 0, "answered 404": 0 };
  for (let turn = 0; seen.requests < COUNT; turn++) {
    const [party, foreign] = turn % 2 === 0 ? parties : [parties[1], parties[0]];
    if (turn > 1 && turn % Math.ceil(ASKED_OF_A_WORLD / AT_ONCE) < 2) party.own = await newWorld(latchkey, party.account);
    latchkey.proxy.reset();
    const asked = await Promise.all(Array.from({ length: AT_ONCE }, () => ask(latchkey, random, party, foreign)));
    const touched = latchkey.proxy.calls.flatMap(({ keys }) => keys);
    // Whoever is answered that something took too long may still be at it when the next are asked: then nobody knows whose a call is.
    expect({ seed, failed: asked.filter(({ answer: { status } }) => status >= 500).map(({ method, path, answer }) => `${method} ${path} ${answer.status}`) }).toEqual({ seed, failed: [] });
    const own = String(party.account.admin.member.accountId);
    const strange = touched.filter((key) => ![own, "nobody's"].includes(ownerOf(key) ?? ""));
    const meanwhile = strange.length === 0 ? [] : asked.map(({ method, path, answer }) => `${method} ${path} ${answer.status}`);
    expect({ seed, strange, meanwhile }).toEqual({ seed, strange: [], meanwhile: [] });
    seen.requests += asked.length;
    seen.calls += latchkey.proxy.calls.length;
    seen.keys += touched.length;
    for (const { answer: { status } } of asked) {
      if (status < 300) seen["answered 2xx"]++;
      if (status === 404) seen["answered 404"]++;
    }
  }
  tried("isolation at the database", seen, seed);
}, 30_000 + COUNT * 100);
