import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchWriteCommand, DeleteCommand, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { epochSeconds, id, type AccessTokenId, type MemberId } from "../../lib/domain/brands.ts";
import type { TokenUse } from "../../lib/domain/last-used.ts";
import { logEvent, type LogLine } from "../../lib/local/log-event.ts";
import { updateAccessToken } from "../../lib/operations/access-tokens.ts";
import { recordUses, type Recorded } from "../../lib/operations/record-use.ts";
import { accessTokenRow } from "../../lib/table/access-tokens.ts";
import type { Table } from "../../lib/table/client.ts";
import { memberRow } from "../../lib/table/members.ts";
import { keys, type Row } from "../../lib/table/model.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { REGION } from "../support/aws.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { fromPage, signIn } from "../support/portal.ts";
import { request, type Answer } from "../support/request.ts";
import { everyRow, rewriteToken, rowOf } from "../support/rows.ts";
import { through } from "../support/table.ts";
import { A_CURSOR, walk } from "../support/walk.ts";

/** The tokens of everybody in an account, for its admins, and when each was last used. */
const PATH = "/admin/api/access_tokens.json";
const [MEMBERS, TOKENS_EACH] = [150, 4];

let latchkey: Deployment;
let account: TestAccount;
let other: TestAccount;
let large: TestAccount;
let member: Person;
let expired: Person;
let second: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  [account, other, large] = [await createTestAccount(latchkey), await createTestAccount(latchkey), await createTestAccount(latchkey)];
  member = await account.member({ sections: ["partners"], serviceAccess: [] }, { name: "Mine" });
  second = await account.token(account.admin, { name: "Second", scopes: ["stats", "finance"], permission: "ro" });
  expired = await account.token(member, { name: "Old" });
  await rewriteToken(latchkey, expired.token, { expiresAt: 1_700_000_000 });
  await other.member({ sections: ["partners"], serviceAccess: "all" });
  await storeTokens();
}, 60_000);
beforeEach(() => latchkey.proxy.reset());
afterAll(() => latchkey?.stop());

/** The members 1, 2, 3… of the large account, and the tokens 1, 2, 3…, which are theirs in turn. */
async function storeTokens(): Promise<void> {
  const { member: owner, token } = large.admin;
  const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);
  const rows: Row[] = [
    ...upTo(MEMBERS).map((number) => memberRow({ ...owner, id: id<MemberId>(number), username: `member ${number}` })),
    ...upTo(MEMBERS * TOKENS_EACH).map((number) => accessTokenRow({
      token: { ...token, id: id<AccessTokenId>(number), ownerId: id<MemberId>(1 + (number % MEMBERS)) }, digest: { pepper: 1, hash: "none" }, imported: false,
    })),
  ];
  const { documents: client, operator: { table: { name } } } = latchkey;
  for (let at = 0; at < rows.length; at += 25) {
    await client.send(new BatchWriteCommand({ RequestItems: { [name]: rows.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } })) } }));
  }
}

const get = (path = PATH, { value }: Pick<Person, "value"> = account.admin) => request(latchkey, "GET", path, { token: value });
type Listed = { readonly access_token: { readonly id: number; readonly user_id: number; readonly username: string } };
const idsIn = (json: { access_tokens: readonly Listed[] }) => json.access_tokens.map(({ access_token }) => access_token.id);

describe("200", () => {
  it.each([PATH, "/admin/api/access_tokens"])("%s lists every member's tokens by id, with whose each is, expired ones included, never a value", async (path) => {
    const { status, text, json } = await get(path);
    const { admin } = account;
    const rest = { created_at: expect.any(String), updated_at: expect.any(String) };
    const of = (person: Person) => ({ user_id: person.member.id, username: person.member.username });
    expect([status, json]).toEqual([200, {
      access_tokens: [
        { access_token: { id: admin.token.id, name: "Administration", scopes: ["finance", "account_management", "stats", "policy_registry"], permission: "rw", ...rest, ...of(admin) } },
        { access_token: { id: member.token.id, name: "Mine", scopes: ["account_management"], permission: "rw", ...rest, ...of(member) } },
        { access_token: { id: second.token.id, name: "Second", scopes: ["finance", "stats"], permission: "ro", ...rest, ...of(admin) } },
        { access_token: { id: expired.token.id, name: "Old", scopes: ["account_management"], permission: "rw", expires_at: "2023-11-14T22:13:20Z", ...rest, ...of(member) } },
      ],
    }]);
    for (const { value } of [admin, member, second, expired]) expect(text).not.toContain(value.slice(-20));
  });

  it("is in pages as other lists are, whatever order the ids have as text, but does not count what it does not show", async () => {
    const page = await get(`${PATH}?per_page=7&page=2`, large.admin);
    expect(idsIn(page.json)).toEqual([8, 9, 10, 11, 12, 13, 14]);
    expect(page.json.access_tokens[0].access_token).toMatchObject({ user_id: 9, username: "member 9" });
    expect(page.json.metadata).toEqual({ per_page: 7, current_page: 2, next: A_CURSOR });
    expect((await get(PATH, large.admin)).json).toMatchObject({ access_tokens: { length: 500 }, metadata: { per_page: 500 } });
    expect((await get(`${PATH}?page=3`, large.admin)).json).toEqual({ access_tokens: [] });
  });

  it("goes on by cursor, to the end", async () => {
    const pages = await walk(latchkey, `${PATH}?per_page=200`, large.admin.value);
    expect(pages.map(({ json }) => json.access_tokens.length)).toEqual([200, 200, 200, 1]);
    expect(pages.flatMap(({ json }) => idsIn(json))).toEqual([...Array.from({ length: MEMBERS * TOKENS_EACH }, (_, at) => at + 1), large.admin.token.id]);
  });

  it("an admin's read-only token is enough", async () => {
    expect((await get(PATH, await account.token(account.admin, { permission: "ro", name: "Reader" }))).status).toBe(200);
  });

  it("a token is gone from it when it is deleted, and a deleted member's are at once", async () => {
    const person = await account.member({ sections: ["partners"], serviceAccess: [] });
    const [first, another] = [person.token.id, (await account.token(person)).token.id];
    expect(idsIn((await get()).json)).toEqual(expect.arrayContaining([first, another]));
    await request(latchkey, "DELETE", `/admin/api/users/${person.member.id}/access_tokens/${first}.json`, { token: account.admin.value });
    expect(idsIn((await get()).json)).not.toContain(first);
    expect(idsIn((await get()).json)).toContain(another);
    await request(latchkey, "DELETE", `/admin/api/users/${person.member.id}.json`, { token: account.admin.value });
    expect(idsIn((await get()).json)).not.toContain(another);
  });

  it("a token stays where it is when it is changed", async () => {
    const before = idsIn((await get()).json);
    await request(latchkey, "PUT", `/admin/api/personal/access_tokens/${member.token.id}.json`, { token: member.value, json: { name: "Renamed" } });
    const { json } = await get();
    expect(idsIn(json)).toEqual(before);
    expect(json.access_tokens[before.indexOf(member.token.id)].access_token.name).toBe("Renamed");
  });

  it("costs a query and one read of all owners, also when more follows; 150 owners two reads", async () => {
    const actions = async (path: string, by: Person) => {
      await get(path, by);
      latchkey.proxy.reset();
      await get(path, by);
      return latchkey.proxy.calls.slice(1).map(({ action, index, keys }) => [action, index, keys.length]);
    };
    expect(await actions(PATH, other.admin)).toEqual([["Query", "gsi2", 1], ["BatchGetItem", undefined, 2]]);
    const { next } = (await get(`${PATH}?per_page=400`, large.admin)).json.metadata;
    for (const query of ["", `&after=`, `&after=${next}`]) {
      expect(await actions(`${PATH}?per_page=50${query}`, large.admin)).toEqual([["Query", "gsi2", 1], ["BatchGetItem", undefined, 50]]);
    }
    expect(await actions(PATH, large.admin)).toEqual([["Query", "gsi2", 1], ["BatchGetItem", undefined, 100], ["BatchGetItem", undefined, 50]]);
  });
});

describe("403", () => {
  it("for a member, whatever their sections, who learns of no token", async () => {
    const person = await account.member({ sections: ["finance", "monitoring", "partners", "plans", "policy_registry", "portal", "settings"], serviceAccess: "all" });
    latchkey.proxy.reset();
    const { status, json } = await get(PATH, person);
    expect([status, json]).toEqual([403, { status: "Forbidden", code: "forbidden" }]);
    expect(latchkey.proxy.calls.map(({ action }) => action)).toEqual(["BatchGetItem"]);
  });

  it("for an admin's token without the scope", async () => {
    expect((await get(PATH, await account.token(account.admin, { scopes: ["stats"] }))).json).toMatchObject({ code: "insufficient_scope" });
  });
});

describe("another account", () => {
  it("is not looked into, whatever the request says", async () => {
    const { accountId } = other.admin.member;
    latchkey.proxy.reset();
    const { json } = await get(`${PATH}?account_id=${accountId}&accountId=${accountId}`);
    expect(idsIn(json)).not.toContain(other.admin.token.id);
    const partitions = latchkey.proxy.calls.flatMap(({ keys }) => keys.map((key) => key["pk"] ?? key["gsi2pk"]));
    expect(partitions.filter((pk) => !pk?.startsWith(`ACCOUNT#${account.admin.member.accountId}#`))).toEqual([]);
  });
});

describe("when a token was last used", () => {
  const OWN = "/admin/api/personal/access_tokens";
  const HOUR_MS = 60 * 60 * 1000;
  const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
  /** The calls of the function that records it. */
  const records = () => latchkey.proxy.calls.filter(({ principal }) => principal === "RecordUseLambdaFunction");
  const lineOf = ({ token }: Person, more: object = {}) => JSON.stringify({ accountId: String(token.accountId), memberId: String(token.ownerId), tokenId: String(token.id), ...more });
  const tell = (lines: readonly LogLine[], type?: string) => latchkey.invoke("recordUse", logEvent("/aws/http-api/latchkey-dev", lines, type));
  const used = (person: Person, timestamp: number): LogLine => ({ message: lineOf(person), timestamp });
  const lastUse = async ({ token }: Person) => (await rowOf(latchkey, token))?.["lastUsedAt"];
  const useOf = ({ token }: Person, at: number): TokenUse => ({ ...token, at: epochSeconds(at) });
  /** A moment that is over: the beginning of an hour. */
  const hour = () => Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 24 * HOUR_MS;
  /** The beginning of an hour of this person's token, which its id sets. */
  const hourOfToken = ({ token }: Person) => hour() - ((hour() / 1000 + token.id) % 3600) * 1000;

  it("is told of it in every list once the log has told it, and not before", async () => {
    const person = await account.token(account.admin, { name: "Used" });
    const { cookie } = await signIn(latchkey, person.member);
    const one = async (path: string) => (await get(path)).json.access_token;
    const inList = (json: { access_tokens: readonly Listed[] }) => json.access_tokens.find(({ access_token }) => access_token.id === person.token.id)?.access_token;
    const everywhere = async () => [
      await one(`${OWN}/${person.token.id}.json`), inList((await get(`${OWN}.json`)).json), inList((await get(`/admin/api/users/${person.member.id}/access_tokens.json`)).json),
      inList((await get()).json), inList((await fromPage(latchkey, cookie, "GET", `/p/api${OWN}.json`)).json), inList((await fromPage(latchkey, cookie, "GET", `/p/api${PATH}`)).json),
    ];
    const began = Math.floor(Date.now() / 1000);
    expect((await get("/admin/api/provider.json", person)).status).toBe(200);
    for (const shown of await everywhere()) expect(shown).not.toHaveProperty("last_used_at");
    await latchkey.subscriptions.deliver();
    const shown = await everywhere();
    expect(shown).toEqual(shown.map(() => expect.objectContaining({ id: person.token.id, last_used_at: expect.stringMatching(ISO) })));
    const [at, ...others] = shown.map(({ last_used_at }) => Date.parse(last_used_at) / 1000);
    expect(others).toEqual(others.map(() => at));
    expect(at).toBeGreaterThanOrEqual(began);
    expect(at).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it("costs the request nothing: its token and owner are read together, and nothing is written", async () => {
    const person = await account.token(account.admin);
    await get("/admin/api/provider.json", person);
    latchkey.proxy.reset();
    await get("/admin/api/provider.json", person);
    expect(latchkey.proxy.calls.map(({ action, keys }) => [action, keys.length])).toEqual([["BatchGetItem", 2], ["GetItem", 1]]);
  });

  const forms: readonly [string, (person: Person) => Promise<Answer>][] = [
    ["as Bearer", ({ value }) => request(latchkey, "GET", "/admin/api/provider.json", { token: value })],
    ["as Basic", ({ value }) => request(latchkey, "GET", "/admin/api/provider.json", { headers: { authorization: `Basic ${btoa(`:${value}`)}` } })],
    ["in the query", ({ value }) => request(latchkey, "GET", `/admin/api/provider.json?access_token=${value}`)],
    ["in a form", ({ value }) => request(latchkey, "POST", OWN, { form: `access_token=${value}&name=Made&permission=ro&scopes[]=account_management` })],
    ["in JSON", ({ value }) => request(latchkey, "POST", OWN, { json: { access_token: value, name: "Made", permission: "ro", scopes: ["account_management"] } })],
    ["in the body of a request that is refused", ({ value }) => request(latchkey, "POST", "/admin/api/services.json", { form: `access_token=${value}` })],
    ["for what it may not do", ({ value }) => request(latchkey, "GET", "/api/invoices.json", { token: value })],
  ];
  it.each(forms)("is known of a token that comes %s", async (_form, send) => {
    const person = await account.token(account.admin);
    expect((await send(person)).status).toBeLessThan(500);
    expect(await lastUse(person)).toBeUndefined();
    await latchkey.subscriptions.deliver();
    expect(await lastUse(person)).toEqual(expect.any(Number));
  });

  it("is no matter of requests without a token: of anonymous ones, of bad credentials, of the portal's, of gateways'", async () => {
    const { cookie } = await signIn(latchkey, account.admin.member);
    await latchkey.subscriptions.deliver();
    await fromPage(latchkey, cookie, "GET", `/p/api${PATH}`);
    for (const path of ["/admin/api/provider.json", "/transactions/authorize.xml?service_token=none&service_id=1", "/openapi.json"]) await request(latchkey, "GET", path);
    await request(latchkey, "GET", "/admin/api/provider.json", { token: `${account.admin.value}x` });
    await request(latchkey, "POST", OWN, { form: `access_token=${account.admin.value}x` });
    latchkey.proxy.reset();
    expect([await latchkey.subscriptions.deliver(), latchkey.proxy.calls]).toEqual([0, []]);
  });

  it("is written once in an hour, however often the token is used and whoever counts", async () => {
    const [first, another] = [await account.token(account.admin), await account.token(member)];
    const begin = hourOfToken(first);
    latchkey.proxy.reset();
    await tell(Array.from({ length: 500 }, (_, n) => used(n % 2 === 0 ? first : another, begin + n * 1000)));
    expect(records().map(({ action, status }) => [action, status])).toEqual([["UpdateItem", 200], ["UpdateItem", 200]]);
    expect([await lastUse(first), await lastUse(another)]).toEqual([begin / 1000 + 498, begin / 1000 + 499]);
    const row = await rowOf(latchkey, first.token);
    latchkey.proxy.reset();
    await tell([used(first, begin + 1000), used(first, begin + HOUR_MS - 1)]);
    expect(records()).toEqual([]);
    // A container that remembers nothing.
    await recordUses({ table: latchkey.operator.table, recorded: new Map() }, [useOf(first, begin / 1000 + 3599)]);
    expect(await rowOf(latchkey, first.token)).toEqual(row);
  });

  it("only moves on: the next hour's use counts, an earlier one's does not", async () => {
    const person = await account.token(account.admin);
    const begin = hourOfToken(person);
    const seen: unknown[] = [];
    for (const offset of [5 * HOUR_MS, 6 * HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS + 1000, 7 * HOUR_MS]) {
      await tell([used(person, begin + offset)]);
      seen.push(await lastUse(person));
    }
    const at = (hours: number) => begin / 1000 + hours * 3600;
    expect(seen).toEqual([at(5), at(6), at(6), at(6), at(7)]);
  });

  it("changes nothing else of the token, nor when it was changed", async () => {
    const person = await account.token(account.admin, { expiresAt: epochSeconds(4_000_000_000) });
    const before = await rowOf(latchkey, person.token);
    await tell([used(person, hour())]);
    expect(await rowOf(latchkey, person.token)).toEqual({ ...before, lastUsedAt: hour() / 1000, version: 2 });
  });

  it("brings back no token that was deleted after it was used", async () => {
    const person = await account.token(account.admin);
    await get("/admin/api/provider.json", person);
    expect((await request(latchkey, "DELETE", `${OWN}/${person.token.id}.json`, { token: account.admin.value })).status).toBe(200);
    latchkey.proxy.reset();
    await latchkey.subscriptions.deliver();
    expect(records()).toEqual([expect.objectContaining({ action: "UpdateItem", status: 400 })]);
    expect((await everyRow(latchkey)).filter(({ pk }) => pk.endsWith(`#TOKEN#${person.token.id}`))).toEqual([]);
    expect((await get("/admin/api/provider.json", person)).status).toBe(403);
  });

  it("is kept when the token is renamed while it is recorded, and so is the name", async () => {
    const person = await account.token(account.admin);
    let recordings = 0;
    const table = beforeWrites(async () => {
      if (recordings++ === 0) await tell([used(person, hour())]);
    });
    const renamed = await updateAccessToken({ ...latchkey.operator, table }, { kind: "member", member: person.member }, person.token.id, { name: "Renamed" });
    expect(recordings).toBe(2);
    expect(await rowOf(latchkey, person.token)).toMatchObject({ name: "Renamed", lastUsedAt: hour() / 1000, version: renamed.version });
    await updateAccessToken(latchkey.operator, { kind: "member", member: person.member }, person.token.id, { name: "Again" });
    expect(await lastUse(person)).toBe(hour() / 1000);
  });

  it("of one token waits for no other: what fails is thrown when the rest is done, and tried again", async () => {
    const people = [await account.token(account.admin), await account.token(account.admin), await account.token(account.admin)];
    const failing = people[1]!;
    let broken = true;
    const table = beforeWrites(async (request) => {
      if (broken && request.includes(`#TOKEN#${failing.token.id}"`)) throw new Error("No answer");
    });
    const recorded: Recorded = new Map();
    const uses = people.map((person) => useOf(person, hour() / 1000));
    await expect(recordUses({ table, recorded }, uses)).rejects.toThrow("1 tokens");
    expect(await Promise.all(people.map(lastUse))).toEqual([hour() / 1000, undefined, hour() / 1000]);
    broken = false;
    await recordUses({ table, recorded }, uses);
    expect(await lastUse(failing)).toBe(hour() / 1000);
  });

  it("is not learnt from lines that tell of none, which hold up no other and are not repeated in a log", async () => {
    const person = await account.token(account.admin);
    const { accountId, ownerId } = person.token;
    const odd = ["", "{", "null", "[]", "\"text\"", "{}", lineOf(person, { tokenId: "-" }), lineOf(person, { tokenId: person.token.id }), lineOf(person, { memberId: undefined }),
      lineOf(person, { tokenId: `${person.token.id}#x` }), lineOf(person, { accountId: "0" }), lineOf(person, { tokenId: "9".repeat(17) }), `{"accountId":"${accountId}","memberId":"${ownerId}","secret":"lk_at_nothing"}`];
    const lines = odd.map((message) => ({ message, timestamp: hour() }));
    latchkey.proxy.reset();
    await tell([...lines, { message: lineOf(person), timestamp: Number.NaN }, { message: lineOf(person), timestamp: -1 }]);
    await tell([used(person, hour())], "CONTROL_MESSAGE");
    expect(records()).toEqual([]);
    await tell([...lines, used(person, hour())]);
    expect(await lastUse(person)).toBe(hour() / 1000);
    expect(latchkey.logs()).toContain(`"lines":${odd.length}`);
    expect(latchkey.logs()).not.toContain("lk_at_");
  });

  it("is all that its function may write: no other attribute, no other row, and it may read nothing", async () => {
    const { token } = await account.token(account.admin);
    const client = new DynamoDBClient({ endpoint: latchkey.proxy.url, region: REGION, maxAttempts: 1, credentials: { accessKeyId: "RecordUseLambdaFunction", secretAccessKey: "local" } });
    const at = { TableName: latchkey.operator.table.name, Key: keys.accessToken(token.accountId, token.ownerId, token.id) };
    const note = { UpdateExpression: "SET lastUsedAt = :v", ExpressionAttributeValues: { ":v": 1 } };
    const refused = [
      new UpdateCommand({ ...at, UpdateExpression: "SET scopes = :v", ExpressionAttributeValues: { ":v": [] } }),
      new UpdateCommand({ ...at, UpdateExpression: "SET lastUsedAt = :v, #e = :v", ExpressionAttributeNames: { "#e": "expiresAt" }, ExpressionAttributeValues: { ":v": 1 } }),
      new UpdateCommand({ ...at, ...note, ConditionExpression: "begins_with(hash, :v)" }),
      new UpdateCommand({ ...at, ...note, ReturnValues: "ALL_NEW" }),
      new UpdateCommand({ ...at, ...note, Key: keys.member(token.accountId, token.ownerId) }),
      new PutCommand({ TableName: at.TableName, Item: { ...at.Key, lastUsedAt: 1 } }),
      new DeleteCommand(at),
      new GetCommand(at),
    ];
    for (const command of refused) await expect(client.send(command as UpdateCommand)).rejects.toMatchObject({ name: "AccessDeniedException" });
    await client.send(new UpdateCommand({ ...at, ...note }));
  });

  /** The operator's table; something happens before each write to it, whose request is told. */
  function beforeWrites(happens: (request: string) => Promise<void>): Table {
    return through(latchkey.operator.table, async (operation, input, ask) => {
      if (/Write|Update/.test(operation)) await happens(JSON.stringify(input));
      return ask();
    });
  }
});
