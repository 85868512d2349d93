import type { EpochSeconds } from "../domain/brands.ts";
import type { Member, Session } from "../domain/model.ts";
import { readTogether, type Table } from "./client.ts";
import { memberFrom } from "./members.ts";
import { inIndex, keys, listings, type Row } from "./model.ts";
import { expectType, time } from "./row.ts";

/** The id is kept as a hash, in the key: who reads the table can name no session. */
export function sessionRow({ accountId, memberId, id, expiresAt }: Session): Row {
  return {
    ...keys.session(accountId, memberId, id),
    ...inIndex(listings.sessions(accountId, memberId), expiresAt),
    type: "session",
    expiresAt,
    ttl: expiresAt,
  };
}

/** Until when a session lasts, and its member, as they are at this moment: one consistent round trip. */
export async function readSessionAndMember(
  table: Table, { accountId, memberId, id }: Session,
): Promise<{ readonly expiresAt: EpochSeconds; readonly member: Member } | undefined> {
  const [session, member] = await readTogether(table, [keys.session(accountId, memberId, id), keys.member(accountId, memberId)]);
  if (session === undefined || member === undefined) return undefined;
  expectType(session, "session");
  return { expiresAt: time(session, "expiresAt"), member: memberFrom(member) };
}
