import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ServiceId } from "../../lib/domain/brands.ts";
import type { DomainEvent } from "../../lib/domain/events.ts";
import { readRow } from "../../lib/table/client.ts";
import { eventFrom } from "../../lib/table/events.ts";
import { rowsOf } from "../../lib/table/list.ts";
import { keys } from "../../lib/table/model.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";

let latchkey: Deployment;
let account: TestAccount;
let service: ServiceId;
let hidden: ServiceId;
let foreign: ServiceId;
let limited: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  [service, hidden] = [(await account.service("Service")).id, (await account.service("Hidden")).id];
  foreign = (await (await createTestAccount(latchkey)).service("Foreign")).id;
  limited = await account.member({ sections: ["partners"], serviceAccess: [service] });
});
beforeEach(() => latchkey.proxy.reset());
afterAll(() => latchkey?.stop());

const put = (of: number | string, options: RequestOptions, method = "PUT") =>
  request(latchkey, method, `/admin/api/services/${of}`, { token: account.admin.value, ...options });
const get = (of: number) => request(latchkey, "GET", `/admin/api/services/${of}.json`, { token: account.admin.value });
const rowOf = (of: ServiceId) => readRow(latchkey.operator.table, keys.service(account.admin.member.accountId, of));
const writes = () => latchkey.proxy.calls.filter(({ action }) => !["GetItem", "BatchGetItem", "Query"].includes(action));
const seen = ({ status, text }: Answer) => ({ status, text });

async function eventsAbout(of: ServiceId): Promise<DomainEvent[]> {
  const { pk } = keys.event(account.admin.member.accountId, new Date().toISOString().slice(0, 7), "");
  return (await Array.fromAsync(rowsOf(latchkey.operator.table, { pk }))).map(eventFrom).filter(({ subject }) => subject.serviceId === of);
}

describe("200", () => {
  it.each<[string, string, string, RequestOptions]>([
    ["PUT with JSON", "PUT", ".json", { json: { name: "Renamed" } }],
    ["PATCH with JSON", "PATCH", ".json", { json: { name: "Renamed" } }],
    ["PUT without an extension", "PUT", "", { json: { name: "Renamed" } }],
    ["PUT with a form", "PUT", ".json", { form: "name=Renamed" }],
    ["PATCH with a form", "PATCH", ".json", { form: "name=Renamed" }],
    ["PUT with JSON wrapped in `service`", "PUT", ".json", { json: { service: { name: "Renamed" } } }],
    ["PUT with a form wrapped in `service`", "PUT", ".json", { form: "service[name]=Renamed" }],
    ["PUT with everything in the query", "PUT", ".json?name=Renamed", {}],
  ])("%s changes the service and answers it", async (_way, method, rest, options) => {
    const { id: own } = await account.service("Before");
    const answer = await put(own + rest, options, method);
    expect([answer.status, answer.json.service]).toEqual([200, expect.objectContaining({ id: own, name: "Renamed" })]);
    expect((await get(own)).json).toEqual(answer.json);
  });

  it("`.xml` answers the service as XML", async () => {
    const { id: own } = await account.service("Before");
    const answer = await put(`${own}.xml`, { json: { name: "After" } });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/xml; charset=utf-8"]);
    expect(answer.text).toContain(`<service><id>${own}</id><account_id>${account.admin.member.accountId}</account_id><name>After</name>`);
  });

  it("only what is given changes", async () => {
    const { id: own } = await account.service("Whole");
    const everything = {
      name: "Whole", description: "Kept", support_email: "kept@example.com", backend_version: "2", deployment_option: "self_managed",
      intentions_required: true, buyers_manage_apps: false, buyers_manage_keys: false, referrer_filters_required: true, custom_keys_enabled: false,
      buyer_key_regenerate_enabled: false, mandatory_app_key: false, buyer_can_select_plan: true,
    };
    await put(own, { json: everything });
    const changes = [
      { name: "Other" }, { description: "Other" }, { support_email: "other@example.com" }, { backend_version: "oauth" }, { deployment_option: "hosted" },
      { intentions_required: false }, { buyers_manage_apps: true }, { mandatory_app_key: true }, { buyer_can_select_plan: false },
    ];
    let expected: object = everything;
    for (const change of changes) {
      expected = { ...expected, ...change };
      expect((await put(own, { json: change })).json.service).toMatchObject(expected);
    }
  });

  it.each([null, ""])("what need not be set is taken away by %j", async (nothing) => {
    const { id: own } = await account.service("Described");
    await put(own, { json: { description: "Long", support_email: "help@example.com" } });
    const answer = await put(own, { json: { description: nothing, support_email: nothing } });
    expect(answer.status).toBe(200);
    expect(answer.json.service).not.toHaveProperty("description");
    expect(answer.json.service).not.toHaveProperty("support_email");
    expect((await rowOf(own))?.["settings"]).not.toHaveProperty("supportEmail");
  });

  it("the whole entity may be sent back as it was read, wrapped or bare", async () => {
    const { id: own } = await account.service("Round trip");
    await put(own, { json: { description: "There and back", support_email: "help@example.com", state_event: "publish" } });
    const read = await get(own);
    for (const json of [read.json, read.json.service]) {
      const answer = await put(own, { json: { ...json } });
      expect(answer.status).toBe(200);
      const { updated_at: _, ...after } = answer.json.service;
      expect(read.json.service).toMatchObject(after);
    }
  });

  it("read-only and unknown fields are ignored and not stored", async () => {
    const { id: own } = await account.service("Steady");
    const before = await rowOf(own);
    const answer = await put(own, {
      json: {
        name: "Steady", id: foreign, account_id: 1, accountId: 1, system_name: "other", systemName: "other", state: "published", version: 99, type: "account",
        created_at: "2001-01-01T00:00:00Z", updated_at: "2001-01-01T00:00:00Z", links: [], annotations: { a: "b" }, pk: "ACCOUNTS", sk: "x", evil: "value",
      },
    });
    expect(answer.status).toBe(200);
    expect(await rowOf(own)).toEqual({ ...before, version: 2, updatedAt: expect.any(Number) });
    expect(answer.json.service).toMatchObject({ id: own, system_name: "steady", state: "incomplete" });
  });

  it("state_event publishes and hides, again and again", async () => {
    const { id: own } = await account.service("Staged");
    for (const [event, state] of [["publish", "published"], ["publish", "published"], ["hide", "hidden"], ["publish", "published"]] as const) {
      expect((await put(own, { json: { state_event: event } })).json.service.state).toBe(state);
      expect((await put(own, { json: { description: `while ${state}` } })).json.service.state).toBe(state);
    }
  });

  it("a change of nothing is a change, of the time", async () => {
    const { id: own } = await account.service("Touched");
    const answer = await put(own, { json: {} });
    expect(answer.status).toBe(200);
    expect(await rowOf(own)).toMatchObject({ version: 2, name: "Touched" });
  });

  it.each<[string, () => Promise<Pick<Person, "value">>]>([
    ["a member with `partners` who reaches it", async () => limited],
    ["a member with `partners` who reaches all", () => account.member({ sections: ["partners"], serviceAccess: "all" })],
  ])("%s may change it", async (_who, caller) => {
    const answer = await put(service, { token: (await caller()).value, json: { name: "By a member" } });
    expect([answer.status, answer.json.service.name]).toEqual([200, "By a member"]);
  });

  it("the change and its event are one transaction, on the version that was read", async () => {
    const { id: own } = await account.service("Recorded");
    latchkey.proxy.reset();
    await put(own, { json: { name: "Recorded twice", state_event: "publish" } });
    expect(writes()).toMatchObject([{ principal: "AccountManagementWriteLambdaFunction", action: "TransactWriteItems" }]);
    expect(writes()[0]?.keys).toEqual([
      keys.service(account.admin.member.accountId, own), { pk: expect.stringContaining(`EVENT#${account.admin.member.accountId}#`), sk: expect.any(String) },
    ]);
    expect((await eventsAbout(own)).at(-1)).toMatchObject({
      type: "service.updated", actor: { memberId: account.admin.member.id, tokenId: account.admin.token.id }, facts: { name: "Recorded twice", state: "published" },
    });
  });
});

describe("400", () => {
  it.each<[string, RequestOptions]>([
    ["JSON that ends early", { headers: { "content-type": "application/json" }, body: "{" }],
    ["a JSON list", { json: [{ name: "Echo" }] }],
  ])("%s is malformed, and nothing is stored", async (_what, options) => {
    const answer = await put(service, options);
    expect([answer.status, answer.json.code]).toEqual([400, "malformed_request"]);
    expect(writes()).toEqual([]);
  });
});

describe("403", () => {
  const CORRECT = "Your access token does not have the correct permissions";

  it.each<[string, () => Promise<Pick<Person, "value">>, object]>([
    ["an admin's `ro` token", () => account.token(account.admin, { permission: "ro" }), { error: CORRECT, code: "read_only", missing: ["permission:rw"] }],
    ["a member's `ro` token", () => account.token(limited, { permission: "ro" }), { error: CORRECT, code: "read_only", missing: ["permission:rw"] }],
    ["a member who reaches no service", () => account.member({ sections: ["partners"], serviceAccess: [] }), { error: "Access denied", code: "no_service_access" }],
    ["a member without `partners`", () => account.member({ sections: ["plans", "monitoring"], serviceAccess: "all" }, { scopes: ["stats"] }), {
      error: CORRECT, code: "insufficient_rights", missing: ["section:partners"],
    }],
    ["a token without the scope", () => account.token(account.admin, { scopes: ["stats", "finance"] }), {
      error: CORRECT, code: "insufficient_scope", missing: ["scope:account_management"],
    }],
  ])("%s is refused and nothing is stored, whatever is sent and wherever", async (_who, caller, body) => {
    const { value } = await caller();
    const before = await rowOf(service);
    latchkey.proxy.reset();
    for (const method of ["PUT", "PATCH"]) {
      for (const of of [service, hidden, foreign, "abc"]) {
        for (const json of [{ name: "Refused" }, { name: "" }, {}]) {
          const answer = await put(of, { token: value, json }, method);
          expect([answer.status, answer.json]).toEqual([403, body]);
        }
      }
    }
    expect(writes()).toEqual([]);
    expect(await rowOf(service)).toEqual(before);
  });

  it("who shows nothing changes nothing", async () => {
    const answer = await request(latchkey, "PUT", `/admin/api/services/${service}.json`, { json: { name: "Nobody" } });
    expect([answer.status, answer.json]).toEqual([403, { error: "Access denied", code: "access_denied" }]);
    expect(latchkey.proxy.calls).toEqual([]);
  });
});

describe("404", () => {
  it("what is hidden, missing, deleted or of another account answers alike, and nothing is stored", async () => {
    const gone = await account.service("Gone");
    await request(latchkey, "DELETE", `/admin/api/services/${gone.id}.json`, { token: account.admin.value });
    const before = await rowOf(hidden);
    latchkey.proxy.reset();
    const missing = await put(1, { token: limited.value, json: { name: "Refused" } });
    expect([missing.status, missing.json]).toEqual([404, { status: "Not found", code: "not_found" }]);
    for (const of of [hidden, foreign, gone.id, Number.MAX_SAFE_INTEGER]) {
      expect(seen(await put(of, { token: limited.value, json: { name: "Refused" } }))).toEqual(seen(missing));
      expect(seen(await put(of, { token: limited.value, json: { id: service, service_id: service, name: "Refused" } }, "PATCH"))).toEqual(seen(missing));
    }
    expect(writes()).toEqual([]);
    expect(await rowOf(hidden)).toEqual(before);
  });

  it.each(["0", "-1", "1e3", "042", "99999999999999999999", "%2F", "1%2F2", "1%00", "%F0%9F%98%80", "%D9%A1", "abc", "__proto__"])("an id written %s names nothing", async (written) => {
    for (const method of ["PUT", "PATCH"]) {
      const answer = await put(written, { json: { name: "Nothing" } }, method);
      expect([answer.status, answer.json]).toEqual([404, { status: "Not found", code: "not_found" }]);
    }
    expect(writes()).toEqual([]);
  });
});

describe("422", () => {
  const LIST = "is not included in the list";

  it.each<[string, object, Record<string, string[]>]>([
    ["an empty name", { name: "" }, { name: ["can't be blank"] }],
    ["a name that is null", { name: null }, { name: ["can't be blank"] }],
    ["a name of spaces", { name: "   " }, { name: ["can't be blank"] }],
    ["a name of 256 letters", { name: "x".repeat(256) }, { name: ["is too long (maximum is 255 characters)"] }],
    ["a name with a control character", { name: "a\u0000b" }, { name: ["must not contain control characters"] }],
    ["a backend_version that is not in the list", { backend_version: "3" }, { backend_version: [LIST] }],
    ["a deployment_option that is not in the list", { deployment_option: "moon" }, { deployment_option: [LIST] }],
    ["a state_event that is none", { state_event: "explode" }, { state_event: [LIST] }],
    ["a state instead of an event", { state_event: "published" }, { state_event: [LIST] }],
    ["an event that every object has", { state_event: "constructor" }, { state_event: [LIST] }],
    ["a flag that is neither true nor false", { buyers_manage_keys: "yes" }, { buyers_manage_keys: ["is not true or false"] }],
    ["a support_email that is none", { support_email: "nobody" }, { support_email: ["should look like an email address"] }],
    ["a good field beside a wrong one", { name: "Good", backend_version: "3" }, { backend_version: [LIST] }],
  ])("%s is refused by field, and nothing is stored", async (_what, json, errors) => {
    const answer = await put(service, { json });
    expect([answer.status, answer.json]).toEqual([422, { errors, code: "invalid" }]);
    expect(writes()).toEqual([]);
  });

  it("`.xml` says it in XML", async () => {
    const answer = await put(`${service}.xml`, { json: { name: "" } });
    expect([answer.status, answer.text]).toEqual([422, expect.stringMatching(/<errors><error>.*can&apos;t be blank<\/error><\/errors>$/i)]);
  });
});
