import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deleteAccountPlan } from "../../lib/operations/account-plans.ts";
import { changeAccountPlan } from "../../lib/operations/developer-accounts.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";
import { meanwhile } from "../support/table.ts";

let latchkey: Deployment;
let account: TestAccount;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
});
afterAll(() => latchkey?.stop());

const as = (person: Person) => (method: string, path: string, options: RequestOptions = {}): Promise<Answer> =>
  request(latchkey, method, `/admin/api/${path}`, { token: person.value, ...options });
const admin = (method: string, path: string, options?: RequestOptions) => as(account.admin)(method, path, options);
const plans = async (): Promise<{ id: number; default: boolean }[]> =>
  (await admin("GET", "account_plans.json")).json.plans.map(({ account_plan: plan }: { account_plan: unknown }) => plan);

let made = 0;
const newPlan = async (form = "") => (await admin("POST", "account_plans.json", { form: `name=Plan ${++made}&${form}` })).json.account_plan;
const signup = async (json: object = {}) =>
  (await admin("POST", "signup.json", { json: { org_name: "Org", username: `dev${++made}`, password: "secret", ...json } })).json.account;

describe("200", () => {
  it("a new provider has one plan, the default", async () => {
    const other = await createTestAccount(latchkey);
    const answer = await as(other.admin)("GET", "account_plans.json");
    expect([answer.status, answer.json]).toEqual([200, { plans: [{ account_plan: {
      id: expect.any(Number), name: "Default", state: "published", setup_fee: 0, cost_per_month: 0, trial_period_days: 0, cancellation_period: 0,
      approval_required: false, default: true, created_at: expect.stringMatching(/Z$/), updated_at: expect.stringMatching(/Z$/),
    } }] }]);
  });

  it("a plan is made hidden unless it is published at once, wrapped or bare, and is changed", async () => {
    const answer = await admin("POST", "account_plans.json", { json: { account_plan: { name: "Gold", approval_required: true, default: true, state: "published" } } });
    const { account_plan: plan } = answer.json;
    expect([answer.status, plan]).toEqual([201, expect.objectContaining({ name: "Gold", state: "hidden", approval_required: true, default: false })]);
    expect(answer.headers.get("location")).toMatch(new RegExp(`/admin/api/account_plans/${plan.id}$`));
    expect(await newPlan("state_event=publish")).toMatchObject({ state: "published" });
    const changed = (await admin("PUT", `account_plans/${plan.id}.json`, { json: { ...plan, name: "Golden", state_event: "publish", approval_required: false } })).json.account_plan;
    expect(changed).toEqual({ ...plan, name: "Golden", state: "published", approval_required: false, updated_at: expect.any(String) });
    expect((await admin("GET", `account_plans/${plan.id}.json`)).json.account_plan).toEqual(changed);
  });

  it("one plan is the default, also when two are chosen at once, and new developer accounts come on it", async () => {
    const chosen = [await newPlan(), await newPlan()];
    const answers = await Promise.all(chosen.map(({ id }) => admin("PUT", `account_plans/${id}/default.json`)));
    expect(answers.map(({ status, json }) => [status, json.account_plan.default])).toEqual([[200, true], [200, true]]);
    const [only, ...others] = (await plans()).filter((plan) => plan.default);
    expect(others).toEqual([]);
    expect((await admin("PATCH", `account_plans/${only?.id}/default.json`)).json.account_plan).toMatchObject({ id: only?.id, default: true });
    const developer = await signup();
    expect((await admin("GET", `accounts/${developer.id}/plan.json`)).json.account_plan.id).toBe(only?.id);
  });

  it("a plan that nobody is on is deleted", async () => {
    const plan = await newPlan();
    const answer = await admin("DELETE", `account_plans/${plan.id}.json`);
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect((await admin("GET", `account_plans/${plan.id}.json`)).status).toBe(404);
  });
});

describe("404", () => {
  it("nobody signs up without a plan: where there is no default, one must be named", async () => {
    const { admin: other } = await createTestAccount(latchkey);
    const by = as(other);
    const [{ account_plan: first }] = (await by("GET", "account_plans.json")).json.plans;
    expect((await by("DELETE", `account_plans/${first.id}.json`)).status).toBe(200);
    const wanted = { org_name: "Org", username: "nobody", password: "secret" };
    expect((await by("POST", "signup.json", { json: wanted })).status).toBe(404);
    expect((await by("GET", "accounts.json")).json.accounts).toEqual([]);
    const { account_plan: named } = (await by("POST", "account_plans.json", { form: "name=Named" })).json;
    expect((await by("POST", "signup.json", { json: { ...wanted, account_plan_id: named.id } })).status).toBe(201);
    expect((await by("POST", "signup.json", { json: { ...wanted, username: "other", account_plan_id: first.id } })).status).toBe(404);
  });

  it("an account comes on no plan that somebody deletes meanwhile", async () => {
    const [plan, developer] = [await newPlan(), await signup()];
    const asAdmin = { kind: "member", member: account.admin.member } as const;
    const before = (await admin("GET", `accounts/${developer.id}/plan.json`)).json.account_plan.id;
    const deps = meanwhile(latchkey.operator, () => deleteAccountPlan(latchkey.operator, asAdmin, plan.id));
    await expect(changeAccountPlan(deps, asAdmin, developer.id, plan.id)).rejects.toMatchObject({ code: expect.stringMatching(/^(?:not_found|busy)$/) });
    expect((await admin("GET", `accounts/${developer.id}/plan.json`)).json.account_plan.id).toBe(before);
  });
});

describe("403", () => {
  it("a plan that an account is on stays, until the account is on another", async () => {
    const plan = await newPlan();
    const developer = await signup({ account_plan_id: plan.id });
    const answer = await admin("DELETE", `account_plans/${plan.id}.json`);
    expect([answer.status, answer.json]).toEqual([403, { errors: { base: ["This account plan cannot be deleted! At least one account depends on it."] }, code: "refused" }]);
    await admin("PUT", `accounts/${developer.id}/change_plan.json`, { form: `plan_id=${(await newPlan()).id}` });
    expect((await admin("DELETE", `account_plans/${plan.id}.json`)).status).toBe(200);
  });

  it("who holds partners alone works with accounts and not with their plans", async () => {
    const member = await account.member({ sections: ["partners"] });
    for (const [method, path] of [["GET", "account_plans.json"], ["POST", "account_plans.json"], ["DELETE", "account_plans/1.json"]] as const) {
      const answer = await as(member)(method, path, method === "POST" ? { form: "name=No" } : {});
      expect([answer.status, answer.json.missing]).toEqual([403, ["section:plans"]]);
    }
    expect((await as(await account.member({ sections: ["partners", "plans"], serviceAccess: [] }))("GET", "account_plans.json")).status).toBe(200);
  });

  it("a read-only token changes nothing", async () => {
    const answer = await as(await account.token(account.admin, { permission: "ro" }))("POST", "account_plans.json", { form: "name=No" });
    expect([answer.status, answer.json.code]).toEqual([403, "read_only"]);
  });
});

describe("404", () => {
  it("another provider's plan is none", async () => {
    const other = await createTestAccount(latchkey);
    const foreign = (await as(other.admin)("GET", "account_plans.json")).json.plans[0].account_plan.id as number;
    for (const [method, path] of [["GET", ""], ["PUT", ""], ["DELETE", ""], ["PUT", "/default"]] as const) {
      expect((await admin(method, `account_plans/${foreign}${path}.json`)).text).toBe('{"status":"Not found","code":"not_found"}');
    }
  });
});

describe("422", () => {
  it.each([
    ["no name", "approval_required=true", { name: ["can't be blank"] }],
    ["an unknown event", "name=X&state_event=explode", { state_event: ["is not included in the list"] }],
    ["an approval that is neither", "name=X&approval_required=maybe", { approval_required: ["is not true or false"] }],
  ])("no plan with %s", async (_what, form, errors) => {
    const answer = await admin("POST", "account_plans.json", { form });
    expect([answer.status, answer.json.errors]).toEqual([422, errors]);
  });
});
