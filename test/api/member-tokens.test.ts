import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventFrom } from "../../lib/table/events.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type RequestOptions } from "../support/request.ts";
import { walk } from "../support/walk.ts";
import { everyRow, rewriteToken, rowOf } from "../support/rows.ts";

/** The tokens of the account's members, as its admins see them; and 3scale's older way of making one's own. */
const WANTED = { name: "Reports", permission: "ro", scopes: ["account_management"] };
const NOT_FOUND = { status: "Not found", code: "not_found" };
const FORBIDDEN = { status: "Forbidden", code: "forbidden" };

let latchkey: Deployment;
let account: TestAccount;
let other: TestAccount;
let admin: Person;
let member: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  other = await createTestAccount(latchkey);
  admin = account.admin;
  member = await account.member({ sections: ["partners", "monitoring"], serviceAccess: [] });
});
afterAll(() => latchkey?.stop());

const of = (person: Person) => `/admin/api/users/${person.member.id}/access_tokens`;
const call = (method: string, path: string, options: RequestOptions = {}) => request(latchkey, method, path, { token: admin.value, ...options });

describe("200 OK", () => {
  it.each([["with .json", ".json"], ["without", ""]])("an admin lists a member's tokens %s, ordered by id, expired ones included, never a value", async (_how, extension) => {
    const person = await account.member({ sections: ["partners", "monitoring"], serviceAccess: [] }, { name: "First", scopes: ["account_management", "stats"] });
    const second = await account.token(person, { name: "Second", permission: "ro" });
    await rewriteToken(latchkey, second.token, { expiresAt: 1_700_000_000 });
    const { status, json } = await call("GET", of(person) + extension);
    const dates = { created_at: expect.any(String), updated_at: expect.any(String) };
    expect([status, json]).toEqual([200, {
      access_tokens: [
        { access_token: { id: person.token.id, name: "First", scopes: ["account_management", "stats"], permission: "rw", ...dates } },
        { access_token: { id: second.token.id, name: "Second", scopes: ["account_management"], permission: "ro", expires_at: "2023-11-14T22:13:20Z", ...dates } },
      ],
    }]);
  });

  it("an admin goes through a member's tokens by cursor, and with it not through another's", async () => {
    const [person, another] = [await account.member({ sections: ["partners"], serviceAccess: [] }), await account.member({ sections: ["partners"], serviceAccess: [] })];
    const second = await account.token(person);
    const pages = await walk(latchkey, `${of(person)}?per_page=1`, admin.value);
    expect(pages.map(({ json }) => json.access_tokens.map((item: { access_token: { id: number } }) => item.access_token.id))).toEqual([[person.token.id], [second.token.id]]);
    expect((await call("GET", `${of(another)}?per_page=1&after=${pages[0]!.json.metadata.next}`)).status).toBe(400);
  });

  it("an admin lists their own tokens and those of a suspended member, and a read-only token is enough", async () => {
    const { value } = await account.token(admin, { permission: "ro" });
    const person = await account.member({ sections: ["partners"], serviceAccess: [] });
    await call("PUT", `/admin/api/users/${person.member.id}/suspend.json`);
    expect((await call("GET", of(person), { token: value })).json.access_tokens).toHaveLength(1);
    expect((await call("GET", of(admin), { token: value })).json.access_tokens.length).toBeGreaterThan(1);
  });

  it("a member without tokens has an empty list", async () => {
    const person = await account.member({ sections: ["partners"], serviceAccess: [] });
    await call("DELETE", `${of(person)}/${person.token.id}`);
    expect((await call("GET", of(person))).json).toEqual({ access_tokens: [] });
  });

  it.each([["with .json", ".json"], ["without", ""]])("an admin deletes a member's token %s: an empty body, dead at once, and recorded under the admin", async (_how, extension) => {
    const person = await account.token(member);
    const { status, text } = await call("DELETE", `${of(member)}/${person.token.id}${extension}`);
    expect([status, text]).toEqual([200, ""]);
    expect((await call("GET", "/admin/api/personal/access_tokens", { token: person.value })).status).toBe(403);
    expect(await rowOf(latchkey, person.token)).toBeUndefined();
    expect((await call("GET", of(member))).json.access_tokens.map((item: { access_token: { id: number } }) => item.access_token.id)).not.toContain(person.token.id);
    const records = (await everyRow(latchkey)).filter(({ type }) => type === "event").map(eventFrom).filter(({ type, subject }) => type === "access_token.deleted" && subject.tokenId === person.token.id);
    expect(records).toMatchObject([{ actor: { memberId: admin.member.id, tokenId: admin.token.id }, subject: { memberId: member.member.id } }]);
  });

  it("are dead at once in many rounds: nothing is accepted after the answer", async () => {
    for (let round = 0; round < 10; round++) {
      const person = await account.token(member);
      expect((await call("GET", "/admin/api/personal/access_tokens", { token: person.value })).status).toBe(200);
      await call("DELETE", `${of(member)}/${person.token.id}`);
      const answers = await Promise.all(Array.from({ length: 6 }, () => call("GET", "/admin/api/personal/access_tokens", { token: person.value })));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
    }
  });

  it("are read with three calls to the database and deleted with three", async () => {
    const person = await account.token(member);
    await call("GET", of(member));
    latchkey.proxy.reset();
    await call("GET", of(member));
    expect(latchkey.proxy.calls.map(({ action }) => action)).toEqual(["BatchGetItem", "GetItem", "Query"]);
    latchkey.proxy.reset();
    await call("DELETE", `${of(member)}/${person.token.id}`);
    expect(latchkey.proxy.calls.map(({ action }) => action)).toEqual(["BatchGetItem", "GetItem", "TransactWriteItems"]);
  });
});

describe("201 Created", () => {
  it.each<[string, string, RequestOptions]>([
    ["JSON", "", { json: WANTED }],
    ["JSON, with .json", ".json", { json: WANTED }],
    ["JSON, wrapped under token", ".json", { json: { token: WANTED } }],
    ["a form", ".json", { form: "name=Reports&permission=ro&scopes[]=account_management" }],
    ["the query", ".json?name=Reports&permission=ro&scopes[]=account_management", {}],
  ])("a member makes their own token by the older path, from %s", async (_how, rest, options) => {
    const { status, json, headers } = await call("POST", of(member) + rest, { token: member.value, ...options });
    expect([status, json.access_token]).toEqual([201, { id: expect.any(Number), ...WANTED, value: expect.stringMatching(/^lk_at_/), created_at: expect.any(String), updated_at: expect.any(String) }]);
    expect(new URL(headers.get("location") ?? "").pathname).toBe(`/admin/api/personal/access_tokens/${json.access_token.id}.json`);
    expect((await call("GET", "/admin/api/personal/access_tokens", { token: json.access_token.value })).status).toBe(200);
    expect((await call("GET", `/admin/api/personal/access_tokens/${json.access_token.id}`, { token: member.value })).status).toBe(200);
  });
});

describe("400 Bad Request", () => {
  it("the older path without any attribute", async () => {
    const { status, text } = await call("POST", `${of(admin)}.json`);
    expect([status, text]).toEqual([400, "Required parameter missing: token"]);
  });
});

describe("403 Forbidden", () => {
  const denied = "Your access token does not have the correct permissions";

  it("a member sees and deletes nobody's tokens here, not even their own", async () => {
    const colleague = await account.member({ sections: ["partners"], serviceAccess: "all" });
    for (const person of [colleague, admin, member, other.admin]) {
      const path = `${of(person)}/${person.token.id}.json`;
      for (const { status, json } of [await call("GET", of(person), { token: member.value }), await call("DELETE", path, { token: member.value })]) {
        expect([status, json]).toEqual([403, FORBIDDEN]);
      }
      expect(await rowOf(latchkey, person.token)).toBeDefined();
    }
  });

  it("an admin who was made a member is refused in the very next request", async () => {
    const person = await account.member({ sections: ["partners"], serviceAccess: "all" });
    const role = (to: string) => call("PUT", `/admin/api/users/${person.member.id}/${to}.json`);
    await role("admin");
    expect((await call("GET", of(member), { token: person.value })).status).toBe(200);
    await role("member");
    const { status, json } = await call("GET", of(member), { token: person.value });
    expect([status, json]).toEqual([403, FORBIDDEN]);
  });

  it("nobody makes a token for somebody else by the older path, admins included, whether that somebody exists or not", async () => {
    for (const [person, path] of [[admin, of(member)], [member, of(admin)], [admin, of(other.admin)], [member, "/admin/api/users/1/access_tokens"]] as const) {
      latchkey.proxy.reset();
      const { status, json } = await call("POST", `${path}.json`, { token: person.value, json: WANTED });
      expect([status, json]).toEqual([403, FORBIDDEN]);
      expect(latchkey.proxy.calls.map(({ action }) => action)).toEqual(["BatchGetItem"]);
    }
  });

  it("an admin's token without the scope, and a read-only one that would write", async () => {
    const [blind, reader] = [await account.token(admin, { scopes: ["stats"] }), await account.token(admin, { permission: "ro" })];
    const item = `${of(member)}/${member.token.id}`;
    for (const [method, path] of [["GET", of(member)], ["DELETE", item], ["POST", of(admin)]] as const) {
      const { status, json } = await call(method, path, { token: blind.value });
      expect([status, json]).toEqual([403, { error: denied, code: "insufficient_scope", missing: ["scope:account_management"] }]);
    }
    for (const [method, path] of [["DELETE", item], ["POST", of(admin)]] as const) {
      const { status, json } = await call(method, path, { token: reader.value });
      expect([status, json]).toEqual([403, { error: denied, code: "read_only", missing: ["permission:rw"] }]);
    }
    expect(await rowOf(latchkey, member.token)).toBeDefined();
  });

  it("a member without the section is told so, before their role", async () => {
    const person = await account.member({ sections: ["partners"], serviceAccess: "all" });
    await call("PUT", `/admin/api/users/${person.member.id}/permissions.json`, { json: { allowed_sections: ["finance"] } });
    const { status, json } = await call("GET", of(member), { token: person.value });
    expect([status, json]).toEqual([403, { error: denied, code: "insufficient_rights", missing: ["section:partners"] }]);
  });
});

describe("404 Not Found", () => {
  it("members and tokens of another account, as those that do not exist", async () => {
    const stranger = await other.member({ sections: ["partners"], serviceAccess: "all" });
    const gone = await account.member({ sections: ["partners"], serviceAccess: "all" });
    await call("DELETE", `/admin/api/users/${gone.member.id}.json`);
    for (const person of [stranger, other.admin, gone]) {
      const list = await call("GET", of(person));
      expect([list.status, list.json]).toEqual([404, NOT_FOUND]);
    }
    for (const person of [stranger, other.admin]) {
      for (const path of [`${of(person)}/${person.token.id}`, `${of(member)}/${person.token.id}`, `${of(person)}/${member.token.id}`]) {
        const { status, json } = await call("DELETE", path);
        expect([status, json]).toEqual([404, NOT_FOUND]);
      }
      expect(await rowOf(latchkey, person.token)).toBeDefined();
    }
    expect(await rowOf(latchkey, member.token)).toBeDefined();
  });

  it("touches no row of another account on the way", async () => {
    latchkey.proxy.reset();
    await call("GET", of(other.admin));
    await call("DELETE", `${of(other.admin)}/${other.admin.token.id}`);
    const partitions = latchkey.proxy.calls.flatMap(({ keys }) => keys.map(({ pk }) => pk));
    expect(partitions.length).toBeGreaterThan(4);
    expect(partitions.filter((pk) => !pk?.startsWith(`ACCOUNT#${admin.member.accountId}#`))).toEqual([]);
  });

  it("a token under another member of the same account than its owner", async () => {
    const colleague = await account.member({ sections: ["partners"], serviceAccess: "all" });
    expect((await call("DELETE", `${of(colleague)}/${member.token.id}`)).json).toEqual(NOT_FOUND);
    expect(await rowOf(latchkey, member.token)).toBeDefined();
  });

  it("a token that is deleted already", async () => {
    const person = await account.token(member);
    const path = `${of(member)}/${person.token.id}`;
    expect([(await call("DELETE", path)).status, (await call("DELETE", path)).json]).toEqual([200, NOT_FOUND]);
  });

  it("what is no id, a token's value included: admins have no values", async () => {
    const { id } = member.member;
    for (const user of ["0", "-1", `0${id}`, `${id}e0`, "9007199254740993", "abc", "%00", `${id}%20`, member.value]) {
      expect([user, (await call("GET", `/admin/api/users/${user}/access_tokens`)).status]).toEqual([user, 404]);
      expect([user, (await call("POST", `/admin/api/users/${user}/access_tokens.json`, { token: member.value, json: WANTED })).status]).toEqual([user, 404]);
    }
    for (const token of ["0", `0${member.token.id}`, "abc", `${member.token.id}%00`, member.value]) {
      expect([token, (await call("DELETE", `${of(member)}/${token}`)).status]).toEqual([token, 404]);
    }
    expect(await rowOf(latchkey, member.token)).toBeDefined();
  });
});

describe("406 Not Acceptable", () => {
  it.each([["GET", ""], ["POST", ""], ["DELETE", "/1"]])("%s%s.xml is not understood: tokens are spoken of in JSON only", async (method, rest) => {
    const { status, text } = await call(method, `${of(admin)}${rest}.xml`, method === "POST" ? { json: WANTED } : {});
    expect([status, text]).toEqual([406, '<?xml version="1.0" encoding="UTF-8"?><error>The server does not understand &quot;xml&quot; request.</error>']);
  });
});

describe("413 Content Too Large", () => {
  it("the older path has the same limit", async () => {
    expect(await call("POST", of(admin), { form: "x".repeat(8193) })).toMatchObject({ status: 413, json: { code: "payload_too_large" } });
  });
});

describe("422 Unprocessable Content", () => {
  it.each<[string, object, object]>([
    ["a scope whose section the member lacks", { scopes: ["finance"] }, { scopes: ["finance is beyond your own rights"] }],
    ["a scope that the creating token lacks", { scopes: ["stats"] }, { scopes: ["stats is beyond your own rights"] }],
    ["a blank name", { name: "" }, { name: ["can't be blank"] }],
    ["an unknown scope", { scopes: ["invoices"] }, { scopes: ["invalid"] }],
  ])("the older path has the same ceiling and the same rules: %s", async (_what, attributes, errors) => {
    const { status, json } = await call("POST", `${of(member)}.json`, { token: member.value, json: { ...WANTED, ...attributes } });
    expect([status, json]).toEqual([422, { errors, code: "invalid" }]);
  });
});
