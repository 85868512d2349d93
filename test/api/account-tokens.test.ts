import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { id, type AccessTokenId, type MemberId } from "../../lib/domain/brands.ts";
import { accessTokenRow } from "../../lib/table/access-tokens.ts";
import { memberRow } from "../../lib/table/members.ts";
import type { Row } from "../../lib/table/model.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request } from "../support/request.ts";
import { rewriteToken } from "../support/rows.ts";

/** The tokens of everybody in an account, for its admins. */
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
  const { client, name } = latchkey.operator.table;
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

  it("is in pages as other lists are, whatever order the ids have as text", async () => {
    const page = await get(`${PATH}?per_page=7&page=2`, large.admin);
    expect(idsIn(page.json)).toEqual([8, 9, 10, 11, 12, 13, 14]);
    expect(page.json.access_tokens[0].access_token).toMatchObject({ user_id: 9, username: "member 9" });
    expect(page.json.metadata).toEqual({ per_page: 7, total_entries: 601, total_pages: 86, current_page: 2 });
    expect((await get(PATH, large.admin)).json).toMatchObject({ access_tokens: { length: 500 }, metadata: { per_page: 500, total_pages: 2 } });
    expect((await get(`${PATH}?page=3`, large.admin)).json).toMatchObject({ access_tokens: [], metadata: { total_entries: 601 } });
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

  it("costs a query and one read of all owners; a page that is not the last a count; 150 owners two reads", async () => {
    const actions = async (path: string, by: Person) => {
      await get(path, by);
      latchkey.proxy.reset();
      await get(path, by);
      return latchkey.proxy.calls.slice(1).map(({ action, index, keys }) => [action, index, keys.length]);
    };
    expect(await actions(PATH, other.admin)).toEqual([["Query", "gsi2", 1], ["BatchGetItem", undefined, 2]]);
    expect(await actions(`${PATH}?per_page=50`, large.admin)).toEqual([["Query", "gsi2", 1], ["Query", "gsi2", 1], ["BatchGetItem", undefined, 50]]);
    expect(await actions(PATH, large.admin)).toEqual([["Query", "gsi2", 1], ["Query", "gsi2", 1], ["BatchGetItem", undefined, 100], ["BatchGetItem", undefined, 50]]);
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
