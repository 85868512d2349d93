import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type ServiceId } from "../../lib/domain/brands.ts";
import { keys, type Row } from "../../lib/table/model.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";
import { rounds } from "../support/rounds.ts";
import { everyRow } from "../support/rows.ts";
import { tried } from "../support/tried.ts";

/** However many do the same thing at once, they have done it once: a hundred in the long run. */
const TOGETHER = rounds(25, 100);
const ROUNDS = rounds(1, 50);

let latchkey: Deployment;
let account: TestAccount;
beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
});
afterAll(() => latchkey?.stop());

const send = (method: string, path: string, options: RequestOptions = {}) => request(latchkey, method, path, { token: account.admin.value, ...options });
const together = <T>(one: (turn: number) => Promise<T>) => Promise.all(Array.from({ length: TOGETHER }, (_, turn) => one(turn)));
const inRounds = async (round: (number: number) => Promise<void>) => {
  for (let number = 0; number < ROUNDS; number++) await round(number);
};

/** The end that it comes to with somebody: so many at once may keep the database waiting, and who hears that asks again. */
async function settled(ask: () => Promise<Answer>): Promise<Answer & { readonly hesitated: boolean }> {
  for (let hesitated = false; ; hesitated = true) {
    const answer = await ask();
    if (answer.status < 500) return { ...answer, hesitated };
  }
}

const accountId = () => account.admin.member.accountId;
/** What is stored of the services of this name: each with its tokens and the records of its birth. */
async function servicesCalled(name: string): Promise<readonly { readonly tokens: number; readonly births: number }[]> {
  const rows = await everyRow(latchkey);
  const isOf = (row: Row, service: unknown) => row.pk === keys.serviceToken(accountId(), service as ServiceId).pk && row["type"] === "service_token";
  const isBirth = (row: Row, service: unknown) => row["event"] === "service.created" && (row["subject"] as { serviceId?: unknown }).serviceId === service;
  return rows.filter((row) => row["type"] === "service" && row["name"] === name).map(({ id: service }) => ({
    tokens: rows.filter((row) => isOf(row, service)).length, births: rows.filter((row) => isBirth(row, service)).length,
  }));
}
const ONE = [{ tokens: 1, births: 1 }];

describe("one service and one token come", () => {
  it("of an announcement that arrives many times at once", async () => {
    await inRounds(async (round) => {
      const service = { id: id<ServiceId>(5000 + round), name: `Announced ${round}` };
      const announce = () => latchkey.bus.put({ Source: "acme.catalogue", DetailType: "service.created", Detail: JSON.stringify({ account_id: accountId(), service }) });
      await together(announce);
      // What found the database too busy three times lies there until somebody sends it again.
      for (const _letter of latchkey.bus.deadLetters.splice(0)) await announce();
      expect([latchkey.bus.deadLetters, await servicesCalled(service.name)]).toEqual([[], ONE]);
    });
    tried("announcements at once", { rounds: ROUNDS, announcements: ROUNDS * TOGETHER });
  }, 21_600_000);

  it("of a creation that is sent many times at once under one key, and all hear the same", async () => {
    await inRounds(async (round) => {
      const name = `Created ${round}`;
      const headers = { "idempotency-key": randomUUID() };
      const answers = await together(() => settled(() => send("POST", "/admin/api/services.json", { headers, json: { name } })));
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set([`201 ${answers[0]?.text}`]));
      expect(await servicesCalled(name)).toEqual(ONE);
    });
    tried("creations at once", { rounds: ROUNDS, creations: ROUNDS * TOGETHER });
  }, 21_600_000);
});

describe("deleted by one of many, and not found by the others, is", () => {
  it.each<[string, () => Promise<string>]>([
    ["an access token", async () => `/admin/api/personal/access_tokens/${(await account.token(account.admin)).token.id}.json`],
    ["a member", async () => `/admin/api/users/${(await account.member({ sections: ["partners"] })).member.id}.json`],
    ["a service", async () => `/admin/api/services/${(await account.service("Contested")).id}.json`],
  ])("%s", async (what, make) => {
    await inRounds(async () => {
      const path = await make();
      const answers = await together(() => settled(() => send("DELETE", path)));
      const [winners, others] = [answers.filter(({ status }) => status === 200), answers.filter(({ status }) => status !== 200)];
      expect(new Set(others.map(({ status }) => status))).toEqual(new Set([404]));
      // The one who did it may have heard nothing of it at first.
      expect([1, ...(others.some(({ hesitated }) => hesitated) ? [0] : [])]).toContain(winners.length);
      const subject = Number(/(\d+)\.json$/.exec(path)?.[1]);
      const told = (await everyRow(latchkey)).filter((row) => String(row["event"]).endsWith(".deleted") && Object.values(row["subject"] as object).includes(subject));
      expect(told).toHaveLength(1);
    });
    tried(`deletions at once of ${what}`, { rounds: ROUNDS, deletions: ROUNDS * TOGETHER });
  }, 21_600_000);
});
