import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";
import { everyRow } from "../support/rows.ts";
import { rounds } from "../support/rounds.ts";
import { sample } from "../support/sample.ts";

let latchkey: Deployment;
let account: TestAccount;
let admin: Person;
let member: Person;
let stranger: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  ({ admin } = account);
  member = await account.member({ sections: ["partners"] });
  stranger = await (await createTestAccount(latchkey)).member({ sections: ["partners"] });
});
afterAll(() => latchkey?.stop());

/** A request about users; the admin's unless said. */
const users = (method: string, path: string, options: RequestOptions = {}) =>
  request(latchkey, method, `/admin/api/users${path}`, { token: admin.value, ...options });
const self = (person: Person) => `/${person.member.id}.json`;

const idsIn = ({ json }: Answer) => (json.users as { readonly user: { readonly id: number } }[]).map((each) => each.user.id);

let made = 0;
const names = () => ({ username: `User ${++made}`, email: `user${made}@example.com` });
async function create(wanted: object = names()) {
  const answer = await users("POST", ".json", { json: wanted });
  expect(answer.status).toBe(201);
  return answer.json.user as { id: number; username: string; email: string };
}

/** What the requests are answered, each answer once, and what is stored, changed or recorded afterwards. */
async function refused(ask: () => Promise<Answer> | readonly Promise<Answer>[]) {
  const before = new Set((await everyRow(latchkey)).map((row) => JSON.stringify(row)));
  const answers = new Map((await Promise.all([ask()].flat())).map(({ status, json, text }) => [`${status} ${text}`, [status, json ?? text]]));
  const after = await everyRow(latchkey);
  return { answers: [...answers.values()], changed: after.filter((row) => !before.has(JSON.stringify(row))), gone: before.size - after.length };
}
const untouched = (status: number, body: unknown) => ({ answers: [[status, body]], changed: [], gone: 0 });

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const FORBIDDEN = { status: "Forbidden", code: "forbidden" };
const NOT_FOUND = { status: "Not found", code: "not_found" };
const lacks = (code: string, missing: string) => ({ error: "Your access token does not have the correct permissions", code, missing: [missing] });

describe("200", () => {
  it("a user has 3scale's fields, in JSON and in XML, and no other", async () => {
    const { username, email } = names();
    const { id } = await create({ username, email });
    const { json, headers } = await users("GET", `/${id}.json`);
    expect(json).toEqual({
      user: {
        id, state: "pending", role: "member", created_at: expect.stringMatching(TIME), updated_at: expect.stringMatching(TIME), username, email,
        links: [{ rel: "self", href: expect.stringMatching(new RegExp(`^https://[^/]+/admin/api/users/${id}$`)) }],
      },
    });
    expect(headers.get("content-type")).toMatch("application/json");
    const xml = await users("GET", `/${id}.xml`);
    const { created_at, updated_at } = json.user;
    expect(xml.text).toBe(
      `<?xml version="1.0" encoding="UTF-8"?><user><id>${id}</id><created_at>${created_at}</created_at><updated_at>${updated_at}</updated_at>` +
      `<account_id>${admin.member.accountId}</account_id><state>pending</state><role>member</role><username>${username}</username><email>${email}</email></user>`,
    );
    expect(xml.headers.get("content-type")).toMatch("application/xml");
  });

  it("a path without extension is JSON", async () => {
    expect((await users("GET", `/${member.member.id}`)).json).toEqual((await users("GET", self(member))).json);
  });

  it("a name that looks like markup is text in XML", async () => {
    const { id } = await create({ ...names(), username: "<b>&\"Tom's\"" });
    const { text } = await users("GET", `/${id}.xml`);
    expect(text).toContain("<username>&lt;b&gt;&amp;");
    expect(text).not.toContain("<b>");
  });

  it("a member reads and changes themselves", async () => {
    const person = await account.member({ sections: ["partners"] });
    const { username, email } = names();
    expect((await users("GET", self(person), { token: person.value })).json.user.id).toBe(person.member.id);
    const changed = await users("PUT", self(person), { token: person.value, json: { username, email } });
    expect([changed.status, changed.json.user]).toMatchObject([200, { id: person.member.id, username, email, role: "member", state: "active" }]);
    expect((await users("GET", self(person))).json).toEqual(changed.json);
  });

  it.each([
    ["bare in JSON", "PUT", (wanted: object) => ({ json: wanted })],
    ["wrapped in JSON", "PUT", (wanted: object) => ({ json: { user: wanted } })],
    ["in a form", "PUT", (wanted: Record<string, string>) => ({ form: new URLSearchParams(wanted).toString() })],
    ["by PATCH", "PATCH", (wanted: object) => ({ json: wanted })],
  ] as const)("an admin changes another's names: %s", async (_how, method, options) => {
    const { id } = await create();
    const wanted = names();
    const answer = await users(method, `/${id}.json`, options(wanted));
    expect([answer.status, answer.json.user]).toMatchObject([200, wanted]);
    expect((await users("GET", `/${id}.json`)).json.user).toMatchObject(wanted);
  });

  it("a name that is not given stays", async () => {
    const { id, username } = await create();
    const { email } = names();
    expect((await users("PUT", `/${id}.json`, { json: { email } })).json.user).toMatchObject({ username, email });
  });

  it.each([
    ["a member's of themselves", () => member, () => member],
    ["an admin's of a member", () => admin, () => member],
    ["an admin's of themselves", () => admin, () => admin],
  ])("an update does not reach role, state and rights: %s", async (_whose, caller, target) => {
    const { id } = target().member;
    const of = async (path: string) => (await users("GET", `/${id}${path}.json`)).json;
    const before = [await of(""), await of("/permissions")];
    const answer = await users("PUT", `/${id}.json`, {
      token: caller().value,
      json: {
        role: "admin", state: "suspended", id: 1, account_id: stranger.member.accountId, created_at: "2000-01-01T00:00:00Z", version: 99,
        member_permission_ids: ["settings"], member_permission_service_ids: [], allowed_sections: ["settings"], allowed_service_ids: [], sections: ["settings"],
        serviceAccess: [], password: "secret",
      },
    });
    expect([answer.status, answer.json]).toEqual([200, before[0]]);
    expect([await of(""), await of("/permissions")]).toEqual(before);
  });

  it("an entity sent back as it was read changes nothing and leaves no record", async () => {
    const { json } = await users("GET", self(member));
    expect(await refused(() => users("PUT", self(member), { json }))).toEqual(untouched(200, json));
  });

  it("a change that is sent twice at the same time is made once, and both are told so", async () => {
    for (let round = 0; round < rounds(4); round++) {
      const { id } = await create();
      const wanted = names();
      const answers = await Promise.all([1, 2, 3].map(() => users("PUT", `/${id}.json`, { json: wanted })));
      for (const answer of answers) expect([answer.status, answer.json.user]).toMatchObject([200, wanted]);
    }
  });

  it("one's own name may be written in other letters", async () => {
    const { id, username, email } = await create();
    const wanted = { username: username.toUpperCase(), email: email.toUpperCase() };
    expect((await users("PUT", `/${id}.json`, { json: wanted })).json.user).toMatchObject(wanted);
    expect((await users("POST", ".json", { json: { username, email: names().email } })).status).toBe(422);
  });

  it("a deletion answers with an empty body, and the user is gone from the list", async () => {
    const { id } = await create();
    const answer = await users("DELETE", `/${id}.json`);
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect((await users("GET", `/${id}.json`)).status).toBe(404);
    expect(idsIn(await users("GET", ".json"))).not.toContain(id);
  });

  it("an admin deletes another admin", async () => {
    const { id } = await create();
    await users("PUT", `/${id}/activate.json`);
    await users("PUT", `/${id}/admin.json`);
    expect((await users("DELETE", `/${id}.json`)).status).toBe(200);
  });

  it("the tokens of a deleted user are unknown with the next request", async () => {
    const person = await account.member({ sections: ["partners"] });
    const second = await account.token(person, { permission: "ro" });
    expect((await users("GET", self(person), { token: person.value })).status).toBe(200);
    await users("DELETE", self(person));
    for (const token of [person.value, second.value]) {
      const answer = await users("GET", self(person), { token });
      expect([answer.status, answer.json]).toEqual([403, { message: "Forbidden" }]);
    }
  });

  it("the names of a deleted user, and those a user gave up, are free again", async () => {
    const deleted = names();
    const { id } = await create(deleted);
    await users("DELETE", `/${id}.json`);
    const given = names();
    const { id: changing } = await create(given);
    await users("PUT", `/${changing}.json`, { json: names() });
    expect(await create(deleted)).toMatchObject(deleted);
    expect(await create(given)).toMatchObject(given);
  });

  describe("a list", () => {
    let team: TestAccount;
    const list = (query: string, extension = "json", token = team.admin.value) => users("GET", `.${extension}${query}`, { token });
    const ids: Record<string, number> = {};

    beforeAll(async () => {
      team = await createTestAccount(latchkey);
      ids["admin"] = team.admin.member.id;
      for (const state of ["pending", "active", "suspended"]) {
        const answer = await users("POST", ".json", { token: team.admin.value, json: names() });
        ids[state] = answer.json.user.id;
        if (state !== "pending") await users("PUT", `/${ids[state]}/activate.json`, { token: team.admin.value });
        if (state === "suspended") await users("PUT", `/${ids[state]}/suspend.json`, { token: team.admin.value });
      }
    });

    it("has every user of the account, by id, as each is read alone", async () => {
      const answer = await list("");
      const { json } = answer;
      expect(idsIn(answer)).toEqual(["admin", "pending", "active", "suspended"].map((who) => ids[who]));
      for (const each of json.users) expect(each).toEqual((await users("GET", `/${each.user.id}.json`, { token: team.admin.value })).json);
      expect(Object.keys(json)).toEqual(["users"]);
    });

    it("is the same in XML", async () => {
      const { text } = await list("", "xml");
      const alone = (await Promise.all(["admin", "pending", "active", "suspended"].map((who) => users("GET", `/${ids[who]}.xml`, { token: team.admin.value }))))
        .map((each) => each.text.replace(/^<\?xml[^>]*\?>/, ""));
      expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?><users>${alone.join("")}</users>`);
      expect((await list("?state=unheard", "xml")).text).toMatch(/<users(><\/users>|\/>)$/);
    });

    it.each([
      ["?state=pending", ["pending"]],
      ["?state=active", ["admin", "active"]],
      ["?state=suspended", ["suspended"]],
      ["?role=admin", ["admin"]],
      ["?role=member", ["pending", "active", "suspended"]],
      ["?role=member&state=active", ["active"]],
      ["?role=admin&state=suspended", []],
      ["?state=unheard", []],
      ["?role=unheard", []],
      ["?state=Active", []],
      ["?state[]=active", []],
      ["?role[admin]=1", []],
      ["?page=2&per_page=1", ["admin", "pending", "active", "suspended"]],
      ["?username=nobody", ["admin", "pending", "active", "suspended"]],
    ])("%s finds %j", async (query, who) => {
      const answer = await list(query);
      expect([answer.status, idsIn(answer)]).toEqual([200, who.map((name) => ids[name])]);
    });

    it("needs no more than ro", async () => {
      const { value } = await team.token(team.admin, { permission: "ro" });
      expect((await list("", "json", value)).status).toBe(200);
    });
  });
});

describe("201", () => {
  it("a new user is a pending member without rights, whatever the request says, and nothing else of it is stored", async () => {
    const { username, email } = names();
    const answer = await users("POST", ".json", {
      json: {
        username, email, role: "admin", state: "active", password: "very-secret", password_confirmation: "very-secret", cas_identifier: "cas-1",
        member_permission_ids: ["partners"], member_permission_service_ids: [1], sections: ["partners"], serviceAccess: [], version: 9, id: 42, account_id: 1,
        type: "account", "__proto__": { role: "admin" }, hash: "x",
      },
    });
    const { id } = answer.json.user;
    expect([answer.status, answer.json.user]).toMatchObject([201, { username, email, role: "member", state: "pending" }]);
    expect(answer.headers.get("location")).toMatch(new RegExp(`^https://[^/]+/admin/api/users/${id}$`));
    expect((await users("GET", `/${id}/permissions.json`)).json.permissions).toMatchObject({ role: "member", allowed_sections: [], allowed_service_ids: null });

    const rows = await everyRow(latchkey);
    expect(JSON.stringify(rows)).not.toMatch(/very-secret|cas-1/);
    const row = rows.find((each) => each["type"] === "member" && each["id"] === id);
    expect(Object.keys(row ?? {}).sort()).toEqual([
      "accountId", "createdAt", "email", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk", "id", "pk", "role", "sections", "serviceAccess", "sk", "state", "type", "updatedAt", "username", "version",
    ]);
  });

  it.each([
    ["bare in JSON", (wanted: object) => ({ json: wanted })],
    ["wrapped in JSON", (wanted: object) => ({ json: { user: wanted } })],
    ["in a form", (wanted: Record<string, string>) => ({ form: new URLSearchParams(wanted).toString() })],
    ["wrapped in a form", (wanted: Record<string, string>) => ({ form: Object.entries(wanted).map(([name, value]) => `user[${name}]=${encodeURIComponent(value)}`).join("&") })],
  ])("attributes come %s", async (_how, options) => {
    const wanted = names();
    const answer = await users("POST", ".json", options(wanted));
    expect([answer.status, answer.json.user]).toMatchObject([201, wanted]);
  });

  it("attributes come in the query of a POST without body", async () => {
    const wanted = names();
    const answer = await users("POST", `.json?${new URLSearchParams(wanted).toString()}`);
    expect([answer.status, answer.json.user]).toMatchObject([201, wanted]);
  });

  it("a creation in XML answers as a reading does", async () => {
    const answer = await users("POST", ".xml", { json: names() });
    const id = /<id>(\d+)<\/id>/.exec(answer.text)?.[1];
    expect([answer.status, answer.text]).toEqual([201, (await users("GET", `/${id}.xml`)).text]);
  });

  it("without a user name the address is the user name", async () => {
    const { email } = names();
    expect(await create({ email })).toMatchObject({ username: email, email });
  });

  it("a user name that looks alike is kept in one form", async () => {
    const decomposed = `Jose\u0301 ${++made}`;
    expect(await create({ ...names(), username: decomposed })).toMatchObject({ username: decomposed.normalize("NFC") });
  });

  it.each([
    ["255 code points of user name", { username: "\u{1F511}".repeat(255) }],
    ["255 characters of address, 64 of them before the at", { email: `${"a".repeat(64)}@${"b".repeat(190)}` }],
    ["a plus, dots and other signs before the at", { email: "first.last+tag'/=?^`{|}~@sub.example.co.uk" }],
    ["letters of any script before the at", { email: "почта@example.com" }],
    ["a host of one label", { email: "root@localhost" }],
  ])("accepts %s", async (_what, wanted) => {
    expect(await create({ ...names(), ...wanted })).toMatchObject(wanted);
  });

  it("another account may use the same names", async () => {
    const wanted = names();
    await create(wanted);
    const other = await createTestAccount(latchkey);
    expect((await users("POST", ".json", { token: other.admin.value, json: wanted })).status).toBe(201);
  });

  it("of many who want one name at the same time exactly one gets it, and the others leave nothing behind", async () => {
    for (let round = 0; round < rounds(5); round++) {
      const { email } = names();
      const wanted = Array.from({ length: 4 }, () => ({ username: names().username, email }));
      const answers = await Promise.all(wanted.map((json) => users("POST", ".json", { json })));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      const lost = wanted.filter((_, at) => answers[at]?.status === 422);
      expect(lost).toHaveLength(3);
      for (const { username } of lost) await create({ ...names(), username });
    }
  });
});

describe("400", () => {
  it.each([
    ["half a JSON object", { body: '{"email":', headers: { "content-type": "application/json" } }],
    ["a JSON list", { json: [{ email: "a@example.com" }] }],
    ["a JSON text", { json: "email" }],
    ["bytes that are no UTF-8", { body: new Uint8Array([0x65, 0x3d, 0xff, 0xfe]), headers: { "content-type": "application/x-www-form-urlencoded" } }],
  ])("a body that cannot be read: %s", async (_what, options) => {
    const body = { error: expect.any(String), code: "malformed_request" };
    expect(await refused(() => [users("POST", ".json", options), users("PUT", self(member), options)])).toEqual(untouched(400, body));
  });
});

describe("403", () => {
  let another: Person;
  let readOnly: Person;
  let unscoped: Person;
  let withoutPartners: Person;
  beforeAll(async () => {
    another = await account.member({ sections: ["partners"] });
    readOnly = await account.token(admin, { permission: "ro" });
    unscoped = await account.token(admin, { scopes: ["finance", "stats", "policy_registry"] });
    withoutPartners = await account.member({ sections: ["partners", "settings", "plans"] });
    await users("PUT", `/${withoutPartners.member.id}/permissions.json`, { json: { allowed_sections: ["settings", "plans"] } });
  });

  const asMember = () => member.value;
  const asAdmin = () => admin.value;
  it.each([
    ["a member lists users", "GET", () => ".json", asMember],
    ["a member lists themselves by a filter", "GET", () => ".json?role=member", asMember],
    ["a member creates a user", "POST", () => ".json", asMember],
    ["a member reads another member", "GET", () => self(another), asMember],
    ["a member reads an admin", "GET", () => self(admin), asMember],
    ["a member changes another member", "PUT", () => self(another), asMember],
    ["a member changes an admin", "PATCH", () => self(admin), asMember],
    ["a member deletes another member", "DELETE", () => self(another), asMember],
    ["a member deletes an admin", "DELETE", () => self(admin), asMember],
    ["a member deletes themselves", "DELETE", () => self(member), asMember],
    ["an admin deletes themselves", "DELETE", () => self(admin), asAdmin],
  ])("%s", async (_what, method, path, token) => {
    const json = names();
    expect(await refused(() => users(method, path(), { token: token(), ...(method === "GET" ? {} : { json }) }))).toEqual(untouched(403, FORBIDDEN));
  });

  it.each([
    ["creates", "POST", () => ".json"],
    ["changes", "PUT", () => self(member)],
    ["changes themselves", "PUT", () => self(admin)],
    ["deletes", "DELETE", () => self(member)],
  ])("an admin's token with ro %s", async (_what, method, path) => {
    const json = names();
    expect(await refused(() => users(method, path(), { token: readOnly.value, json }))).toEqual(untouched(403, lacks("read_only", "permission:rw")));
  });

  it.each([["GET", () => ".json"], ["GET", () => self(admin)], ["POST", () => ".json"], ["PUT", () => self(member)], ["DELETE", () => self(member)]])(
    "an admin's token without the scope: %s", async (method, path) => {
      const options = method === "GET" ? {} : { json: names() };
      expect(await refused(() => users(method, path(), { token: unscoped.value, ...options }))).toEqual(untouched(403, lacks("insufficient_scope", "scope:account_management")));
    });

  it("a member without the section partners reads not even themselves", async () => {
    const { value: token } = withoutPartners;
    expect(await refused(() => [
      users("GET", self(withoutPartners), { token }), users("PUT", self(withoutPartners), { token, json: names() }),
    ])).toEqual(untouched(403, lacks("insufficient_rights", "section:partners")));
  });

  it("nobody reads or changes anything without a credential", async () => {
    const asks = [["GET", ".json"], ["GET", self(member)], ["POST", ".json"], ["PUT", self(member)], ["DELETE", self(member)]] as const;
    expect(await refused(() => asks.map(([method, path]) =>
      request(latchkey, method, `/admin/api/users${path}`, method === "GET" ? {} : { json: names() })))).toEqual(untouched(403, { error: "Access denied", code: "access_denied" }));
  });
});

describe("404", () => {
  const operations: readonly (readonly [string, string])[] = [
    ["GET", ""], ["PUT", ""], ["PATCH", ""], ["DELETE", ""], ["PUT", "/admin"], ["PUT", "/member"], ["PUT", "/suspend"], ["PUT", "/unsuspend"], ["PUT", "/activate"],
    ["GET", "/permissions"], ["PUT", "/permissions"],
  ];
  const options = (method: string) => (method === "GET" || method === "DELETE" ? {} : { json: { ...names(), allowed_sections: ["settings"] } });

  it.each(operations)("%s of another account's user%s", async (method, path) => {
    const { id } = stranger.member;
    expect(await refused(() => [admin, member].map(({ value: token }) => users(method, `/${id}${path}.json`, { ...options(method), token })))).toEqual(untouched(404, NOT_FOUND));
  });

  it.each(operations)("%s of a user%s who never was", async (method, path) => {
    expect(await refused(() => [admin, member].map(({ value: token }) => users(method, `/1${path}.json`, { ...options(method), token })))).toEqual(untouched(404, NOT_FOUND));
  });

  it.each(sample("ids of no user", 8, [
    "0", "-1", "+1", "1.5", "1e3", "0x1", "01", "9007199254740992", "9007199254740993", "99999999999999999999", "NaN", "abc", "self", "me", "%20", "1%20", "%2B1",
    "1%0A", "%00", "１", "٣", "1,2", "1;2", "1%2F2", "..%2F1", "__proto__", "constructor", "*", "%7B%7D", "null",
  ]))("%j is no user's id", async (id) => {
    expect(await refused(() => [
      users("GET", `/${id}.json`), users("PUT", `/${id}.json`, { json: names() }), users("DELETE", `/${id}`), users("PUT", `/${id}/suspend.json`),
      users("GET", `/${id}/permissions.json`), users("PUT", `/${id}/permissions.json`, { json: { allowed_sections: [] } }),
    ])).toEqual(untouched(404, NOT_FOUND));
  });

  it("an id with something before or after it is another's", async () => {
    const { id } = member.member;
    for (const odd of [`0${id}`, `${id}0`, `${id}%20`, `+${id}`, `${id}.0`, `-${id}`, `${id}a`]) expect((await users("GET", `/${odd}.json`)).status).toBe(404);
  });

  it("a second deletion", async () => {
    const { id } = await create();
    await users("DELETE", `/${id}.json`);
    expect(await refused(() => users("DELETE", `/${id}.json`))).toEqual(untouched(404, NOT_FOUND));
  });

  it.each([["POST", `/1.json`], ["PUT", ".json"], ["DELETE", ".json"], ["POST", "/1/suspend.json"], ["GET", "/1/suspend.json"], ["PUT", "/1/promote.json"], ["DELETE", "/1/permissions.json"]])(
    "%s %s is no operation", async (method, path) => {
      const answer = await users(method, path);
      expect([answer.status, answer.json]).toEqual([404, NOT_FOUND]);
    });
});

describe("406", () => {
  it.each(["csv", "html", "pdf"])("a format that is not spoken: %s", async (extension) => {
    expect(await refused(() => [
      users("GET", `/${member.member.id}.${extension}`), users("POST", `.${extension}`, { json: names() }), users("DELETE", `/${member.member.id}.${extension}`),
    ])).toEqual(untouched(406, { error: `The server does not understand "${extension}" request.`, code: "not_acceptable" }));
  });
});

describe("413", () => {
  it("a body of more than 8 KiB", async () => {
    const wanted = names();
    expect(await refused(() => users("POST", ".json", { json: { ...wanted, password: "x".repeat(8 * 1024) } }))).toEqual(untouched(413, { error: expect.any(String), code: "payload_too_large" }));
    await create({ ...wanted, password: "x".repeat(7 * 1024) });
  });
});

describe("415", () => {
  it.each(["text/plain", "application/xml", "image/png"])("a body of the type %s", async (type) => {
    const options = { body: "email=a@example.com", headers: { "content-type": type } };
    expect(await refused(() => [users("POST", ".json", options), users("PUT", self(member), options)])).toEqual(untouched(415, { error: expect.any(String), code: "unsupported_media_type" }));
  });
});

describe("422", () => {
  const BLANK = ["can't be blank"];
  const NO_EMAIL = ["should look like an email address"];
  const TAKEN = ["has already been taken"];
  const errors = (fields: object) => ({ errors: fields, code: "invalid" });

  it.each([
    ["none", {}, BLANK],
    ["an empty one", { email: "" }, BLANK],
    ["a blank one", { email: "  " }, expect.arrayContaining(BLANK)],
    ["null", { email: null }, BLANK],
    ["a number", { email: 7 }, BLANK],
    ["a list", { email: ["a@example.com"] }, BLANK],
    ["no at", { email: "a.example.com" }, NO_EMAIL],
    ["two ats", { email: "a@b@example.com" }, NO_EMAIL],
    ["nothing before the at", { email: "@example.com" }, NO_EMAIL],
    ["nothing after the at", { email: "a@" }, NO_EMAIL],
    ["a space", { email: "a b@example.com" }, NO_EMAIL],
    ["a space at the end", { email: "a@example.com " }, NO_EMAIL],
    ["a line break at the end", { email: "a@example.com\n" }, NO_EMAIL],
    ["a second line", { email: "a@example.com\nBcc: b@example.com" }, NO_EMAIL],
    ["a control character", { email: "a\u0000@example.com" }, NO_EMAIL],
    ["a name around it", { email: "A <a@example.com>" }, NO_EMAIL],
    ["a comma and a second one", { email: "a@example.com,b@example.com" }, NO_EMAIL],
    ["a host that begins with a hyphen", { email: "a@-example.com" }, NO_EMAIL],
    ["a host that ends with a dot", { email: "a@example.com." }, NO_EMAIL],
    ["65 letters before the at", { email: `${"a".repeat(65)}@example.com` }, NO_EMAIL],
    ["a host of 254 letters", { email: `a@${"b".repeat(254)}` }, NO_EMAIL],
    ["256 characters", { email: `${"a".repeat(64)}@${"b".repeat(191)}` }, ["is too long (maximum is 255 characters)"]],
    ["half a character", { email: "a\ud83d@example.com" }, ["should look like an email address"]],
    ["a mark that turns the direction", { email: "a\u202eb@example.com" }, ["should look like an email address"]],
  ])("an email address is asked for: %s", async (_what, wanted, messages) => {
    const { username } = names();
    expect(await refused(() => [
      users("POST", ".json", { json: { username, ...wanted } }), ...("email" in wanted ? [users("PUT", self(member), { json: wanted })] : []),
    ])).toEqual(untouched(422, errors({ email: messages })));
  });

  it.each([
    ["an empty one", "", "can't be blank"],
    ["a blank one", " \u00a0 ", "can't be blank"],
    ["null", null, "can't be blank"],
    ["a number", 7, "can't be blank"],
    ["an object", { a: 1 }, "can't be blank"],
    ["256 code points", "\u{1F511}".repeat(256), "is too long (maximum is 255 characters)"],
    ["a control character", "a\u0007b", "must not contain control characters"],
    ["a line break", "a\nb", "must not contain control characters"],
    ["a mark that turns the direction", "a\u202eb", "must not contain control characters"],
    ["half a character", "a\ud83d", "is not valid Unicode"],
  ])("a user name is a name on one line: %s", async (_what, username, message) => {
    const { email } = names();
    expect(await refused(() => [
      users("POST", ".json", { json: { username, email } }), users("PUT", self(member), { json: { username } }),
    ])).toEqual(untouched(422, errors({ username: [message] })));
  });

  it("every field that is wrong is named", async () => {
    expect(await refused(() => users("POST", ".json", { json: { username: "", email: "a" } }))).toEqual(untouched(422, errors({ username: BLANK, email: NO_EMAIL })));
  });

  it("in XML the sentences name the field", async () => {
    const answer = await users("POST", ".xml", { json: { username: "", email: "a" } });
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(/<errors><error>username can&apos;t be blank<\/error><error>email should look like an email address<\/error><\/errors>$/i);
  });

  it("what is not an object cannot be the user", async () => {
    expect(await refused(() => ["a", 1, null, [1]].map((user) => users("POST", ".json", { json: { user } })))).toEqual(untouched(422, "Wrong type for parameter: user"));
  });

  describe("names are held by one user of the account", () => {
    const held = { username: "Ada Łovelace", email: "Ada@Example.com" };
    beforeAll(() => create(held));

    it.each([
      ["the email address", { email: "Ada@Example.com" }, { email: TAKEN }],
      ["the email address in other letters", { email: "ADA@EXAMPLE.COM" }, { email: TAKEN }],
      ["the user name", { username: "Ada Łovelace" }, { username: TAKEN }],
      ["the user name in other letters", { username: "ADA łOVELACE" }, { username: TAKEN }],
      ["both", held, { username: TAKEN, email: TAKEN }],
    ])("%s", async (_what, wanted, fields) => {
      const free = names();
      expect(await refused(() => [
        users("POST", ".json", { json: { ...free, ...wanted } }), users("PUT", self(member), { json: wanted }), users("PUT", self(member), { token: member.value, json: wanted }),
      ])).toEqual(untouched(422, errors(fields)));
      await create(free);
    });

    it("names composed otherwise are the same", async () => {
      await create({ username: "Zoë", email: "zoë@example.com" });
      expect(await refused(() => users("POST", ".json", { json: { username: "Zoe\u0308", email: "zoe\u0308@example.com" } }))).toEqual(untouched(422, errors({ username: TAKEN, email: TAKEN })));
    });
  });
});
