import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ServiceId } from "../../lib/domain/brands.ts";
import { authenticate } from "../../lib/operations/authenticate.ts";
import { readRow } from "../../lib/table/client.ts";
import { rowsOf } from "../../lib/table/list.ts";
import { readMember } from "../../lib/table/members.ts";
import { applicationsOfService } from "../../lib/table/applications.ts";
import { keys } from "../../lib/table/model.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";

let latchkey: Deployment;
let account: TestAccount;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
});
beforeEach(() => latchkey.proxy.reset());
afterAll(() => latchkey?.stop());

const accountId = () => account.admin.member.accountId;
const remove = (of: number | string, options: RequestOptions = {}) => request(latchkey, "DELETE", `/admin/api/services/${of}`, { token: account.admin.value, ...options });
const get = (path: string, { value }: Pick<Person, "value"> = account.admin) => request(latchkey, "GET", path, { token: value });
const tokenOf = async (of: ServiceId): Promise<string> => (await get(`/admin/api/services/${of}/service_token.json`)).json.service_token.value;
const serviceRow = (of: ServiceId) => readRow(latchkey.operator.table, keys.service(accountId(), of));
const tokenRow = (of: ServiceId) => readRow(latchkey.operator.table, keys.serviceToken(accountId(), of));
const applicationsOf = (of: ServiceId) => Array.fromAsync(rowsOf(latchkey.operator.table, applicationsOfService(accountId(), of)));
const writes = () => latchkey.proxy.calls.filter(({ action }) => !["GetItem", "BatchGetItem", "Query"].includes(action));
const seen = ({ status, text }: Answer) => ({ status, text });
const announce = (of: ServiceId, name: string) => latchkey.bus.put({
  Source: "catalogue", DetailType: "service.created", Detail: JSON.stringify({ account_id: accountId(), service: { id: of, name } }),
});

/** Until nothing follows from anything any more. */
async function settle(): Promise<void> {
  while (await latchkey.pump.drain() > 0) await latchkey.bus.deliver();
}

describe("200", () => {
  it.each<[string, string, RequestOptions]>([
    ["no extension", "", {}],
    [".json", ".json", {}],
    [".xml", ".xml", {}],
    ["a JSON body", ".json", { json: { name: "Ignored", id: 1 } }],
    ["a form body without a type", ".json", { body: new TextEncoder().encode("name=Ignored") }],
    ["a query", "?force=true&name=Ignored", {}],
  ])("a deletion answers an empty body: %s", async (_case, rest, options) => {
    const { id: own } = await account.service("Short-lived");
    const answer = await remove(own + rest, options);
    expect([answer.status, answer.text, answer.headers.get("content-length")]).toEqual([200, "", "0"]);
    expect(await serviceRow(own)).toBeUndefined();
  });

  it("with the credential in the body of the DELETE, as 3scale's programs send it", async () => {
    const { id: own } = await account.service("Short-lived");
    const answer = await request(latchkey, "DELETE", `/admin/api/services/${own}.json`, { form: `access_token=${account.admin.value}` });
    expect([answer.status, await serviceRow(own)]).toEqual([200, undefined]);
  });

  it("the service is gone from every answer at once, before anything has been cleaned up", async () => {
    const [kept, gone] = [(await account.service("Kept")).id, (await account.service("Gone")).id];
    const application = await account.application(gone, "Orphan");
    const member = await account.member({ sections: ["partners"], serviceAccess: [kept, gone] });
    await remove(gone);
    for (const who of [account.admin, member]) {
      expect((await get(`/admin/api/services/${gone}.json`, who)).status).toBe(404);
      expect((await get(`/admin/api/services/${gone}/service_token.json`, who)).status).toBe(404);
      for (const list of ["services", "service_tokens", "applications"]) {
        const answer = await get(`/admin/api/${list}.json`, who);
        expect([answer.status, answer.text.includes(String(gone))]).toEqual([200, false]);
      }
      expect((await get(`/admin/api/applications.json?service_id=${gone}`, who)).json.applications).toEqual([]);
      expect((await get(`/admin/api/applications/find.json?id=${application}`, who)).status).toBe(404);
    }
  });

  it("the service's token is dead at once, and stays dead", async () => {
    const { id: own } = await account.service("Guarded");
    const value = await tokenOf(own);
    expect(await authenticate(latchkey.operator, value)).toMatchObject({ kind: "service_token", token: { serviceId: own } });
    expect((await remove(own)).status).toBe(200);
    expect(await authenticate(latchkey.operator, value)).toEqual({ kind: "unproved", reason: "unknown" });
    const denied = await get("/admin/api/services.json", { value });
    expect([denied.status, denied.json]).toEqual([403, { message: "Forbidden" }]);
    await settle();
    expect(await authenticate(latchkey.operator, value)).toEqual({ kind: "unproved", reason: "unknown" });
  });

  it("service, token, gateway settings, system name and event change in one transaction", async () => {
    const { id: own } = await account.service("Atomic");
    latchkey.proxy.reset();
    await remove(own);
    expect(writes()).toMatchObject([{ principal: "DeleteServiceLambdaFunction", action: "TransactWriteItems" }]);
    expect(writes()[0]?.keys).toEqual([
      keys.service(accountId(), own), keys.serviceToken(accountId(), own), keys.entity("PROXY", accountId(), own),
      keys.latestConfig(accountId(), own, "sandbox"), keys.latestConfig(accountId(), own, "production"), keys.unique(accountId(), "system_name", "atomic"),
      { pk: expect.stringContaining(`EVENT#${accountId()}#`), sk: expect.any(String) },
    ]);
    expect(await readRow(latchkey.operator.table, keys.unique(accountId(), "system_name", "atomic"))).toBeUndefined();
  });

  it("nothing of the token is left: where it stood is a tombstone", async () => {
    const { id: own } = await account.service("Buried");
    await remove(own);
    expect(await tokenRow(own)).toEqual({ ...keys.serviceToken(accountId(), own), type: "deleted_service", deletedAt: expect.any(Number) });
  });

  it("a catalogue that announces the service again does not bring it back", async () => {
    const { id: own } = await account.service("Announced");
    const value = await tokenOf(own);
    await remove(own);
    const tombstone = await tokenRow(own);
    await Promise.all([announce(own, "Announced"), announce(own, "Under another name")]);
    expect([await serviceRow(own), await tokenRow(own)]).toEqual([undefined, tombstone]);
    expect(await authenticate(latchkey.operator, value)).toEqual({ kind: "unproved", reason: "unknown" });
    expect((await remove(own)).status).toBe(404);
    expect(latchkey.bus.deadLetters).toEqual([]);
  });

  it("the event says who and what, and reaches the bus once", async () => {
    await settle();
    const { id: own, name } = await account.service("Told");
    await remove(own);
    await latchkey.pump.drain();
    const told = (await latchkey.bus.deliver()).filter(({ DetailType }) => DetailType === "service.deleted").map(({ Source, Detail }) => ({ Source, detail: JSON.parse(Detail) }));
    expect(told).toEqual([{
      Source: "latchkey",
      detail: {
        id: expect.any(String), account_id: accountId(), at: expect.any(String), subject: { service_id: own }, facts: { name },
        actor: { member_id: account.admin.member.id, token_id: account.admin.token.id },
      },
    }]);
  });

  it("members' lists and the service's applications are cleaned up after it, and nobody else's", async () => {
    const [kept, gone] = [(await account.service("Kept")).id, (await account.service("Gone")).id];
    const both = await account.member({ sections: ["partners"], serviceAccess: [kept, gone] });
    const only = await account.member({ sections: ["partners"], serviceAccess: [gone] });
    const all = await account.member({ sections: ["partners"], serviceAccess: "all" });
    const stays = await account.application(kept, "Stays");
    for (const name of ["One", "Two", "Three"]) await account.application(gone, name);
    await remove(gone);
    await settle();

    const access = async ({ member }: Person) => (await readMember(latchkey.operator.table, accountId(), member.id))?.serviceAccess;
    expect([await access(both), await access(only), await access(all)]).toEqual([[kept], [], "all"]);
    expect(await applicationsOf(gone)).toEqual([]);
    expect((await applicationsOf(kept)).map((row) => row["id"])).toEqual([stays]);
    expect((await get("/admin/api/services.json", both)).json.services).toHaveLength(1);
    // Who has nothing left is told so, as whoever was given nothing.
    expect((await get("/admin/api/services.json", only)).json).toEqual({ error: "Access denied", code: "no_service_access" });
    expect(latchkey.bus.deadLetters).toEqual([]);
  });

  it("an old event that comes again removes nothing more", async () => {
    const [first, second] = [(await account.service("First")).id, (await account.service("Second")).id];
    const member = await account.member({ sections: ["partners"], serviceAccess: [first, second] });
    await account.application(second, "Stays");
    await remove(first);
    await settle();
    const before = [await readMember(latchkey.operator.table, accountId(), member.member.id), await applicationsOf(second)];
    await latchkey.pump.redeliver();
    await latchkey.bus.deliver();
    expect([await readMember(latchkey.operator.table, accountId(), member.member.id), await applicationsOf(second)]).toEqual(before);
    expect((await get(`/admin/api/services/${second}.json`)).status).toBe(200);
  });
});

describe("403", () => {
  const CORRECT = "Your access token does not have the correct permissions";

  it.each<[string, (service: ServiceId) => Promise<Pick<Person, "value">>, object]>([
    ["an admin's `ro` token", () => account.token(account.admin, { permission: "ro" }), { error: CORRECT, code: "read_only", missing: ["permission:rw"] }],
    ["a member who reaches it", (service) => account.member({ sections: ["partners"], serviceAccess: [service] }), { status: "Forbidden", code: "forbidden" }],
    ["a member who reaches all", () => account.member({ sections: ["partners", "plans", "settings"], serviceAccess: "all" }), { status: "Forbidden", code: "forbidden" }],
    ["a member's `ro` token", () => account.member({ sections: ["partners"], serviceAccess: "all" }, { permission: "ro" }), {
      error: CORRECT, code: "read_only", missing: ["permission:rw"],
    }],
    ["a member who reaches no service", () => account.member({ sections: ["partners"], serviceAccess: [] }), { error: "Access denied", code: "no_service_access" }],
    ["a token without the scope", () => account.token(account.admin, { scopes: ["stats"] }), { error: CORRECT, code: "insufficient_scope", missing: ["scope:account_management"] }],
  ])("%s is refused, and the service and its token stay", async (_who, caller, body) => {
    const { id: own } = await account.service("Stays");
    const value = await tokenOf(own);
    const who = await caller(own);
    latchkey.proxy.reset();
    for (const of of [own, 1, "abc"]) {
      const answer = await remove(of, { token: who.value });
      expect([answer.status, answer.json]).toEqual([403, body]);
    }
    expect(writes()).toEqual([]);
    expect(await authenticate(latchkey.operator, value)).toMatchObject({ kind: "service_token" });
    expect((await get(`/admin/api/services/${own}.json`)).status).toBe(200);
  });

  it("the service's own token does not delete it", async () => {
    const { id: own } = await account.service("Self");
    const answer = await remove(own, { token: await tokenOf(own) });
    expect([answer.status, answer.json]).toEqual([403, { error: "Access denied", code: "access_denied" }]);
    expect(await serviceRow(own)).toBeDefined();
  });

  it("who shows nothing deletes nothing", async () => {
    const { id: own } = await account.service("Self");
    expect((await request(latchkey, "DELETE", `/admin/api/services/${own}.json`)).status).toBe(403);
    expect(await serviceRow(own)).toBeDefined();
  });

  it("in XML a refusal by role is empty, as in 3scale", async () => {
    const { id: own } = await account.service("Stays");
    const member = await account.member({ sections: ["partners"], serviceAccess: [own] });
    expect(seen(await remove(`${own}.xml`, { token: member.value }))).toEqual({ status: 403, text: "" });
  });
});

describe("404", () => {
  it("a second deletion finds nothing, and what is missing or of another account answers alike", async () => {
    const other = await createTestAccount(latchkey);
    const { id: foreign } = await other.service("Foreign");
    const { id: gone } = await account.service("Gone");
    await remove(gone);
    latchkey.proxy.reset();
    const missing = await remove(1);
    expect([missing.status, missing.json]).toEqual([404, { status: "Not found", code: "not_found" }]);
    for (const of of [gone, foreign, Number.MAX_SAFE_INTEGER]) expect(seen(await remove(of))).toEqual(seen(missing));
    expect(writes()).toEqual([]);
    expect((await get(`/admin/api/services/${foreign}.json`, other.admin)).status).toBe(200);
  });

  it("in XML it is empty", async () => {
    expect(seen(await remove("1.xml"))).toEqual({ status: 404, text: "" });
  });

  it.each(["0", "-1", "1e3", "042", "99999999999999999999", "%2F", "1%2F2", "1%00", "%F0%9F%98%80", "%D9%A1", "abc", "__proto__"])("an id written %s names nothing", async (written) => {
    for (const extension of ["", ".json"]) {
      const answer = await remove(written + extension);
      expect([answer.status, answer.json]).toEqual([404, { status: "Not found", code: "not_found" }]);
    }
    expect(writes()).toEqual([]);
  });
});
