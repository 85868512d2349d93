import { keys } from "../lib/table/model.ts";
import { createTestAccount } from "../test/support/account.ts";
import type { Deployment } from "../test/support/deploy.ts";
import { authorizerEvent } from "../test/support/gateway-authorizer.ts";
import { httpEvent } from "../test/support/gateway.ts";
import { bareRead } from "./support/bare-read.ts";
import { quantile, type Benchmark, type Row } from "./support/benchmark.ts";
import { costOf } from "./support/cpu.ts";
import { handlerOf, type Handler } from "./support/in-process.ts";
import { startLatchkey } from "./support/latchkey.ts";
import { byTurns, ratios } from "./support/rounds.ts";

/** So many pairs of calls are a round of latencies, and so many calls a round of throughput. */
const PAIRS = 600;
const CALLS_AT_ONCE = 2000;
const AT_ONCE = 64;
const CALLS_OF_GARBAGE = 2000;
/** Tails are a few values of each round: more rounds than otherwise. */
const ROUNDS = 15;

type Contender = "authorization" | "bare read";

export default {
  about: "A warm authorization from the event to the answer, against DynamoDB Local, beside nothing but the signed read of its two rows.",
  limits: {
    "p50, of the bare read's": { most: 1.15 },
    "p99, of the bare read's": { most: 1.3 },
    [`throughput at ${AT_ONCE}, of the bare read's`]: { least: 0.85 },
    "a real token, of garbage": { least: 50 },
    "calls for garbage": { most: 0 },
  },
  async run() {
    const latchkey = await startLatchkey();
    try {
      const { admin } = await createTestAccount(latchkey);
      const { accountId, ownerId, id } = admin.token;
      const authorizer = await handlerOf(latchkey, "authorizer");
      const event = eventWith(admin.value);
      const authorization = () => answered(authorizer, event, true);
      const read = await bareRead(latchkey, [keys.accessToken(accountId, ownerId, id), keys.member(accountId, ownerId)], AT_ONCE);
      const contenders: Readonly<Record<Contender, () => Promise<void>>> = { authorization, "bare read": read };

      const { pairs } = await byTurns({ pairs: () => latencies(contenders) }, ROUNDS);
      const rates = await byTurns({ authorization: () => perSecond(authorization), "bare read": () => perSecond(read) }, ROUNDS);
      const garbage = eventWith(`${admin.value.slice(0, -1)}${admin.value.endsWith("0") ? "1" : "0"}`);
      const refused = await byTurns({
        real: async () => (await costOf(PAIRS, authorization)).wall,
        garbage: async () => (await costOf(CALLS_OF_GARBAGE, () => answered(authorizer, garbage, false))).wall,
      }, ROUNDS);

      const at = (share: number, of: Contender) => pairs.map((round) => quantile(round[of], share));
      const latency = (name: string, share: number): readonly Row[] => [
        { what: `authorization, ${name}`, unit: "ms", rounds: at(share, "authorization") }, { what: `bare read, ${name}`, unit: "ms", rounds: at(share, "bare read") },
        { what: `${name}, of the bare read's`, unit: "×", rounds: ratios(at(share, "authorization"), at(share, "bare read")) },
      ];
      return [
        ...latency("p50", 0.5), ...latency("p99", 0.99),
        { what: `authorizations at ${AT_ONCE} at once`, unit: "/s", rounds: rates.authorization },
        { what: `throughput at ${AT_ONCE}, of the bare read's`, unit: "×", rounds: ratios(rates.authorization, rates["bare read"]) },
        { what: "garbage, until it is refused", unit: "µs", rounds: refused.garbage },
        { what: "a real token, of garbage", unit: "×", rounds: ratios(refused.real, refused.garbage) },
        { what: "calls for garbage", unit: "calls", rounds: [await callsFor(latchkey, garbage, event)] },
      ];
    } finally {
      await latchkey.stop();
    }
  },
} satisfies Benchmark;

function eventWith(value: string): unknown {
  return authorizerEvent(httpEvent({ method: "GET", path: "/admin/api/services.json", headers: { authorization: `Bearer ${value}` } }), []);
}

async function answered(authorizer: Handler, event: unknown, expected: boolean): Promise<void> {
  const { isAuthorized } = await authorizer(event) as { isAuthorized: boolean };
  if (isAuthorized !== expected) throw new Error("The authorizer decided otherwise");
}

/** Milliseconds of each call, one by turns with the other, so that what else the machine does meets both. */
async function latencies(contenders: Readonly<Record<Contender, () => Promise<void>>>): Promise<Readonly<Record<Contender, readonly number[]>>> {
  const taken: Record<Contender, number[]> = { authorization: [], "bare read": [] };
  for (let pair = 0; pair < PAIRS; pair++) {
    const order: readonly Contender[] = pair % 2 === 0 ? ["authorization", "bare read"] : ["bare read", "authorization"];
    for (const name of order) {
      const begin = performance.now();
      await contenders[name]();
      taken[name].push(performance.now() - begin);
    }
  }
  return taken;
}

async function perSecond(call: () => Promise<void>): Promise<number> {
  let left = CALLS_AT_ONCE;
  const begin = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) await call();
  }));
  return (CALLS_AT_ONCE * 1000) / (performance.now() - begin);
}

/** How often the function asks the database, seen on the wire, where it is seen to ask for the good one. */
async function callsFor(latchkey: Deployment, garbage: unknown, good: unknown): Promise<number> {
  const seen = async (event: unknown) => {
    latchkey.proxy.reset();
    await latchkey.invoke("authorizer", event);
    return latchkey.proxy.calls.length;
  };
  const calls = await seen(garbage);
  if ((await seen(good)) !== 1) throw new Error("Nobody has seen the call for a good token");
  return calls;
}
