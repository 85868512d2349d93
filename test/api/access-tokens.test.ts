import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send } from "../gateway/requests.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type RequestOptions } from "../support/request.ts";
import { rewriteToken, rowOf } from "../support/rows.ts";
import { sample } from "../support/sample.ts";
import { changedAt, walk } from "../support/walk.ts";

/** The caller's own tokens: `/admin/api/personal/access_tokens`. What a token may grant is in access-tokens-ceiling. */
const PATH = "/admin/api/personal/access_tokens";
const WANTED = { name: "Reports", permission: "ro", scopes: ["account_management", "stats"] };
const NOT_FOUND = { status: "Not found", code: "not_found" };

let latchkey: Deployment;
let account: TestAccount;
let other: TestAccount;
let admin: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  other = await createTestAccount(latchkey);
  admin = account.admin;
});
afterAll(() => latchkey?.stop());

const call = (method: string, path: string, options: RequestOptions = {}) => request(latchkey, method, path, { token: admin.value, ...options });
const create = async (attributes: object = {}) => (await call("POST", PATH, { json: { ...WANTED, ...attributes } })).json.access_token;
/** A moment to come, as programs write it. */
const inDays = (days: number) => new Date((Math.floor(Date.now() / 1000) + days * 86_400) * 1000).toISOString().replace(".000Z", "Z");
const bytes = (text: string) => new TextEncoder().encode(text);

function multipart(fields: readonly (readonly [string, string])[]): RequestOptions {
  const parts = fields.map(([name, value]) => `--edge\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  return { body: bytes(`${parts.join("")}--edge--\r\n`), headers: { "content-type": "multipart/form-data; boundary=edge" } };
}

describe("201 Created", () => {
  it("answers the token, with its value, in 3scale's shape and with our dates", async () => {
    const answer = await call("POST", PATH, { json: { ...WANTED, expires_at: "2030-01-01T12:00:00Z" } });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([201, "application/json; charset=utf-8"]);
    expect(answer.json).toEqual({
      access_token: {
        id: expect.any(Number), name: "Reports", scopes: ["account_management", "stats"], permission: "ro",
        expires_at: "2030-01-01T12:00:00Z",
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), updated_at: answer.json.access_token.created_at,
        value: expect.stringMatching(/^lk_at_[0-9A-Za-z]{76}$/),
      },
    });
    expect(Number.isSafeInteger(answer.json.access_token.id)).toBe(true);
  });

  it("answers a value that works at once", async () => {
    const { value } = await create();
    expect((await call("GET", PATH, { token: value })).status).toBe(200);
  });

  it("says where the token is, by an address that never holds a credential and works", async () => {
    const { headers, json } = await request(latchkey, "POST", `${PATH}?access_token=${admin.value}`, { json: WANTED });
    const location = new URL(headers.get("location") ?? "");
    expect([location.origin, location.pathname, location.search]).toEqual([
      "https://latchkey01.execute-api.eu-west-1.amazonaws.com", `${PATH}/${json.access_token.id}.json`, "",
    ]);
    expect((await call("GET", location.pathname)).json.access_token.id).toBe(json.access_token.id);
  });

  it("is never kept by a cache", async () => {
    expect((await call("POST", PATH, { json: WANTED })).headers.get("cache-control")).toBe("no-store");
  });

  it.each<[string, string, RequestOptions]>([
    ["JSON", "", { json: WANTED }],
    ["JSON with a charset", "", { body: JSON.stringify(WANTED), headers: { "content-type": "Application/JSON; charset=utf-8" } }],
    ["JSON under a name that ends in +json", "", { body: JSON.stringify(WANTED), headers: { "content-type": "application/vnd.api+json" } }],
    ["JSON without a content type", "", { body: bytes(JSON.stringify(WANTED)) }],
    ["JSON, wrapped under token", "", { json: { token: WANTED } }],
    ["JSON, wrapped in part", "", { json: { permission: "ro", token: { name: WANTED.name, scopes: WANTED.scopes } } }],
    ["a form with scopes[]", "", { form: "name=Reports&permission=ro&scopes[]=account_management&scopes[]=stats" }],
    ["a form with escaped brackets", "", { form: "name=Reports&permission=ro&scopes%5B%5D=account_management&scopes%5B%5D=stats" }],
    ["a form with numbered scopes", "", { form: "name=Reports&permission=ro&scopes[0]=account_management&scopes[1]=stats" }],
    ["a form without a content type", "", { body: bytes("name=Reports&permission=ro&scopes[]=account_management&scopes[]=stats") }],
    ["a form, wrapped under token", "", { form: "token[name]=Reports&token[permission]=ro&token[scopes][]=account_management&token[scopes][]=stats" }],
    ["a multipart form", "", multipart([["name", "Reports"], ["permission", "ro"], ["scopes[]", "account_management"], ["scopes[]", "stats"]])],
    ["a multipart form, wrapped under token", "", multipart([["token[name]", "Reports"], ["token[permission]", "ro"], ["token[scopes][]", "account_management"], ["token[scopes][]", "stats"]])],
    ["the query, with an empty body", "?name=Reports&permission=ro&scopes[]=account_management&scopes[]=stats", {}],
    ["the query, with escaped brackets", "?name=Reports&permission=ro&scopes%5B%5D=account_management&scopes%5B%5D=stats", {}],
    ["the query, wrapped under token", "?token[name]=Reports&token[permission]=ro&token[scopes][]=account_management&token[scopes][]=stats", {}],
    ["the query and a body together", "?name=Reports&permission=ro", { json: { scopes: WANTED.scopes } }],
    ["the query, which counts where both name one", "?name=Reports", { json: { ...WANTED, name: "Ignored" } }],
    ["scopes in any order, twice and with blanks", "", { json: { ...WANTED, scopes: ["stats", "", "account_management", "stats"] } }],
  ])("takes the attributes from %s", async (_how, query, options) => {
    for (const path of [PATH, `${PATH}.json`]) {
      const { status, json } = await call("POST", path + query, options);
      expect([status, json.access_token]).toEqual([201, expect.objectContaining(WANTED)]);
    }
  });

  it("takes one scope as a plain text", async () => {
    expect((await create({ scopes: "stats" })).scopes).toEqual(["stats"]);
  });

  it.each([
    ["in UTC", "2030-01-01T12:00:00Z", "2030-01-01T12:00:00Z"],
    ["in UTC, in lower case", "2030-01-01T12:00:00z", "2030-01-01T12:00:00Z"],
    ["with milliseconds, which JavaScript writes", "2030-01-01T12:00:00.999Z", "2030-01-01T12:00:00Z"],
    ["with microseconds, which Python writes", "2030-01-01T12:00:00.123456+00:00", "2030-01-01T12:00:00Z"],
    ["with an offset", "2030-01-01T12:00:00+01:00", "2030-01-01T11:00:00Z"],
    ["with an offset without a colon", "2030-01-01T12:00:00-0130", "2030-01-01T13:30:00Z"],
    ["across the end of a year, by its offset", "2030-12-31T23:30:00-01:00", "2031-01-01T00:30:00Z"],
    ["on a leap day", "2032-02-29T00:00:00Z", "2032-02-29T00:00:00Z"],
    ["blank, for never", "", undefined],
    ["null, for never", null, undefined],
    ["absent, for never", undefined, undefined],
  ])("takes an expiry %s", async (_how, expires_at, expected) => {
    const made = await create({ expires_at });
    expect([made.expires_at, "expires_at" in made]).toEqual([expected, expected !== undefined]);
  });

  it.each([
    ["of one character", "x", "x"],
    ["of 255 code points beyond the first plane", "🔑".repeat(255), "🔑".repeat(255)],
    ["in NFC, however it was typed", "Cafe\u0301", "Café"],
    ["with markup, as it is", `<b onclick="x">&amp;'`, `<b onclick="x">&amp;'`],
    ["that another token has", "Reports", "Reports"],
    ["that is a property of every object", "__proto__", "__proto__"],
  ])("takes a name %s", async (_what, name, expected) => {
    const { id, name: answered } = await create({ name });
    expect([answered, (await call("GET", `${PATH}/${id}`)).json.access_token.name]).toEqual([expected, expected]);
  });

  it("takes a body of 8192 bytes", async () => {
    const rest = JSON.stringify({ ...WANTED, padding: "" }).length;
    expect((await call("POST", PATH, { json: { ...WANTED, padding: "x".repeat(8192 - rest) } })).status).toBe(201);
  });

  it("ignores fields that it does not know or does not take, and stores none of them", async () => {
    const json = {
      ...WANTED, id: 1, value: "chosen", hash: "chosen", digest: "chosen", pepper: 9, version: 9, imported: true, ttl: 1, accountId: 1, account_id: 1,
      ownerId: other.admin.member.id, owner_id: other.admin.member.id, user_id: other.admin.member.id, createdAt: 1, created_at: "2000-01-01T00:00:00Z",
      updated_at: "2000-01-01T00:00:00Z", expiresAt: 1, pk: "ACCOUNTS", sk: "x", type: "account", "scopes.$ne": ["finance"], role: "admin",
    };
    const body = JSON.stringify(json).replace("{", '{"__proto__":{"permission":"rw","admin":true},"constructor":{"prototype":{"permission":"rw"}},');
    const { status, json: answer } = await call("POST", PATH, { body, headers: { "content-type": "application/json" } });
    expect(status).toBe(201);
    const { value, id } = answer.access_token;
    expect(value).not.toBe("chosen");
    const row = await rowOf(latchkey, { ...admin.token, id });
    expect(Object.keys(row ?? {}).sort()).toEqual([
      "accountId", "createdAt", "expiresAt", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk", "hash", "id", "imported", "name", "ownerId", "pepper", "permission", "pk", "scopes", "sk",
      "type", "updatedAt", "version",
    ]);
    expect(row).toMatchObject({
      accountId: admin.member.accountId, ownerId: admin.member.id, name: "Reports", permission: "ro", scopes: WANTED.scopes, expiresAt: "never",
      pepper: 1, version: 1, imported: false, type: "access_token",
    });
    expect((await call("GET", PATH, { token: value })).status).toBe(200);
  });

  it("reads the caller together with their rights and writes once, the token, its record and a check of its owner; no key service is asked", async () => {
    await create();
    latchkey.proxy.reset();
    const before = { ...latchkey.aws.calls };
    await create();
    expect(latchkey.proxy.calls.map(({ action, keys }) => [action, keys.length])).toEqual([["BatchGetItem", 2], ["TransactWriteItems", 3]]);
    expect(latchkey.aws.calls).toEqual(before);
  });
});

describe("200 OK", () => {
  describe("list", () => {
    let person: Person;
    beforeAll(async () => {
      person = await account.member({ sections: ["partners"], serviceAccess: [] }, { name: "Alpha one" });
      await account.token(person, { name: "alpha two" });
      await account.token(person, { name: "100% Café_[x]" });
      const expired = await account.token(person, { name: "Long gone" });
      await rewriteToken(latchkey, expired.token, { expiresAt: 1_700_000_000 });
    });
    const list = async (query = "") => (await call("GET", PATH + query, { token: person.value })).json.access_tokens
      .map((item: { access_token: { name: string } }) => item.access_token.name);

    it("wraps each token, ordered by id, without value, expired ones included, of nobody else, to a member without services too", async () => {
      const { status, json } = await call("GET", PATH, { token: person.value });
      expect(status).toBe(200);
      expect(Object.keys(json)).toEqual(["access_tokens"]);
      expect(json.access_tokens.map(({ access_token }: { access_token: object }) => access_token)).toEqual([
        expect.objectContaining({ name: "Alpha one" }), expect.objectContaining({ name: "alpha two" }),
        expect.objectContaining({ name: "100% Café_[x]" }), expect.objectContaining({ name: "Long gone", expires_at: "2023-11-14T22:13:20Z" }),
      ]);
      for (const item of json.access_tokens) {
        expect(Object.keys(item)).toEqual(["access_token"]);
        expect(item.access_token).not.toHaveProperty("value");
      }
      const ids = json.access_tokens.map((item: { access_token: { id: number } }) => item.access_token.id);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
    });

    it.each([
      ["at the beginning", "Alpha", ["Alpha one"]],
      ["in the middle", "lpha", ["Alpha one", "alpha two"]],
      ["of the same letter case only", "alpha", ["alpha two"]],
      ["with a space", "a t", ["alpha two"]],
      ["with a percent sign, which is no wildcard", "%", ["100% Café_[x]"]],
      ["with an underscore, which is no wildcard", "_", ["100% Café_[x]"]],
      ["with brackets", "[x]", ["100% Café_[x]"]],
      ["however its accents were typed", "Cafe\u0301", ["100% Café_[x]"]],
      ["of an expired token", "gone", ["Long gone"]],
      ["that no name has", "nothing", []],
    ])("finds names that contain a text: %s", async (_which, name, expected) => {
      expect(await list(`?name=${encodeURIComponent(name)}`)).toEqual(expected);
      expect(await list(`.json?name=${encodeURIComponent(name)}`)).toEqual(expected);
    });

    it.each([["blank", "?name="], ["absent", "?"], ["a page, which this list does not have", "?page=2&per_page=1"]])("lists all: %s", async (_what, query) => {
      expect(await list(query)).toHaveLength(4);
    });

    it("is in pages for whoever goes by cursor, each read with one query", async () => {
      const names = async (path: string) => {
        latchkey.proxy.reset();
        const pages = await walk(latchkey, path, person.value);
        expect(latchkey.proxy.calls.map(({ action, index }) => [action, index])).toEqual(pages.flatMap(() => [["BatchGetItem", undefined], ["Query", "gsi1"]]));
        return pages.map(({ json }) => json.access_tokens.map((item: { access_token: { name: string } }) => item.access_token.name));
      };
      expect(await names(`${PATH}?per_page=3`)).toEqual([["Alpha one", "alpha two", "100% Café_[x]"], ["Long gone"]]);
      expect(await names(`${PATH}?per_page=1&name=lpha`)).toEqual([["Alpha one"], ["alpha two"]]);
      expect(await names(PATH)).toEqual([["Alpha one", "alpha two", "100% Café_[x]", "Long gone"]]);
    });

    it("takes the filter from a body too, which some programs send with a GET", async () => {
      const headers = [["authorization", `Bearer ${person.value}`], ["content-type", "application/json"]] as const;
      const { status, body } = await send(latchkey.url, "GET", PATH, headers, JSON.stringify({ name: "gone" }));
      expect([status, JSON.parse(body.toString()).access_tokens.length]).toEqual([200, 1]);
    });

    it("is read with two calls to the database, however many tokens there are", async () => {
      latchkey.proxy.reset();
      await list();
      expect(latchkey.proxy.calls.map(({ action, index }) => [action, index])).toEqual([["BatchGetItem", undefined], ["Query", "gsi1"]]);
    });
  });

  describe("read", () => {
    it.each([["by id", "id", ""], ["by id with .json", "id", ".json"], ["by value", "value", ""], ["by value with .json", "value", ".json"]] as const)(
      "answers the token %s, without its value", async (_how, by, extension) => {
        const { value, ...rest } = await create({ expires_at: "2030-01-01T12:00:00Z" });
        const answer = await call("GET", `${PATH}/${by === "id" ? rest.id : value}${extension}`);
        expect([answer.status, answer.json]).toEqual([200, { access_token: rest }]);
      },
    );

    it("answers the caller's own credential, and a read-only token may look", async () => {
      const { value, id } = await create();
      expect((await call("GET", `${PATH}/${value}`, { token: value })).json.access_token.id).toBe(id);
    });

    it("answers an expired token, by id and by value", async () => {
      const { value, id } = await create();
      await rewriteToken(latchkey, { ...admin.token, id }, { expiresAt: 1_700_000_000 });
      for (const named of [id, value]) {
        expect((await call("GET", `${PATH}/${named}`)).json.access_token).toMatchObject({ id, expires_at: "2023-11-14T22:13:20Z" });
      }
    });
  });

  describe("update", () => {
    it.each(["PUT", "PATCH"])("%s changes what is given and nothing else, and the value stays", async (method) => {
      const { id, value, created_at } = await create({ expires_at: "2030-01-01T12:00:00Z" });
      const { status, json } = await call(method, `${PATH}/${id}.json`, { json: { name: "Renamed" } });
      expect([status, json]).toEqual([200, {
        access_token: { id, ...WANTED, name: "Renamed", expires_at: "2030-01-01T12:00:00Z", created_at, updated_at: expect.any(String) },
      }]);
      expect((await call("GET", `${PATH}/${id}`)).json).toEqual(json);
      expect((await call("GET", PATH, { token: value })).status).toBe(200);
    });

    it.each<[string, RequestOptions, object]>([
      ["the name", { json: { name: "New" } }, { name: "New" }],
      ["the scopes, to fewer", { json: { scopes: ["stats"] } }, { scopes: ["stats"] }],
      ["the scopes, to more", { json: { scopes: ["finance", "account_management", "stats", "policy_registry"] } }, { scopes: ["finance", "account_management", "stats", "policy_registry"] }],
      ["the permission", { json: { permission: "rw" } }, { permission: "rw" }],
      ["the expiry", { json: { expires_at: "2031-05-05T00:00:00.500Z" } }, { expires_at: "2031-05-05T00:00:00Z" }],
      ["all, from a form", { form: "name=New&permission=rw&scopes[]=finance&expires_at=2031-05-05T00:00:00Z" }, { name: "New", permission: "rw", scopes: ["finance"], expires_at: "2031-05-05T00:00:00Z" }],
      ["all, wrapped under token", { json: { token: { name: "New", permission: "rw" } } }, { name: "New", permission: "rw" }],
      ["all, from a multipart form", multipart([["name", "New"], ["scopes[]", "finance"]]), { name: "New", scopes: ["finance"] }],
      ["nothing, when nothing is given", {}, {}],
    ])("changes %s", async (_what, options, expected) => {
      const { value: _, ...before } = await create({ expires_at: "2030-01-01T12:00:00Z" });
      const { status, json } = await call("PUT", `${PATH}/${before.id}`, options);
      expect([status, json.access_token]).toEqual([200, { ...before, ...expected, updated_at: expect.any(String) }]);
    });

    it("takes everything from the query, with an empty body", async () => {
      const { id } = await create();
      expect((await call("PUT", `${PATH}/${id}.json?name=New&scopes[]=finance`)).json.access_token).toMatchObject({ name: "New", scopes: ["finance"] });
    });

    it("is by value too", async () => {
      const { id, value } = await create();
      expect((await call("PUT", `${PATH}/${value}`, { json: { name: "New" } })).json.access_token).toMatchObject({ id, name: "New" });
    });

    it.each([["null", null], ["blank", ""]])("clears an expiry: %s", async (_how, expires_at) => {
      const { id } = await create({ expires_at: inDays(1) });
      const { json } = await call("PUT", `${PATH}/${id}`, { json: { expires_at } });
      expect(json.access_token).not.toHaveProperty("expires_at");
      expect(await rowOf(latchkey, { ...admin.token, id })).not.toHaveProperty("ttl");
    });

    it("takes the whole token as it was read, with its read-only fields, of which none changes", async () => {
      const { value, ...read } = await create({ expires_at: inDays(1) });
      const sent = { ...read, id: 1, created_at: "2000-01-01T00:00:00Z", value: "chosen", owner_id: 1 };
      const { status, json } = await call("PUT", `${PATH}/${read.id}`, { json: sent });
      expect([status, json.access_token]).toEqual([200, { ...read, updated_at: expect.any(String) }]);
      expect((await call("GET", PATH, { token: value })).status).toBe(200);
    });

    it("takes the whole of an expired token as it was read: what stays is not asked to be in the future", async () => {
      const { value: _, ...read } = await create();
      await rewriteToken(latchkey, { ...admin.token, id: read.id }, { expiresAt: 1_700_000_000 });
      const { status, json } = await call("PUT", `${PATH}/${read.id}`, { json: { ...read, name: "Archive", expires_at: "2023-11-14T22:13:20Z" } });
      expect([status, json.access_token]).toMatchObject([200, { name: "Archive", expires_at: "2023-11-14T22:13:20Z" }]);
    });

    it("shows in the very next request: a token that lost its scope is refused, one that gained it is served", async () => {
      const { id, value } = await create();
      for (const [scopes, status] of [[["stats"], 403], [["account_management"], 200], [["finance"], 403]] as const) {
        await call("PUT", `${PATH}/${id}`, { json: { scopes } });
        expect((await call("GET", PATH, { token: value })).status).toBe(status);
      }
    });

    it("keeps every one of twenty updates at once, or says that it did not", async () => {
      const { id } = await create();
      const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => call("PUT", `${PATH}/${id}`, { json: { name: `Name ${n}` } })));
      const done = answers.filter(({ status }) => status === 200);
      expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
      expect((await rowOf(latchkey, { ...admin.token, id }))?.["version"]).toBe(1 + done.length);
      expect(done.map(({ json }) => json.access_token.name)).toContain((await call("GET", `${PATH}/${id}`)).json.access_token.name);
    });

    it("reads the caller and the token, and writes once", async () => {
      const { id } = await create();
      await call("PUT", `${PATH}/${id}`, { json: { name: "warm" } });
      latchkey.proxy.reset();
      await call("PUT", `${PATH}/${id}`, { json: { name: "Counted" } });
      expect(latchkey.proxy.calls.map(({ action }) => action)).toEqual(["BatchGetItem", "GetItem", "TransactWriteItems"]);
    });
  });

  describe("delete", () => {
    it.each([["by id", "id", ""], ["by id with .json", "id", ".json"], ["by value", "value", ""], ["by value with .json", "value", ".json"]] as const)(
      "answers an empty body %s, and the token is gone", async (_how, by, extension) => {
        const made = await create();
        const { status, text } = await call("DELETE", `${PATH}/${made[by]}${extension}`);
        expect([status, text]).toEqual([200, ""]);
        expect((await call("GET", `${PATH}/${made.id}`)).status).toBe(404);
        expect(await rowOf(latchkey, { ...admin.token, id: made.id })).toBeUndefined();
      },
    );

    it("deletes an expired token, by id and by value", async () => {
      for (const by of ["id", "value"]) {
        const made = await create();
        await rewriteToken(latchkey, { ...admin.token, id: made.id }, { expiresAt: 1_700_000_000 });
        expect((await call("DELETE", `${PATH}/${made[by]}`)).status).toBe(200);
        expect(await rowOf(latchkey, { ...admin.token, id: made.id })).toBeUndefined();
      }
    });

    it("reads the caller and the token, and writes once", async () => {
      const [warm, counted] = [await create(), await create()];
      await call("DELETE", `${PATH}/${warm.id}`);
      latchkey.proxy.reset();
      await call("DELETE", `${PATH}/${counted.id}`);
      expect(latchkey.proxy.calls.map(({ action }) => action)).toEqual(["BatchGetItem", "GetItem", "TransactWriteItems"]);
    });
  });
});

describe("304 Not Modified", () => {
  it.each([["the list", () => `${PATH}.json?name=for tests`], ["a token", () => `${PATH}/${admin.token.id}.json`]])("answers nothing while %s is as the caller knows it", async (_what, path) => {
    const first = await call("GET", path());
    const etag = first.headers.get("etag") ?? "";
    expect(etag).toMatch(/^W\/"[\w-]+"$/);
    const again = await call("GET", path(), { headers: { "if-none-match": etag } });
    expect([again.status, again.text, again.headers.get("etag")]).toEqual([304, "", etag]);
    expect((await call("GET", path(), { headers: { "if-none-match": 'W/"another"' } })).status).toBe(200);
  });

  it("is over when the token has changed", async () => {
    const { id } = await create();
    const etag = (await call("GET", `${PATH}/${id}`)).headers.get("etag") ?? "";
    await call("PUT", `${PATH}/${id}`, { json: { name: "Changed" } });
    expect((await call("GET", `${PATH}/${id}`, { headers: { "if-none-match": etag } })).status).toBe(200);
  });

  it("is for whoever may read: an answer once known does not open it again", async () => {
    const { id, value } = await create();
    const etag = (await call("GET", `${PATH}/${id}`, { token: value })).headers.get("etag") ?? "";
    await call("PUT", `${PATH}/${id}`, { json: { scopes: ["stats"] } });
    expect((await call("GET", `${PATH}/${id}`, { token: value, headers: { "if-none-match": etag } })).status).toBe(403);
  });

  it("is for reading only", async () => {
    const { id } = await create();
    const etag = (await call("GET", `${PATH}/${id}`)).headers.get("etag") ?? "";
    expect((await call("PUT", `${PATH}/${id}`, { headers: { "if-none-match": etag } })).status).toBe(200);
  });
});

describe("400 Bad Request", () => {
  it.each<[string, string, RequestOptions]>([
    ["an empty body", "", {}],
    ["an empty JSON object", "", { json: {} }],
    ["an empty wrapper", "", { json: { token: {} } }],
    ["nothing but the credential", "", { json: { access_token: "to be set" } }],
  ])("is a creation without any attribute: %s", async (_what, query, options) => {
    const json = options.json !== undefined && "access_token" in (options.json as object) ? { access_token: admin.value } : options.json;
    const { status, text, headers } = await call("POST", PATH + query, { ...options, ...(json === undefined ? {} : { json }) });
    expect([status, text, headers.get("content-type")]).toEqual([400, "Required parameter missing: token", "text/plain; charset=utf-8"]);
  });

  const json = { "content-type": "application/json" };
  it.each<[string, string, RequestOptions]>([
    ["text that is no JSON", "The body is not valid JSON", { body: "{name: 1}", headers: json }],
    ["JSON that was cut off", "The body is not valid JSON", { body: '{"name":"Rep', headers: json }],
    ["a JSON array", "The body must be a JSON object", { body: "[]", headers: json }],
    ["a JSON text", "The body must be a JSON object", { body: '"name"', headers: json }],
    ["JSON null", "The body must be a JSON object", { body: "null", headers: json }],
    ["bytes that are not UTF-8", "The body is not valid UTF-8", { body: new Uint8Array([0x6e, 0x3d, 0xff]), headers: { "content-type": "application/x-www-form-urlencoded" } }],
    ["a form nested too deeply", "There are too many parameters, or they are nested too deeply", { form: `a${"[b]".repeat(20)}=1` }],
    ["a form of too many parameters", "There are too many parameters, or they are nested too deeply", { form: Array.from({ length: 1001 }, (_, n) => `a${n}=1`).join("&") }],
    ["a multipart form without boundary", "The body is not a valid multipart form of text fields", { body: bytes("x"), headers: { "content-type": "multipart/form-data" } }],
    ["a multipart form that was cut off", "The body is not a valid multipart form of text fields", { body: bytes("--edge\r\ncontent-dis"), headers: { "content-type": "multipart/form-data; boundary=edge" } }],
    ["a multipart form with a file", "The body is not a valid multipart form of text fields", {
      body: bytes('--edge\r\ncontent-disposition: form-data; name="name"; filename="a.txt"\r\n\r\nx\r\n--edge--\r\n'), headers: { "content-type": "multipart/form-data; boundary=edge" },
    }],
  ])("is a body that cannot be read: %s", async (_what, error, options) => {
    const expected = [400, { error, code: "malformed_request" }];
    const posted = await call("POST", PATH, options);
    expect([posted.status, posted.json]).toEqual(expected);
    const put = await call("PUT", `${PATH}/${admin.token.id}`, options);
    expect([put.status, put.json]).toEqual(expected);
  });

  it("is a cursor of another list, or of nobody", async () => {
    const { next } = (await call("GET", `${PATH}?per_page=1&after=&name=`)).json.metadata;
    expect((await call("GET", `${PATH}?name=&after=${next}`)).status).toBe(200);
    for (const after of [`name=x&after=${next}`, `name=&after=${changedAt(next, 31)}`, "after=1"]) {
      expect(await call("GET", `${PATH}?${after}`)).toMatchObject({ status: 400, json: { code: "invalid_parameter", error: expect.stringMatching(/^after is not a cursor/) } });
    }
  });

  it("is a query nested too deeply", async () => {
    expect(await call("GET", `${PATH}?name${"[b]".repeat(20)}=1`)).toMatchObject({ status: 400, json: { code: "malformed_request" } });
  });

  it("creates nothing", async () => {
    latchkey.proxy.reset();
    await call("POST", PATH, { body: "{", headers: json });
    expect(latchkey.proxy.calls.map(({ action }) => action)).toEqual(["BatchGetItem"]);
  });
});

describe("403 Forbidden", () => {
  const error = "Your access token does not have the correct permissions";
  const every = () => [
    ["GET", PATH], ["GET", `${PATH}/${admin.token.id}`], ["POST", PATH], ["PUT", `${PATH}/${admin.token.id}`], ["PATCH", `${PATH}/${admin.token.id}`],
    ["DELETE", `${PATH}/${admin.token.id}`],
  ] as const;

  it("is a token without the scope, and it says which", async () => {
    const { value } = await account.token(admin, { scopes: ["finance", "stats", "policy_registry"] });
    for (const [method, path] of every()) {
      expect(await call(method, path, { token: value })).toMatchObject({ status: 403, json: { error, code: "insufficient_scope", missing: ["scope:account_management"] } });
    }
  });

  it("is a token whose owner has lost the section, until the section is back", async () => {
    const person = await account.member({ sections: ["partners", "monitoring"], serviceAccess: "all" });
    const rights = async (sections: string[]) => {
      expect((await call("PUT", `/admin/api/users/${person.member.id}/permissions.json`, { json: { allowed_sections: sections } })).status).toBe(200);
    };
    expect((await call("GET", PATH, { token: person.value })).status).toBe(200);
    await rights(["monitoring"]);
    for (const [method, path] of every()) {
      expect(await call(method, path, { token: person.value })).toMatchObject({ status: 403, json: { error, code: "insufficient_rights", missing: ["section:partners"] } });
    }
    await rights(["partners"]);
    expect((await call("GET", PATH, { token: person.value })).status).toBe(200);
  });

  it("is an admin's token that became a member's without the section", async () => {
    const person = await account.member({ sections: [], serviceAccess: "all" }, { scopes: [] });
    const change = (role: string) => call("PUT", `/admin/api/users/${person.member.id}/${role}.json`);
    await change("admin");
    const { value } = await account.token(person);
    expect((await call("GET", PATH, { token: value })).status).toBe(200);
    await change("member");
    expect(await call("GET", PATH, { token: value })).toMatchObject({ status: 403, json: { code: "insufficient_rights" } });
  });

  it("is a read-only token that would write, whatever it would write, and it reads on", async () => {
    const { value } = await account.token(admin, { permission: "ro" });
    const [served, refused] = [[200, expect.anything()], [403, { error, code: "read_only", missing: ["permission:rw"] }]];
    for (const [method, path] of every()) {
      const answer = await call(method, path, { token: value, ...(method === "POST" ? { json: { name: "" } } : {}) });
      expect([answer.status, answer.json]).toEqual(method === "GET" ? served : refused);
    }
    expect(await rowOf(latchkey, admin.token)).toMatchObject({ version: 1 });
  });

  it("is nobody", async () => {
    for (const [method, path] of every()) {
      const answer = await request(latchkey, method, path);
      expect([answer.status, answer.json]).toEqual([403, { error: "Access denied", code: "access_denied" }]);
    }
  });

  it("tells no more than that, and reads and writes nothing beyond the caller", async () => {
    const { value } = await account.token(admin, { scopes: ["stats"] });
    for (const [method, path] of every()) {
      latchkey.proxy.reset();
      await call(method, path, { token: value, ...(method === "GET" ? {} : { json: WANTED }) });
      expect(latchkey.proxy.calls.map(({ action }) => action)).toEqual(["BatchGetItem"]);
    }
  });
});

describe("404 Not Found", () => {
  const methods = [["GET"], ["PUT"], ["PATCH"], ["DELETE"]] as const;

  it.each(methods)("%s: a token of another member or account, by id and by value, just like one that is not there", async (method) => {
    const colleague = await account.member({ sections: ["partners"], serviceAccess: "all" });
    const stranger = await other.token(other.admin);
    for (const { token, value } of [colleague, stranger]) {
      for (const named of [token.id, value, `${token.id}.json`]) {
        const { status, json } = await call(method, `${PATH}/${named}`, method === "GET" ? {} : { json: { name: "Mine" } });
        expect([status, json]).toEqual([404, NOT_FOUND]);
      }
      expect(await rowOf(latchkey, token)).toMatchObject({ name: "for tests", version: 1 });
      expect((await request(latchkey, "GET", PATH, { token: value })).status).toBe(200);
    }
  });

  it("looks at no row of another account or member on the way", async () => {
    const colleague = await account.member({ sections: ["partners"], serviceAccess: "all" });
    const own = `ACCOUNT#${admin.member.accountId}#MEMBER#${admin.member.id}`;
    for (const { token, value } of [colleague, other.admin]) {
      latchkey.proxy.reset();
      for (const [method] of methods) for (const named of [token.id, value]) await call(method, `${PATH}/${named}`);
      const partitions = latchkey.proxy.calls.flatMap(({ keys }) => keys.map(({ pk }) => pk ?? ""));
      expect(partitions.length).toBeGreaterThan(8);
      expect(partitions.filter((pk) => pk !== own && !pk.startsWith(`${own}#TOKEN#`))).toEqual([]);
    }
  });

  it.each(methods)("%s: what was never the name of a token", async (method) => {
    const { id, value } = await create();
    const tampered = `${value.slice(0, 40)}${value[40] === "0" ? "1" : "0"}${value.slice(41)}`;
    const names = [
      "0", "-1", `0${id}`, `+${id}`, `${id}.0`, `${id}e0`, `0x${Number(id).toString(16)}`, "9007199254740992", "99999999999999999999", "1", "null", "undefined", "NaN", "..",
      "%2e%2e", "%00", `${id}%00`, `${id}%20`, `%20${id}`, `${id}%23`, `${id},${id}`, "*", "%25", "🔑", "%E2%80%AE", "'", "{id}", "[object Object]",
      "lk_at_", tampered, value.toUpperCase(), `${value}x`, value.slice(1), "a".repeat(64), "1".repeat(96), `${id}${"a".repeat(64 - String(id).length)}`,
    ];
    for (const name of sample("names of no token", 10, names)) {
      const { status, text } = await call(method, `${PATH}/${name}`);
      expect([name, status, text]).toEqual([name, 404, JSON.stringify(NOT_FOUND)]);
    }
    expect((await call("GET", `${PATH}/${id}`)).json.access_token.name).toBe("Reports");
  });

  it("is a token that is deleted already", async () => {
    const { id, value } = await create();
    expect((await call("DELETE", `${PATH}/${id}`)).status).toBe(200);
    for (const [method] of methods) {
      for (const named of [id, value]) {
        const { status, json } = await call(method, `${PATH}/${named}`);
        expect([status, json]).toEqual([404, NOT_FOUND]);
      }
    }
  });

  it("comes before what is wrong with an update, so that nobody learns which tokens are there", async () => {
    const colleague = await account.member({ sections: ["partners"], serviceAccess: "all" });
    const { id } = await create();
    await call("DELETE", `${PATH}/${id}`);
    for (const named of [colleague.token.id, id]) {
      expect((await call("PUT", `${PATH}/${named}`, { json: { expires_at: "2000-01-01T00:00:00Z" } })).status).toBe(404);
    }
  });
});

describe("406 Not Acceptable", () => {
  it.each([["GET", ""], ["POST", ""], ["GET", "/1"], ["PUT", "/1"], ["PATCH", "/1"], ["DELETE", "/1"]])("%s%s.xml is not understood: tokens are spoken of in JSON only", async (method, rest) => {
    const { status, text, headers } = await call(method, `${PATH}${rest}.xml`, method === "GET" ? {} : { json: WANTED });
    expect([status, headers.get("content-type"), text]).toEqual([
      406, "application/xml; charset=utf-8", '<?xml version="1.0" encoding="UTF-8"?><error>The server does not understand &quot;xml&quot; request.</error>',
    ]);
  });

  it.each([["GET"], ["PUT"], ["DELETE"]])("%s with another extension is not understood", async (method) => {
    const { status, json } = await call(method, `${PATH}/${admin.token.id}.php`);
    expect([status, json]).toEqual([406, { error: 'The server does not understand "php" request.', code: "not_acceptable" }]);
  });

  it("creates and deletes nothing", async () => {
    const name = "Never made";
    await call("POST", `${PATH}.xml`, { json: { ...WANTED, name } });
    expect((await call("GET", `${PATH}?name=${name}`)).json.access_tokens).toEqual([]);
    const { id } = await create();
    await call("DELETE", `${PATH}/${id}.xml`);
    expect((await call("GET", `${PATH}/${id}`)).status).toBe(200);
  });

  it("is never said because of an Accept header", async () => {
    for (const accept of ["application/xml", "text/html", "image/png", "nonsense", ""]) {
      expect((await call("GET", `${PATH}.json`, { headers: { accept } })).status).toBe(200);
    }
  });
});

describe("413 Content Too Large", () => {
  const size = JSON.stringify({ ...WANTED, padding: "" }).length;
  const expected = [413, { error: "The body is too large (maximum is 8192 bytes)", code: "payload_too_large" }];

  it.each<[string, () => RequestOptions]>([
    ["JSON of 8193 bytes", () => ({ json: { ...WANTED, padding: "x".repeat(8193 - size) } })],
    ["JSON of fewer characters but 8193 bytes", () => ({ json: { ...WANTED, padding: `é${"x".repeat(8191 - size)}` } })],
    ["a form of 8193 bytes", () => ({ form: "x".repeat(8193) })],
    ["a multipart form of more", () => multipart([["name", "x".repeat(8193)]])],
    ["a body without content type of 8193 bytes", () => ({ body: new Uint8Array(8193) })],
    ["five megabytes", () => ({ form: "x".repeat(5 * 1024 * 1024 / 2) })],
  ])("is %s", async (_what, options) => {
    for (const [method, path] of [["POST", PATH], ["PUT", `${PATH}/${admin.token.id}`], ["DELETE", `${PATH}/${admin.token.id}`]] as const) {
      const { status, json } = await call(method, path, options());
      expect([status, json]).toEqual(expected);
    }
  });
});

describe("415 Unsupported Media Type", () => {
  it.each(["text/plain", "application/xml", "text/xml", "application/octet-stream", "application/javascript", "json", "application/json,application/json"])("is a body in %s", async (type) => {
    const { status, json } = await call("POST", PATH, { body: bytes(JSON.stringify(WANTED)), headers: { "content-type": type } });
    expect([status, json]).toEqual([415, {
      error: "The content type is not supported: send application/json, application/x-www-form-urlencoded or multipart/form-data", code: "unsupported_media_type",
    }]);
  });

  it("is not a request without a body, whatever type it gives", async () => {
    expect((await call("GET", PATH, { headers: { "content-type": "text/plain" } })).status).toBe(200);
  });
});

describe("422 Unprocessable Content", () => {
  const NAME = "can't be blank";
  const SCOPES = "select at least one scope";
  const PAST = expect.stringMatching(/^Date must follow ISO8601 format and be future\. Example: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\.$/);
  const FORMAT = "Date must follow ISO8601 format, as in 2030-01-01T12:00:00Z";
  const wrong: [string, object, object][] = [
    ["a blank name", { name: "" }, { name: [NAME] }],
    ["a name of spaces", { name: " \u00a0 " }, { name: [NAME] }],
    ["no name", { name: null }, { name: [NAME] }],
    ["a name that is a list", { name: ["a"] }, { name: [NAME] }],
    ["a name that is an object", { name: { toString: "a" } }, { name: [NAME] }],
    ["a name of 256 characters", { name: "x".repeat(256) }, { name: ["is too long (maximum is 255 characters)"] }],
    ["a name of 256 code points beyond the first plane", { name: "🔑".repeat(256) }, { name: ["is too long (maximum is 255 characters)"] }],
    ["a name over two lines", { name: "a\nb" }, { name: ["must not contain control characters"] }],
    ["a name with a NUL", { name: "a\0" }, { name: ["must not contain control characters"] }],
    ["a name that turns the direction of writing", { name: "a\u202eb" }, { name: ["must not contain control characters"] }],
    ["a name with half a character", { name: "a\ud800" }, { name: ["is not valid Unicode"] }],
    ["no scope", { scopes: [] }, { scopes: [SCOPES] }],
    ["blank scopes", { scopes: ["", ""] }, { scopes: [SCOPES] }],
    ["scopes that are null", { scopes: null }, { scopes: [SCOPES] }],
    ["scopes that are numbers", { scopes: [1] }, { scopes: [SCOPES] }],
    ["scopes that are an object", { scopes: { $ne: "x" } }, { scopes: [SCOPES] }],
    ["an unknown scope", { scopes: ["invoices"] }, { scopes: ["invalid"] }],
    ["an unknown scope beside a good one", { scopes: ["stats", "invoices"] }, { scopes: ["invalid"] }],
    ["a scope in capitals", { scopes: ["STATS"] }, { scopes: ["invalid"] }],
    ["a scope that every object has", { scopes: ["constructor"] }, { scopes: ["invalid"] }],
    ["an unknown permission", { permission: "rwx" }, { permission: ["is not included in the list"] }],
    ["a permission in capitals", { permission: "RW" }, { permission: ["is not included in the list"] }],
    ["a permission that is a list", { permission: ["rw"] }, { permission: ["is not included in the list"] }],
    ["an expiry in the past", { expires_at: "2020-01-01T00:00:00Z" }, { expires_at: [PAST] }],
    ["an expiry long past", { expires_at: "1960-01-01T00:00:00Z" }, { expires_at: [expect.stringContaining("Date must follow ISO8601 format")] }],
    ["an expiry that is a date", { expires_at: "2030-01-01" }, { expires_at: [FORMAT] }],
    ["an expiry without seconds", { expires_at: "2030-01-01T12:00Z" }, { expires_at: [FORMAT] }],
    ["an expiry without a zone", { expires_at: "2030-01-01T12:00:00" }, { expires_at: [FORMAT] }],
    ["an expiry with a space for the T", { expires_at: "2030-01-01 12:00:00Z" }, { expires_at: [FORMAT] }],
    ["an expiry after a space", { expires_at: " 2030-01-01T12:00:00Z" }, { expires_at: [FORMAT] }],
    ["an expiry on the 31st of February", { expires_at: "2030-02-31T12:00:00Z" }, { expires_at: [FORMAT] }],
    ["an expiry on the 29th of February of another year", { expires_at: "2030-02-29T12:00:00Z" }, { expires_at: [FORMAT] }],
    ["an expiry in the 13th month", { expires_at: "2030-13-01T12:00:00Z" }, { expires_at: [FORMAT] }],
    ["an expiry in the 25th hour", { expires_at: "2030-01-01T25:00:00Z" }, { expires_at: [FORMAT] }],
    ["an expiry a hundred hours from Greenwich", { expires_at: "2030-01-01T12:00:00+99:00" }, { expires_at: [FORMAT] }],
    ["an expiry in words", { expires_at: "tomorrow" }, { expires_at: [FORMAT] }],
    ["an expiry that is a number", { expires_at: 1893499200 }, { expires_at: ["Date must follow ISO8601 format"] }],
    ["an expiry that is an object", { expires_at: {} }, { expires_at: ["Date must follow ISO8601 format"] }],
    ["several at once, each told by its name", { name: "", scopes: [], permission: "x", expires_at: "x" }, {
      name: [NAME], scopes: [SCOPES], permission: ["is not included in the list"], expires_at: [FORMAT],
    }],
  ];

  it.each(wrong)("is a creation with %s", async (_what, attributes, errors) => {
    latchkey.proxy.reset();
    const { status, json } = await call("POST", PATH, { json: { ...WANTED, ...attributes } });
    expect([status, json]).toEqual([422, { errors, code: "invalid" }]);
    expect(latchkey.proxy.calls.map(({ action }) => action)).toEqual(["BatchGetItem"]);
  });

  it.each(wrong)("is an update with %s", async (_what, attributes, errors) => {
    const { status, json } = await call("PUT", `${PATH}/${admin.token.id}`, { json: attributes });
    expect([status, json]).toEqual([422, { errors, code: "invalid" }]);
    expect(await rowOf(latchkey, admin.token)).toMatchObject({ version: 1 });
  });

  it("is a creation that leaves out what is needed", async () => {
    const { status, json } = await call("POST", PATH, { json: { expires_at: null } });
    expect([status, json]).toEqual([422, { errors: { name: [NAME], scopes: [SCOPES], permission: [NAME] }, code: "invalid" }]);
  });

  it.each([["a text", "x"], ["a number", 1], ["a list", [WANTED]], ["null", null]])("is a token that is %s", async (_what, token) => {
    const { status, text, headers } = await call("POST", PATH, { json: { token } });
    expect([status, text, headers.get("content-type")]).toEqual([422, "Wrong type for parameter: token", "text/plain; charset=utf-8"]);
  });

  it("is an expiry of this very second: only what is to come can be given", async () => {
    const now = new Date().toISOString();
    expect((await call("POST", PATH, { json: { ...WANTED, expires_at: now } })).json.errors).toEqual({ expires_at: [PAST] });
  });
});
