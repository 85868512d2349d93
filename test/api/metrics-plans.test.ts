import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type ServiceId } from "../../lib/domain/brands.ts";
import { readServiceToken } from "../../lib/table/services.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";

let latchkey: Deployment;
let account: TestAccount;
let service: number;
let hidden: number;
let limited: Person;
let readOnly: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  service = (await account.service("Echo")).id;
  hidden = (await account.service("Hidden")).id;
  limited = await account.member({ sections: ["partners"], serviceAccess: [id<ServiceId>(service)] });
  readOnly = await account.token(account.admin, { permission: "ro" });
});
afterAll(() => latchkey?.stop());

const as = (person: Person) => (method: string, path: string, options: RequestOptions = {}): Promise<Answer> =>
  request(latchkey, method, `/admin/api/${path}`, { token: person.value, ...options });
const admin = (method: string, path: string, options?: RequestOptions) => as(account.admin)(method, path, options);
const hits = async () => (await admin("GET", `services/${service}/metrics.json`)).json.metrics[0].metric;
const traffic = async () => (await readServiceToken(latchkey.operator.table, account.admin.member.accountId, id(service)))?.traffic;

let made = 0;
const newMetric = async () => (await admin("POST", `services/${service}/metrics.json`, { json: { metric: { friendly_name: `Metric ${++made}`, unit: "hit" } } })).json.metric;
const newPlan = async () => (await admin("POST", `services/${service}/application_plans.json`, { form: `name=Plan ${++made}` })).json.application_plan;

describe("200", () => {
  it("a new service counts hits", async () => {
    expect(await hits()).toMatchObject({ name: "hits", system_name: "hits", friendly_name: "Hits", unit: "hit", description: "Number of API hits" });
  });

  it("methods are among the metrics, under their parent", async () => {
    const { id: parent } = await hits();
    const method = (await admin("POST", `services/${service}/metrics/${parent}/methods.json`, { json: { method: { friendly_name: "Search it" } } })).json.method;
    expect(method).toMatchObject({ system_name: "search_it", parent_id: parent });
    expect(method).not.toHaveProperty("unit");
    const { metrics } = (await admin("GET", `services/${service}/metrics.json`)).json;
    expect(metrics).toContainEqual({ metric: expect.objectContaining({ id: method.id, parent_id: parent }) });
    expect((await admin("GET", `services/${service}/metrics/${parent}/methods.json`)).json.methods).toContainEqual({ method });
    expect((await admin("PUT", `services/${service}/metrics/${parent}/methods/${method.id}.json`, { form: "metric[friendly_name]=Find it" })).json.method)
      .toMatchObject({ friendly_name: "Find it", system_name: "search_it" });
    expect((await admin("DELETE", `services/${service}/metrics/${parent}/methods/${method.id}.json`)).text).toBe("");
  });

  it("a unit that is a number is its digits, as the toolbox sends it", async () => {
    const { id } = (await admin("POST", `services/${service}/metrics.json`, { json: { metric: { friendly_name: `Metric ${++made}`, unit: 1 } } })).json.metric;
    expect((await admin("GET", `services/${service}/metrics/${id}.json`)).json.metric.unit).toBe("1");
    expect((await admin("PUT", `services/${service}/metrics/${id}.json`, { json: { unit: 2.5 } })).json.metric.unit).toBe("2.5");
  });

  it("plans are listed under plans, and one of them is the default", async () => {
    const [first, second] = [await newPlan(), await newPlan()];
    await admin("PUT", `services/${service}/application_plans/${first.id}/default.json`);
    expect((await admin("PUT", `services/${service}/application_plans/${second.id}/default.json`)).json.application_plan).toMatchObject({ default: true });
    const { plans } = (await admin("GET", "application_plans.json")).json;
    expect(plans.filter((each: { application_plan: { default: boolean } }) => each.application_plan.default)).toEqual([{ application_plan: expect.objectContaining({ id: second.id }) }]);
  });

  it("the default passes from one plan to the other at one stroke, also when two are chosen at once", async () => {
    const chosen = [await newPlan(), await newPlan(), await newPlan()];
    const choose = async ({ id }: { id: number }) => (await admin("PUT", `services/${service}/application_plans/${id}/default.json`)).status;
    expect(await choose(chosen[0]!)).toBe(200);
    latchkey.proxy.reset();
    expect(await choose(chosen[1]!)).toBe(200);
    expect(latchkey.proxy.calls.filter(({ action }) => action === "TransactWriteItems")).toHaveLength(1);
    expect(await Promise.all(chosen.map(choose))).toEqual([200, 200, 200]);
    const { plans } = (await admin("GET", `services/${service}/application_plans.json`)).json;
    expect(plans.filter((each: { application_plan: { default: boolean } }) => each.application_plan.default)).toHaveLength(1);
  });

  it("money goes in and out in whole units and is kept in cents", async () => {
    const plan = await newPlan();
    const answer = await admin("PATCH", `services/${service}/application_plans/${plan.id}.json`, { json: { application_plan: { setup_fee: 10.5, cost_per_month: "0.29", state_event: "publish" } } });
    expect(answer.json.application_plan).toMatchObject({ setup_fee: 10.5, cost_per_month: 0.29, state: "published" });
  });

  it("what calls are judged by follows every change of a metric, a plan or a limit", async () => {
    const [metric, plan] = [await newMetric(), await newPlan()];
    const path = `application_plans/${plan.id}/metrics/${metric.id}/limits`;
    const limit = (await admin("POST", `${path}.json`, { json: { usage_limit: { period: "day", value: 10 } } })).json.limit;
    const ofPlan = async () => (await traffic())?.plans.find((each) => each.id === plan.id);
    expect(await ofPlan()).toEqual({ id: plan.id, name: plan.name, limits: [{ metricId: metric.id, period: "day", value: 10 }] });
    await admin("PUT", `${path}/${limit.id}.json`, { form: "value=20" });
    expect((await ofPlan())?.limits).toEqual([{ metricId: metric.id, period: "day", value: 20 }]);
    await admin("DELETE", `services/${service}/metrics/${metric.id}.json`);
    expect((await ofPlan())?.limits).toEqual([]);
    expect((await traffic())?.metrics.map(({ id: each }) => each)).not.toContain(metric.id);
    await latchkey.pump.drain();
    await latchkey.bus.deliver();
    expect((await admin("GET", `application_plans/${plan.id}/limits.json`)).json).toEqual({ limits: [] });
  });
});

describe("403", () => {
  it("hits cannot be deleted", async () => {
    const { id: metric } = await hits();
    const answer = await admin("DELETE", `services/${service}/metrics/${metric}.json`);
    expect([answer.status, answer.json]).toEqual([403, { errors: { base: ["The Hits metric cannot be deleted"] }, code: "refused" }]);
  });

  it("a read-only token changes nothing", async () => {
    const answer = await as(readOnly)("POST", `services/${service}/metrics.json`, { json: { friendly_name: "No", unit: "hit" } });
    expect([answer.status, answer.json.code]).toEqual([403, "read_only"]);
  });
});

describe("404", () => {
  it.each(["metrics.json", "application_plans.json"])("a hidden service has no %s", async (what) => {
    const [of, none] = [await as(limited)("GET", `services/${hidden}/${what}`), await as(limited)("GET", `services/1/${what}`)];
    expect([of.status, of.text]).toEqual([404, none.text]);
  });

  it("the metric of another service is none of this one", async () => {
    const metric = (await admin("POST", `services/${hidden}/metrics.json`, { json: { friendly_name: "Elsewhere", unit: "hit" } })).json.metric;
    expect((await admin("GET", `services/${service}/metrics/${metric.id}.json`)).status).toBe(404);
    expect((await as(limited)("GET", `services/${hidden}/metrics/${metric.id}.json`)).status).toBe(404);
  });

  it("a plan of a hidden service has no limits to see", async () => {
    const plan = (await admin("POST", `services/${hidden}/application_plans.json`, { form: "name=Secret" })).json.application_plan;
    expect((await as(limited)("GET", `application_plans/${plan.id}/limits.json`)).status).toBe(404);
    expect((await as(limited)("GET", "application_plans.json")).text).not.toContain("Secret");
  });
});

describe("422", () => {
  it.each([
    ["a name is missing", { unit: "hit" }, { friendly_name: ["can't be blank"] }],
    ["a unit is missing", { friendly_name: "New" }, { unit: ["can't be blank"] }],
    ["a unit is neither text nor number", { friendly_name: "New", unit: [1] }, { unit: ["can't be blank"] }],
    ["a system name is taken", { friendly_name: "New", unit: "hit", system_name: "hits" }, { system_name: ["has already been taken"] }],
    ["a friendly name is taken", { friendly_name: "hits", unit: "hit", system_name: "other" }, { friendly_name: ["has already been taken"] }],
  ])("no metric when %s", async (_why, json, errors) => {
    const answer = await admin("POST", `services/${service}/metrics.json`, { json });
    expect([answer.status, answer.json.errors]).toEqual([422, errors]);
  });

  it("only hits has methods", async () => {
    const metric = await newMetric();
    const answer = await admin("POST", `services/${service}/metrics/${metric.id}/methods.json`, { json: { friendly_name: "No" } });
    expect([answer.status, answer.json.errors]).toEqual([422, { parent_id: ["You can only create methods under 'hits'"] }]);
  });

  it.each([
    ["cost_per_month=-1", { cost_per_month: ["must be greater than or equal to 0"] }],
    ["setup_fee=cheap", { setup_fee: ["is not a number"] }],
    ["trial_period_days=1.5", { trial_period_days: ["is not a number"] }],
  ])("no plan with %s", async (field, errors) => {
    const answer = await admin("POST", `services/${service}/application_plans.json`, { form: `name=Wrong&${field}` });
    expect([answer.status, answer.json.errors]).toEqual([422, errors]);
  });

  it("a plan limits a metric once for each period", async () => {
    const [metric, plan] = [await newMetric(), await newPlan()];
    const path = `application_plans/${plan.id}/metrics/${metric.id}/limits.json`;
    expect((await admin("POST", path, { form: "period=month&value=5" })).status).toBe(201);
    expect((await admin("POST", path, { form: "period=month&value=6" })).json.errors).toEqual({ period: ["has already been taken"] });
    expect((await admin("POST", path, { form: "period=fortnight&value=6" })).json.errors).toEqual({ period: ["is not included in the list"] });
  });
});
