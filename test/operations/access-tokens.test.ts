import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccessTokenId } from "../../lib/domain/brands.ts";
import type { AccessToken, Principal } from "../../lib/domain/model.ts";
import { accessTokenString } from "../../lib/domain/token-string.ts";
import { deleteOwnAccessToken, idOfOwnAccessToken } from "../../lib/operations/access-tokens.ts";
import { readOwnRights } from "../../lib/operations/own-rights.ts";
import { newSecret } from "../../lib/secrets/random.ts";
import { keys } from "../../lib/table/model.ts";
import { createTestAccount, type Person } from "../support/account.ts";
import { rewriteMember, rewriteToken } from "../support/rows.ts";
import { through } from "../support/table.ts";
import { SECTIONS, Workshop } from "../support/workshop.ts";

/** What a value names, whoever asks with which token; and what somebody has when something of them is gone. */
const w = new Workshop();
beforeAll(() => w.open());
afterAll(() => w.close());

const NOT_FOUND = { code: "not_found" };
const speaking = ({ member, token }: Pick<Person, "member" | "token">): Principal => ({ kind: "access_token", token, owner: member });
/** A value that carries the ids of a token, and a secret that is not its own. */
const forged = ({ accountId, ownerId, id }: AccessToken) => accessTokenString(accountId, ownerId, id, newSecret());
const named = (by: Principal, value: string, deps = w.operator): Promise<AccessTokenId> => idOfOwnAccessToken(deps, by, value);

describe("the value of one's own token names it", () => {
  it("whichever of one's tokens asks, and from a page", async () => {
    const person = await w.member();
    const other = await w.account.token(person);
    for (const by of [speaking(person), speaking(other), { kind: "member", member: person.member } as const]) {
      expect([await named(by, person.value), await named(by, other.value)]).toEqual([person.token.id, other.token.id]);
    }
  });

  it("when it has expired, for somebody who looks it up", async () => {
    const person = await w.member();
    const other = await w.account.token(person);
    await rewriteToken(w.latchkey, other.token, { expiresAt: 1 });
    expect(await named(speaking(person), other.value)).toBe(other.token.id);
  });

  it("when it was deleted while it asked, and not when another was", async () => {
    const person = await w.member();
    const other = await w.account.token(person);
    for (const { id } of [person.token, other.token]) await deleteOwnAccessToken(w.operator, speaking(person), id);
    expect(await named(speaking(person), person.value)).toBe(person.token.id);
    await expect(named(speaking(person), other.value)).rejects.toMatchObject(NOT_FOUND);
    await expect(named({ kind: "member", member: person.member }, person.value)).rejects.toMatchObject(NOT_FOUND);
  });

  it("with its own secret alone", async () => {
    const person = await w.member();
    const other = await w.account.token(person);
    await expect(named(speaking(person), forged(other.token))).rejects.toMatchObject(NOT_FOUND);
    await expect(named({ kind: "member", member: person.member }, forged(person.token))).rejects.toMatchObject(NOT_FOUND);
  });

  it("and somebody else's is not even looked up", async () => {
    const [person, other, elsewhere] = [await w.member(), await w.member(), (await createTestAccount(w.latchkey)).admin];
    const table = through(w.operator.table, () => Promise.reject(new Error("The database was asked")));
    for (const { value } of [other, elsewhere]) await expect(named(speaking(person), value, { ...w.operator, table })).rejects.toMatchObject(NOT_FOUND);
  });
});

describe("what somebody may is", () => {
  it("bound by the token that they ask with, and by nothing when they ask from a page", async () => {
    const person = await w.account.member({ sections: [...SECTIONS, "finance"] }, { scopes: ["account_management"], permission: "ro" });
    expect((await readOwnRights(w.operator, speaking(person))).ceiling).toMatchObject({ scopes: ["account_management"], permission: "ro" });
    const { ceiling } = await readOwnRights(w.operator, { kind: "member", member: person.member });
    expect(ceiling).toMatchObject({ permission: "rw" });
    expect(ceiling.scopes).toEqual(expect.arrayContaining(["account_management", "finance"]));
  });

  it("what they have now, whatever they had when they were let in", async () => {
    const person = await w.account.member({ sections: [...SECTIONS, "finance"] }, { scopes: ["account_management", "finance"], permission: "rw" });
    await rewriteMember(w.latchkey, person.member, { sections: SECTIONS });
    for (const by of [speaking(person), { kind: "member", member: person.member } as const]) {
      const { member, ceiling } = await readOwnRights(w.operator, by);
      expect([member.sections, ceiling.scopes]).toEqual([SECTIONS, ["account_management"]]);
    }
  });

  it("nothing when they were deleted since they were let in, or their account was", async () => {
    const person = await w.member();
    await w.lose(keys.member(person.member.accountId, person.member.id));
    await expect(readOwnRights(w.operator, speaking(person))).rejects.toMatchObject({ code: "access_denied", message: "Access denied" });
    const { admin } = await createTestAccount(w.latchkey);
    await w.lose(keys.account(admin.member.accountId));
    await expect(readOwnRights(w.operator, speaking(admin))).rejects.toMatchObject({ code: "access_denied", message: "Access denied" });
  });
});
