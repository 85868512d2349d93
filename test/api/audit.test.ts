import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request } from "../support/request.ts";

/** What was done, by whom, to what: for admins to read. */
const PATH = "/admin/api/audit.json";
type Record = { readonly id: string; readonly type: string; readonly at: string; readonly actor: { readonly member_id?: number; readonly token_id?: number }; readonly subject: { readonly [name: string]: number } };

let latchkey: Deployment;
let account: TestAccount;
let admin: Person;
let member: Person;
let service: number;
let made: number;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  admin = account.admin;
  member = await account.member({ sections: ["partners"], serviceAccess: "all" });
  const other = await createTestAccount(latchkey);
  await other.service("Of another account");
  service = (await send("POST", "/admin/api/services.json", { name: "Echo" })).json.service.id;
  await send("GET", `/admin/api/services/${service}/service_token.json`, undefined, member.value);
  made = (await send("POST", "/admin/api/personal/access_tokens.json", { name: "CI", permission: "ro", scopes: ["account_management"] }, member.value)).json.access_token.id;
  await send("DELETE", `/admin/api/users/${member.member.id}/access_tokens/${made}.json`);
});
afterAll(() => latchkey?.stop());

const send = (method: string, path: string, json?: object, token = admin.value) => request(latchkey, method, path, { token, ...(json === undefined ? {} : { json }) });
const ask = (query: string, token = admin.value) => request(latchkey, "GET", `${PATH}${query}`, { token });
const recordsOf = (answer: { json: { audit_records: { audit_record: Record }[] } }) => answer.json.audit_records.map(({ audit_record }) => audit_record);
const found = async (query: string) => recordsOf(await ask(query));
const typesOf = (records: readonly Record[]) => records.map(({ type }) => type);

describe("200", () => {
  it("the account's records and no others, the newest first, with who did what to what", async () => {
    const records = await found("");
    expect(typesOf(records).slice(0, 4)).toEqual(["access_token.deleted", "access_token.created", "service_token.revealed", "service.created"]);
    expect(records.map(({ id }) => id)).toEqual(records.map(({ id }) => id).toSorted().reverse());
    // What one transaction records is of one moment, in no order.
    expect(typesOf(records).slice(-3).toSorted()).toEqual(["access_token.created", "account.created", "member.created"]);
    expect(records[0]).toMatchObject({ actor: { member_id: admin.member.id, token_id: admin.token.id }, subject: { member_id: member.member.id, token_id: made } });
    expect(JSON.stringify(records)).not.toContain("Of another account");
  });

  it.each<[string, () => string, readonly string[]]>([
    ["a member, who did it or to whom it was done", () => `?member_id=${member.member.id}`, ["access_token.deleted", "access_token.created", "service_token.revealed", "access_token.created", "member.state_changed", "member.rights_changed", "member.created"]],
    ["a token", () => `?token_id=${made}`, ["access_token.deleted", "access_token.created"]],
    ["a service", () => `?service_id=${service}`, ["service_token.revealed", "service.created"]],
    ["a member and a service", () => `?member_id=${member.member.id}&service_id=${service}`, ["service_token.revealed"]],
    ["a time that is over", () => "?until=2025-06-01T00:00:00Z", []],
    ["a time to come", () => "?since=2099-01-01T00:00:00Z", []],
  ])("those about %s", async (_what, query, types) => {
    expect(typesOf(await found(query()))).toEqual(types);
  });

  it("page by page, each record once, while others are added", async () => {
    const all = await found("");
    const walked: Record[] = [];
    let after = "";
    for (;;) {
      const answer = await ask(`?per_page=3&after=${encodeURIComponent(after)}`);
      walked.push(...recordsOf(answer));
      await send("PUT", "/admin/api/provider.json", { org_name: `Provider ${walked.length}` });
      after = answer.json.metadata?.next;
      if (after === undefined) break;
    }
    expect(walked.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
  });

  it("a page reads what it shows, and one row more to know whether there is another", async () => {
    latchkey.proxy.reset();
    expect((await found("?per_page=2")).length).toBe(2);
    expect(latchkey.proxy.calls.map(({ action }) => action)).toEqual(["BatchGetItem", "GetItem", "Query"]);
  });
});

describe("400 and 422", () => {
  it.each([["member_id=x", "member_id"], ["token_id=-1", "token_id"], ["service_id[]=1", "service_id"], ["since=yesterday", "since"], ["until=2026-02-31T00:00:00Z", "until"]])("%s names the field", async (query, field) => {
    const { status, json } = await ask(`?${query}`);
    expect([status, Object.keys(json.errors)]).toEqual([422, [field]]);
  });

  it("a cursor of another question is none", async () => {
    const { next } = (await ask("?per_page=2")).json.metadata;
    expect((await ask(`?per_page=2&service_id=${service}&after=${encodeURIComponent(next)}`)).status).toBe(400);
  });
});

describe("403", () => {
  it("to whoever is no admin", async () => {
    expect((await ask("", member.value)).status).toBe(403);
  });
});
