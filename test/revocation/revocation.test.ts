import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { startLaggingProxy, type LaggingProxy } from "../support/lagging-proxy.ts";
import { rounds } from "../support/rounds.ts";
import { sample } from "../support/sample.ts";
import { tried } from "../support/tried.ts";
import { kindsIn, type Kind } from "./kinds.ts";

/**
 * Whatever takes a right away has taken it when it answers: no request that begins after that is let in. Fifty requests are
 * under way at any time, of warm functions, and the database answers as one with replicas does.
 */
const AT_ONCE = 10;
const TRIALS = rounds(AT_ONCE, 2000);
/** Users of each credential, who use it without a pause, so often over HTTP; and how often each does so after the end. */
const USERS = 5;
const HTTP_EVERY = 8;
const LATE_USES = rounds(1, 2);
const LAG_MS = 500;
/** So near to its end a credential that expires is used without a pause. */
const NEAR_MS = 60;

let latchkey: Deployment;
let database: LaggingProxy;
const kinds = new Map<string, Kind>();
beforeAll(async () => {
  database = await startLaggingProxy(LAG_MS);
  latchkey = await startDeployment({ AWS_ENDPOINT_URL_DYNAMODB: database.url });
  database.sendTo(latchkey.proxy.url);
  for (const kind of kindsIn(latchkey, await createTestAccount(latchkey))) kinds.set(kind.name, kind);
});
afterAll(async () => {
  await latchkey?.stop();
  await database?.stop();
});

type Counts = { before: number; late: number; accepted: number };

async function trial(kind: Kind, counts: Counts): Promise<void> {
  const { revoke, endsAt = Infinity, uses: [byAuthorizer, overHttp], restore } = await kind.prepare();
  let acknowledged = false;
  let served = 0;
  const isOver = () => acknowledged || Date.now() >= endsAt;
  const everybodyWasServed = Promise.withResolvers<void>();

  async function user(number: number): Promise<void> {
    for (let turn = 0, late = 0; late < LATE_USES; turn++) {
      if (turn > 0 && endsAt - Date.now() > NEAR_MS && endsAt < Infinity) await sleep(endsAt - Date.now() - NEAR_MS);
      const beganAfter = isOver();
      const accepted = await ((turn + number) % HTTP_EVERY === 0 ? overHttp() : byAuthorizer());
      if (beganAfter) {
        late++;
        counts.late++;
        if (accepted) counts.accepted++;
      } else {
        if (turn === 0 && !accepted) throw new Error("Somebody was not let in who had lost nothing");
        if (accepted) counts.before++;
        if (turn === 0 && ++served === USERS) everybodyWasServed.resolve();
      }
    }
  }

  const users = Promise.all(Array.from({ length: USERS }, (_, number) => user(number)));
  if (revoke !== undefined) {
    await Promise.race([everybodyWasServed.promise, users]);
    const { status, text } = await revoke();
    if (status !== 200) throw new Error(`It could not be taken away: ${status} ${text}`);
    acknowledged = true;
  }
  await users;
  await restore?.();
}

describe("no request is let in that begins after", () => {
  it.each(sample("kinds of revocation", 5, [
    "a token is deleted", "an admin becomes a member", "a member loses a section", "a member loses a service", "a member is suspended",
    "a member is deleted", "a service is deleted", "a token expires",
  ]))("%s", async (name) => {
    const kind = kinds.get(name)!;
    const counts: Counts = { before: 0, late: 0, accepted: 0 };
    let left = TRIALS;
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) await trial(kind, counts);
    }));
    tried(`revocation, ${name}`, { trials: TRIALS, "uses before": counts.before, "uses after": counts.late });
    expect(counts.accepted).toBe(0);
    // Everybody was let in before, or nothing has been lost.
    expect(counts.before).toBeGreaterThanOrEqual(TRIALS * USERS);
    expect(counts.late).toBeGreaterThanOrEqual(TRIALS * USERS * LATE_USES);
  }, 21_600_000);
});
