import type { AccountId, Id, MemberId } from "../domain/brands.ts";
import { MEMBER_STATES, ROLES, SECTIONS, type Member } from "../domain/model.ts";
import { foldedEmail } from "../domain/sign-in.ts";
import { readRow, readTogether, type Table } from "./client.ts";
import { rowsOf } from "./list.ts";
import { inIndex, keys, listings, type Row, type UniqueField } from "./model.ts";
import { expectType, idIn, idsIn, oneOf, someOf, text, time, versioned } from "./row.ts";
import type { Write } from "./transact.ts";

export function memberRow(member: Member): Row {
  return {
    ...keys.member(member.accountId, member.id),
    ...inIndex(listings.members(member.accountId), member.id),
    ...inIndex(listings.membersByEmail(foldedEmail(member.email)), member.accountId),
    type: "member",
    ...member,
  };
}

export function memberFrom(row: Row): Member {
  expectType(row, "member");
  return {
    accountId: idIn(row, "accountId"),
    id: idIn(row, "id"),
    username: text(row, "username"),
    email: text(row, "email"),
    role: oneOf(row, "role", ROLES),
    state: oneOf(row, "state", MEMBER_STATES),
    sections: someOf(row, "sections", SECTIONS),
    serviceAccess: row["serviceAccess"] === "all" ? "all" : idsIn(row, "serviceAccess"),
    ...(row["sessionsEndedAt"] === undefined ? {} : { sessionsEndedAt: time(row, "sessionsEndedAt") }),
    ...versioned(row),
  };
}

export async function readMember(table: Table, account: AccountId, member: MemberId): Promise<Member | undefined> {
  const row = await readRow(table, keys.member(account, member));
  return row === undefined ? undefined : memberFrom(row);
}

/** Members by id, each read once, without those that do not exist. */
export async function readMembers(table: Table, account: AccountId, ids: readonly MemberId[]): Promise<ReadonlyMap<MemberId, Member>> {
  const wanted = [...new Set(ids)];
  const found: Member[] = [];
  for (let at = 0; at < wanted.length; at += 100) {
    const rows = await readTogether(table, wanted.slice(at, at + 100).map((id) => keys.member(account, id)));
    found.push(...rows.filter((row) => row !== undefined).map(memberFrom));
  }
  return new Map(found.map((member) => [member.id, member]));
}

export async function listMembers(table: Table, account: AccountId): Promise<Member[]> {
  return (await Array.fromAsync(rowsOf(table, listings.members(account)))).map(memberFrom);
}

/** The members, one an account, who have this e-mail. From an index: whoever decides by it reads them again. */
export async function listMembersByEmail(table: Table, email: string): Promise<Member[]> {
  return (await Array.fromAsync(rowsOf(table, listings.membersByEmail(foldedEmail(email))))).map(memberFrom);
}

/** The names a member holds alone in the account. Letter case does not make them different. */
export function uniqueNamesOf(member: Pick<Member, "username" | "email">): readonly (readonly [UniqueField, string])[] {
  return [["username", member.username.toLowerCase()], ["email", member.email.toLowerCase()]];
}

/** Takes a name; the write is refused when it is taken. What is to be found by the name is its `holder`. */
export function takeName(account: AccountId, field: UniqueField, value: string, holder?: Id): Write {
  return { put: { ...keys.unique(account, field, value), type: "unique", ...(holder === undefined ? {} : { holder }) }, when: "absent" };
}

/** What a name that was taken with a holder leads to. */
export async function holderOf<T extends Id>(table: Table, account: AccountId, field: UniqueField, value: string): Promise<T | undefined> {
  const row = await readRow(table, keys.unique(account, field, value));
  return row === undefined ? undefined : idIn<T>(row, "holder");
}

export function releaseName(account: AccountId, field: UniqueField, value: string): Write {
  return { remove: keys.unique(account, field, value) };
}
