import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";

let latchkey: Deployment;
let account: TestAccount;
let registrar: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  registrar = await account.member({ sections: ["policy_registry"], serviceAccess: [] }, { scopes: ["policy_registry"] });
});
afterAll(() => latchkey?.stop());

const as = (person: Person) => (method: string, path: string, options: RequestOptions = {}): Promise<Answer> =>
  request(latchkey, method, `/admin/api/registry/policies${path}.json`, { token: person.value, ...options });
const registry = (method: string, path: string, options?: RequestOptions) => as(registrar)(method, path, options);

let made = 0;
const wanted = (version = "1.0.0") => {
  const name = `my-policy-${++made}`;
  return { name, version, schema: { $schema: "http://apicast.io/policy-v1/schema#", name, summary: "Mine", version, configuration: { type: "object", n: 1e300, none: null } } };
};
const register = async (policy = wanted()) => (await registry("POST", "", { json: policy })).json.policy;

describe("200 and 201", () => {
  it("a policy is what was sent, found by its id and by its name with its version", async () => {
    const policy = wanted();
    const created = await registry("POST", "", { json: { policy } });
    expect([created.status, created.json]).toEqual([201, { policy: { id: expect.any(Number), ...policy, created_at: expect.any(String), updated_at: expect.any(String) } }]);
    for (const called of [`/${created.json.policy.id}`, `/${policy.name}-1.0.0`]) expect((await registry("GET", called)).json).toEqual(created.json);
    expect((await registry("GET", "")).json.policies).toContainEqual(created.json);
  });

  it("a schema may be text, and other versions stand beside each other", async () => {
    const policy = wanted();
    expect((await registry("POST", "", { json: { ...policy, schema: JSON.stringify(policy.schema) } })).json.policy.schema).toEqual(policy.schema);
    const next = { name: policy.name, version: "2", schema: { ...policy.schema, version: "2" } };
    expect((await registry("POST", "", { json: next })).status).toBe(201);
  });

  it("a policy is changed and deleted while no service uses it", async () => {
    const { id, name, schema } = await register();
    expect((await registry("PUT", `/${name}-1.0.0`, { json: { schema: { ...schema, summary: "Better" } } })).json.policy).toMatchObject({ id, schema: { summary: "Better" } });
    const deleted = await registry("DELETE", `/${id}`);
    expect([deleted.status, deleted.text, (await registry("GET", `/${id}`)).status]).toEqual([200, "", 404]);
  });
});

describe("403", () => {
  it("the scope for accounts does not reach the registry, nor does a read-only token change it", async () => {
    const accounts = await account.token(account.admin, { scopes: ["account_management"] });
    expect((await as(accounts)("GET", "")).json).toMatchObject({ code: "insufficient_scope", missing: ["scope:policy_registry"] });
    const readOnly = await account.token(registrar, { scopes: ["policy_registry"], permission: "ro" });
    expect((await as(readOnly)("POST", "", { json: wanted() })).json.code).toBe("read_only");
  });

  it("a policy in a service's chain is neither deleted nor (422) changed", async () => {
    const { id, name, schema } = await register();
    const { id: service } = await account.service("User of it");
    const chain = { policies_config: [{ name, version: "1.0.0", configuration: {}, enabled: false }] };
    await request(latchkey, "PUT", `/admin/api/services/${service}/proxy/policies.json`, { token: account.admin.value, json: chain });
    const used = { base: ["This policy is currently being used in one of your APIs and cannot be modified."] };
    for (const [method, status] of [["DELETE", 403], ["PUT", 422]] as const) {
      const answer = await registry(method, `/${id}`, { json: { schema } });
      expect([answer.status, answer.json.errors]).toEqual([status, used]);
    }
  });
});

describe("404", () => {
  it("another account's policies are not there", async () => {
    const { id, name } = await register();
    const stranger = await createTestAccount(latchkey);
    const other = await stranger.token(stranger.admin, { scopes: ["policy_registry"] });
    for (const called of [`/${id}`, `/${name}-1.0.0`, "/1", "/none-1.0"]) expect((await as(other)("GET", called)).status).toBe(404);
    expect((await as(other)("GET", "")).json).toEqual({ policies: [] });
  });
});

describe("422", () => {
  const { name, version, schema } = wanted();
  it.each<[string, object, object]>([
    ["nothing", {}, { name: ["can't be blank"], version: ["can't be blank"], schema: ["can't be blank"] }],
    ["a version of the gateway's own", { name, version: "builtin", schema }, { version: ["cannot be 'builtin'"] }],
    ["two versions", { name, version: "2", schema }, { version: ["differs from the schema version"] }],
    ["half a schema", { name, version, schema: { version } }, { schema: ["Invalid JSON schema"] }],
    ["a schema that is a list", { name, version, schema: [] }, { schema: ["Invalid JSON schema"] }],
    ["a schema that is no JSON", { name, version, schema: "{" }, { schema: ["Invalid JSON schema"] }],
  ])("no policy with %s", async (_what, json, errors) => {
    const answer = await registry("POST", "", { json });
    expect([answer.status, answer.json.errors]).toEqual([422, errors]);
  });

  it("a version of a name is there once", async () => {
    const policy = wanted();
    await register(policy);
    expect((await registry("POST", "", { json: policy })).json.errors).toEqual({ version: ["has already been taken"] });
  });
});
