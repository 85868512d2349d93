import { ceilingOf, type Grant } from "../domain/ceiling.ts";
import { DomainError } from "../domain/errors.ts";
import type { Account, Member, Principal } from "../domain/model.ts";
import { offersTo, type Offer } from "../domain/offers.ts";
import { accountFrom } from "../table/accounts.ts";
import { readTogether } from "../table/client.ts";
import { memberFrom } from "../table/members.ts";
import { keys } from "../table/model.ts";
import { memberOf, type Storage } from "./context.ts";

/** Who is asking, what they may do, and what they may give to a token. */
export type OwnRights = { readonly account: Account; readonly member: Member; readonly ceiling: Grant; readonly offers: readonly Offer[] };

/** The rights of the principal's member, and of the token that they ask with. Names do not travel with a principal: one read. */
export async function readOwnRights(deps: Storage, principal: Principal): Promise<OwnRights> {
  const { accountId, id } = memberOf(principal);
  const [accountRow, memberRow] = await readTogether(deps.table, [keys.account(accountId), keys.member(accountId, id)]);
  // Deleted since the request was let in.
  if (accountRow === undefined || memberRow === undefined) throw new DomainError("access_denied", "Access denied");
  const member = memberFrom(memberRow);
  const ceiling = ceilingOf(principal.kind === "access_token" ? { ...principal, owner: member } : { kind: "member", member });
  return { account: accountFrom(accountRow), member, ceiling, offers: offersTo(member, ceiling) };
}
