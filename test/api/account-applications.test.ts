import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type DeveloperAccountId, type PlanId, type ServiceId } from "../../lib/domain/brands.ts";
import type { Service } from "../../lib/domain/model.ts";
import { createPlan } from "../../lib/operations/plans.ts";
import { readRow } from "../../lib/table/client.ts";
import { keys, type Credential, type Row } from "../../lib/table/model.ts";
import { transact } from "../../lib/table/transact.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";
import { everyRow } from "../support/rows.ts";

const BASE = "https://latchkey01.execute-api.eu-west-1.amazonaws.com/admin/api";

let latchkey: Deployment;
let account: TestAccount;
let developer: DeveloperAccountId;
let stranger: DeveloperAccountId;
/** Services whose calls are made with user keys, with application ids, with OpenID Connect, and one that `limited` does not reach. */
let byUserKey: ServiceId;
let byAppId: ServiceId;
let byOidc: ServiceId;
let hidden: ServiceId;
let plans: Readonly<Record<"byUserKey" | "other" | "approval" | "byAppId" | "byOidc" | "hidden", PlanId>>;
let limited: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  [developer, stranger] = [(await account.developerAccount("Buyer & Sons")).id, (await account.developerAccount("Stranger", "pending")).id];
  const versioned = async (name: string, backend_version: Service["settings"]["backendVersion"]): Promise<ServiceId> => {
    const { id: made } = await account.service(name);
    await api("PUT", `services/${made}.json`, { json: { backend_version } });
    return made;
  };
  [byUserKey, byAppId, byOidc, hidden] = [await versioned("User keys", "1"), await versioned("App ids", "2"), await versioned("Connected", "oidc"), await versioned("Hidden", "1")];
  const plan = async (service: ServiceId, name: string, approvalRequired = false) => (await createPlan(latchkey.operator, { kind: "member", member: account.admin.member }, service, {
    name, state: "hidden", approvalRequired, trialPeriodDays: 30, setupFeeCents: 1050, costPerMonthCents: 0,
  })).id;
  plans = {
    byUserKey: await plan(byUserKey, "Basic"), other: await plan(byUserKey, "Other"), approval: await plan(byUserKey, "On approval", true),
    byAppId: await plan(byAppId, "Ids"), byOidc: await plan(byOidc, "Clients"), hidden: await plan(hidden, "Hidden"),
  };
  limited = await account.member({ sections: ["partners"], serviceAccess: [byUserKey, byAppId, byOidc] });
});
afterAll(() => latchkey?.stop());

const api = (method: string, path: string, options: RequestOptions = {}, by: Person = account.admin): Promise<Answer> =>
  request(latchkey, method, `/admin/api/${path}`, { token: by.value, ...options });
const of = (owner: number = developer) => `accounts/${owner}/applications`;
let made = 0;
const create = (json: object = {}, owner: number = developer) => api("POST", `${of(owner)}.json`, { json: { plan_id: plans.byUserKey, name: `App ${++made}`, ...json } });
type App = Readonly<Record<string, string>> & { readonly id: number };
const created = async (json: object = {}, owner?: number): Promise<App> => (await create(json, owner)).json.application;
const idsIn = ({ json }: Answer): number[] => json.applications.map((each: { application: { id: number } }) => each.application.id);
const accountId = () => account.admin.member.accountId;
const judged = (service: ServiceId, kind: Credential["kind"], value: string) => readRow(latchkey.operator.table, keys.credentialApplication(accountId(), service, { kind, value }));
const usageKey = (service: ServiceId, value: string) => keys.credentialUsage(accountId(), service, { kind: "user_key", value });
/** Something was used under a user key, as the Service Management API counts it. */
const use = async (service: ServiceId, value: string, version = 3): Promise<void> => {
  await transact(latchkey.operator.table, [{ put: { ...usageKey(service, value), type: "application_usage", version, counts: { hits: 7 } } }]);
};
const used = (service: ServiceId, value: string): Promise<Row | undefined> => readRow(latchkey.operator.table, usageKey(service, value));
/** What is stored of an application, under whatever key. */
const rowsOf = async (application: number) => (await everyRow(latchkey)).filter((row) => row["type"] !== "event" && [row["id"], row["applicationId"]].includes(application));

describe("201", () => {
  it("an application is made on a plan of a service whose calls are made with user keys", async () => {
    const answer = await create({ name: "First", description: "Of all", user_key: "a_user.key-1" });
    const { application } = answer.json;
    expect([answer.status, answer.headers.get("location")]).toEqual([201, `${BASE}/${of()}/${application.id}`]);
    const self = `${BASE}/${of()}/${application.id}`;
    expect(application).toEqual({
      id: application.id, state: "live", enabled: true, created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), updated_at: application.created_at,
      service_id: byUserKey, service_name: "User keys", plan_id: plans.byUserKey, plan_name: "Basic", account_id: developer, org_name: "Buyer & Sons",
      first_traffic_at: null, first_daily_traffic_at: null, user_key: "a_user.key-1", provider_verification_key: expect.stringMatching(/^[0-9a-f]{32}$/),
      name: "First", description: "Of all",
      links: [
        { rel: "self", href: self }, { rel: "service", href: `${BASE}/services/${byUserKey}` }, { rel: "account", href: `${BASE}/accounts/${developer}` },
        { rel: "plan", href: `${BASE}/services/${byUserKey}/application_plans/${plans.byUserKey}` }, { rel: "keys", href: `${self}/keys` },
      ],
    });
    expect(await judged(byUserKey, "user_key", "a_user.key-1")).toMatchObject({ applicationId: application.id, planId: plans.byUserKey, state: "live", keys: [] });
  });

  it.each<[string, () => object, readonly unknown[], object, readonly string[]]>([
    ["where calls come with user keys, with one of its own", () => ({}), [], { user_key: expect.stringMatching(/^[0-9a-f]{32}$/) }, ["user_key"]],
    ["where calls come with application ids, with an id and a key of its own", () => ({ plan_id: plans.byAppId }), [expect.stringMatching(/^[0-9a-f]{32}$/)], { application_id: expect.stringMatching(/^[0-9a-f]{8}$/) }, ["application_id"]],
    ["with the id and the key that are given", () => ({ plan_id: plans.byAppId, application_id: "my~id!", application_key: "my-key" }), ["my-key"], { application_id: "my~id!" }, ["application_id"]],
    ["without a redirect URL where it is not shown", () => ({ plan_id: plans.byAppId, redirect_url: "https://app" }), [expect.stringMatching(/^[0-9a-f]{32}$/)], { application_id: expect.any(String) }, ["application_id"]],
    ["as a client of OpenID Connect", () => ({ plan_id: plans.byOidc, application_id: "client", application_key: ["secret"], redirect_url: "https://app" }), ["secret"], {
      application_id: "client", client_id: "client", client_secret: "secret", redirect_url: "https://app",
    }, ["application_id", "redirect_url", "client_id"]],
    ["as a client with a secret of its own", () => ({ plan_id: plans.byOidc }), [expect.stringMatching(/^[0-9a-f]{32}$/)], { client_secret: expect.stringMatching(/^[0-9a-f]{32}$/) }, ["application_id", "client_id"]],
  ])("%s", async (_which, wanted, values, credentials, shown) => {
    const application = await created(wanted());
    expect(application).toMatchObject(credentials);
    const { keys: listed } = (await api("GET", `${of()}/${application.id}/keys.json`)).json;
    expect(listed.map((each: { key: { value: string } }) => each.key.value)).toEqual(values);
    expect(["user_key", "application_id", "redirect_url", "client_id"].filter((name) => name in application)).toEqual(shown);
  });

  it("a service that does not ask for keys gives none", async () => {
    const { id: service } = await account.service("Without keys");
    await api("PUT", `services/${service}.json`, { json: { backend_version: "2", mandatory_app_key: false } });
    const plan = (await api("POST", `services/${service}/application_plans.json`, { form: "name=Free" })).json.application_plan.id;
    expect((await api("GET", `${of()}/${(await created({ plan_id: plan })).id}/keys.json`)).json).toEqual({ keys: [] });
  });

  it("an application waits where the plan asks for approval, and is not enabled while its account is not approved", async () => {
    const waiting = await created({ plan_id: plans.approval, user_key: "waits" });
    expect([waiting, await judged(byUserKey, "user_key", "waits")]).toMatchObject([{ state: "pending", enabled: false }, { state: "pending" }]);
    expect(await created({}, stranger)).toMatchObject({ state: "live", enabled: false });
  });

  it("in the query alone, as a form, and with blanks for what is not given", async () => {
    const query = await api("POST", `${of()}.json?plan_id=${plans.byAppId}&application_key[]=key-one&application_key[]=key-two`);
    expect([query.status, query.json.application]).toEqual([201, expect.objectContaining({ name: "", description: "" })]);
    const form = await api("POST", `${of()}.json`, { form: `plan_id=${plans.byUserKey}&name=&description=&user_key=&application_id=&application_key=&redirect_url=` });
    expect([form.status, form.json.application.user_key]).toEqual([201, expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });

  it("services do not share credentials: the same ones are taken in each", async () => {
    const [one, other] = [await create({ user_key: "same", application_id: "same" }), await create({ plan_id: plans.byAppId, user_key: "same", application_id: "same" })];
    expect([one.status, other.status]).toEqual([201, 201]);
    const find = async (query: string) => (await api("GET", `applications/find.json?${query}`)).json.application?.id;
    // A user key is looked for where calls are made with user keys, an app id where they are not.
    expect([await find("user_key=same"), await find("app_id=same")]).toEqual([one.json.application.id, other.json.application.id]);
    expect([await find(`user_key=same&service_id=${byAppId}`), await find(`app_id=same&service_id=${byUserKey}`)]).toEqual([undefined, undefined]);
  });
});

describe("200", () => {
  it("an application is read as it was made, in XML with its plan and its keys", async () => {
    const application = await created({ plan_id: plans.byAppId, name: "<X>", application_id: "in-xml", application_key: ["<key>&1", "key-2"], redirect_url: "https://app" });
    expect((await api("GET", `${of()}/${application.id}.json`)).json.application).toEqual(application);
    expect((await api("GET", `${of()}/${application.id}.xml`)).text).toBe(
      `<?xml version="1.0" encoding="UTF-8"?><application><id>${application.id}</id><created_at>${application["created_at"]}</created_at><updated_at>${application["created_at"]}</updated_at>` +
      `<state>live</state><user_account_id>${developer}</user_account_id><first_traffic_at></first_traffic_at><first_daily_traffic_at></first_daily_traffic_at><service_id>${byAppId}</service_id>` +
      "<application_id>in-xml</application_id><redirect_url>https://app</redirect_url><keys><key>&lt;key&gt;&amp;1</key><key>key-2</key></keys>" +
      `<plan custom="false" default="false"><id>${plans.byAppId}</id><name>Ids</name><type>application_plan</type><state>hidden</state><approval_required>false</approval_required>` +
      `<setup_fee>10.5</setup_fee><cost_per_month>0</cost_per_month><trial_period_days>30</trial_period_days><cancellation_period>0</cancellation_period><service_id>${byAppId}</service_id></plan>` +
      "<name>&lt;X&gt;</name><description></description></application>",
    );
  });

  it("an application is changed by the whole of what was read, and only what can change does", async () => {
    const application = await created({ plan_id: plans.byOidc, redirect_url: "https://app" });
    const json = { ...application, name: "New name", description: "New", state: "suspended", plan_id: plans.byUserKey, application_id: "another", account_id: stranger, service_id: hidden };
    const { updated_at, ...changed } = (await api("PUT", `${of()}/${application.id}.json`, { json })).json.application;
    expect(changed).toEqual({ ...application, name: "New name", description: "New", updated_at: undefined });
    expect(updated_at >= application["created_at"]!).toBe(true);
    expect((await api("PATCH", `${of()}/${application.id}.json`, { form: "redirect_url=" })).json.application).not.toHaveProperty("redirect_url");
    expect(await judged(byOidc, "app_id", application["application_id"]!)).not.toHaveProperty("redirectUrl");
  });

  it("another user key names it from then on, and the old one nobody", async () => {
    const application = await created({ user_key: "before" });
    expect((await api("PUT", `${of()}/${application.id}.json`, { form: "user_key=after" })).json.application.user_key).toBe("after");
    expect([await judged(byUserKey, "user_key", "before"), await judged(byUserKey, "user_key", "after")]).toEqual([undefined, expect.objectContaining({ applicationId: application.id })]);
    const find = async (key: string) => (await api("GET", `applications/find.json?user_key=${key}`)).json.application?.id;
    expect([await find("before"), await find("after")]).toEqual([undefined, application.id]);
    expect((await created({ user_key: "before" }))["user_key"]).toBe("before");
  });

  it("what was used under the old user key counts under the new one", async () => {
    const application = await created({ user_key: "used-before" });
    await use(byUserKey, "used-before");
    await api("PUT", `${of()}/${application.id}.json`, { form: "user_key=used-after" });
    expect([await used(byUserKey, "used-before"), await used(byUserKey, "used-after")]).toEqual([undefined, expect.objectContaining({ type: "application_usage", version: 3, counts: { hits: 7 } })]);
    await api("PUT", `${of()}/${application.id}.json`, { form: "name=Renamed" });
    expect(await used(byUserKey, "used-after")).toMatchObject({ counts: { hits: 7 } });
  });

  it.each([["suspend", "suspended"], ["resume", "live"]])("%s makes it %s, for calls too", async (event, state) => {
    const application = await created();
    if (event === "resume") await api("PUT", `${of()}/${application.id}/suspend.json`);
    const answer = await api("PUT", `${of()}/${application.id}/${event}.json`);
    expect([answer.status, answer.json.application]).toEqual([200, expect.objectContaining({ id: application.id, state, enabled: state === "live" })]);
    expect(await judged(byUserKey, "user_key", application["user_key"]!)).toMatchObject({ state });
  });

  it("accept lets in who waits", async () => {
    const application = await created({ plan_id: plans.approval });
    expect((await api("PUT", `${of()}/${application.id}/accept.json`)).json.application).toMatchObject({ state: "live", enabled: true });
    expect(await judged(byUserKey, "user_key", application["user_key"]!)).toMatchObject({ state: "live" });
  });

  it("another plan of the service: the plan is answered, and calls are judged by it; the same plan is fine", async () => {
    const application = await created();
    for (let time = 0; time < 2; time++) {
      const answer = await api("PUT", `${of()}/${application.id}/change_plan.json`, { form: `plan_id=${plans.other}` });
      expect([answer.status, answer.json]).toEqual([200, { application_plan: expect.objectContaining({ id: plans.other, name: "Other" }) }]);
    }
    expect(await judged(byUserKey, "user_key", application["user_key"]!)).toMatchObject({ planId: plans.other });
    expect((await api("GET", `${of()}/${application.id}.json`)).json.application).toMatchObject({ plan_id: plans.other, plan_name: "Other" });
    expect((await api("DELETE", `services/${byUserKey}/application_plans/${plans.other}.json`)).json.errors).toEqual({
      base: ["This application plan cannot be deleted! At least one application depends on it."],
    });
  });

  it("deleted, nothing of it is left: no credential, no count; its credentials are free", async () => {
    const application = await created({ user_key: "doomed" });
    await use(byUserKey, "doomed");
    expect(await rowsOf(application.id)).toHaveLength(3);
    const answer = await api("DELETE", `${of()}/${application.id}.json`);
    expect([answer.status, answer.text, await rowsOf(application.id), await used(byUserKey, "doomed")]).toEqual([200, "", [], undefined]);
    expect((await api("GET", `${of()}/${application.id}.json`)).status).toBe(404);
    expect((await create({ user_key: "doomed" })).status).toBe(201);
  });

  it("its service deleted, nothing of it is left either", async () => {
    const { id: service } = await account.service("Short-lived");
    const plan = (await api("POST", `services/${service}/application_plans.json`, { form: "name=Free" })).json.application_plan.id;
    const application = await created({ plan_id: plan, user_key: "short-lived" });
    await use(service, "short-lived");
    await api("DELETE", `services/${service}.json`);
    for (const [method, path] of [["GET", ".json"], ["PUT", ".json"], ["PUT", "/suspend.json"], ["DELETE", ".json"]] as const) {
      expect((await api(method, `${of()}/${application.id}${path}`)).status).toBe(404);
    }
    await latchkey.pump.drain();
    await latchkey.bus.deliver();
    expect([await rowsOf(application.id), await used(service, "short-lived")]).toEqual([[], undefined]);
  });

  describe("lists", () => {
    let owner: DeveloperAccountId;
    const ids: Record<string, number> = {};
    beforeAll(async () => {
      owner = (await account.developerAccount("Lister")).id;
      ids["key"] = (await created({ name: "By Key", user_key: "listed-key" }, owner)).id;
      ids["suspended"] = (await created({ name: "Suspended key" }, owner)).id;
      await api("PUT", `${of(owner)}/${ids["suspended"]}/suspend.json`);
      ids["id"] = (await created({ name: "By id", plan_id: plans.byAppId, application_id: "listed-id" }, owner)).id;
      ids["hidden"] = (await created({ name: "Hidden key", plan_id: plans.hidden, user_key: "hidden-key" }, owner)).id;
    });
    const named = (...names: string[]) => names.map((name) => ids[name]);

    it.each<[string, string[], string[]]>([
      ["", ["key", "suspended", "id", "hidden"], ["key", "suspended", "id"]],
      ["?state=live", ["key", "id", "hidden"], ["key", "id"]],
      ["?state=all", ["key", "suspended", "id", "hidden"], ["key", "suspended", "id"]],
      ["?state=nonsense", [], []],
    ])("of a developer account%s: an admin sees all of it, a member that of the services they reach", async (query, all, some) => {
      expect(idsIn(await api("GET", `${of(owner)}.json${query}`))).toEqual(named(...all));
      expect(idsIn(await api("GET", `${of(owner)}.json${query}`, {}, limited))).toEqual(named(...some));
    });

    it.each<[string, string[], string[]]>([
      ["account=OWNER", ["key", "suspended", "id", "hidden"], ["key", "suspended", "id"]],
      ["account=OWNER&state=suspended", ["suspended"], ["suspended"]],
      ["account=OWNER&name=KEY", ["key", "suspended", "hidden"], ["key", "suspended"]],
      ["account=OWNER&service_id=BYAPPID", ["id"], ["id"]],
      ["account=OWNER&plan_id=PLAN", ["key", "suspended"], ["key", "suspended"]],
      ["plan_id=HIDDENPLAN", ["hidden"], []],
      ["name=hidden key", ["hidden"], []],
      ["user_key=listed-key", ["key"], ["key"]],
      ["name=user_key: listed-key", ["key"], ["key"]],
      ["user_key=hidden-key", ["hidden"], []],
      ["user_key=listed-key&state=suspended", [], []],
      ["account=abc", [], []],
      ["plan_id=", [], []],
      ["state=", [], []],
      ["user_key=", [], []],
    ])("of all: ?%s", async (query, all, some) => {
      const written = query.replace("OWNER", String(owner)).replace("BYAPPID", String(byAppId)).replace("HIDDENPLAN", String(plans.hidden)).replace("PLAN", String(plans.byUserKey));
      expect(idsIn(await api("GET", `applications.json?${written}`))).toEqual(named(...all));
      expect(idsIn(await api("GET", `applications.json?${written}`, {}, limited))).toEqual(named(...some));
    });

    it("a filtered list has pages, and knows how many", async () => {
      const page = async (query: string) => (await api("GET", `applications.json?account=${owner}&${query}`)).json;
      const second = await page("per_page=3&page=2");
      expect([second.applications.length, second.metadata]).toEqual([1, { per_page: 3, total_entries: 4, total_pages: 2, current_page: 2 }]);
      expect(await page("per_page=3&page=3")).toMatchObject({ applications: [], metadata: { total_entries: 4 } });
      expect(await page("per_page=4")).not.toHaveProperty("metadata");
    });

    it.each([
      ["user_key=listed-key", "key"], ["app_id=listed-id", "id"], ["id=ID", "id"], ["application_id=ID", "id"],
      ["user_key=listed-key&app_id=listed-id", "key"], ["app_id=listed-id&id=KEY", "id"], ["application_id=ID&id=KEY", "id"],
    ])("find ?%s, everywhere and in the developer account", async (query, name) => {
      const written = query.replace("ID", String(ids["id"])).replace("KEY", String(ids["key"]));
      for (const path of ["applications/find.json", `${of(owner)}/find.json`]) expect((await api("GET", `${path}?${written}`)).json.application?.id).toBe(ids[name]);
    });

    it.each(["user_key=listed-key", "app_id=listed-id", "id=ID"])("find ?%s finds nothing in another developer account, and nothing that is hidden", async (query) => {
      expect((await api("GET", `${of(stranger)}/find.json?${query.replace("ID", String(ids["id"]))}`)).status).toBe(404);
      for (const hiddenQuery of ["user_key=hidden-key", `id=${ids["hidden"]}`]) {
        for (const path of ["applications/find.json", `${of(owner)}/find.json`]) expect((await api("GET", `${path}?${hiddenQuery}`, {}, limited)).status).toBe(404);
      }
    });
  });
});

describe("403", () => {
  it("who reaches no service, and who may only read, changes nothing", async () => {
    const application = await created();
    const none = await account.member({ sections: ["partners"], serviceAccess: [] });
    const readOnly = await account.token(account.admin, { permission: "ro" });
    const before = await rowsOf(application.id);
    for (const [method, path] of [["POST", ".json"], ["PUT", `/${application.id}.json`], ["PUT", `/${application.id}/suspend.json`], ["PUT", `/${application.id}/change_plan.json`], ["DELETE", `/${application.id}.json`]] as const) {
      expect((await api(method, of() + path, { json: { plan_id: plans.other, name: "x" } }, none)).json).toEqual({ error: "Access denied", code: "no_service_access" });
      expect((await api(method, of() + path, { json: { plan_id: plans.other, name: "x" } }, readOnly)).json.code).toBe("read_only");
    }
    for (const path of [".json", `/${application.id}.json`, "/find.json"]) expect((await api("GET", of() + path, {}, none)).json.code).toBe("no_service_access");
    expect(await rowsOf(application.id)).toEqual(before);
  });
});

describe("404", () => {
  it("an application under another developer account, and one of a hidden service, is like one that does not exist", async () => {
    const [own, secret] = [await created(), await created({ plan_id: plans.hidden })];
    const missing = await api("GET", `${of()}/1.json`);
    expect([missing.status, missing.json]).toEqual([404, { status: "Not found", code: "not_found" }]);
    const before = [await rowsOf(own.id), await rowsOf(secret.id)];
    for (const [path, by] of [[`${of(stranger)}/${own.id}`, account.admin], [`${of(1)}/${own.id}`, account.admin], [`${of()}/${secret.id}`, limited]] as const) {
      for (const [method, rest] of [["GET", ""], ["PUT", ""], ["DELETE", ""], ["PUT", "/suspend"], ["PUT", "/accept"], ["PUT", "/change_plan"]] as const) {
        const answer = await api(method, `${path}${rest}.json`, method === "GET" ? {} : { json: { plan_id: plans.other, name: "x" } }, by);
        expect([method, rest, answer.status, answer.text]).toEqual([method, rest, 404, missing.text]);
      }
    }
    expect([await rowsOf(own.id), await rowsOf(secret.id)]).toEqual(before);
  });

  it("another provider's developer account, and one that does not exist, has no applications and gets none", async () => {
    const { id: foreign } = await (await createTestAccount(latchkey)).developerAccount("Foreign");
    for (const owner of [foreign, 1]) {
      expect([(await api("GET", `${of(owner)}.json`)).status, (await create({}, owner)).status]).toEqual([404, 404]);
    }
  });

  it.each<[string, () => unknown, () => Person]>([
    ["no plan", () => undefined, () => account.admin],
    ["a plan that is no id", () => "basic", () => account.admin],
    ["a plan that does not exist", () => 1, () => account.admin],
    ["a plan of a hidden service", () => plans.hidden, () => limited],
    ["a service's id for a plan's", () => byUserKey, () => account.admin],
  ])("%s: none is made, and none changes its plan", async (_which, plan_id, by) => {
    const application = await created();
    expect((await api("POST", `${of()}.json`, { json: { plan_id: plan_id(), name: "x" } }, by())).status).toBe(404);
    expect((await api("PUT", `${of()}/${application.id}/change_plan.json`, { json: { plan_id: plan_id() } }, by())).status).toBe(404);
  });

  it("another provider's plan", async () => {
    const other = await createTestAccount(latchkey);
    const { id: service } = await other.service("Foreign");
    const plan = (await api("POST", `services/${service}/application_plans.json`, { form: "name=Foreign" }, other.admin)).json.application_plan.id;
    expect((await create({ plan_id: plan })).status).toBe(404);
  });
});

describe("422", () => {
  it.each<[string, object, object]>([
    ["a user key of other characters", { user_key: "with blank" }, { user_key: ["invalid"] }],
    ["a user key that mixes both alphabets", { user_key: "a-b+c" }, { user_key: ["invalid"] }],
    ["a user key that is too long", { user_key: "a".repeat(257) }, { user_key: ["is too long (maximum is 256 characters)"] }],
    ["an application id that is too short", { application_id: "abc" }, { application_id: ["is too short (minimum is 4 characters)"] }],
    ["an application id that is too long", { application_id: "a".repeat(256) }, { application_id: ["is too long (maximum is 255 characters)"] }],
    ["an application id of other characters", { application_id: "with blank" }, { application_id: ["invalid"] }],
    ["a key that is too short", { application_key: "abcd" }, { application_key: ["is too short (minimum is 5 characters)"] }],
    ["the same key twice", { application_key: ["first-key", "FIRST-key"] }, { application_key: ["has already been taken"] }],
    ["a sixth key", { application_key: ["key-1", "key-2", "key-3", "key-4", "key-5", "key-6"] }, { base: ["Limit reached"] }],
    ["a key that is no text", { application_key: { a: 1 } }, { application_key: ["invalid"] }],
    ["a name with controls", { name: "a\u0000b" }, { name: ["must not contain control characters"] }],
  ])("none is made with %s", async (_which, wanted, errors) => {
    const answer = await create({ plan_id: plans.byAppId, ...wanted });
    expect([answer.status, answer.json.errors]).toEqual([422, errors]);
  });

  it.each(["a.b-c_D9", "QUJD+/==", "a".repeat(256)])("the user key %s is good", async (user_key) => {
    expect((await create({ user_key })).status).toBe(201);
  });

  it("credentials that another application of the service has are taken, in creation and in change", async () => {
    const mine = await created({ user_key: "mine", application_id: "mine-too" });
    const before = await rowsOf(mine.id);
    expect((await create({ user_key: "mine", application_id: "mine-too" })).json.errors).toEqual({ user_key: ["has already been taken"], application_id: ["has already been taken"] });
    const other = await created();
    const answer = await api("PUT", `${of()}/${other.id}.json`, { form: "user_key=mine" });
    expect([answer.status, answer.json.errors]).toEqual([422, { user_key: ["has already been taken"] }]);
    expect(await rowsOf(mine.id)).toEqual(before);
  });

  it("of many that want one user key at once, one gets it", async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => create({ user_key: "wanted" })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 422, 422, 422, 422, 422]);
    const winner = answers.find(({ status }) => status === 201)?.json.application.id;
    expect(await judged(byUserKey, "user_key", "wanted")).toMatchObject({ applicationId: id(winner) });
  });

  it.each([["live", "accept"], ["live", "resume"], ["suspended", "suspend"], ["suspended", "accept"], ["pending", "suspend"], ["pending", "resume"]])("what is %s does not %s", async (state, event) => {
    const application = await created(state === "pending" ? { plan_id: plans.approval } : {});
    if (state === "suspended") await api("PUT", `${of()}/${application.id}/suspend.json`);
    const answer = await api("PUT", `${of()}/${application.id}/${event}.json`);
    expect([answer.status, answer.json.errors]).toEqual([422, { state: [`cannot transition via "${event}"`] }]);
    expect(await judged(byUserKey, "user_key", application["user_key"]!)).toMatchObject({ state });
  });

  it("a plan of another service is none for it", async () => {
    const application = await created();
    const answer = await api("PUT", `${of()}/${application.id}/change_plan.json`, { json: { plan_id: plans.byAppId } });
    expect([answer.status, answer.json.errors]).toEqual([422, { plan: ["not allowed in this context"] }]);
    expect((await api("GET", `${of()}/${application.id}.json`)).json.application.plan_id).toBe(plans.byUserKey);
  });
});
