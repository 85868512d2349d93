import { createTestAccount } from "../test/support/account.ts";
import { authorizerEvent } from "../test/support/gateway-authorizer.ts";
import { httpEvent } from "../test/support/gateway.ts";
import type { Benchmark, Row } from "./support/benchmark.ts";
import { betterAuthKey } from "./support/better-auth.ts";
import { costOf, type Cost } from "./support/cpu.ts";
import { handlerOf } from "./support/in-process.ts";
import { joseToken } from "./support/jose.ts";
import { startLatchkey } from "./support/latchkey.ts";
import { byTurns, ratios, ROUNDS } from "./support/rounds.ts";
import { answersFromMemory, keepStorageInMemory } from "./support/storage-in-memory.ts";

/** So many calls one after the other are a contender's turn. */
const CALLS = { authorizer: 4000, jose: 2000, betterAuth: 500 } as const;
/** So many rounds come before those that count: the compiler goes on with each contender's code for about as long. */
const WARM_UP = 4;

export default {
  about: "What a warm authorizer computes, the storage's answer being there already, beside verifying a signed token and another product's API key.",
  limits: {
    "CPU, of jose's jwtVerify with EdDSA": { most: 0.5 },
    "CPU, of Better Auth's verifyApiKey": { most: 0.1 },
  },
  async run() {
    const latchkey = await startLatchkey();
    try {
      keepStorageInMemory();
      const { admin } = await createTestAccount(latchkey);
      const authorizer = await handlerOf(latchkey, "authorizer");
      const event = authorizerEvent(httpEvent({ method: "GET", path: "/admin/api/services.json", headers: { authorization: `Bearer ${admin.value}` } }), []);
      const [jose, betterAuth] = [await joseToken(), await betterAuthKey()];
      const contenders = {
        authorizer: () => turn(CALLS.authorizer, async () => (await authorizer(event) as { isAuthorized: boolean }).isAuthorized),
        jose: () => turn(CALLS.jose, jose),
        betterAuth: () => turn(CALLS.betterAuth, betterAuth),
      };
      await byTurns(contenders, WARM_UP);
      const { authorizer: own, ...others } = await byTurns(contenders);
      if (answersFromMemory() < CALLS.authorizer * ROUNDS) throw new Error("The authorizer asked no storage");
      const row = (what: string, costs: readonly Cost[], of: keyof Cost): Row => ({ what, unit: "µs", rounds: costs.map((cost) => cost[of]) });
      const ratio = (what: string, peer: readonly Cost[], of: keyof Cost): Row => (
        { what, unit: "×", rounds: ratios(own.map((cost) => cost[of]), peer.map((cost) => cost[of])) });
      return [
        row("authorizer, CPU", own, "cpu"), row("jose's jwtVerify, CPU", others.jose, "cpu"), row("Better Auth's verifyApiKey, CPU", others.betterAuth, "cpu"),
        ratio("CPU, of jose's jwtVerify with EdDSA", others.jose, "cpu"), ratio("CPU, of Better Auth's verifyApiKey", others.betterAuth, "cpu"),
        ratio("until it answers, of jose's", others.jose, "wall"), ratio("until it answers, of Better Auth's", others.betterAuth, "wall"),
      ];
    } finally {
      await latchkey.stop();
    }
  },
} satisfies Benchmark;

/** The cost of a call; every one of them must let in. */
async function turn(calls: number, call: () => Promise<boolean>): Promise<Cost> {
  return costOf(calls, async () => {
    if (!(await call())) throw new Error("A good credential was refused");
  });
}
