import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type DeveloperAccountId, type PlanId, type ServiceId } from "../../lib/domain/brands.ts";
import { createPlan } from "../../lib/operations/plans.ts";
import { applicationTrafficFrom } from "../../lib/table/application-traffic.ts";
import { readRow } from "../../lib/table/client.ts";
import { keys } from "../../lib/table/model.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type RequestOptions } from "../support/request.ts";
import { send } from "./wrong-input.ts";

let latchkey: Deployment;
let account: TestAccount;
let developer: DeveloperAccountId;
/** A service whose calls are made with application ids and keys, one with OpenID Connect, and a plan on each. */
let service: ServiceId;
let connected: ServiceId;
let plan: PlanId;
let connectedPlan: PlanId;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  developer = (await account.developerAccount("Buyer")).id;
  [service, connected] = [(await account.service("Keys")).id, (await account.service("Connected")).id];
  await api("PUT", `services/${service}.json`, { json: { backend_version: "2" } });
  await api("PUT", `services/${connected}.json`, { json: { backend_version: "oidc" } });
  const wanted = { name: "Basic", state: "hidden", approvalRequired: false, trialPeriodDays: 0, setupFeeCents: 0, costPerMonthCents: 0 } as const;
  const admin = { kind: "member", member: account.admin.member } as const;
  [plan, connectedPlan] = [(await createPlan(latchkey.operator, admin, service, wanted)).id, (await createPlan(latchkey.operator, admin, connected, wanted)).id];
});
afterAll(() => latchkey?.stop());

const api = (method: string, path: string, options: RequestOptions = {}, by: Person = account.admin) =>
  request(latchkey, method, `/admin/api/${path}`, { token: by.value, ...options });
const ofDeveloper = () => `accounts/${developer}/applications`;
type App = { readonly id: number; readonly application_id: string; readonly client_secret?: string };
const newApplication = async (key: string | readonly string[], on: number = plan): Promise<App> =>
  (await api("POST", `${ofDeveloper()}.json`, { json: { plan_id: on, application_key: key } })).json.application;
const valuesOf = async (application: App) => ((await api("GET", `${ofDeveloper()}/${application.id}/keys.json`)).json.keys as { key: { value: string } }[]).map(({ key }) => key.value);
/** The keys by which calls of the application are judged. */
const judgedBy = async ({ application_id: value }: App, at: ServiceId = service) =>
  applicationTrafficFrom((await readRow(latchkey.operator.table, keys.credentialApplication(account.admin.member.accountId, at, { kind: "app_id", value })))!).keys;

describe("200 and 201", () => {
  it("keys are listed with when they were made and whose they are, in JSON and in XML", async () => {
    const application = await newApplication("first-key");
    const { key } = (await api("GET", `${ofDeveloper()}/${application.id}/keys.json`)).json.keys[0];
    expect(key).toEqual({
      value: "first-key", created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), updated_at: key.created_at,
      links: [{ rel: "application", href: expect.stringMatching(new RegExp(`/admin/api/${ofDeveloper()}/${application.id}$`)) }],
    });
    expect((await api("GET", `${ofDeveloper()}/${application.id}/keys.xml`)).text)
      .toContain(`<keys><key><value>first-key</value><created_at>${key.created_at}</created_at><updated_at>${key.created_at}</updated_at></key></keys>`);
  });

  it.each<[string, RequestOptions, RegExp]>([
    ["that is given in a form", { form: "key=by-form" }, /^by-form$/],
    ["that is given in JSON", { json: { key: "by-json" } }, /^by-json$/],
    ["of its own when none is given", {}, /^[0-9a-f]{32}$/],
    ["of its own when a blank one is given", { form: "key=" }, /^[0-9a-f]{32}$/],
  ])("an application gets a key %s; it is answered, and calls are judged by it at once", async (_which, options, shape) => {
    const application = await newApplication("first-key");
    const answer = await api("POST", `${ofDeveloper()}/${application.id}/keys.json`, options);
    expect([answer.status, answer.json.application]).toEqual([201, expect.objectContaining({ id: application.id, application_id: application.application_id })]);
    const values = await valuesOf(application);
    expect(values).toEqual(["first-key", expect.stringMatching(shape)]);
    expect(await judgedBy(application)).toEqual(values);
  });

  it.each([
    "plain-key", "/slashes//at/both/ends/", "../../.././..", "ends.in.json", "ends.in.xml", "ends.in.XML.php", "100%41%2F", "{value+}",
    "!\"#$%&'()*+,-./0123456789:;<=>@[\\]^_`{|}~",
  ])("%s is taken away by its value in the path, with an extension and, where it has none itself, without", async (value) => {
    const extensions = [".json", ".xml", ...(/\.(?:json|xml)$/i.test(value) ? [] : [""])];
    for (const extension of extensions) {
      const application = await newApplication([value, "another-key"]);
      const answer = await send(latchkey.url, {
        method: "DELETE", target: `/admin/api/${ofDeveloper()}/${application.id}/keys/${encodeURIComponent(value)}${extension}`, token: account.admin.value,
      });
      expect([extension, answer.status, answer.text]).toEqual([extension, 200, ""]);
      expect(await judgedBy(application)).toEqual(["another-key"]);
    }
  });

  it("a `key` parameter wins over the path, for what an address cannot hold", async () => {
    const application = await newApplication(["what?else", "path-key"]);
    expect((await api("DELETE", `${ofDeveloper()}/${application.id}/keys/path-key.json?key=${encodeURIComponent("what?else")}`)).status).toBe(200);
    expect(await valuesOf(application)).toEqual(["path-key"]);
  });

  it("where calls come with OpenID Connect, the one key is the client's secret", async () => {
    const application = await newApplication([], connectedPlan);
    const [secret] = await valuesOf(application);
    expect(application).toMatchObject({ client_id: application.application_id, client_secret: secret });
    expect(await judgedBy(application, connected)).toEqual([secret]);
  });
});

describe("403", () => {
  it("a read-only token gives and takes no keys", async () => {
    const application = await newApplication("first-key");
    const readOnly = await account.token(account.admin, { permission: "ro" });
    for (const [method, path] of [["POST", "keys.json"], ["DELETE", "keys/first-key.json"]] as const) {
      expect((await api(method, `${ofDeveloper()}/${application.id}/${path}`, {}, readOnly)).json.code).toBe("read_only");
    }
    expect(await valuesOf(application)).toEqual(["first-key"]);
  });
});

describe("404", () => {
  it.each(["first-ke", "FIRST-KEY", "first-key/", "no-such-key"])("%s is no key of it", async (value) => {
    const application = await newApplication("first-key");
    expect((await api("DELETE", `${ofDeveloper()}/${application.id}/keys/${encodeURIComponent(value)}.json`)).status).toBe(404);
    expect(await valuesOf(application)).toEqual(["first-key"]);
  });

  it("another developer's application, and one of a hidden service, has no keys to see, to give or to take", async () => {
    const application = await newApplication("first-key");
    const [stranger, limited] = [(await account.developerAccount("Stranger")).id, await account.member({ sections: ["partners"], serviceAccess: [connected] })];
    const missing = await api("GET", `${ofDeveloper()}/1/keys.json`);
    for (const [path, by] of [[`accounts/${stranger}/applications/${application.id}`, account.admin], [`${ofDeveloper()}/${application.id}`, limited]] as const) {
      for (const [method, rest] of [["GET", "keys.json"], ["POST", "keys.json"], ["DELETE", "keys/first-key.json"]] as const) {
        const answer = await api(method, `${path}/${rest}`, {}, by);
        expect([answer.status, answer.text]).toEqual([404, missing.text]);
      }
    }
    expect(await valuesOf(application)).toEqual(["first-key"]);
  });
});

describe("422", () => {
  it.each([
    ["one that it has, in other letters", "FIRST-KEY", { value: ["has already been taken"] }],
    ["a short one", "abcd", { value: ["is too short (minimum is 5 characters)"] }],
    ["one with a blank", "with blank", { value: ["invalid"] }],
  ])("no second key: %s", async (_which, key, errors) => {
    const application = await newApplication("first-key");
    const answer = await api("POST", `${ofDeveloper()}/${application.id}/keys.json`, { json: { key } });
    expect([answer.status, answer.json.errors, await judgedBy(application)]).toEqual([422, errors, ["first-key"]]);
  });

  it("five are enough, also when many come at once", async () => {
    const application = await newApplication("first-key");
    const answers = await Promise.all(["a", "b", "c", "d", "e", "f"].map((letter) => api("POST", `${ofDeveloper()}/${application.id}/keys.json`, { form: `key=key-${letter}` })));
    // Who finds others changing the same thing too often is told to try again.
    expect(new Set(answers.map(({ status }) => status)).difference(new Set([201, 422, 503]))).toEqual(new Set());
    for (let held = (await valuesOf(application)).length; held < 5; held++) await api("POST", `${ofDeveloper()}/${application.id}/keys.json`);
    const answer = await api("POST", `${ofDeveloper()}/${application.id}/keys.json`);
    expect([answer.status, answer.json.errors]).toEqual([422, { base: ["Limit reached"] }]);
    expect(await judgedBy(application)).toHaveLength(5);
  });

  it("a client of OpenID Connect has one secret", async () => {
    const application = await newApplication("the-secret", connectedPlan);
    expect((await api("POST", `${ofDeveloper()}/${application.id}/keys.json`)).json.errors).toEqual({ base: ["Limit reached"] });
    expect((await api("POST", `${ofDeveloper()}.json`, { json: { plan_id: connectedPlan, application_key: ["one-secret", "two-secrets"] } })).json.errors).toEqual({ base: ["Limit reached"] });
    expect(await judgedBy(application, id(connected))).toEqual(["the-secret"]);
  });
});
