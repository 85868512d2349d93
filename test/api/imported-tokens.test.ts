import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { epochSeconds } from "../../lib/domain/brands.ts";
import { changeState } from "../../lib/operations/members.ts";
import { importAccessToken, type NewAccessToken } from "../../lib/operations/access-tokens.ts";
import { accessTokenString } from "../../lib/domain/token-string.ts";
import { parsePeppers, threescaleDigest } from "../../lib/secrets/pepper.ts";
import { newSecret } from "../../lib/secrets/random.ts";
import { readAccessToken } from "../../lib/table/access-tokens.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request } from "../support/request.ts";
import { everyRow } from "../support/rows.ts";

/** Tokens that 3scale issued keep their values here, and are tokens like all others. */
let latchkey: Deployment;
let account: TestAccount;
let owner: Person;
beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  owner = await account.member({ sections: ["partners"] });
});
afterAll(() => latchkey?.stop());

const WANTED: NewAccessToken = { name: "From 3scale", scopes: ["account_management"], permission: "rw", expiresAt: "never" };
const newValue = () => createHash("sha256").update(randomBytes(32)).digest("hex");
const bring = (value: string, { deps = latchkey.operator, of = owner, ...wanted }: { deps?: Deployment["operator"]; of?: Person } & Partial<NewAccessToken> = {}) =>
  importAccessToken(deps, of.member, { ...WANTED, ...wanted }, threescaleDigest(value));
const statusOf = async (token: string) => (await request(latchkey, "GET", "/admin/api/services.json", { token })).status;
const pointers = async () => (await everyRow(latchkey)).filter(({ pk }) => pk.startsWith("IMPORTED#")).length;
const remove = (id: number, by = owner, of = "/personal") => request(latchkey, "DELETE", `/admin/api${of}/access_tokens/${id}.json`, { token: by.value });

describe("a token of 3scale's", () => {
  it("opens what its owner may, under the value that programs have, and is listed without it", async () => {
    const value = newValue();
    const { id } = await bring(value);
    expect(await statusOf(value)).toBe(200);
    const listed = await request(latchkey, "GET", `/admin/api/personal/access_tokens/${id}.json`, { token: owner.value });
    expect(listed.json.access_token).toMatchObject({ id, name: "From 3scale", scopes: ["account_management"], permission: "rw" });
    expect(listed.text).not.toContain(value);
  });

  it("that is read-only writes nothing, and one that has expired opens nothing", async () => {
    const [readOnly, expired] = [newValue(), newValue()];
    await bring(readOnly, { permission: "ro" });
    await bring(expired, { expiresAt: epochSeconds(1) });
    expect([await statusOf(readOnly), await statusOf(expired)]).toEqual([200, 403]);
    expect((await request(latchkey, "POST", "/admin/api/personal/access_tokens.json", { token: readOnly, json: { name: "x", scopes: ["account_management"], permission: "ro" } })).json.code).toBe("read_only");
  });

  it("is dead when it is deleted, by its owner or by an admin, nothing of it stays, and it may come again", async () => {
    const before = await pointers();
    const value = newValue();
    for (const by of [undefined, account.admin]) {
      const { id } = await bring(value);
      expect([await statusOf(value), await pointers()]).toEqual([200, before + 1]);
      expect((await (by === undefined ? remove(id) : remove(id, by, `/users/${owner.member.id}`))).status).toBe(200);
      expect([await statusOf(value), await pointers()]).toEqual([403, before]);
    }
  });

  it("is deleted alone: other tokens keep what leads to them", async () => {
    const [gone, kept] = [newValue(), newValue()];
    const [{ id }] = [await bring(gone), await bring(kept)];
    await remove(id);
    const plain = await account.token(owner);
    await remove(plain.token.id);
    expect([await statusOf(gone), await statusOf(kept)]).toEqual([403, 200]);
  });

  it("never does more than its owner may", async () => {
    const before = await everyRow(latchkey);
    await expect(bring(newValue(), { scopes: ["account_management", "finance"] })).rejects.toMatchObject({ code: "invalid", fields: { scopes: expect.any(Array) } });
    expect(await everyRow(latchkey)).toEqual(before);
  });

  it("is not brought for whoever is suspended meanwhile", async () => {
    const gone = await account.member({ sections: ["partners"] });
    await changeState(latchkey.operator, { kind: "member", member: account.admin.member }, gone.member.id, "suspend");
    const before = await pointers();
    await expect(bring(newValue(), { of: gone })).rejects.toMatchObject({ code: "access_denied" });
    expect(await pointers()).toBe(before);
  });
});

describe("one value is one token", () => {
  const TAKEN = { code: "invalid", fields: { digest: ["has already been imported"] } };
  it("whoever brings it again, for whomever", async () => {
    const value = newValue();
    await bring(value);
    const before = await everyRow(latchkey);
    await expect(bring(value)).rejects.toMatchObject(TAKEN);
    await expect(bring(value, { of: account.admin })).rejects.toMatchObject(TAKEN);
    expect(await everyRow(latchkey)).toEqual(before);
  });

  it("under whichever pepper it came: the current one is what it is kept under", async () => {
    const [old, current] = [randomBytes(32).toString("hex"), randomBytes(32).toString("hex")];
    const under = (peppers: string) => ({ ...latchkey.operator, peppers: parsePeppers(peppers) });
    const [first, rotated, back] = [under(`7:${old}`), under(`8:${current},7:${old}`), under(`7:${old},8:${current}`)];
    const [early, late] = [newValue(), newValue()];
    const keptUnder = async (id: Parameters<typeof readAccessToken>[3]) => (await readAccessToken(latchkey.operator.table, owner.member.accountId, owner.member.id, id))?.digest.pepper;
    expect([await keptUnder((await bring(early, { deps: first })).id), await keptUnder((await bring(late, { deps: rotated })).id)]).toEqual([7, 8]);
    for (const deps of [rotated, back]) for (const value of [early, late]) await expect(bring(value, { deps })).rejects.toMatchObject(TAKEN);
  });
});

describe("a token that a program names by its value", () => {
  const named = (method: string, value: string, by: string) => request(latchkey, method, `/admin/api/personal/access_tokens/${value}.json`, { token: by });

  it("is its owner's own, in either form: whoever else names it finds nothing", async () => {
    const value = newValue();
    const { id } = await bring(value);
    const plain = await account.token(owner);
    const stranger = (await createTestAccount(latchkey)).admin;
    for (const by of [account.admin, stranger]) {
      for (const method of ["GET", "DELETE"]) expect((await named(method, value, by.value)).status).toBe(404);
      for (const method of ["GET", "DELETE"]) expect((await named(method, plain.value, by.value)).status).toBe(404);
    }
    expect((await named("GET", value, owner.value)).json.access_token.id).toBe(id);
    expect((await named("GET", plain.value, owner.value)).json.access_token.id).toBe(plain.token.id);
    for (const each of [value, plain.value]) expect((await named("DELETE", each, owner.value)).status).toBe(200);
    expect([await statusOf(value), await statusOf(plain.value)]).toEqual([403, 403]);
  });

  it("is not found by its ids with another secret, nor is a service's", async () => {
    const { token } = await account.token(owner);
    const { accountId, ownerId, id } = token;
    const { service_token: { value: ofService } } = (await request(latchkey, "GET", `/admin/api/services/${(await account.service("Echo")).id}/service_token.json`, { token: account.admin.value })).json;
    for (const value of [accessTokenString(accountId, ownerId, id, newSecret()), String(ofService), newValue()]) {
      for (const method of ["GET", "DELETE"]) expect((await named(method, value, owner.value)).status).toBe(404);
    }
    expect((await request(latchkey, "GET", `/admin/api/personal/access_tokens/${id}.json`, { token: owner.value })).status).toBe(200);
  });

  it("names the very token that asks, with its own secret and no other", async () => {
    const { token, value } = await account.token(owner);
    const forged = accessTokenString(token.accountId, token.ownerId, token.id, newSecret());
    expect([(await named("GET", value, value)).status, (await named("DELETE", value, value)).status, await statusOf(value)]).toEqual([200, 200, 403]);
    const other = await account.token(owner);
    expect((await named("DELETE", forged, other.value)).status).toBe(404);
  });
});
