import type { AccountId } from "../domain/brands.ts";
import type { Member, Session } from "../domain/model.ts";
import { admit, foldedEmail, type Admission, type Candidate, type Identity } from "../domain/sign-in.ts";
import { readTogether } from "../table/client.ts";
import { accountFrom } from "../table/accounts.ts";
import { bind, isBoundTo, readIdentities, type KnownIdentity } from "../table/identities.ts";
import { listMembersByEmail, memberFrom, readMember } from "../table/members.ts";
import { keys } from "../table/model.ts";
import { untilStored, type Storage } from "./context.ts";
import { startSession } from "./sessions.ts";

/** More accounts than anybody chooses from; those beyond are reached by naming them. */
const MAX_ACCOUNTS = 30;

export type SignedIn = { readonly kind: "signed_in"; readonly session: Session } | Exclude<Admission<Found>, { readonly kind: "one" }>;
/** A candidate, and what the subject was known as in their account, when that member is gone. */
type Found = Candidate & { readonly stale?: KnownIdentity | undefined };

/**
 * Signs in whoever an issuer says is there, in the account they named or in the only one there is for them. Whose e-mail
 * let them in is bound to their subject with the session, so that later it is the subject who is known, whatever
 * e-mail they have by then.
 */
export async function signIn(deps: Storage, identity: Identity, wanted: AccountId | undefined): Promise<SignedIn> {
  return untilStored<SignedIn>(async () => {
    const admission = admit(await candidates(deps, identity, wanted), identity);
    if (admission.kind !== "one") return admission;
    const { member, bound, stale } = admission.candidate;
    // Suspended, deleted or bound to somebody between reading and writing: who they are is asked again.
    const session = await startSession(deps, member, bound === "to_this" ? [] : bind(identity, { accountId: member.accountId, memberId: member.id }, stale));
    return session && { kind: "signed_in", session };
  });
}

/** The accounts of a choice, with their names. */
export async function namesOf(deps: Storage, accounts: readonly AccountId[]): Promise<{ readonly id: AccountId; readonly name: string }[]> {
  const rows = await readTogether(deps.table, accounts.slice(0, MAX_ACCOUNTS).map((account) => keys.account(account)));
  return rows.flatMap((row) => (row === undefined ? [] : [accountFrom(row)])).map(({ id, name }) => ({ id, name }));
}

/** The member of each account whom this identity may be: by the subject where that is known, by the verified e-mail elsewhere. */
async function candidates(deps: Storage, identity: Identity, wanted: AccountId | undefined): Promise<readonly Found[]> {
  const { verifiedEmail } = identity;
  const [known, listed] = await Promise.all([
    readIdentities(deps.table, identity), verifiedEmail === undefined ? [] : listMembersByEmail(deps.table, verifiedEmail),
  ]);
  const bySubject = new Map(known.map((each) => [each.accountId, each]));
  const byEmail = new Map(listed.map((each) => [each.accountId, each]));
  const accounts = [...new Set([...bySubject.keys(), ...byEmail.keys()])].filter((account) => wanted === undefined || account === wanted).slice(0, MAX_ACCOUNTS);
  const found = await Promise.all(accounts.map((account) => candidate(deps, identity, bySubject.get(account), byEmail.get(account))));
  return found.filter((each) => each !== undefined);
}

async function candidate(deps: Storage, identity: Identity, known: KnownIdentity | undefined, listed: Member | undefined): Promise<Found | undefined> {
  const subjects = known && (await readMember(deps.table, known.accountId, known.memberId));
  if (subjects !== undefined) return { member: subjects, bound: "to_this" };
  if (listed === undefined) return undefined;
  // The e-mail was found in an index, which may be behind.
  const [memberRow, bindingRow] = await readTogether(deps.table, [keys.member(listed.accountId, listed.id), keys.binding(listed.accountId, listed.id, identity.issuer)]);
  const member = memberRow && memberFrom(memberRow);
  if (member === undefined || foldedEmail(member.email) !== foldedEmail(identity.verifiedEmail ?? "")) return undefined;
  return { member, bound: bindingRow === undefined ? "to_nobody" : isBoundTo(bindingRow, identity) ? "to_this" : "to_another", stale: known };
}
