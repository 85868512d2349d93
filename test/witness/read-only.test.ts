import { afterAll, beforeAll, expect, it } from "vitest";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { newSeed, randomFrom } from "../support/random.ts";
import { rounds } from "../support/rounds.ts";
import { tried } from "../support/tried.ts";
import { ask, newParty, operations, type Party } from "./traffic.ts";

/** Random requests with tokens that may only read: the witness at the database sees no write, whatever is asked (D3). */
const COUNT = rounds(200, 20_000);
const AT_ONCE = 20;
const READS = ["GetItem", "BatchGetItem", "Query"];
/** To look at a service's token is to read it, and is on record. */
const RECORDED = "revealServiceToken";

let latchkey: Deployment;
let parties: readonly [Party, Party];

beforeAll(async () => {
  latchkey = await startDeployment();
  parties = [await newParty(latchkey), await newParty(latchkey)];
}, 120_000);
afterAll(() => latchkey?.stop());

it("no request with a read-only token writes anything; a look at a secret is recorded, and that is all", async () => {
  const seed = newSeed();
  const random = randomFrom(seed);
  const seen = { requests: 0, calls: 0, "let in": 0, "refused as read-only": 0 };
  // What notes uses reads the logs, and is no request.
  const requested = () => latchkey.proxy.calls.filter(({ principal }) => principal !== "RecordUseLambdaFunction");
  while (seen.requests < COUNT) {
    latchkey.proxy.reset();
    const asked = await Promise.all(Array.from({ length: AT_ONCE }, () => ask(latchkey, random, parties[0], parties[1], operations, parties[0].people.readOnly)));
    const looks = asked.filter(({ operation, answer }) => operation === RECORDED && answer.status === 200);
    const writes = requested().filter(({ action }) => !READS.includes(action));
    const told = writes.map(({ principal, action, keys }) => [principal, action, keys[0]?.["pk"]?.split("#")[0]]);
    expect({ seed, told }).toEqual({ seed, told: looks.map(() => ["RevealServiceTokenLambdaFunction", "PutItem", "EVENT"]) });
    seen.requests += asked.length;
    seen.calls += requested().length;
    for (const { answer } of asked) {
      if (answer.status < 300) seen["let in"]++;
      if (answer.json?.code === "read_only") seen["refused as read-only"]++;
    }
  }
  tried("read-only tokens", seen, seed);
}, 30_000 + COUNT * 100);
