import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { id, type ServiceId } from "../../lib/domain/brands.ts";
import { parseToken } from "../../lib/domain/token-string.ts";
import { authenticate } from "../../lib/operations/authenticate.ts";
import { accountRow, readAccount } from "../../lib/table/accounts.ts";
import { readRow } from "../../lib/table/client.ts";
import { keys } from "../../lib/table/model.ts";
import { listServices } from "../../lib/table/services.ts";
import { transact } from "../../lib/table/transact.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";

const PATH = "/admin/api/services.json";
const BASE = "https://latchkey01.execute-api.eu-west-1.amazonaws.com";
const READS = ["GetItem", "BatchGetItem", "Query"];

let latchkey: Deployment;
let account: TestAccount;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
});
beforeEach(() => latchkey.proxy.reset());
afterAll(() => latchkey?.stop());

const accountId = () => account.admin.member.accountId;
const post = (options: RequestOptions, path = PATH) => request(latchkey, "POST", path, { token: account.admin.value, ...options });
const rowOf = (serviceId: number) => readRow(latchkey.operator.table, keys.service(accountId(), id(serviceId)));
const writes = () => latchkey.proxy.calls.filter(({ action }) => !READS.includes(action)).map(({ action }) => action);
/** Its name is free again for the next. */
const removed = async ({ json }: Answer) => expect((await request(latchkey, "DELETE", `/admin/api/services/${json.service.id}.json`, { token: account.admin.value })).status).toBe(200);
const total = async () => (await listServices(latchkey.operator.table, accountId(), { page: 1, perPage: 1, withTotal: true })).total;

/** A multipart body, as curl's `-F` sends it. */
const multipart = (name: string, value: string): RequestOptions => ({
  headers: { "content-type": "multipart/form-data; boundary=b" },
  body: `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--b--\r\n`,
});

describe("201", () => {
  it.each<[string, string, RequestOptions]>([
    ["JSON", PATH, { json: { name: "Echo" } }],
    ["a form", PATH, { form: "name=Echo" }],
    ["a multipart form", PATH, multipart("name", "Echo")],
    ["JSON wrapped in `service`", PATH, { json: { service: { name: "Echo" } } }],
    ["a form wrapped in `service`", PATH, { form: "service[name]=Echo" }],
    ["an escaped wrapped form", PATH, { form: "service%5Bname%5D=Echo" }],
    ["JSON without a content type", PATH, { body: new TextEncoder().encode('{"name":"Echo"}') }],
    ["the query, with an empty body", `${PATH}?name=Echo`, {}],
    ["the query, wrapped", `${PATH}?service[name]=Echo`, {}],
    ["the query, which goes before the body", `${PATH}?name=Echo`, { json: { name: "Other" } }],
    ["JSON on the path without an extension", "/admin/api/services", { json: { name: "Echo" } }],
    ["JSON, whatever the client would accept", PATH, { json: { name: "Echo" }, headers: { accept: "application/xml" } }],
  ])("a service is made from %s", async (_way, path, options) => {
    const made = await post(options, path);
    expect([made.status, made.json?.service.name]).toEqual([201, "Echo"]);
    expect(await rowOf(made.json.service.id)).toMatchObject({ type: "service", name: "Echo" });
    await removed(made);
  });

  it("a service is made with everything, the credential too, in the query", async () => {
    const made = await request(latchkey, "POST", `${PATH}?access_token=${account.admin.value}&name=All+in+the+query&backend_version=2`);
    expect([made.status, made.json.service.name, made.json.service.backend_version]).toEqual([201, "All in the query", "2"]);
  });

  it("a service is made with the credential in the body, where no authorizer sees it", async () => {
    const made = await request(latchkey, "POST", PATH, { form: `access_token=${account.admin.value}&name=In+the+body` });
    expect(made.status).toBe(201);
    expect(JSON.stringify(await rowOf(made.json.service.id))).not.toContain(account.admin.value);
  });

  it("the answer is the service in 3scale's shape", async () => {
    const made = await post({ json: { name: "Weather", system_name: "weather-1" } });
    expect(made.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(made.json).toEqual({
      service: {
        id: expect.any(Number), name: "Weather", state: "incomplete", system_name: "weather-1", backend_version: "1", deployment_option: "hosted",
        intentions_required: false, buyers_manage_apps: true, buyers_manage_keys: true, referrer_filters_required: false, custom_keys_enabled: true,
        buyer_key_regenerate_enabled: true, mandatory_app_key: true, buyer_can_select_plan: false,
        annotations: {}, created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), updated_at: made.json.service.created_at,
        links: [{ rel: "self", href: `${BASE}/admin/api/services/${made.json.service.id}` }],
      },
    });
    expect(Number.isSafeInteger(made.json.service.id)).toBe(true);
  });

  it("`.xml` answers the service as XML", async () => {
    const made = await post({ json: { name: "<Weather> & 'more'", system_name: "weather_xml", description: "Rain" } }, "/admin/api/services.xml");
    expect([made.status, made.headers.get("content-type")]).toEqual([201, "application/xml; charset=utf-8"]);
    const serviceId = /<id>(\d+)<\/id>/.exec(made.text)?.[1];
    expect(made.text).toBe(
      `<?xml version="1.0" encoding="UTF-8"?><service><id>${serviceId}</id><account_id>${accountId()}</account_id>` +
      "<name>&lt;Weather&gt; &amp; &apos;more&apos;</name><state>incomplete</state><system_name>weather_xml</system_name><backend_version>1</backend_version>" +
      "<description>Rain</description><intentions_required>false</intentions_required><buyers_manage_apps>true</buyers_manage_apps>" +
      "<buyers_manage_keys>true</buyers_manage_keys><referrer_filters_required>false</referrer_filters_required><custom_keys_enabled>true</custom_keys_enabled>" +
      "<buyer_key_regenerate_enabled>true</buyer_key_regenerate_enabled><mandatory_app_key>true</mandatory_app_key>" +
      "<buyer_can_select_plan>false</buyer_can_select_plan><deployment_option>hosted</deployment_option></service>",
    );
  });

  it("Location is where the service is", async () => {
    const made = await post({ json: { name: "Located" } });
    expect(made.headers.get("location")).toBe(`${BASE}/admin/api/services/${made.json.service.id}`);
    const found = await request(latchkey, "GET", new URL(made.headers.get("location")!).pathname, { token: account.admin.value });
    expect([found.status, found.json]).toEqual([200, made.json]);
  });

  it("the service, its token, its hits metric, its gateway settings, their names and the event are stored in one transaction", async () => {
    const before = latchkey.aws.calls["kms:Decrypt"] ?? 0;
    const made = await post({ json: { name: "One transaction", system_name: "one_transaction" } });
    const service = id<ServiceId>(made.json.service.id);
    const own = latchkey.proxy.calls.filter(({ principal }) => principal === "CreateServiceLambdaFunction");
    expect(own.map(({ action }) => action)).toEqual(["GetItem", "TransactWriteItems"]);
    const hits = `METRICS_OF#${service}#`;
    expect(own[1]?.keys).toEqual([
      keys.service(accountId(), service), keys.serviceToken(accountId(), service), keys.entity("PROXY", accountId(), service),
      { pk: `ACCOUNT#${accountId()}#METRIC`, sk: expect.any(String) },
      keys.unique(accountId(), "system_name", "one_transaction"),
      keys.unique(accountId(), `${hits}system_name`, "hits"), keys.unique(accountId(), `${hits}friendly_name`, "hits"),
      { pk: expect.stringMatching(new RegExp(`^EVENT#${accountId()}#\\d{4}-\\d\\d$`)), sk: expect.any(String) },
    ]);
    expect(writes()).toEqual(["TransactWriteItems"]);
    expect((latchkey.aws.calls["kms:Decrypt"] ?? 0) - before).toBe(1);
  });

  it("the service's token works from the first moment and is nowhere in plain text", async () => {
    const made = await post({ json: { name: "With a token" } });
    const [event] = latchkey.proxy.calls.flatMap((call) => call.keys).filter(({ pk }) => pk?.startsWith("EVENT#"));
    const revealed = await request(latchkey, "GET", `/admin/api/services/${made.json.service.id}/service_token.json`, { token: account.admin.value });
    const { value } = revealed.json.service_token;
    expect(parseToken(value)).toEqual({ kind: "service_token", accountId: accountId(), serviceId: made.json.service.id });
    expect(await authenticate(latchkey.operator, value)).toMatchObject({ kind: "service_token", token: { serviceId: made.json.service.id } });

    const eventRow = await readRow(latchkey.operator.table, { pk: event!["pk"]!, sk: event!["sk"]! });
    expect(eventRow).toMatchObject({ event: "service.created", actor: { memberId: account.admin.member.id, tokenId: account.admin.token.id } });
    const tokenRow = await readRow(latchkey.operator.table, keys.serviceToken(accountId(), id(made.json.service.id)));
    const secret = value.slice(-49, -6);
    for (const told of [made.text, latchkey.logs(), JSON.stringify([eventRow, tokenRow, await rowOf(made.json.service.id)])]) {
      expect(told).not.toContain("lk_st_");
      expect(told).not.toContain(secret);
    }
  });

  it.each([
    ["settings as JSON", {
      json: {
        name: "Set", description: "Two\nlines", support_email: "help@example.com", backend_version: "oidc", deployment_option: "self_managed",
        intentions_required: true, buyers_manage_apps: false, buyers_manage_keys: false, referrer_filters_required: true, custom_keys_enabled: false,
        buyer_key_regenerate_enabled: false, mandatory_app_key: false, buyer_can_select_plan: true,
      },
    }],
    ["settings as a form", {
      form: "name=Set&description=Two%0Alines&support_email=help%40example.com&backend_version=oidc&deployment_option=self_managed&intentions_required=1"
        + "&buyers_manage_apps=0&buyers_manage_keys=false&referrer_filters_required=true&custom_keys_enabled=false&buyer_key_regenerate_enabled=0"
        + "&mandatory_app_key=0&buyer_can_select_plan=1",
    }],
  ])("%s are kept", async (_way, options) => {
    const made = await post(options);
    expect(made.json.service).toMatchObject({
      name: "Set", description: "Two\nlines", support_email: "help@example.com", backend_version: "oidc", deployment_option: "self_managed",
      intentions_required: true, buyers_manage_apps: false, buyers_manage_keys: false, referrer_filters_required: true, custom_keys_enabled: false,
      buyer_key_regenerate_enabled: false, mandatory_app_key: false, buyer_can_select_plan: true,
    });
    const read = await request(latchkey, "GET", `/admin/api/services/${made.json.service.id}.json`, { token: account.admin.value });
    expect(read.json).toEqual(made.json);
    await removed(made);
  });

  it.each([["1", 1], ["2", 2], ["oauth", "oauth"], ["oidc", "oidc"]])("backend_version %s is one of the list, as text or number", async (expected, sent) => {
    const made = await post({ json: { name: "Versioned", backend_version: sent } });
    expect([made.status, made.json.service.backend_version]).toEqual([201, expected]);
    await removed(made);
  });

  it.each([
    ["a letter", "a", "a"],
    ["255 letters", "x".repeat(255), "x".repeat(255)],
    ["255 code points of two UTF-16 units each", "😀".repeat(255), "😀".repeat(255)],
    ["accents, which are composed", "Cafe\u0301", "Caf\u00e9"],
    ["markup, which is only text", "<script>alert(1)</script>", "<script>alert(1)</script>"],
    ["a name from right to left", "שירות", "שירות"],
  ])("a name may be %s", async (_what, sent, stored) => {
    const made = await post({ json: { name: sent } });
    expect([made.status, made.json.service.name]).toEqual([201, stored]);
  });

  it("a system name is made from the name when none is given; when that is taken, so is the name, as in 3scale", async () => {
    const [first, second] = [await post({ json: { name: "Écho  API!" } }), await post({ json: { name: "echo api", system_name: "" } })];
    expect([first.status, first.json.service.system_name]).toEqual([201, "echo_api"]);
    expect([second.status, second.json.errors]).toEqual([422, { system_name: ["has already been taken"] }]);
  });

  it.each([["nothing of it is a letter or digit", "日本"], ["it is only spaces and signs", " !!! "]])("a system name is found when %s", async (_why, name) => {
    const [made, another] = [await post({ json: { name } }), await post({ json: { name } })];
    expect(made.json.service.system_name).toMatch(/^service_[0-9a-f]{12}$/);
    expect(another.json.service.system_name).not.toBe(made.json.service.system_name);
  });

  it("letter case makes a system name another", async () => {
    expect((await post({ json: { name: "Case", system_name: "Case-1" } })).status).toBe(201);
    expect((await post({ json: { name: "Case", system_name: "case-1" } })).status).toBe(201);
  });

  it("another account may use the same system name", async () => {
    const other = await createTestAccount(latchkey);
    for (const token of [account.admin.value, other.admin.value]) {
      expect((await post({ token, json: { name: "Shared", system_name: "shared-name" } })).status).toBe(201);
    }
  });

  it("the system name of a deleted service is free again", async () => {
    const first = await post({ json: { name: "Again", system_name: "again" } });
    await request(latchkey, "DELETE", `/admin/api/services/${first.json.service.id}.json`, { token: account.admin.value });
    const second = await post({ json: { name: "Again", system_name: "again" } });
    expect(second.status).toBe(201);
    expect(second.json.service.id).not.toBe(first.json.service.id);
  });

  it.each([null, ""])("what need not be set may come as %j, and counts as not set", async (nothing) => {
    const made = await post({ json: { name: "Sparse", description: nothing, support_email: nothing, system_name: nothing } });
    expect(made.status).toBe(201);
    expect(made.json.service).not.toHaveProperty("description");
    expect(made.json.service).not.toHaveProperty("support_email");
    expect(made.json.service.system_name).toBe("sparse");
    await removed(made);
  });

  it("read-only and unknown fields are ignored and not stored", async () => {
    const made = await post({
      headers: { "content-type": "application/json" },
      body: `{"name":"Plain","id":7,"account_id":8,"accountId":8,"state":"published","version":9,"created_at":"2001-01-01T00:00:00Z","createdAt":1,
        "pk":"ACCOUNTS","sk":"ACCOUNT#1","type":"account","gsi1pk":"x","gsi1sk":"y","settings":{"flags":{"evil":true}},"flags":{"evil":true},
        "links":[],"annotations":{"a":"b"},"evil":"value","__proto__":{"evil":true},"constructor":{"prototype":{"evil":true}},"access_token":null}`,
    });
    expect(made.status).toBe(201);
    expect(made.json.service).toMatchObject({ name: "Plain", state: "incomplete", annotations: {} });
    expect(made.text).not.toContain("evil");
    const row = await rowOf(made.json.service.id);
    expect(Object.keys(row!).sort()).toEqual([
      "accountId", "createdAt", "id", "name", "pk", "settings", "sk", "state", "systemName", "type", "updatedAt", "version",
    ]);
    expect(row).toMatchObject({ accountId: accountId(), id: made.json.service.id, type: "service", version: 1, settings: { flags: { intentions_required: false } } });
    expect(Object.keys(row!["settings"] as object).sort()).toEqual(["backendVersion", "deploymentOption", "flags"]);
    expect(Object.keys((row!["settings"] as { flags: object }).flags)).not.toContain("evil");
  });

  it("ids grow with time", async () => {
    const ids: number[] = [];
    for (let turn = 0; turn < 3; turn++) {
      ids.push((await post({ json: { name: `In order ${ids.length}` } })).json.service.id);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });
});

describe("400", () => {
  it.each<[string, RequestOptions]>([
    ["JSON that ends early", { headers: { "content-type": "application/json" }, body: '{"name":' }],
    ["a JSON list", { json: ["name"] }],
    ["a JSON text", { json: "name" }],
    ["bytes that are not UTF-8", { headers: { "content-type": "application/json" }, body: new Uint8Array([0x7b, 0xff, 0x7d]) }],
    ["a multipart form that ends early", { headers: { "content-type": "multipart/form-data; boundary=b" }, body: "--b\r\n" }],
    ["parameters nested too deeply", { form: "service[a][b][c][d][e][f][g][h]=1" }],
  ])("%s is malformed, and nothing is stored", async (_what, options) => {
    const answer = await post(options);
    expect([answer.status, answer.json]).toEqual([400, { error: expect.any(String), code: "malformed_request" }]);
    expect(writes()).toEqual([]);
  });
});

describe("403", () => {
  const CORRECT = "Your access token does not have the correct permissions";

  it.each<[string, () => Promise<Pick<Person, "value">>, object]>([
    ["a member who reaches all services is not an admin", () => account.member({ sections: ["partners"], serviceAccess: "all" }), {
      status: "Forbidden", code: "forbidden",
    }],
    ["a member with every section is not an admin", () => account.member({
      sections: ["finance", "monitoring", "partners", "plans", "policy_registry", "portal", "settings"], serviceAccess: "all",
    }), { status: "Forbidden", code: "forbidden" }],
    ["a member who reaches one service is not an admin", async () => {
      const { id: own } = await account.service("Own");
      return account.member({ sections: ["partners"], serviceAccess: [own] });
    }, { status: "Forbidden", code: "forbidden" }],
    ["a member who reaches no service is told so", () => account.member({ sections: ["partners"], serviceAccess: [] }), {
      error: "Access denied", code: "no_service_access",
    }],
    ["a member without `partners` lacks the section", () => account.member({ sections: ["monitoring"], serviceAccess: "all" }, { scopes: ["stats"] }), {
      error: CORRECT, code: "insufficient_rights", missing: ["section:partners"],
    }],
    ["an admin's token with another scope lacks the scope", () => account.token(account.admin, { scopes: ["stats"] }), {
      error: CORRECT, code: "insufficient_scope", missing: ["scope:account_management"],
    }],
    ["an admin's `ro` token may not write", () => account.token(account.admin, { permission: "ro" }), {
      error: CORRECT, code: "read_only", missing: ["permission:rw"],
    }],
  ])("%s, and nothing is stored", async (_guarantee, caller, body) => {
    const { value } = await caller();
    const before = await total();
    for (const options of [{ json: { name: "Refused" } }, { json: {} }]) {
      const answer = await post({ token: value, ...options });
      expect([answer.status, answer.json]).toEqual([403, body]);
    }
    expect(writes()).toEqual([]);
    expect(await total()).toBe(before);
  });

  it("no credential at all is denied access by the endpoint", async () => {
    const answer = await request(latchkey, "POST", PATH, { json: { name: "Nobody" } });
    expect([answer.status, answer.json]).toEqual([403, { error: "Access denied", code: "access_denied" }]);
    expect(latchkey.proxy.calls).toEqual([]);
  });

  it("an unknown token is denied by the gateway", async () => {
    const answer = await post({ token: `${account.admin.value.slice(0, -1)}_`, json: { name: "Unknown" } });
    expect([answer.status, answer.json]).toEqual([403, { message: "Forbidden" }]);
    expect(writes()).toEqual([]);
  });

  it("a service token is denied access: it is for another API", async () => {
    const { id: own } = await account.service("Token holder");
    const revealed = await request(latchkey, "GET", `/admin/api/services/${own}/service_token.json`, { token: account.admin.value });
    latchkey.proxy.reset();
    const answer = await post({ token: revealed.json.service_token.value, json: { name: "By service token" } });
    expect([answer.status, answer.json]).toEqual([403, { error: "Access denied", code: "access_denied" }]);
    expect(writes()).toEqual([]);
  });

  it("in XML a refusal by role is empty and one by permission is an error, as in 3scale", async () => {
    const member = await account.member({ sections: ["partners"], serviceAccess: "all" });
    const readOnly = await account.token(account.admin, { permission: "ro" });
    const byRole = await post({ token: member.value, json: { name: "Refused" } }, "/admin/api/services.xml");
    expect([byRole.status, byRole.text]).toEqual([403, ""]);
    const byPermission = await post({ token: readOnly.value, json: { name: "Refused" } }, "/admin/api/services.xml");
    expect([byPermission.status, byPermission.text]).toEqual([403, `<?xml version="1.0" encoding="UTF-8"?><error>${CORRECT}</error>`]);
  });
});

describe("404", () => {
  it.each(["/admin/api/services/1", "/admin/api/services/1.json", "/admin/api/services/"])("there is nothing to POST to at %s", async (path) => {
    expect((await post({ json: { name: "Nowhere" } }, path)).status).toBe(404);
    expect(writes()).toEqual([]);
  });
});

describe("413", () => {
  it("a body over 8 KiB is refused before it is read, one of 8 KiB is not", async () => {
    const body = (bytes: number) => ({ json: { name: "Long", padding: "x".repeat(bytes - '{"name":"Long","padding":""}'.length) } });
    expect((await post(body(8192))).status).toBe(201);
    latchkey.proxy.reset();
    const answer = await post(body(8193));
    expect([answer.status, answer.json]).toEqual([413, { error: "The body is too large (maximum is 8192 bytes)", code: "payload_too_large" }]);
    expect(writes()).toEqual([]);
  });
});

describe("415", () => {
  it.each(["application/xml", "text/plain", "application/octet-stream"])("a body of type %s is not understood", async (type) => {
    const answer = await post({ headers: { "content-type": type }, body: "<service><name>Echo</name></service>" });
    expect([answer.status, answer.json.code]).toEqual([415, "unsupported_media_type"]);
    expect(writes()).toEqual([]);
  });
});

describe("422", () => {
  const BLANK = "can't be blank";
  const LIST = "is not included in the list";
  const CONTROL = "must not contain control characters";
  const SYSTEM = "must be 1 to 255 ASCII letters, numbers, dashes and underscores";
  const EMAIL = "should look like an email address";

  it.each<[string, object, Record<string, string[]>]>([
    ["no name", {}, { name: [BLANK] }],
    ["a name that is null", { name: null }, { name: [BLANK] }],
    ["an empty name", { name: "" }, { name: [BLANK] }],
    ["a name of spaces", { name: " \u00a0\u3000" }, { name: [BLANK] }],
    ["a name that is a list", { name: ["Echo"] }, { name: [BLANK] }],
    ["a name of 256 letters", { name: "x".repeat(256) }, { name: ["is too long (maximum is 255 characters)"] }],
    ["a name of 256 code points", { name: "😀".repeat(256) }, { name: ["is too long (maximum is 255 characters)"] }],
    ["a name with NUL", { name: "a\u0000b" }, { name: [CONTROL] }],
    ["a name of two lines", { name: "a\nb" }, { name: [CONTROL] }],
    ["a name with DEL", { name: "a\u007fb" }, { name: [CONTROL] }],
    ["a name with a C1 control", { name: "a\u0085b" }, { name: [CONTROL] }],
    ["a name that turns the direction of writing", { name: "a\u202eb" }, { name: [CONTROL] }],
    ["a name with half a character", { name: "a\ud800" }, { name: ["is not valid Unicode"] }],
    ["a system name with a space", { name: "Echo", system_name: "my echo" }, { system_name: [SYSTEM] }],
    ["a system name with a slash", { name: "Echo", system_name: "my/echo" }, { system_name: [SYSTEM] }],
    ["a system name with an accent", { name: "Echo", system_name: "écho" }, { system_name: [SYSTEM] }],
    ["a system name of 256 letters", { name: "Echo", system_name: "x".repeat(256) }, { system_name: [SYSTEM] }],
    ["a system name that is a number", { name: "Echo", system_name: 5 }, { system_name: ["is invalid"] }],
    ["a backend_version that is not in the list", { name: "Echo", backend_version: "3" }, { backend_version: [LIST] }],
    ["a backend_version that only begins like one", { name: "Echo", backend_version: "1 " }, { backend_version: [LIST] }],
    ["a backend_version that is null", { name: "Echo", backend_version: null }, { backend_version: [LIST] }],
    ["a backend_version that is a list", { name: "Echo", backend_version: ["1"] }, { backend_version: [LIST] }],
    ["a deployment_option that is not in the list", { name: "Echo", deployment_option: "moon" }, { deployment_option: [LIST] }],
    ["a flag that is neither true nor false", { name: "Echo", mandatory_app_key: "maybe" }, { mandatory_app_key: ["is not true or false"] }],
    ["a support_email that is none", { name: "Echo", support_email: "nobody" }, { support_email: [EMAIL] }],
    ["a support_email that is a number", { name: "Echo", support_email: 5 }, { support_email: ["is invalid"] }],
    ["a description that is a list", { name: "Echo", description: ["a"] }, { description: ["is invalid"] }],
    ["a description of 4001 letters", { name: "Echo", description: "x".repeat(4001) }, { description: ["is too long (maximum is 4000 characters)"] }],
    ["a description with NUL", { name: "Echo", description: "a\u0000b" }, { description: [CONTROL] }],
    ["several wrong fields, each of which is named", { backend_version: "3", mandatory_app_key: 2 }, {
      name: [BLANK], backend_version: [LIST], mandatory_app_key: ["is not true or false"],
    }],
  ])("%s is refused by field, and nothing is stored", async (_what, json, errors) => {
    const answer = await post({ json });
    expect([answer.status, answer.json]).toEqual([422, { errors, code: "invalid" }]);
    expect(writes()).toEqual([]);
  });

  it("a wrapper that wraps nothing is refused in 3scale's words, and nothing is stored", async () => {
    const answer = await post({ json: { service: "Echo" } });
    expect([answer.status, answer.text]).toEqual([422, "Wrong type for parameter: service"]);
    expect(writes()).toEqual([]);
  });

  it("a system name that is taken is refused, and neither a service nor a token is made", async () => {
    const first = await post({ json: { name: "Taken", system_name: "taken" } });
    const before = await total();
    const second = await post({ json: { name: "Taken too", system_name: "taken" } });
    expect([second.status, second.json]).toEqual([422, { errors: { system_name: ["has already been taken"] }, code: "invalid" }]);
    expect(await total()).toBe(before);
    const tried = latchkey.proxy.calls.filter(({ action }) => action === "TransactWriteItems").at(-1)!;
    for (const { pk, sk } of tried.keys.filter((key) => key["pk"] !== keys.unique(accountId(), "system_name", "taken").pk)) {
      expect(await readRow(latchkey.operator.table, { pk: pk!, sk: sk! })).toBeUndefined();
    }
    expect(await rowOf(first.json.service.id)).toMatchObject({ name: "Taken", version: 1 });
  });

  it("in XML every error is a sentence", async () => {
    const answer = await post({ json: { backend_version: "3" } }, "/admin/api/services.xml");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([422, "application/xml; charset=utf-8"]);
    expect(answer.text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?><errors>(<error>[^<]+<\/error>){2}<\/errors>$/);
    expect(answer.text).toContain("is not included in the list</error>");
  });
});

describe("503", () => {
  it("without KMS there is no service, no token and no event, and the client is told when to come back", async () => {
    const before = await total();
    latchkey.aws.failNext("kms", 3);
    const answer = await post({ json: { name: "Unsealed", system_name: "unsealed" } });
    expect([answer.status, answer.json.code, answer.headers.get("retry-after")]).toEqual([503, "unavailable", "1"]);
    expect(writes()).toEqual([]);
    expect(await total()).toBe(before);
    expect((await post({ json: { name: "Sealed", system_name: "unsealed" } })).status).toBe(201);
  });

  it("a data key that was wrapped for another account opens for nobody", async () => {
    const [own, other] = [await createTestAccount(latchkey), await createTestAccount(latchkey)];
    const { table } = latchkey.operator;
    const [mine, theirs] = [await readAccount(table, own.admin.member.accountId), await readAccount(table, other.admin.member.accountId)];
    await transact(table, [{ put: accountRow({ ...mine!, wrappedKey: theirs!.wrappedKey }) }]);
    latchkey.proxy.reset();
    const answer = await post({ token: own.admin.value, json: { name: "Under another key" } });
    expect([answer.status, answer.json.code]).toEqual([503, "unavailable"]);
    expect(writes()).toEqual([]);
  });
});
