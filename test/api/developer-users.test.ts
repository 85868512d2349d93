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
let partner: Person;
/** A developer account, where its users are, and its first admin. */
let org: number;
let users: string;
let first: number;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  partner = await account.member({ sections: ["partners"], serviceAccess: [] });
  ({ org, users, first } = await developer());
});
afterAll(() => latchkey?.stop());

const as = (person: Person) => (method: string, path: string, options: RequestOptions = {}): Promise<Answer> =>
  request(latchkey, method, `/admin/api/${path}`, { token: person.value, ...options });
const admin = (method: string, path: string, options?: RequestOptions) => as(account.admin)(method, path, options);

let made = 0;
async function developer(): Promise<{ org: number; users: string; first: number }> {
  const { id } = (await admin("POST", "signup.json", { json: { org_name: "Org", username: `admin${++made}`, password: "secret" } })).json.account;
  const path = `accounts/${id}/users`;
  return { org: id, users: path, first: (await admin("GET", `${path}.json`)).json.users[0].user.id };
}
const newUser = async (path = users) => (await admin("POST", `${path}.json`, { json: { username: `user${++made}`, email: `user${made}@example.com` } })).json.user as { id: number; username: string };
const put = (id: number, what: string, path = users) => admin("PUT", `${path}/${id}/${what}.json`);
const listed = async (query = "", path = users) => (await admin("GET", `${path}.json${query}`)).json.users.map(({ user }: { user: { id: number } }) => user.id) as number[];

describe("200", () => {
  it("a new user is a member and waits, whatever the request says, and no password is kept", async () => {
    const answer = await admin("POST", `${users}.json`, { json: { username: "jane.d+x@home", email: "Jane@Example.com", password: "s3cret-word", role: "admin", state: "active" } });
    const { id } = answer.json.user;
    expect([answer.status, answer.json]).toEqual([201, { user: {
      id, state: "pending", role: "member", created_at: ISO, updated_at: ISO, username: "jane.d+x@home", email: "Jane@Example.com",
      links: [{ rel: "account", href: `${BASE}/admin/api/accounts/${org}` }, { rel: "self", href: `${BASE}/admin/api/accounts/${org}/users/${id}` }],
    } }]);
    expect(answer.headers.get("location")).toBe(`${BASE}/admin/api/${users}/${id}`);
    expect((await as(partner)("GET", `${users}/${id}.json`)).json).toEqual(answer.json);
    expect(JSON.stringify(await everyRow(latchkey))).not.toContain("s3cret-word");
  });

  it("`.xml` is the user in XML", async () => {
    const { id, username } = await newUser();
    const answer = await admin("GET", `${users}/${id}.xml`);
    expect([answer.status, answer.text]).toEqual([200, expect.stringMatching(new RegExp(
      `^<\\?xml version="1\\.0" encoding="UTF-8"\\?><user><id>${id}</id><created_at>[^<]+</created_at><updated_at>[^<]+</updated_at><account_id>${org}</account_id>` +
      `<state>pending</state><role>member</role><username>${username}</username><email>${username}@example\\.com</email><extra_fields></extra_fields></user>$`,
    ))]);
    expect((await admin("GET", `${users}.xml`)).text).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?><users><user><id>/);
  });

  it("users are listed whole, there at once, by state and role; what is unknown matches nobody", async () => {
    const { users: path, first: own } = await developer();
    const [one, two] = [await newUser(path), await newUser(path)];
    await put(two.id, "activate", path);
    expect(await listed("", path)).toEqual([own, one.id, two.id]);
    for (const [query, found] of [
      ["?state=active", [own, two.id]], ["?state=pending", [one.id]], ["?role=admin", [own]], ["?role=member&state=active", [two.id]], ["?role=owner", []], ["?state=x", []],
    ] as const) {
      expect(await listed(query, path)).toEqual(found);
    }
  });

  it("a user is renamed, wrapped or bare, when the whole of them comes back; the old name is free", async () => {
    const user = await newUser();
    const changed = await as(partner)("PUT", `${users}/${user.id}.json`, { json: { ...user, role: "admin", state: "active", username: "renamed" } });
    expect([changed.status, changed.json.user]).toEqual([200, { ...user, username: "renamed", updated_at: ISO }]);
    expect((await admin("PATCH", `${users}/${user.id}.json`, { form: "user[email]=other@example.com" })).json.user.email).toBe("other@example.com");
    expect((await admin("POST", `${users}.json`, { json: { username: user.username, email: "fresh@example.com" } })).status).toBe(201);
  });

  it("roles and states change, and repeating what took effect is no change", async () => {
    const { id } = await newUser();
    const changes = [
      ["activate", "active", "member"], ["activate", "active", "member"], ["admin", "active", "admin"], ["admin", "active", "admin"], ["suspend", "suspended", "admin"],
      ["suspend", "suspended", "admin"], ["unsuspend", "active", "admin"], ["member", "active", "member"], ["member", "active", "member"],
    ] as const;
    const versions: unknown[] = [];
    for (const [what, state, role] of changes) {
      const answer = await put(id, what);
      expect([answer.status, answer.json.user.state, answer.json.user.role]).toEqual([200, state, role]);
      versions.push((await everyRow(latchkey)).find((row) => row["type"] === "developer_user" && row["id"] === id)?.["version"]);
    }
    expect(versions).toEqual([2, 2, 3, 3, 4, 4, 5, 6, 6]);
  });

  it("a user is deleted, and their names are free", async () => {
    const { id, username } = await newUser();
    const answer = await admin("DELETE", `${users}/${id}.json`);
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect((await admin("GET", `${users}/${id}.json`)).text).toBe(NOT_FOUND);
    expect((await admin("POST", `${users}.json`, { json: { username, email: `${username}@example.com` } })).status).toBe(201);
  });
});

describe("403", () => {
  it("the last admin stays", async () => {
    const { users: path, first: own } = await developer();
    await newUser(path);
    const answer = await admin("DELETE", `${path}/${own}.json`);
    expect([answer.status, answer.json]).toEqual([403, { errors: { base: ["Can't delete last admin"] }, code: "refused" }]);
    const xml = await admin("DELETE", `${path}/${own}.xml`);
    expect(xml.text).toBe('<?xml version="1.0" encoding="UTF-8"?><errors><error>Can&apos;t delete last admin</error></errors>');
  });

  it("of two admins who are deleted at once, one stays", async () => {
    const { users: path, first: own } = await developer();
    const second = await newUser(path);
    await put(second.id, "admin", path);
    const answers = await Promise.all([own, second.id].map((id) => admin("DELETE", `${path}/${id}.json`)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 403]);
    expect(await listed("?role=admin", path)).toHaveLength(1);
  });

  it("only an admin makes users, a read-only token changes none", async () => {
    const json = { username: "nobody", email: "nobody@example.com" };
    expect((await as(partner)("POST", `${users}.json`, { json })).json).toEqual({ status: "Forbidden", code: "forbidden" });
    expect((await as(await account.token(account.admin, { permission: "ro" }))("POST", `${users}.json`, { json })).json.code).toBe("read_only");
  });
});

describe("404", () => {
  it("a user is found only in their own account", async () => {
    const elsewhere = await developer();
    for (const [method, what] of [["GET", ""], ["PUT", ""], ["DELETE", ""], ["PUT", "/admin"], ["PUT", "/suspend"]] as const) {
      const answer = await admin(method, `${elsewhere.users}/${first}${what}.json`);
      expect([answer.status, answer.text]).toEqual([404, NOT_FOUND]);
    }
  });

  it("an account that is not there has no users and gets none", async () => {
    expect((await admin("GET", "accounts/1/users.json")).text).toBe(NOT_FOUND);
    expect((await admin("POST", "accounts/1/users.json", { json: { username: "lost", email: "lost@example.com" } })).text).toBe(NOT_FOUND);
  });

  it("another provider sees none of them", async () => {
    const other = await createTestAccount(latchkey);
    expect((await as(other.admin)("GET", `${users}.json`)).text).toBe(NOT_FOUND);
    expect((await as(other.admin)("GET", `${users}/${first}.json`)).text).toBe(NOT_FOUND);
  });
});

describe("422", () => {
  it.each<[string, object, object]>([
    ["no names", {}, { username: ["can't be blank"], email: ["can't be blank"] }],
    ["a short name", { username: "ab", email: "a@example.com" }, { username: ["is too short (minimum is 3 characters)"] }],
    ["a name with a slash", { username: "a/b", email: "a@example.com" }, { username: ["use only letters, numbers, and .-_@+ please."] }],
    ["no address", { username: "abc", email: "abc" }, { email: ["should look like an email address"] }],
  ])("no user with %s", async (_what, json, errors) => {
    const answer = await admin("POST", `${users}.json`, { json });
    expect([answer.status, answer.json.errors]).toEqual([422, errors]);
  });

  it("names are taken in the whole provider, for new users and for renamed ones", async () => {
    const [{ username }, other] = [await newUser(), await newUser((await developer()).users)];
    const taken = { username: ["has already been taken"], email: ["has already been taken"] };
    const json = { username: username.toUpperCase(), email: `${username}@example.com` };
    expect((await admin("POST", `${users}.json`, { json })).json.errors).toEqual(taken);
    const path = (await admin("GET", `accounts/find.json?user_id=${other.id}`)).json.account.id as number;
    expect((await admin("PUT", `accounts/${path}/users/${other.id}.json`, { json })).json.errors).toEqual(taken);
  });

  it.each([
    ["activate", ["activate", "suspend"]], ["suspend", []], ["unsuspend", []], ["unsuspend", ["activate"]],
  ] as const)("%s after %j is no way", async (transition, before) => {
    const { id } = await newUser();
    for (const each of before) await put(id, each);
    const answer = await put(id, transition);
    expect([answer.status, answer.json.errors]).toEqual([422, { state: [`cannot transition via "${transition}"`] }]);
  });
});
