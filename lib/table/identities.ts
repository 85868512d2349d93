import type { AccountId, MemberId } from "../domain/brands.ts";
import type { Identity } from "../domain/sign-in.ts";
import { rowsOf } from "./list.ts";
import { hashOf, inIndex, keys, listings, type Row } from "./model.ts";
import { expectType, idIn, number, text } from "./row.ts";
import type { Table } from "./client.ts";
import type { Write } from "./transact.ts";

type Owner = { readonly accountId: AccountId; readonly memberId: MemberId };
/** Which member of an account a subject is. `version` is that of the row: it may be given to another when that member is gone. */
export type KnownIdentity = Owner & { readonly version: number };

/** The members that a subject is known as, one an account: read consistently, for it decides who is let in. */
export async function readIdentities(table: Table, identity: Identity): Promise<KnownIdentity[]> {
  return (await Array.fromAsync(rowsOf(table, listings.identities(identity.issuer, identity.subject)))).map((row) => {
    expectType(row, "identity");
    return { accountId: idIn(row, "accountId"), memberId: idIn(row, "memberId"), version: number(row, "version") };
  });
}

/**
 * Binds a subject to a member and the member to the subject: a row to find one by the other, each way. Refused when
 * either was bound meanwhile; `stale` is what the subject was known as, when that member is gone.
 */
export function bind(identity: Identity, { accountId, memberId }: Owner, stale: KnownIdentity | undefined): readonly Write[] {
  const { issuer, subject } = identity;
  const listed = inIndex(listings.identitiesOf(accountId, memberId), memberId);
  return [
    {
      put: { ...keys.identity(issuer, subject, accountId), ...listed, type: "identity", accountId, memberId, version: (stale?.version ?? 0) + 1 },
      when: stale === undefined ? "absent" : { version: stale.version },
    },
    { put: { ...keys.binding(accountId, memberId, issuer), ...listed, type: "binding", subject: hashOf(subject) }, when: "absent" },
  ];
}

/** Whether the row of a member's binding, if there is one, is to this subject. */
export function isBoundTo(row: Row, { subject }: Identity): boolean {
  expectType(row, "binding");
  return text(row, "subject") === hashOf(subject);
}
