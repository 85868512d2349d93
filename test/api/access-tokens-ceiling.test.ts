import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { epochSeconds } from "../../lib/domain/brands.ts";
import { SCOPES, SECTIONS, type AccessToken } from "../../lib/domain/model.ts";
import { SECTION_OF } from "../../lib/domain/rights.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request } from "../support/request.ts";
import { rowOf } from "../support/rows.ts";

/** D1: nobody grants what they do not hold, and a token that makes or changes a token grants no more than itself. */
const PATH = "/admin/api/personal/access_tokens";

let latchkey: Deployment;
let account: TestAccount;
let admin: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  admin = account.admin;
});
afterAll(() => latchkey?.stop());

type Grant = Partial<Pick<AccessToken, "scopes" | "permission" | "expiresAt">>;

const inDays = (days: number) => epochSeconds(Math.floor(Date.now() / 1000) + days * 86_400);
const iso = (time: number) => new Date(time * 1000).toISOString().replace(".000Z", "Z");
const [DAY, WEEK, MONTH] = [inDays(1), inDays(7), inDays(30)];
const MANAGE = ["account_management"] as const;
const beyond = (scope: string) => `${scope} is beyond your own rights`;
const tooLate = (time: number) => `must not be later than ${iso(time)}, when your own token expires`;

const create = (token: string, attributes: object) =>
  request(latchkey, "POST", PATH, { token, json: { name: "New", permission: "rw", scopes: MANAGE, ...attributes } });
const update = (token: string, id: number, json: object) => request(latchkey, "PUT", `${PATH}/${id}`, { token, json });

describe("201: a token is created within what its creator holds", () => {
  it.each<[string, Grant, object]>([
    ["every scope by an admin's token that has them", { scopes: SCOPES }, { scopes: SCOPES }],
    ["what the creator is", { scopes: ["account_management", "stats"] }, { scopes: ["account_management", "stats"] }],
    ["fewer scopes", { scopes: SCOPES }, { scopes: ["stats"] }],
    ["read-only by one that writes", {}, { permission: "ro" }],
    ["an end by one without end", {}, { expires_at: iso(WEEK) }],
    ["an end before the creator's", { expiresAt: WEEK }, { expires_at: iso(DAY) }],
    ["the creator's own end, to the second", { expiresAt: WEEK }, { expires_at: iso(WEEK) }],
  ])("%s", async (_what, creator, wanted) => {
    const { value } = await account.token(admin, creator);
    const { status, json } = await create(value, wanted);
    expect([status, json.access_token]).toEqual([201, expect.objectContaining(wanted)]);
  });

  it.each(SCOPES)("%s by a member who holds its section", async (scope) => {
    const member = await account.member({ sections: [...new Set(["partners", SECTION_OF[scope]] as const)], serviceAccess: [] }, { scopes: [...new Set([...MANAGE, scope])] });
    expect(await create(member.value, { scopes: [scope] })).toMatchObject({ status: 201, json: { access_token: { scopes: [scope] } } });
  });
});

describe("422: a token is not created beyond what its creator holds", () => {
  const nothingStored = async () => {
    expect(latchkey.proxy.calls.filter(({ action }) => action === "TransactWriteItems")).toEqual([]);
  };

  it.each(SCOPES.filter((scope) => scope !== "account_management"))("%s by a member who holds every section but its own", async (scope) => {
    const sections = SECTIONS.filter((section) => section !== SECTION_OF[scope]);
    const member = await account.member({ sections, serviceAccess: "all" }, { scopes: SCOPES.filter((each) => each !== scope) });
    latchkey.proxy.reset();
    const { status, json } = await create(member.value, { scopes: [...MANAGE, scope] });
    expect([status, json]).toEqual([422, { errors: { scopes: [beyond(scope)] }, code: "invalid" }]);
    await nothingStored();
  });

  it.each<[string, Grant, object, object]>([
    ["a scope that the token lacks, though its owner is an admin", {}, { scopes: ["stats"] }, { scopes: [beyond("stats")] }],
    ["two scopes, each named", {}, { scopes: SCOPES }, { scopes: [beyond("finance"), beyond("stats"), beyond("policy_registry")] }],
    ["no end by one that ends", { expiresAt: WEEK }, {}, { expires_at: [tooLate(WEEK)] }],
    ["no end by one that ends, said as null", { expiresAt: WEEK }, { expires_at: null }, { expires_at: [tooLate(WEEK)] }],
    ["no end by one that ends, said as a blank", { expiresAt: WEEK }, { expires_at: "" }, { expires_at: [tooLate(WEEK)] }],
    ["an end one second after the creator's", { expiresAt: WEEK }, { expires_at: iso(WEEK + 1) }, { expires_at: [tooLate(WEEK)] }],
    ["several at once", { expiresAt: WEEK }, { scopes: ["finance"], expires_at: iso(MONTH) }, { scopes: [beyond("finance")], expires_at: [tooLate(WEEK)] }],
  ])("%s", async (_what, creator, wanted, errors) => {
    const { value } = await account.token(admin, creator);
    latchkey.proxy.reset();
    const { status, json } = await create(value, wanted);
    expect([status, json]).toEqual([422, { errors, code: "invalid" }]);
    await nothingStored();
  });

  it("a scope whose section its creator has just lost, though the creating token still names it", async () => {
    const member = await account.member({ sections: ["partners", "finance"], serviceAccess: "all" }, { scopes: ["account_management", "finance"] });
    expect((await create(member.value, { scopes: ["finance"] })).status).toBe(201);
    await request(latchkey, "PUT", `/admin/api/users/${member.member.id}/permissions.json`, { token: admin.value, json: { allowed_sections: ["partners"] } });
    expect((await create(member.value, { scopes: ["finance"] })).json.errors).toEqual({ scopes: [beyond("finance")] });
  });

  it("a chain of tokens never ends later or reaches further than its first", async () => {
    let { value } = await account.token(admin, { scopes: ["account_management", "stats"], expiresAt: WEEK });
    for (let link = 0; link < 3; link++) {
      expect((await create(value, { scopes: SCOPES, expires_at: iso(WEEK) })).status).toBe(422);
      expect((await create(value, { scopes: ["account_management", "stats"], expires_at: iso(MONTH) })).status).toBe(422);
      value = (await create(value, { scopes: ["account_management", "stats"], expires_at: iso(WEEK) })).json.access_token.value;
    }
  });
});

describe("403: a token that cannot write makes none", () => {
  it.each([["ro", 0], ["rw", 1]])("a read-only token cannot create one of permission %s, nor make itself more", async (permission) => {
    const { value, token } = await account.token(admin, { permission: "ro" });
    const refused = { status: 403, json: { code: "read_only", missing: ["permission:rw"] } };
    expect(await create(value, { permission })).toMatchObject(refused);
    expect(await update(value, token.id, { permission })).toMatchObject(refused);
    expect(await rowOf(latchkey, token)).toMatchObject({ permission: "ro", version: 1 });
  });

  it("a token without the scope for tokens cannot give itself that scope", async () => {
    const { value, token } = await account.token(admin, { scopes: ["finance"] });
    expect(await update(value, token.id, { scopes: SCOPES })).toMatchObject({ status: 403, json: { code: "insufficient_scope" } });
  });
});

/** What the caller is, what the token was, what is asked, and what becomes of it: the changes, or the fields that are refused. */
type Row = readonly [guarantee: string, caller: Grant, held: Grant, change: object, expected: object];

describe("200: a token is changed within what the caller holds", () => {
  it.each<Row>([
    ["scopes are added that the caller has", { scopes: SCOPES }, {}, { scopes: SCOPES }, { scopes: SCOPES }],
    ["a read-only token learns to write", {}, { permission: "ro" }, { permission: "rw" }, { permission: "rw" }],
    ["a token that writes is made read-only", {}, {}, { permission: "ro" }, { permission: "ro" }],
    ["an end is set", {}, {}, { expires_at: iso(DAY) }, { expiresAt: DAY }],
    ["an end is cleared by a caller without end", {}, { expiresAt: DAY }, { expires_at: null }, { expiresAt: "never" }],
    ["an end is moved on by a caller without end", {}, { expiresAt: DAY }, { expires_at: iso(MONTH) }, { expiresAt: MONTH }],
    ["an end is moved on to the caller's own", { expiresAt: WEEK }, { expiresAt: DAY }, { expires_at: iso(WEEK) }, { expiresAt: WEEK }],
    ["an end is brought forward, though it stays later than the caller's", { expiresAt: DAY }, { expiresAt: MONTH }, { expires_at: iso(WEEK) }, { expiresAt: WEEK }],
    ["an end is set, later than the caller's, where there was none", { expiresAt: DAY }, {}, { expires_at: iso(WEEK) }, { expiresAt: WEEK }],
    ["a wider token is renamed and stays as wide", {}, { scopes: SCOPES }, { name: "Renamed" }, { name: "Renamed", scopes: SCOPES }],
    ["a wider token is sent back as it was", {}, { scopes: SCOPES }, { name: "Renamed", scopes: SCOPES, permission: "rw" }, { name: "Renamed", scopes: SCOPES }],
    ["a wider token loses a scope that the caller lacks", {}, { scopes: SCOPES }, { scopes: ["account_management", "stats"] }, { scopes: ["account_management", "stats"] }],
    ["a wider token is made read-only", {}, { scopes: SCOPES }, { permission: "ro" }, { permission: "ro", scopes: SCOPES }],
    ["a wider token is given an earlier end", {}, { scopes: SCOPES, expiresAt: MONTH }, { expires_at: iso(WEEK) }, { expiresAt: WEEK, scopes: SCOPES }],
    ["a token that ends later is renamed and ends as late", { expiresAt: DAY }, { expiresAt: MONTH }, { name: "Renamed" }, { name: "Renamed", expiresAt: MONTH }],
    ["a token without end is sent back as it was", { expiresAt: DAY }, {}, { name: "Renamed", expires_at: null }, { name: "Renamed", expiresAt: "never" }],
    ["a wider token is cut to the caller's scopes and then lives longer", {}, { scopes: SCOPES, expiresAt: DAY }, { scopes: MANAGE, expires_at: iso(WEEK) }, { scopes: MANAGE, expiresAt: WEEK }],
  ])("%s", async (_guarantee, caller, held, change, expected) => {
    const { value } = await account.token(admin, caller);
    const { token } = await account.token(admin, held);
    expect((await update(value, token.id, change)).status).toBe(200);
    expect(await rowOf(latchkey, token)).toMatchObject({ version: 2, ...expected });
  });

  it("a scope whose section the owner has lost stays with the token, and once given up is not to be had again", async () => {
    const person = await account.member({ sections: ["partners", "finance"], serviceAccess: "all" }, { scopes: ["account_management", "finance"] });
    await request(latchkey, "PUT", `/admin/api/users/${person.member.id}/permissions.json`, { token: admin.value, json: { allowed_sections: ["partners"] } });
    const change = async (scopes: readonly string[]) => (await update(person.value, person.token.id, { scopes })).status;
    expect([await change(["account_management", "finance"]), await change(MANAGE), await change(["account_management", "finance"])]).toEqual([200, 200, 422]);
  });
});

describe("422: a token is not changed beyond what the caller holds", () => {
  const rows: Row[] = [
    ["a scope is added that the caller lacks, and named", {}, {}, { scopes: ["account_management", "finance"] }, { scopes: [beyond("finance")] }],
    ["two scopes are added that the caller lacks", {}, { scopes: ["stats"] }, { scopes: SCOPES }, { scopes: [beyond("finance"), beyond("policy_registry")] }],
    ["an end is cleared by a caller that ends", { expiresAt: WEEK }, { expiresAt: DAY }, { expires_at: null }, { expires_at: [tooLate(WEEK)] }],
    ["an end is cleared by a caller that ends earlier still", { expiresAt: DAY }, { expiresAt: WEEK }, { expires_at: "" }, { expires_at: [tooLate(DAY)] }],
    ["an end is moved on past the caller's", { expiresAt: WEEK }, { expiresAt: DAY }, { expires_at: iso(WEEK + 1) }, { expires_at: [tooLate(WEEK)] }],
    ["a later end is moved on still further", { expiresAt: DAY }, { expiresAt: WEEK }, { expires_at: iso(MONTH) }, { expires_at: [tooLate(DAY)] }],
    // A grant is scopes, at a permission, until a time: whoever widens one of the three gives the other two as well.
    ["a token with scopes that the caller lacks is made to live longer", {}, { scopes: ["account_management", "finance"], expiresAt: DAY }, { expires_at: iso(WEEK) }, { scopes: [beyond("finance")] }],
    ["a token with scopes that the caller lacks is made to live for ever", {}, { scopes: ["account_management", "finance"], expiresAt: DAY }, { expires_at: null }, { scopes: [beyond("finance")] }],
    ["a read-only token with scopes that the caller lacks learns to write", {}, { scopes: ["account_management", "finance"], permission: "ro" }, { permission: "rw" }, { scopes: [beyond("finance")] }],
    ["a scope of the caller's outlives it in a token without end", { scopes: ["account_management", "finance"], expiresAt: WEEK }, {}, { scopes: ["account_management", "finance"] }, { expires_at: [tooLate(WEEK)] }],
    ["a scope of the caller's outlives it in a token that ends later", { scopes: ["account_management", "finance"], expiresAt: DAY }, { expiresAt: WEEK }, { scopes: ["account_management", "finance"] }, { expires_at: [tooLate(DAY)] }],
    ["a read-only token that ends later than the caller learns to write", { expiresAt: DAY }, { permission: "ro", expiresAt: WEEK }, { permission: "rw" }, { expires_at: [tooLate(DAY)] }],
  ];

  it.each(rows)("%s", async (_guarantee, caller, held, change, errors) => {
    const { value } = await account.token(admin, caller);
    const { token } = await account.token(admin, held);
    const { status, json } = await update(value, token.id, change);
    expect([status, json]).toEqual([422, { errors, code: "invalid" }]);
    expect(await rowOf(latchkey, token)).toMatchObject({ version: 1, scopes: token.scopes, permission: token.permission, expiresAt: token.expiresAt });
  });

  it.each<[string, Grant, object]>([
    ["a further scope", {}, { scopes: SCOPES }],
    ["a later end", { expiresAt: WEEK }, { expires_at: iso(MONTH) }],
    ["no end", { expiresAt: WEEK }, { expires_at: null }],
  ])("a token gives itself %s", async (_what, grant, change) => {
    const { value, token } = await account.token(admin, grant);
    expect((await update(value, token.id, change)).status).toBe(422);
    expect(await rowOf(latchkey, token)).toMatchObject({ version: 1 });
  });

  it("a member's token is given a scope whose section the member does not hold", async () => {
    const person = await account.member({ sections: ["partners", "monitoring"], serviceAccess: "all" }, { scopes: ["account_management", "stats"] });
    const { token } = await account.token(person);
    expect((await update(person.value, token.id, { scopes: ["account_management", "stats"] })).status).toBe(200);
    expect((await update(person.value, token.id, { scopes: ["account_management", "finance"] })).json.errors).toEqual({ scopes: [beyond("finance")] });
  });

  it("a past end is given", async () => {
    const { value } = await account.token(admin);
    const { token } = await account.token(admin, { expiresAt: WEEK });
    expect(Object.keys((await update(value, token.id, { expires_at: iso(inDays(-1)) })).json.errors)).toEqual(["expires_at"]);
  });
});
