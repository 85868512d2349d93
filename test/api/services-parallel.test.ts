import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type ServiceId } from "../../lib/domain/brands.ts";
import type { DomainEvent } from "../../lib/domain/events.ts";
import { readRow } from "../../lib/table/client.ts";
import { eventFrom } from "../../lib/table/events.ts";
import { rowsOf } from "../../lib/table/list.ts";
import { keys, listings } from "../../lib/table/model.ts";
import { readServiceToken } from "../../lib/table/services.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";

let latchkey: Deployment;
let account: TestAccount;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
});
afterAll(() => latchkey?.stop());

const accountId = () => account.admin.member.accountId;
const send = (method: string, path: string, options: RequestOptions = {}) => request(latchkey, method, path, { token: account.admin.value, ...options });
const together = <T>(count: number, one: (turn: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, turn) => one(turn)));
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).toSorted((a, b) => a - b);
const rowOf = (service: ServiceId) => readRow(latchkey.operator.table, keys.service(accountId(), service));

async function events(type: DomainEvent["type"]): Promise<DomainEvent[]> {
  const { pk } = keys.event(accountId(), new Date().toISOString().slice(0, 7), "");
  return (await Array.fromAsync(rowsOf(latchkey.operator.table, { pk }))).map(eventFrom).filter((event) => event.type === type);
}

describe("201 or 422", () => {
  it("of 30 creations that ask for one system name exactly one is answered 201, all others 422, and one pair is stored", async () => {
    const answers = await together(30, (turn) => send("POST", "/admin/api/services.json", { json: { name: `Rival ${turn}`, system_name: "rival" } }));
    expect(statuses(answers)).toEqual([201, ...Array<number>(29).fill(422)]);
    for (const refused of answers.filter(({ status }) => status === 422)) {
      expect(refused.json).toEqual({ errors: { system_name: ["has already been taken"] }, code: "invalid" });
    }
    const rows = (await Array.fromAsync(rowsOf(latchkey.operator.table, listings.services(accountId())))).filter((row) => row["systemName"] === "rival");
    const winner = answers.find(({ status }) => status === 201)!.json.service;
    expect(rows).toMatchObject([{ id: winner.id, name: winner.name, version: 1 }]);
    expect(await readServiceToken(latchkey.operator.table, accountId(), id(winner.id))).toMatchObject({ token: { serviceId: winner.id } });
    expect((await events("service.created")).filter(({ facts }) => facts["system_name"] === "rival")).toHaveLength(1);
  });

  it("20 creations of different names all succeed, each with an id and a token of its own; of 20 of one name, one", async () => {
    const answers = await together(20, (turn) => send("POST", "/admin/api/services.json", { json: { name: `Twin ${turn}` } }));
    expect(new Set(statuses(answers))).toEqual(new Set([201]));
    const ids = answers.map(({ json }) => id<ServiceId>(json.service.id));
    expect(new Set(ids).size).toBe(20);
    const tokens = await Promise.all(ids.map((service) => readServiceToken(latchkey.operator.table, accountId(), service)));
    expect(new Set(tokens.map((token) => token?.digest.hash)).size).toBe(20);
    expect(statuses(await together(20, () => send("POST", "/admin/api/services.json", { json: { name: "One of a kind" } })))).toEqual([201, ...Array<number>(19).fill(422)]);
  });
});

describe("200 or 404", () => {
  it("of 20 deletions of one service exactly one is answered 200, all others 404, and it is told once", async () => {
    const { id: service } = await account.service("Contested");
    const answers = await together(20, () => send("DELETE", `/admin/api/services/${service}.json`));
    expect(statuses(answers)).toEqual([200, ...Array<number>(19).fill(404)]);
    expect((await events("service.deleted")).filter(({ subject }) => subject.serviceId === service)).toHaveLength(1);
    expect(await readRow(latchkey.operator.table, keys.serviceToken(accountId(), service))).toMatchObject({ type: "deleted_service" });
  });

  it("a service that is deleted while others change and reveal it is gone, and comes back by none of them", async () => {
    for (let round = 0; round < 5; round++) {
      const { id: service } = await account.service(`Torn ${round}`);
      const path = `/admin/api/services/${service}`;
      const [deleted, ...others] = await Promise.all([
        send("DELETE", `${path}.json`),
        ...Array.from({ length: 6 }, (_, turn) => send("PUT", `${path}.json`, { json: { name: `Torn ${turn}` } })),
        ...Array.from({ length: 3 }, () => send("GET", `${path}/service_token.json`)),
      ]);
      // A deletion that loses every race is told to come again, and may.
      expect([200, 503]).toContain(deleted.status);
      const settled = deleted.status === 503 ? await send("DELETE", `${path}.json`) : deleted;
      expect(settled.status).toBe(200);
      for (const { status } of others) expect([200, 404, 503]).toContain(status);
      expect([await rowOf(service), (await send("GET", `${path}.json`)).status]).toEqual([undefined, 404]);
      expect((await send("GET", `${path}/service_token.json`)).status).toBe(404);
    }
  });
});

describe("200 or 503", () => {
  it("of 12 changes at once each happens wholly or is told to come again, and none is lost", async () => {
    const { id: service } = await account.service("Busy");
    const answers = await together(12, (turn) => send("PATCH", `/admin/api/services/${service}.json`, { json: { name: `Busy ${turn}`, description: `by ${turn}` } }));
    const done = answers.filter(({ status }) => status === 200);
    const busy = answers.filter(({ status }) => status === 503);
    expect([done.length + busy.length, done.length > 0]).toEqual([12, true]);
    for (const answer of busy) expect([answer.json.code, answer.headers.get("retry-after")]).toEqual(["busy", "1"]);

    const row = await rowOf(service);
    expect(row).toMatchObject({ version: 1 + done.length });
    // What is stored is one of the answers, and whole: the name of one with the description of the same.
    const last = done.find(({ json }) => json.service.name === row?.["name"]);
    expect(last?.json.service.description).toBe((row?.["settings"] as { description?: string } | undefined)?.description);
    const told = (await events("service.updated")).filter(({ subject }) => subject.serviceId === service);
    expect(told).toHaveLength(done.length);
    expect(new Set(told.map(({ facts }) => facts["name"]))).toEqual(new Set(done.map(({ json }) => json.service.name)));
  });

  it("changes of different fields at once do not undo each other", async () => {
    const { id: service } = await account.service("Many fields");
    const changes = [
      { description: "described" }, { backend_version: "oidc" }, { mandatory_app_key: false }, { support_email: "help@example.com" }, { state_event: "publish" },
    ];
    for (let left = changes; left.length > 0;) {
      const answers = await Promise.all(left.map(async (json) => ({ json, status: (await send("PUT", `/admin/api/services/${service}.json`, { json })).status })));
      for (const { status } of answers) expect([200, 503]).toContain(status);
      left = answers.filter(({ status }) => status === 503).map(({ json }) => json);
    }
    expect((await send("GET", `/admin/api/services/${service}.json`)).json.service).toMatchObject({
      description: "described", backend_version: "oidc", mandatory_app_key: false, support_email: "help@example.com", state: "published",
    });
  });
});
