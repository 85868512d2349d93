import { createHash } from "node:crypto";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type ServiceId } from "../../lib/domain/brands.ts";
import { accessTokenString } from "../../lib/domain/token-string.ts";
import { importAccessToken } from "../../lib/operations/access-tokens.ts";
import { threescaleDigest } from "../../lib/secrets/pepper.ts";
import { newId, newSecret } from "../../lib/secrets/random.ts";
import { accessTokenRow } from "../../lib/table/access-tokens.ts";
import { keys } from "../../lib/table/model.ts";
import { send } from "../gateway/requests.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { httpEvent } from "../support/gateway.ts";
import { everyRow, rewriteMember, rowOf } from "../support/rows.ts";

/** Who is calling? Every place where a credential may stand (D15), and everything that is none. */
const PATH = "/admin/api/personal/access_tokens";
const ATTRIBUTES = "name=New&permission=ro&scopes[]=account_management";
const DENIED_BY_GATEWAY = [403, { message: "Forbidden" }];
const DENIED_BY_ENDPOINT = [403, { error: "Access denied", code: "access_denied" }];

let latchkey: Deployment;
let account: TestAccount;
let admin: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  admin = account.admin;
});
afterAll(() => latchkey?.stop());

type Sent = { readonly query?: string; readonly headers?: readonly (readonly [string, string])[]; readonly body?: string };

const FORM = ["content-type", "application/x-www-form-urlencoded"] as const;
const JSON_TYPE = ["content-type", "application/json"] as const;
const authorization = (value: string): Sent => ({ headers: [["authorization", value]] });
const basic = (text: string) => authorization(`Basic ${btoa(text)}`);
const form = (body: string): Sent => ({ headers: [FORM], body });
const json = (body: unknown): Sent => ({ headers: [JSON_TYPE], body: JSON.stringify(body) });
const multipart = (value: string): Sent => ({
  headers: [["content-type", "multipart/form-data; boundary=edge"]], body: `--edge\r\ncontent-disposition: form-data; name="access_token"\r\n\r\n${value}\r\n--edge--\r\n`,
});

async function call(method: string, path: string, { query = "", headers = [], body = "" }: Sent) {
  const { status, body: answer } = await send(latchkey.url, method, path + query, headers, body);
  return [status, answer.length === 0 ? undefined : JSON.parse(answer.toString()) as unknown] as const;
}
const list = (sent: Sent) => call("GET", PATH, sent);
const bearer = (value: string) => list(authorization(`Bearer ${value}`));

describe("a good credential is accepted", () => {
  const forms: [string, (value: string) => Sent][] = [
    ["as Bearer", (value) => authorization(`Bearer ${value}`)],
    ["as bearer, in any letter case", (value) => authorization(`bEARER ${value}`)],
    ["as Bearer after several spaces", (value) => authorization(`Bearer   ${value}`)],
    ["as a Basic user name", (value) => basic(`${value}:`)],
    ["as a Basic user name without a colon", (value) => basic(value)],
    ["as a Basic user name beside a password", (value) => basic(`${value}:anything`)],
    ["as a Basic password", (value) => basic(`:${value}`)],
    ["as a Basic password beside a blank user name", (value) => basic(` :${value}`)],
    ["as basic, in any letter case and without padding", (value) => authorization(`bASIC ${btoa(`${value}:x`).replace(/=+$/, "")}`)],
    ["in the query", (value) => ({ query: `?access_token=${value}` })],
    ["in the query, its name escaped", (value) => ({ query: `?access%5Ftoken=${value}` })],
    ["in the query, among others", (value) => ({ query: `?page=1&access_token=${value}&per_page=2` })],
    ["in a form body", (value) => form(`access_token=${value}`)],
    ["in a form body, among others", (value) => form(`page=1&access_token=${value}&per_page=2`)],
    ["in a JSON body", (value) => json({ access_token: value })],
    ["in a multipart body", multipart],
    ["in a body without content type", (value) => ({ body: `access_token=${value}` })],
    ["in a JSON body without content type", (value) => ({ body: JSON.stringify({ access_token: value }) })],
    ["in header and query alike", (value) => ({ ...authorization(`Bearer ${value}`), query: `?access_token=${value}` })],
    ["in the header, beside a blank query", (value) => ({ ...authorization(`Bearer ${value}`), query: "?access_token=" })],
    ["in the query, beside a blank header", (value) => ({ ...authorization(" "), query: `?access_token=${value}` })],
    ["in the query, beside Bearer without anything", (value) => ({ ...authorization("Bearer"), query: `?access_token=${value}` })],
    ["in the body, beside a blank query", (value) => ({ ...form(`access_token=${value}`), query: "?access_token=" })],
    ["in the body, beside a blank Basic header", (value) => ({ headers: [JSON_TYPE, ["authorization", `Basic ${btoa(":")}`]], body: JSON.stringify({ access_token: value }) })],
  ];

  it.each(forms)("%s, on a GET", async (_where, sent) => {
    const { value, token } = await account.token(admin, { name: "Good" });
    const [status, answer] = await call("GET", `${PATH}/${token.id}.json`, sent(value));
    expect([status, answer]).toMatchObject([200, { access_token: { id: token.id } }]);
  });

  it.each(forms)("%s, on a DELETE", async (_where, sent) => {
    const { value, token } = await account.token(admin);
    expect(await call("DELETE", `${PATH}/${token.id}`, sent(value))).toEqual([200, undefined]);
    expect(await rowOf(latchkey, token)).toBeUndefined();
  });

  it.each<[string, (value: string) => Sent]>([
    ["a form body", (value) => form(`access_token=${value}&${ATTRIBUTES}`)],
    ["a JSON body", (value) => json({ access_token: value, name: "New", permission: "ro", scopes: ["account_management"] })],
    ["a JSON body, beside wrapped attributes", (value) => json({ access_token: value, token: { name: "New", permission: "ro", scopes: ["account_management"] } })],
    ["the query, with all attributes and an empty body", (value) => ({ query: `?access_token=${value}&${ATTRIBUTES}` })],
    ["the query, with the attributes in the body", (value) => ({ query: `?access_token=${value}`, ...form(ATTRIBUTES) })],
    ["the header, with the attributes in the query", (value) => ({ ...authorization(`Bearer ${value}`), query: `?${ATTRIBUTES}` })],
  ])("in %s that creates something", async (_where, sent) => {
    expect(await call("POST", PATH, sent(admin.value))).toMatchObject([201, { access_token: { name: "New", permission: "ro" } }]);
  });

  it("costs one consistent round trip for two rows, writes nothing and asks no key service, wherever it stands", async () => {
    const { accountId } = admin.member;
    const pair = [keys.accessToken(accountId, admin.member.id, admin.token.id), keys.member(accountId, admin.member.id)];
    for (const sent of [authorization(`Bearer ${admin.value}`), basic(`:${admin.value}`), { query: `?access_token=${admin.value}` }, form(`access_token=${admin.value}`)]) {
      latchkey.proxy.reset();
      const before = { ...latchkey.aws.calls };
      expect((await call("GET", `${PATH}/${admin.token.id}`, sent))[0]).toBe(200);
      const [first, ...rest] = latchkey.proxy.calls;
      expect(first).toMatchObject({ action: "BatchGetItem", consistent: true, keys: pair });
      // The rest is what the operation itself reads.
      expect(rest.map(({ action }) => action)).toEqual(["GetItem"]);
      expect(latchkey.aws.calls).toEqual(before);
    }
  });
});

describe("nobody is refused by the endpoint, with 3scale's answer, and without a look at the database", () => {
  it.each<[string, Sent]>([
    ["no credential at all", {}],
    ["an empty header", authorization("")],
    ["a header of spaces", authorization("  ")],
    ["Bearer without anything", authorization("Bearer")],
    ["Basic without anything", authorization("Basic")],
    ["Basic of nothing but a colon", basic(":")],
    ["Basic of blanks", basic(" : ")],
    ["a blank query", { query: "?access_token=" }],
    ["a query without value", { query: "?access_token" }],
    ["a query of spaces", { query: "?access_token=%20%20" }],
    ["a blank form body", form("access_token=")],
    ["a form body of spaces", form("access_token=+")],
    ["a blank JSON body", json({ access_token: "" })],
    ["a null JSON body", json({ access_token: null })],
    ["blanks everywhere", { ...form("access_token="), query: "?access_token=" }],
    ["another parameter's name", { query: `?token=x&accesstoken=x&Access_Token=x` }],
    ["a cookie", { headers: [["cookie", "access_token=x; session=x"]] }],
    ["headers that others believe in", { headers: [["x-access-token", "x"], ["x-api-key", "x"], ["x-user-id", "1"], ["proxy-authorization", "Bearer x"]] }],
  ])("%s", async (_what, sent) => {
    for (const [method, path] of [["GET", PATH], ["POST", `${PATH}.json`], ["DELETE", `${PATH}/${admin.token.id}`], ["GET", "/admin/api/services.json"], ["POST", "/admin/api/services.json"]] as const) {
      latchkey.proxy.reset();
      expect(await call(method, path, sent)).toEqual(DENIED_BY_ENDPOINT);
      expect(latchkey.proxy.calls).toEqual([]);
    }
  });
});

describe("what is no credential is refused without a look at the database", () => {
  const good = () => admin.value;
  /** One character of the value replaced by another of its alphabet: the checksum no longer fits. */
  const flipped = (at: number) => () => good().slice(0, at) + (good()[at] === "A" ? "B" : "A") + good().slice(at + 1);
  const garbage: [string, () => string][] = [
    ["a word", () => "secret"],
    ["a number", () => "123"],
    ["a good value, one character short", () => good().slice(0, -1)],
    ["a good value, one character long", () => `${good()}0`],
    ["a good value twice", () => good() + good()],
    ["a good value in capitals", () => good().toUpperCase()],
    ["a good value without its prefix", () => good().slice("lk_at_".length)],
    ["a good value with a service token's prefix", () => good().replace("lk_at_", "lk_st_")],
    ["another account's id, the checksum left as it was", flipped(14)],
    ["another owner's id, the checksum left as it was", flipped(23)],
    ["another token's id, the checksum left as it was", flipped(32)],
    ["another secret, the checksum left as it was", flipped(50)],
    ["another checksum", flipped(81)],
    ["ids beyond every number", () => `lk_at_${"z".repeat(76)}`],
    ["3scale's form, one digit short", () => "a".repeat(95)],
    ["3scale's form, in capitals", () => "A".repeat(96)],
    ["3scale's form, with a letter that is no digit", () => `${"a".repeat(63)}g`],
  ];
  it.each(garbage)("%s", async (_what, value) => {
    for (const sent of [authorization(`Bearer ${value()}`), basic(`${value()}:`), basic(`:${value()}`), { query: `?access_token=${value()}` }]) {
      latchkey.proxy.reset();
      expect(await list(sent)).toEqual(DENIED_BY_GATEWAY);
      expect(latchkey.proxy.calls).toEqual([]);
    }
    for (const sent of [form(`access_token=${value()}`), json({ access_token: value() })]) {
      expect(await list(sent)).toEqual(DENIED_BY_ENDPOINT);
      expect(latchkey.proxy.calls).toEqual([]);
    }
  });

  it("a thousand guesses that look like tokens", async () => {
    latchkey.proxy.reset();
    for (let round = 0; round < 50; round++) {
      const guesses = Array.from({ length: 20 }, () => `lk_at_${newSecret()}${newSecret()}`.slice(0, 82));
      const answers = await Promise.all(guesses.map((value) => latchkey.invoke("authorizer", httpEvent({ method: "GET", path: PATH, headers: { authorization: `Bearer ${value}` } }))));
      expect(answers).toEqual(answers.map(() => ({ isAuthorized: false })));
    }
    expect(latchkey.proxy.calls).toEqual([]);
  });

  it.each<[string, () => Sent]>([
    ["the header twice, the same", () => ({ headers: [["authorization", `Bearer ${good()}`], ["Authorization", `Bearer ${good()}`]] })],
    ["the header twice, the second blank", () => ({ headers: [["authorization", `Bearer ${good()}`], ["authorization", ""]] })],
    ["the header twice, the first bad", () => ({ headers: [["authorization", "Bearer x"], ["authorization", `Bearer ${good()}`]] })],
    ["two values in one header", () => authorization(`Bearer ${good()},${good()}`)],
    ["two credentials in one header", () => authorization(`Bearer ${good()}, Bearer ${good()}`)],
    ["two words in one header", () => authorization(`Bearer ${good()} ${good()}`)],
    ["the query twice, the same", () => ({ query: `?access_token=${good()}&access_token=${good()}` })],
    ["the query twice, the first blank", () => ({ query: `?access_token=&access_token=${good()}` })],
    ["a bad one in the header, a good one in the query", () => ({ ...authorization("Bearer x y"), query: `?access_token=${good()}` })],
    ["a good one in the header, a bad one in the query", () => ({ ...authorization(`Bearer ${good()}`), query: "?access_token=x" })],
    ["no scheme", () => authorization(good())],
    ["another scheme", () => authorization(`Token ${good()}`)],
    ["a scheme with a colon", () => authorization(`Bearer: ${good()}`)],
    ["a scheme with an equals sign", () => authorization(`Bearer=${good()}`)],
    ["a tab for the space", () => authorization(`Bearer\t${good()}`)],
    ["quotes", () => authorization(`Bearer "${good()}"`)],
    ["a space that is none", () => authorization(`Bearer\u00a0${good()}`)],
    ["a space in the query's value", () => ({ query: `?access_token=%20${good()}` })],
    ["a line feed in the query's value", () => ({ query: `?access_token=${good()}%0A` })],
    ["a NUL in the query's value", () => ({ query: `?access_token=${good()}%00` })],
    ["Basic that is no base64", () => authorization(`Basic ${good()}!`)],
    ["Basic in base64url", () => authorization(`Basic ${Buffer.from(`${good()}:\u00ff\u00bf\u00fe\u00ff\u00ff`).toString("base64url")}-_`)],
    ["Basic whose user name is bad, though the password is good", () => basic(`someone@example.com:${good()}`)],
    ["Basic with a colon before the password", () => basic(`::${good()}`)],
  ])("%s", async (_what, sent) => {
    latchkey.proxy.reset();
    expect(await list(sent())).toEqual(DENIED_BY_GATEWAY);
    expect(latchkey.proxy.calls).toEqual([]);
  });

  it.each<[string, () => Sent]>([
    ["a form with the value twice", () => form(`access_token=${good()}&access_token=${good()}`)],
    ["a form with a list of values", () => form(`access_token[]=${good()}`)],
    ["JSON with a list of values", () => json({ access_token: [good()] })],
    ["JSON with an object", () => json({ access_token: { value: good() } })],
    ["JSON with a number", () => json({ access_token: 1 })],
    ["JSON with true", () => json({ access_token: true })],
    ["JSON with the value deeper down", () => json({ token: { access_token: good() } })],
    ["JSON with the value in the prototype", () => ({ headers: [JSON_TYPE], body: `{"__proto__":{"access_token":"${good()}"}}` })],
    ["a form with the value in the prototype", () => form(`__proto__[access_token]=${good()}`)],
    ["a query with a list of values", () => ({ query: `?access_token[]=${good()}` })],
  ])("%s", async (_what, sent) => {
    latchkey.proxy.reset();
    expect(await list(sent())).toEqual(DENIED_BY_ENDPOINT);
    expect(latchkey.proxy.calls).toEqual([]);
  });

  it("two different credentials, though each is good", async () => {
    const { value } = await account.member({ sections: ["partners"], serviceAccess: "all" });
    expect(await list({ ...authorization(`Bearer ${admin.value}`), query: `?access_token=${value}` })).toEqual(DENIED_BY_GATEWAY);
    expect(await list({ ...basic(`:${value}`), query: `?access_token=${admin.value}` })).toEqual(DENIED_BY_GATEWAY);
  });

  it("a credential in the body never makes somebody else of a caller who was proved", async () => {
    const { value, token } = await account.member({ sections: ["partners"], serviceAccess: "all" }, { name: "Mine" });
    const answer = await list({ headers: [["authorization", `Bearer ${value}`], FORM], body: `access_token=${admin.value}` });
    const own = [200, { access_tokens: [{ access_token: expect.objectContaining({ id: token.id }) }] }];
    expect([own, DENIED_BY_ENDPOINT]).toContainEqual(answer);
  });
});

describe("what was never issued is refused after one read, wherever it stands", () => {
  const answersTo = async (value: string) => [
    await bearer(value), await list({ query: `?access_token=${value}` }), await list(form(`access_token=${value}`)),
  ];
  const REFUSED = [DENIED_BY_GATEWAY, DENIED_BY_GATEWAY, DENIED_BY_ENDPOINT];
  const secretOf = (value: string) => value.slice(33, 76);

  it("a token that nobody has", async () => {
    const { accountId, id: memberId } = admin.member;
    const value = accessTokenString(accountId, memberId, newId(), newSecret());
    expect(await answersTo(value)).toEqual(REFUSED);
    latchkey.proxy.reset();
    await bearer(value);
    expect(latchkey.proxy.calls.map(({ action, consistent, keys: read }) => [action, consistent, read.length])).toEqual([["BatchGetItem", true, 2]]);
  });

  it("somebody's ids with another secret, or with the secret of another token", async () => {
    const { accountId, id: memberId } = admin.member;
    const { value } = await account.token(admin);
    for (const secret of [newSecret(), secretOf(value), "0".repeat(43)]) expect(await answersTo(accessTokenString(accountId, memberId, admin.token.id, secret))).toEqual(REFUSED);
  });

  it("somebody's secret with the ids of another owner, another account or another token", async () => {
    const { accountId, id: memberId } = admin.member;
    const [member, stranger] = [await account.member({ sections: ["partners"], serviceAccess: "all" }), (await createTestAccount(latchkey)).admin];
    const secret = secretOf(member.value);
    expect(await answersTo(accessTokenString(accountId, memberId, member.token.id, secret))).toEqual(REFUSED);
    expect(await answersTo(accessTokenString(accountId, memberId, admin.token.id, secret))).toEqual(REFUSED);
    expect(await answersTo(accessTokenString(stranger.member.accountId, member.member.id, member.token.id, secret))).toEqual(REFUSED);
    expect(await answersTo(accessTokenString(stranger.member.accountId, stranger.member.id, stranger.token.id, secret))).toEqual(REFUSED);
    expect((await bearer(member.value))[0]).toBe(200);
  });

  const isSendable = (text: string) => text.length > 0 && text.length < 2000;

  it("anything that the table holds: a thief of the whole table can present none of it", async () => {
    await account.service("Held");
    const { value: imported } = await bring("e".repeat(64));
    expect((await bearer(imported))[0]).toBe(200);
    const rows = (await everyRow(latchkey)).filter(({ type }) => type !== "event");
    const held = new Set(rows.flatMap((row) => Object.values(row)).map((value) => (typeof value === "string" ? value : JSON.stringify(value))).filter(isSendable));
    const texts = new Set([...held].flatMap((text) => {
      const bytes = /^[\w-]{43}$/.test(text) ? Buffer.from(text, "base64url") : Buffer.from(text);
      return [text, encodeURIComponent(text), bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url")];
    }).filter(isSendable));
    for (const row of rows.filter(({ type }) => type === "access_token")) {
      const { accountId, ownerId, id: tokenId } = { ...admin.token, ...row };
      texts.add(accessTokenString(accountId, ownerId, tokenId, String(row["hash"])));
    }
    expect(texts.size).toBeGreaterThan(100);
    const accepted: string[] = [];
    for (const [turn, text] of [...texts].entries()) {
      const plain = text.replace(/[^\x21-\x7e]/g, "");
      const places = [authorization(`Bearer ${plain}`), basic(`:${text.replace(/[^\x20-\x7e]/g, "")}`), { query: `?access_token=${encodeURIComponent(text)}` }, json({ access_token: text })];
      // What is held as it is, in every place; what is made of it, in one after the other.
      for (const sent of held.has(text) ? places : [places[turn % places.length]!]) {
        if ((await list(sent))[0] !== 403) accepted.push(text);
      }
    }
    expect(accepted).toEqual([]);
  }, 120_000);

  it("a row that somebody wrote without the pepper", async () => {
    const { accountId, id: ownerId } = admin.member;
    const token = { ...admin.token, id: newId<typeof admin.token.id>() };
    const value = accessTokenString(accountId, ownerId, token.id, newSecret());
    for (const hash of [createHash("sha256").update(value).digest("base64url"), createHash("sha256").update(value).digest("hex"), value, ""]) {
      const { documents: client, operator: { table: { name } } } = latchkey;
      await client.send(new PutCommand({ TableName: name, Item: accessTokenRow({ token, digest: { pepper: 1, hash }, imported: false }) }));
      expect(await answersTo(value)).toEqual(REFUSED);
    }
  });
});

/** A token of the admin that 3scale issued with this value. */
async function bring(value: string, owner = admin.member) {
  const wanted = { name: "From 3scale", scopes: ["account_management"], permission: "rw", expiresAt: "never" } as const;
  return { value, token: await importAccessToken(latchkey.operator, owner, wanted, threescaleDigest(value)) };
}
const hex = (digits: 64 | 96) => createHash("sha512").update(newSecret()).digest("hex").slice(0, 64).padEnd(digits, "0123456789abcdef");

describe("a value that 3scale issued", () => {
  it.each([64, 96] as const)("of %i digits is accepted in every place, and names its token", async (digits) => {
    const { value, token } = await bring(hex(digits));
    for (const sent of [authorization(`Bearer ${value}`), basic(`${value}:`), basic(`:${value}`), { query: `?access_token=${value}` }, form(`access_token=${value}`), json({ access_token: value })]) {
      expect(await call("GET", `${PATH}/${value}.json`, sent)).toMatchObject([200, { access_token: { id: token.id, name: "From 3scale" } }]);
    }
  });

  it("costs one round trip more, because it does not say whose it is, and writes nothing", async () => {
    const { value } = await bring(hex(96));
    await bearer(value);
    latchkey.proxy.reset();
    await bearer(value);
    expect(latchkey.proxy.calls.map(({ action, consistent, keys: read }) => [action, consistent, read.length])).toEqual([
      ["BatchGetItem", true, 1], ["BatchGetItem", true, 2], ["Query", false, 1],
    ]);
  });

  it("is not known by what 3scale stored of it", async () => {
    const { value } = await bring(hex(96));
    for (const stored of [threescaleDigest(value), `SHA384$${threescaleDigest(value)}`]) expect(await bearer(stored)).toEqual(DENIED_BY_GATEWAY);
  });

  it("is never taken for an id, though it begins with digits", async () => {
    const own = String(admin.token.id);
    const { value } = await bring(`${own}${hex(96)}`.slice(0, 96));
    const stranger = `${own}${hex(64)}`.slice(0, 64);
    expect(await call("GET", `${PATH}/${value}`, authorization(`Bearer ${admin.value}`))).toMatchObject([200, { access_token: { name: "From 3scale" } }]);
    expect((await call("DELETE", `${PATH}/${stranger}`, authorization(`Bearer ${admin.value}`)))[0]).toBe(404);
    expect(await rowOf(latchkey, admin.token)).toBeDefined();
  });

  it("names no token of the caller's when it is somebody else's, whatever the ids", async () => {
    const { member } = await account.member({ sections: ["partners"], serviceAccess: "all" });
    const { value, token } = await bring(hex(96), member);
    const namesake = { ...admin.token, id: token.id };
    const { documents: client, operator: { table: { name } } } = latchkey;
    await client.send(new PutCommand({ TableName: name, Item: accessTokenRow({ token: namesake, digest: { pepper: 1, hash: "x" }, imported: false }) }));
    for (const method of ["GET", "PUT", "DELETE"]) expect((await call(method, `${PATH}/${value}`, authorization(`Bearer ${admin.value}`)))[0]).toBe(404);
    expect([await rowOf(latchkey, token), await rowOf(latchkey, namesake)]).toMatchObject([{ version: 1 }, { version: 1 }]);
  });

  it("is deleted at once, by id and by value, with all that pointed to it", async () => {
    for (const by of ["id", "value"] as const) {
      const { value, token } = await bring(hex(96));
      const rows = (await everyRow(latchkey)).filter(({ type }) => type !== "event").length;
      expect(await call("DELETE", `${PATH}/${by === "id" ? token.id : value}`, authorization(`Bearer ${value}`))).toEqual([200, undefined]);
      expect(await bearer(value)).toEqual(DENIED_BY_GATEWAY);
      expect((await everyRow(latchkey)).filter(({ type }) => type !== "event").length).toBe(rows - 2);
    }
  });

  it("is refused when its owner is suspended, and when it is over", async () => {
    const { member } = await account.member({ sections: ["partners"], serviceAccess: "all" });
    const { value } = await bring(hex(96), member);
    expect((await bearer(value))[0]).toBe(200);
    await rewriteMember(latchkey, member, { state: "suspended" });
    expect(await bearer(value)).toEqual(DENIED_BY_GATEWAY);
  });

  it("is bound by its owner's rights, like any other", async () => {
    const { member } = await account.member({ sections: ["partners"], serviceAccess: "all" });
    const { value } = await bring(hex(64), member);
    await rewriteMember(latchkey, member, { sections: ["finance"] });
    expect(await bearer(value)).toMatchObject([403, { code: "insufficient_rights" }]);
  });
});

describe("a service token", () => {
  let value: string;
  let serviceId: ServiceId;
  beforeAll(async () => {
    serviceId = (await account.service("Gateway")).id;
    const [, answer] = await call("GET", `/admin/api/services/${serviceId}/service_token.json`, authorization(`Bearer ${admin.value}`));
    value = /lk_st_[0-9A-Za-z]{67}/.exec(JSON.stringify(answer))?.[0] ?? "";
  });

  it("is what its service shows", () => {
    expect(value).toHaveLength(73);
  });

  it("opens nothing of the management API, wherever it stands", async () => {
    const routes = [["GET", PATH], ["POST", PATH], ["DELETE", `${PATH}/${admin.token.id}`], ["GET", "/admin/api/services.json"], ["GET", `/admin/api/services/${serviceId}/service_token.json`], ["DELETE", `/admin/api/services/${serviceId}.json`]] as const;
    for (const [method, path] of routes) {
      for (const sent of [authorization(`Bearer ${value}`), basic(`:${value}`), { query: `?access_token=${value}` }, form(`access_token=${value}&${ATTRIBUTES}`)]) {
        expect(await call(method, path, sent)).toEqual(DENIED_BY_ENDPOINT);
      }
    }
  });

  it("costs one read", async () => {
    latchkey.proxy.reset();
    expect(await bearer(value)).toEqual(DENIED_BY_ENDPOINT);
    expect(latchkey.proxy.calls.map(({ action, consistent }) => [action, consistent])).toEqual([["GetItem", true]]);
  });

  it("is unknown once its service is deleted", async () => {
    await call("DELETE", `/admin/api/services/${serviceId}.json`, authorization(`Bearer ${admin.value}`));
    expect(await bearer(value)).toEqual(DENIED_BY_GATEWAY);
  });
});

describe("what the authorizer tells the functions", () => {
  const authorizer = (value: string) => latchkey.invoke("authorizer", httpEvent({ method: "GET", path: PATH, headers: { authorization: `Bearer ${value}` } }));

  it("is ids and rights as they are now, in flat texts, without name, address or secret", async () => {
    const { value, member, token } = await account.member({ sections: ["finance", "partners"], serviceAccess: [] }, { permission: "ro", name: "Canary" });
    expect(await authorizer(value)).toEqual({
      isAuthorized: true,
      context: {
        kind: "access_token", accountId: String(member.accountId), memberId: String(member.id), role: "member", sections: "finance,partners", services: "",
        tokenId: String(token.id), scopes: "account_management", permission: "ro", expiresAt: "never",
      },
    });
  });

  it("stays short for an owner of a thousand services, who keeps them all", async () => {
    const { value, member } = await account.member({ sections: ["partners"], serviceAccess: "all" });
    const { id: serviceId } = await account.service("The last of many");
    const many = Array.from({ length: 999 }, (_, n) => id<ServiceId>(n + 1));
    await rewriteMember(latchkey, member, { serviceAccess: [...many, serviceId] });
    expect(JSON.stringify(await authorizer(value)).length).toBeLessThan(1000);
    expect(await call("GET", `/admin/api/services/${serviceId}.json`, authorization(`Bearer ${value}`))).toMatchObject([200, { service: { id: serviceId } }]);
    await rewriteMember(latchkey, member, { serviceAccess: many });
    expect((await call("GET", `/admin/api/services/${serviceId}.json`, authorization(`Bearer ${value}`)))[0]).toBe(404);
  });
});
