import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";
import { everyRow } from "../support/rows.ts";

let latchkey: Deployment;
let account: TestAccount;
let admin: Person;
let member: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  ({ admin } = account);
  member = await account.member({ sections: ["partners"] });
});
afterAll(() => latchkey?.stop());

/** A request about users; the admin's unless said. */
const users = (method: string, path: string, options: RequestOptions = {}) =>
  request(latchkey, method, `/admin/api/users${path}`, { token: admin.value, ...options });
const put = (id: number, what: string, token = admin.value) => users("PUT", `/${id}/${what}.json`, { token });

const STEPS = { pending: [], active: ["activate"], suspended: ["activate", "suspend"] } as const;
type State = keyof typeof STEPS;

const idsIn = ({ json }: Answer) => (json.users as { readonly user: { readonly id: number } }[]).map((each) => each.user.id);

let made = 0;
/** A new user in this state. */
async function user(state: State): Promise<number> {
  const { json } = await users("POST", ".json", { json: { email: `someone${++made}@example.com` } });
  for (const step of STEPS[state]) expect((await put(json.user.id, step)).status).toBe(200);
  return json.user.id;
}

/** What the requests are answered, each answer once, and what is stored, changed or recorded afterwards. */
async function refused(ask: () => Promise<Answer> | readonly Promise<Answer>[]) {
  const before = new Set((await everyRow(latchkey)).map((row) => JSON.stringify(row)));
  const answers = new Map((await Promise.all([ask()].flat())).map(({ status, json, text }) => [`${status} ${text}`, [status, json ?? text]]));
  const after = await everyRow(latchkey);
  return { answers: [...answers.values()], changed: after.filter((row) => !before.has(JSON.stringify(row))), gone: before.size - after.length };
}
const untouched = (status: number, body: unknown) => ({ answers: [[status, body]], changed: [], gone: 0 });

const FORBIDDEN = { status: "Forbidden", code: "forbidden" };
const NOT_FOUND = { status: "Not found", code: "not_found" };
const CHANGES = ["admin", "member", "suspend", "unsuspend", "activate"];

describe("200", () => {
  it.each([
    ["pending", "activate", "active"],
    ["active", "suspend", "suspended"],
    ["suspended", "unsuspend", "active"],
  ] as const)("%s, %s: %s, as the answer and every later reading tell", async (from, change, to) => {
    const id = await user(from);
    const answer = await put(id, change);
    expect([answer.status, answer.json.user]).toMatchObject([200, { id, state: to, role: "member" }]);
    expect((await users("GET", `/${id}.json`)).json).toEqual(answer.json);
    expect((await users("GET", `.json?state=${to}`)).json.users).toContainEqual(answer.json);
    expect(idsIn(await users("GET", `.json?state=${from}`))).not.toContain(id);
  });

  it.each([["active", "activate"], ["suspended", "suspend"], ["active", "unsuspend"]] as const)(
    "%s, %s: what has taken effect may be asked for again, and leaves no second record", async (state, change) => {
      const id = await user(state);
      const { json } = await users("GET", `/${id}.json`);
      expect(await refused(() => [put(id, change), put(id, change)])).toEqual(untouched(200, json));
    });

  it("the answer to the same change, asked for many times at once, is the same, and it is recorded once", async () => {
    for (let round = 0; round < 10; round++) {
      const id = await user("active");
      const answers = await Promise.all([1, 2, 3, 4].map(() => put(id, "suspend")));
      for (const answer of answers) expect([answer.status, answer.json.user.state]).toEqual([200, "suspended"]);
      const records = (await everyRow(latchkey)).filter((row) => row["type"] === "event" && (row["subject"] as { memberId?: number }).memberId === id);
      expect(records.map((row) => String(row["event"])).sort()).toEqual(["member.created", "member.state_changed", "member.state_changed"]);
    }
  });

  it.each(["pending", "active", "suspended"] as const)("a user who is %s is made admin and member again, and keeps state and rights", async (state) => {
    const service = await account.service(`For ${state}`);
    const id = await user(state);
    await users("PUT", `/${id}/permissions.json`, { json: { allowed_sections: ["plans"], allowed_service_ids: [service.id] } });
    expect((await put(id, "admin")).json.user).toMatchObject({ id, state, role: "admin" });
    expect(idsIn(await users("GET", ".json?role=admin"))).toContain(id);
    expect((await put(id, "admin")).json.user).toMatchObject({ id, state, role: "admin" });
    expect((await put(id, "member")).json.user).toMatchObject({ id, state, role: "member" });
    expect((await put(id, "member")).status).toBe(200);
    expect((await users("GET", `/${id}/permissions.json`)).json.permissions).toMatchObject({ allowed_sections: ["plans"], allowed_service_ids: [service.id] });
  });

  it("an admin suspends, unsuspends and demotes another admin", async () => {
    const id = await user("active");
    await put(id, "admin");
    expect((await put(id, "suspend")).json.user).toMatchObject({ state: "suspended", role: "admin" });
    expect((await put(id, "unsuspend")).json.user).toMatchObject({ state: "active", role: "admin" });
    expect((await put(id, "member")).json.user).toMatchObject({ state: "active", role: "member" });
  });

  it.each([["PUT", "json"], ["PATCH", "json"], ["PUT", "xml"]])("%s answers in %s as a reading does, with or without a body", async (method, extension) => {
    const id = await user("pending");
    const answer = await users(method, `/${id}/activate.${extension}`, { json: { state: "suspended", role: "admin" } });
    expect([answer.status, answer.text]).toEqual([200, (await users("GET", `/${id}.${extension}`)).text]);
    expect(answer.text).toContain("active");
    expect((await users(method, `/${id}/suspend.${extension}`)).text).toContain("suspended");
  });
});

describe("403", () => {
  let another: Person;
  let readOnly: Person;
  let unscoped: Person;
  let demoted: Person;
  beforeAll(async () => {
    another = await account.member({ sections: ["partners"] });
    readOnly = await account.token(admin, { permission: "ro" });
    unscoped = await account.token(admin, { scopes: ["finance", "stats", "policy_registry"] });
    demoted = await account.member({ sections: ["partners"] });
    await put(demoted.member.id, "admin");
    await put(member.member.id, "admin", demoted.value);
    await put(member.member.id, "member", demoted.value);
    await put(demoted.member.id, "member");
  });

  it.each(CHANGES)("%s by a member: of another, of an admin, of themselves", async (change) => {
    expect(await refused(() => [another, admin, member].map((target) => put(target.member.id, change, member.value)))).toEqual(untouched(403, FORBIDDEN));
  });

  it.each(CHANGES)("%s by an admin of themselves, though there are other admins", async (change) => {
    await put(another.member.id, "admin");
    expect(await refused(() => put(admin.member.id, change))).toEqual(untouched(403, FORBIDDEN));
    await put(another.member.id, "member");
  });

  it.each(CHANGES)("%s by somebody who was an admin", async (change) => {
    expect(await refused(() => [another, admin, demoted].map((target) => put(target.member.id, change, demoted.value)))).toEqual(untouched(403, FORBIDDEN));
  });

  it.each(CHANGES)("%s with a token that has ro, or not the scope", async (change) => {
    const error = "Your access token does not have the correct permissions";
    expect(await refused(() => put(another.member.id, change, readOnly.value))).toEqual(untouched(403, { error, code: "read_only", missing: ["permission:rw"] }));
    expect(await refused(() => put(another.member.id, change, unscoped.value)))
      .toEqual(untouched(403, { error, code: "insufficient_scope", missing: ["scope:account_management"] }));
  });

  it.each(CHANGES)("%s without a credential", async (change) => {
    expect(await refused(() => request(latchkey, "PUT", `/admin/api/users/${another.member.id}/${change}.json`))).toEqual(untouched(403, { error: "Access denied", code: "access_denied" }));
  });

  it("in XML the refusal has no body, as in 3scale", async () => {
    expect(await refused(() => users("PUT", `/${admin.member.id}/suspend.xml`))).toEqual(untouched(403, ""));
  });
});

describe("404", () => {
  it.each(CHANGES)("%s of a deleted user, of one who never was, of another account's", async (change) => {
    const id = await user("active");
    await users("DELETE", `/${id}.json`);
    const { admin: stranger } = await createTestAccount(latchkey);
    expect(await refused(() => [id, 1, stranger.member.id].map((target) => put(target, change)))).toEqual(untouched(404, NOT_FOUND));
  });
});

describe("422", () => {
  it.each([
    ["pending", "suspend"],
    ["pending", "unsuspend"],
    ["suspended", "activate"],
  ] as const)("%s, %s: a step that 3scale does not know", async (state, change) => {
    const id = await user(state);
    const body = { errors: { state: [`cannot ${change} a member who is ${state}`] }, code: "invalid" };
    expect(await refused(() => [put(id, change), put(id, change)])).toEqual(untouched(422, body));
  });
});
