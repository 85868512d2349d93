import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";
import { everyRow } from "../support/rows.ts";

const BASE = "https://latchkey01.execute-api.eu-west-1.amazonaws.com";
const NOT_FOUND = '{"status":"Not found","code":"not_found"}';
const ISO = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

let latchkey: Deployment;
let account: TestAccount;
let other: TestAccount;
let partner: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  [account, other] = [await createTestAccount(latchkey), await createTestAccount(latchkey)];
  partner = await account.member({ sections: ["partners"], serviceAccess: [] });
});
afterAll(() => latchkey?.stop());

const as = (person: Person) => (method: string, path: string, options: RequestOptions = {}): Promise<Answer> =>
  request(latchkey, method, `/admin/api/${path}`, { token: person.value, ...options });
const admin = (method: string, path: string, options?: RequestOptions) => as(account.admin)(method, path, options);

let made = 0;
const signup = (json: object = {}, by = admin) => by("POST", "signup.json", { json: { org_name: `Org ${++made}`, username: `dev${made}`, password: "secret", ...json } });
const developer = async (json: object = {}) => (await signup(json)).json.account as { id: number; org_name: string; state: string };
const usersOf = async (id: number) => (await admin("GET", `accounts/${id}/users.json`)).json.users.map(({ user }: { user: object }) => user);
const idsIn = ({ json }: Answer) => json.accounts.map(({ account: each }: { account: { id: number } }) => each.id) as number[];

describe("signup: 201", () => {
  it("makes an account, its first admin and its plan, there at once", async () => {
    const answer = await admin("POST", "signup.json", { form: "org_name=Mice Ltd&username=mickey&email=Mickey@Example.com&password=secret&password_confirmation=secret&monthly_billing_enabled=false" });
    const { id } = answer.json.account;
    expect([answer.status, answer.json]).toEqual([201, { account: {
      id: expect.any(Number), created_at: ISO, updated_at: ISO, credit_card_stored: false, monthly_billing_enabled: true, monthly_charging_enabled: true,
      state: "approved", annotations: {}, org_name: "Mice Ltd",
      links: [{ rel: "self", href: `${BASE}/admin/api/accounts/${id}` }, { rel: "users", href: `${BASE}/admin/api/accounts/${id}/users` }],
    } }]);
    expect(answer.headers.get("location")).toBe(`${BASE}/admin/api/accounts/${id}`);
    expect(await usersOf(id)).toEqual([expect.objectContaining({ username: "mickey", email: "Mickey@Example.com", role: "admin", state: "active" })]);
    expect((await admin("GET", `accounts/${id}/plan.json`)).json.account_plan).toMatchObject({ name: "Default", default: true });
    expect(JSON.stringify(await everyRow(latchkey))).not.toContain("secret");
  });

  it("everything may come in the query, the organisation by its other name, and the answer in XML", async () => {
    const answer = await admin("POST", "signup.xml?name=R%26D&username=query&email=");
    expect([answer.status, answer.text]).toEqual([201, expect.stringMatching(
      /^<\?xml version="1\.0" encoding="UTF-8"\?><account><id>\d+<\/id><created_at>[^<]+<\/created_at><updated_at>[^<]+<\/updated_at><state>created<\/state><annotations><\/annotations><org_name>R&amp;D<\/org_name>/,
    )]);
  });

  it("without a password, or on a plan that asks for approval, nobody begins at once; the first activation goes on", async () => {
    const { account_plan: strict } = (await admin("POST", "account_plans.json", { form: "name=Strict&approval_required=1" })).json;
    for (const [json, state, later] of [[{ password: "" }, "created", "approved"], [{ account_plan_id: strict.id }, "created", "pending"]] as const) {
      const { id, ...born } = await developer(json);
      const [user] = await usersOf(id);
      expect([born.state, user.state]).toEqual([state, "pending"]);
      expect((await admin("PUT", `accounts/${id}/users/${user.id}/activate.json`)).json.user.state).toBe("active");
      expect((await admin("GET", `accounts/${id}.json`)).json.account.state).toBe(later);
    }
  });

  it("brings an application on each default plan, or on the plan that is asked for", async () => {
    const plans: { id: number }[] = [];
    for (const name of ["Echo", "Alpha"]) {
      const { id } = await account.service(name);
      const plan = (await admin("POST", `services/${id}/application_plans.json`, { form: "name=Basic" })).json.application_plan;
      if (name === "Echo") await admin("PUT", `services/${id}/application_plans/${plan.id}/default.json`);
      plans.push(plan);
    }
    const applicationsOf = async ({ id }: { id: number }) => (await admin("GET", `accounts/${id}/applications.json`)).json.applications.map(({ application }: { application: object }) => application);
    const [byDefault, asked] = [await developer(), await developer({ application_plan_id: plans[1]?.id })];
    expect(await applicationsOf(byDefault)).toEqual([expect.objectContaining({ plan_id: plans[0]?.id, name: "API signup", description: "API signup", state: "live" })]);
    expect(await applicationsOf(asked)).toEqual([expect.objectContaining({ plan_id: plans[1]?.id })]);
  });

  it("makes the developer account, its admin and the applications in one transaction, and more applications than fit after it", async () => {
    const by = as((await createTestAccount(latchkey)).admin);
    const DEFAULTS = 17;
    for (let at = 0; at < DEFAULTS; at++) {
      const service = (await by("POST", "services.json", { json: { name: `Service ${at}` } })).json.service as { id: number };
      const plan = (await by("POST", `services/${service.id}/application_plans.json`, { form: "name=Basic" })).json.application_plan as { id: number };
      await by("PUT", `services/${service.id}/application_plans/${plan.id}/default.json`);
      if (at > 0 && at < DEFAULTS - 1) continue;
      latchkey.proxy.reset();
      const developer = (await signup({}, by)).json.account as { id: number };
      expect(latchkey.proxy.calls.filter(({ action }) => action === "TransactWriteItems")).toHaveLength(at === 0 ? 1 : 3);
      expect((await by("GET", `accounts/${developer.id}/applications.json`)).json.applications).toHaveLength(at + 1);
    }
    // Under a name, whatever of it comes after: sent again it makes nothing more.
    const named = { json: { org_name: "Named", username: "named", password: "secret" }, headers: { "idempotency-key": "seventeen" } };
    const [first, again] = [await by("POST", "signup.json", named), await by("POST", "signup.json", named)];
    expect([first.status, again.text]).toEqual([201, first.text]);
    expect((await by("GET", `accounts/${first.json.account.id}/applications.json`)).json.applications).toHaveLength(DEFAULTS);
  }, 60_000);
});

describe("signup: refused", () => {
  it.each<[string, object, object]>([
    ["no names", { org_name: undefined, username: undefined }, { org_name: ["can't be blank"], username: ["can't be blank"] }],
    ["a blank organisation", { org_name: " " }, { org_name: ["can't be blank"] }],
    ["an organisation of signs", { org_name: "!!" }, { org_name: ["must contain at least one alphanumeric character"] }],
    ["a user name that is short", { username: "ab" }, { username: ["is too short (minimum is 3 characters)"] }],
    ["a user name that is long", { username: "a".repeat(41) }, { username: ["is too long (maximum is 40 characters)"] }],
    ["a user name with a space", { username: "a b c" }, { username: ["use only letters, numbers, and .-_@+ please."] }],
    ["a user name in other letters", { username: "größe" }, { username: ["use only letters, numbers, and .-_@+ please."] }],
    ["an address that is none", { email: "nobody" }, { email: ["should look like an email address"] }],
  ])("422: %s", async (_what, json, errors) => {
    const answer = await signup(json);
    expect([answer.status, answer.json.errors]).toEqual([422, errors]);
  });

  it("422: names of users are taken in the whole provider, whatever their case, and then nothing is made", async () => {
    await developer({ username: "taken", email: "taken@example.com" });
    const before = await everyRow(latchkey);
    const answer = await signup({ username: "Taken", email: "TAKEN@example.com" });
    expect([answer.status, answer.json.errors]).toEqual([422, { username: ["has already been taken"], email: ["has already been taken"] }]);
    expect(await everyRow(latchkey)).toEqual(before);
    expect((await signup({ username: "taken" }, as(other.admin))).status).toBe(201);
  });

  it("of many who want one name at once, one gets it", async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => signup({ username: "wanted" })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 422, 422, 422, 422]);
  });

  it.each([["account_plan_id", "1"], ["application_plan_id", "1"], ["service_plan_id", "1"], ["account_plan_id", "gold"]])("404: %s=%s, and nothing is made", async (field, value) => {
    const before = await everyRow(latchkey);
    const answer = await signup({ [field]: value });
    expect([answer.status, answer.text]).toEqual([404, NOT_FOUND]);
    expect(await everyRow(latchkey)).toEqual(before);
  });

  it("404: another provider's plan", async () => {
    const foreign = (await as(other.admin)("GET", "account_plans.json")).json.plans[0].account_plan.id;
    expect((await signup({ account_plan_id: foreign })).status).toBe(404);
  });

  it("403: only an admin signs developers up", async () => {
    expect((await signup({}, as(partner))).json).toEqual({ status: "Forbidden", code: "forbidden" });
  });
});

describe("200", () => {
  it("accounts are listed in pages by id, and by state", async () => {
    const by = as((await createTestAccount(latchkey)).admin);
    const ids: number[] = [];
    for (let at = 0; at < 3; at++) ids.push((await signup({}, by)).json.account.id);
    await by("PUT", `accounts/${ids[1]}/reject.json`);
    expect(idsIn(await by("GET", "accounts.json"))).toEqual(ids);
    const page = (await by("GET", "accounts.json?page=2&per_page=2")).json;
    expect([page.accounts.map((each: { account: { id: number } }) => each.account.id), page.metadata]).toEqual([[ids[2]], { per_page: 2, total_entries: 3, total_pages: 2, current_page: 2 }]);
    expect(idsIn(await by("GET", "accounts.json?page=3&per_page=2"))).toEqual([]);
    for (const [state, found] of [["approved", [ids[0], ids[2]]], ["rejected", [ids[1]]], ["created", []], ["all", ids], ["", ids], ["no-such", []]] as const) {
      expect(idsIn(await by("GET", `accounts.json?state=${state}`))).toEqual(found);
    }
    expect((await by("GET", "accounts.xml?per_page=1")).text).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?><accounts per_page="1" total_entries="3" total_pages="3" current_page="1" next="[\w-]{32}"><account><id>/);
  });

  it("an account is found by what one of its users is known by; the first criterion decides", async () => {
    const { id } = await developer({ username: "found-me", email: "found.me@example.com" });
    const elsewhere = await developer({ username: "not-me" });
    const [user] = await usersOf(id);
    for (const query of ["username=Found-Me", `user_id=${user.id}`, "email=found.me%40example.com", "username=found-me&email=no@example.com", `username=&user_id=${user.id}`]) {
      expect((await as(partner)("GET", `accounts/find.json?${query}`)).json.account.id).toBe(id);
    }
    await admin("PUT", `accounts/${id}/users/${user.id}.json`, { json: { username: "renamed-me" } });
    expect((await admin("GET", "accounts/find.json?username=renamed-me")).json.account.id).toBe(id);
    expect((await admin("GET", "accounts/find.json?username=found-me")).status).toBe(404);
    expect((await admin("GET", "accounts/find.json?username=not-me&email=found.me@example.com")).json.account.id).toBe(elsewhere.id);
  });

  it("an account is renamed, also by a member, when the whole of it comes back", async () => {
    const before = await developer();
    const changed = await as(partner)("PUT", `accounts/${before.id}.json`, { json: { ...before, state: "rejected", org_name: "New name", billing_address: { city: "X" } } });
    expect([changed.status, changed.json.account]).toEqual([200, { ...before, org_name: "New name", updated_at: ISO }]);
    expect((await admin("GET", `accounts/${before.id}.json`)).json).toEqual(changed.json);
    expect((await admin("PATCH", `accounts/${before.id}.json`, { form: "name=Newer" })).json.account.org_name).toBe("Newer");
  });

  it("an account is approved, rejected and made to wait", async () => {
    const { id } = await developer();
    for (const [transition, state] of [["reject", "rejected"], ["approve", "approved"], ["make_pending", "pending"]] as const) {
      const answer = await admin("PUT", `accounts/${id}/${transition}.json`);
      expect([answer.status, answer.json.account.state]).toEqual([200, state]);
    }
  });

  it("a change of plan answers the plan, also when it is the same and asked for in a body of GET's kind", async () => {
    const { id } = await developer();
    const { account_plan: gold } = (await admin("POST", "account_plans.json", { form: "name=Gold" })).json;
    for (let time = 0; time < 2; time++) {
      const answer = await as(partner)("PUT", `accounts/${id}/change_plan.json`, { json: { plan_id: gold.id } });
      expect([answer.status, answer.json]).toEqual([200, { account_plan: gold }]);
    }
    expect((await as(partner)("GET", `accounts/${id}/plan.json`)).json).toEqual({ account_plan: gold });
  });

  it("a deletion takes users with their names, and applications with their credentials, before it answers", async () => {
    const { id: service } = await account.service("Doomed");
    const plan = (await admin("POST", `services/${service}/application_plans.json`, { form: "name=Basic" })).json.application_plan;
    const wanted = { username: "again", email: "again@example.com", application_plan_id: plan.id };
    const neighbour = await developer({ application_plan_id: plan.id });
    const { id } = await developer(wanted);
    await admin("POST", `accounts/${id}/users.json`, { json: { username: "second", email: "second@example.com" } });
    const answer = await admin("DELETE", `accounts/${id}.json`);
    expect([answer.status, answer.text]).toEqual([200, ""]);
    const left = (await everyRow(latchkey)).filter((row) => row["type"] !== "event" && JSON.stringify(row).includes(String(id)));
    expect(left).toEqual([]);
    expect((await admin("GET", `accounts/${id}.json`)).text).toBe(NOT_FOUND);
    expect((await signup(wanted)).status).toBe(201);
    const rows = (await everyRow(latchkey)).filter((row) => JSON.stringify(row).includes(String(neighbour.id))).map(({ type }) => type);
    expect(rows).toEqual(expect.arrayContaining(["developer_account", "developer_user", "application", "unique"]));
    await latchkey.pump.drain();
    await latchkey.bus.deliver();
    expect([(await usersOf(neighbour.id)).length, latchkey.bus.deadLetters]).toEqual([1, []]);
  });

  it("what an interrupted deletion left, the event of it removes", async () => {
    const { id } = await developer({ username: "left-over" });
    await admin("POST", `accounts/${id}/users.json`, { json: { username: "left-too", email: "left@example.com" } });
    const { documents: client, operator: { table: { name: TableName } } } = latchkey;
    const row = (await everyRow(latchkey)).find((each) => each["type"] === "developer_account" && each["id"] === id);
    const event = () => latchkey.bus.put({
      Source: "latchkey", DetailType: "developer_account.deleted",
      Detail: JSON.stringify({ id: "x", account_id: account.admin.member.accountId, at: "2026-01-01T00:00:00Z", actor: { member_id: 1 }, subject: { developer_account_id: id }, facts: {} }),
    });
    await event();
    expect(await usersOf(id)).toHaveLength(2);
    await client.send(new DeleteCommand({ TableName, Key: { pk: row?.pk, sk: row?.sk } }));
    await event();
    const left = (await everyRow(latchkey)).filter((each) => each["type"] !== "event" && JSON.stringify(each).includes(String(id)));
    expect(left).toEqual([]);
  });
});

describe("403", () => {
  it.each([["PUT", "/approve"], ["PUT", "/reject"], ["DELETE", ""]])("%s …%s is an admin's", async (method, path) => {
    const { id } = await developer();
    const answer = await as(partner)(method, `accounts/${id}${path}.json`);
    expect([answer.status, answer.json]).toEqual([403, { status: "Forbidden", code: "forbidden" }]);
    expect((await as(partner)("PUT", `accounts/${id}/make_pending.json`)).status).toBe(200);
  });

  it("who does not hold partners sees no account, and a read-only token changes none", async () => {
    const { id } = await developer();
    const finance = await account.member({ sections: ["finance"] }, { scopes: ["finance"] });
    expect((await as(finance)("GET", "accounts.json")).json.code).toBe("insufficient_rights");
    expect((await as(await account.token(account.admin, { permission: "ro" }))("PUT", `accounts/${id}/reject.json`)).json.code).toBe("read_only");
  });
});

describe("403: invoices", () => {
  it("an account with an invoice that is not settled stays until it is", async () => {
    const { id: debtor } = await account.developerAccount("Debtor");
    const { invoice } = (await request(latchkey, "POST", "/api/invoices.json", { token: (await account.token(account.admin, { scopes: ["finance"] })).value, form: `account_id=${debtor}` })).json;
    const refusal = await admin("DELETE", `accounts/${debtor}.json`);
    expect([refusal.status, refusal.json.errors]).toEqual([403, { invoices: ["need to be settled before the account deletion."] }]);
    const bill = await account.token(account.admin, { scopes: ["finance"] });
    expect((await request(latchkey, "PUT", `/api/invoices/${invoice.id}/state.json`, { token: bill.value, form: "state=cancelled" })).status).toBe(200);
    expect((await admin("DELETE", `accounts/${debtor}.json`)).status).toBe(200);
  });
});

describe("404", () => {
  it("another provider's account is none", async () => {
    const foreign = (await signup({ username: "foreigner" }, as(other.admin))).json.account.id as number;
    for (const [method, path] of [
      ["GET", `${foreign}`], ["PUT", `${foreign}`], ["DELETE", `${foreign}`], ["GET", `${foreign}/plan`], ["PUT", `${foreign}/change_plan`], ["PUT", `${foreign}/approve`],
      ["GET", "find.json?username=foreigner&"], ["GET", `${foreign}/users`],
    ] as const) {
      expect((await admin(method, `accounts/${path}${path.includes("?") ? "" : ".json"}`)).text).toBe(NOT_FOUND);
    }
    expect((await as(other.admin)("GET", `accounts/${foreign}.json`)).status).toBe(200);
  });

  it.each(["accounts/find.json", "accounts/find.json?username=nobody", "accounts/find.json?user_id=x", "accounts/john@x.org.json", "accounts/0.json", "accounts/1.json"])("there is nothing at %s", async (path) => {
    expect((await admin("GET", path)).text).toBe(NOT_FOUND);
  });

  it.each(["", "plan_id=1", "plan_id=gold"])("there is no plan %j to change to", async (form) => {
    const { id } = await developer();
    expect((await admin("PUT", `accounts/${id}/change_plan.json`, { form })).text).toBe(NOT_FOUND);
  });
});

describe("422", () => {
  it.each([["approve", []], ["reject", ["reject"]], ["make_pending", ["make_pending"]]] as const)("%s of one who is there already", async (transition, before) => {
    const { id } = await developer();
    for (const each of before) await admin("PUT", `accounts/${id}/${each}.json`);
    const answer = await admin("PUT", `accounts/${id}/${transition}.json`);
    expect([answer.status, answer.json.errors]).toEqual([422, { state: [`cannot transition via "${transition}"`] }]);
  });

  it("no account is renamed to nothing", async () => {
    const { id } = await developer();
    expect((await admin("PUT", `accounts/${id}.json`, { json: { org_name: "" } })).json.errors).toEqual({ org_name: ["can't be blank"] });
  });
});
