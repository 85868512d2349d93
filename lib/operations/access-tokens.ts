import { epochSeconds, type AccessTokenId, type MemberId } from "../domain/brands.ts";
import { ceilingOf, exceeding, type Excess } from "../domain/ceiling.ts";
import { DomainError, invalid, notFound } from "../domain/errors.ts";
import { actorOf, type DomainEvent } from "../domain/events.ts";
import type { AccessToken, Member, Principal } from "../domain/model.ts";
import { isoSeconds } from "../domain/time.ts";
import { accessTokenString, parseToken } from "../domain/token-string.ts";
import { digest, importedDigests } from "../secrets/pepper.ts";
import { newId, newSecret } from "../secrets/random.ts";
import {
  accessTokenRow, importedRow, listAccessTokens, listAccessTokensOfAccount, readAccessToken, type StoredAccessToken,
} from "../table/access-tokens.ts";
import { record } from "../table/events.ts";
import { readMember, readMembers } from "../table/members.ts";
import { keys } from "../table/model.ts";
import type { Page, PageWanted } from "../table/page.ts";
import { transact, type Outcome, type Write } from "../table/transact.ts";
import { identify } from "./authenticate.ts";
import { event, memberOf, untilStored, type Hashing, type Storage } from "./context.ts";
import { once, transactOnce } from "./once.ts";

export type NewAccessToken = Pick<AccessToken, "name" | "scopes" | "permission" | "expiresAt">;
export type Issued = { readonly token: AccessToken; readonly value: string };
/** A token with whose it is. */
export type OwnedAccessToken = AccessToken & { readonly owner: Member };
export type AccessTokenChanges = { readonly [K in keyof NewAccessToken]?: NewAccessToken[K] | undefined };

/**
 * Issues a token to the principal's own member. Its value is in the result and nowhere else; the table keeps a hash. A request
 * that has a name and comes again finds the token that it made, and gives it another value, since nobody knows the first.
 */
export async function issueAccessToken(
  deps: Storage & Hashing, creator: Principal, wanted: NewAccessToken,
): Promise<Issued> {
  refuse(exceeding(ceilingOf(creator), wanted));
  refusePast(deps, wanted.expiresAt);
  const owner = memberOf(creator);
  return once<Issued, AccessTokenId>(deps, async () => {
    const { token, value, writes } = bornToken(deps, creator, owner, wanted);
    const outcome = await transactOnce(deps, [stillActive(owner), ...writes], token.id);
    return ownerWasActive(outcome) && outcome.done ? { token, value } : undefined;
  }, (id) => withAnotherValue(deps, creator, owner, id));
}

async function withAnotherValue(deps: Storage & Hashing, creator: Principal, owner: Member, id: AccessTokenId): Promise<Issued> {
  return untilStored(async () => {
    const stored = await load(deps, owner, id);
    const value = accessTokenString(owner.accountId, owner.id, id, newSecret());
    const token = { ...stored.token, version: stored.token.version + 1, updatedAt: deps.clock() };
    const outcome = await transact(deps.table, [
      stillActive(owner),
      { put: accessTokenRow({ ...stored, token, digest: digest(deps.peppers, value) }), when: { version: stored.token.version } },
      record(event(deps, {
        accountId: owner.accountId, type: "access_token.updated", actor: actorOf(creator), subject: { memberId: owner.id, tokenId: id }, facts: { name: token.name, value: "replaced" },
      })),
    ]);
    return ownerWasActive(outcome) && outcome.done ? { token, value } : undefined;
  });
}

/** A new token of a member, with its value, and the writes that store it, to be part of a transaction. */
export function bornToken(deps: Storage & Hashing, creator: Principal, owner: Member, wanted: NewAccessToken) {
  const token = newToken(deps, owner, wanted);
  const value = accessTokenString(owner.accountId, owner.id, token.id, newSecret());
  return { token, value, writes: birth(deps, creator, { token, digest: digest(deps.peppers, value), imported: false }) };
}

/**
 * Takes over a token that 3scale issued to a member, of which only the SHA-384 digest (96 hex digits) is known, so
 * that programs keep their values. The ceiling is the member's own. Refused as invalid when it is here already.
 */
export async function importAccessToken(
  deps: Storage & Hashing, owner: Member, wanted: NewAccessToken, sha384: string,
): Promise<AccessToken> {
  const creator: Principal = { kind: "member", member: owner };
  refuse(exceeding(ceilingOf(creator), wanted));
  const digests = importedDigests(deps.peppers, sha384);
  const current = digests.find(({ pepper }) => pepper === deps.peppers.current)!;
  return untilStored(async () => {
    const token = newToken(deps, owner, wanted);
    const outcome = await transact(deps.table, [
      stillActive(owner),
      // It may have come under an older pepper: the same value must not be two tokens, of which one outlives the other.
      ...digests.map(({ hash }) =>
        hash === current.hash
          ? { put: importedRow(current, { accountId: owner.accountId, ownerId: owner.id, id: token.id }), when: "absent" as const }
          : { check: keys.imported(hash), when: "absent" as const }),
      ...birth(deps, creator, { token, digest: current, imported: true }),
    ]);
    if (ownerWasActive(outcome) && outcome.done) return token;
    if (!outcome.done && outcome.refused.some((position) => position <= digests.length)) throw invalid({ digest: ["has already been imported"] });
    return undefined;
  });
}

/** A page of the tokens of the principal's member whose names contain `name`, by id, expired ones included. */
export async function listOwnAccessTokens(deps: Storage, principal: Principal, name: string, wanted: PageWanted): Promise<Page<AccessToken>> {
  const owner = memberOf(principal);
  const part = name.normalize("NFC");
  return listAccessTokens(deps.table, owner.accountId, owner.id, wanted, part === "" ? undefined : (token) => token.name.includes(part));
}

/** One token of the principal's member. Somebody else's does not exist, as far as they can see. */
export async function readOwnAccessToken(deps: Storage, principal: Principal, id: AccessTokenId): Promise<AccessToken> {
  return (await load(deps, memberOf(principal), id)).token;
}

/**
 * The id of the principal's own token that has this value, by which 3scale's programs may name it, expired or not.
 * The value of the very token that asks names it even when another request has just deleted it.
 */
export async function idOfOwnAccessToken(deps: Storage & Hashing, principal: Principal, value: string): Promise<AccessTokenId> {
  const { accountId, id: ownerId } = memberOf(principal);
  const parsed = parseToken(value);
  if (parsed?.kind === "access_token") {
    // The ids in it say whose it is: another's is not even looked up.
    if (parsed.accountId !== accountId || parsed.ownerId !== ownerId) throw notFound();
    if (principal.kind === "access_token" && parsed.id === principal.token.id) return parsed.id;
  }
  const named = await identify(deps, value);
  if (named.kind !== "access_token" || named.owner.id !== ownerId || named.owner.accountId !== accountId) throw notFound();
  return named.token.id;
}

/** Changes a token of the principal's member. What it adds to the token is bound by the same ceiling as a new one (D1). */
export async function updateAccessToken(
  deps: Storage, principal: Principal, id: AccessTokenId, changes: AccessTokenChanges,
): Promise<AccessToken> {
  return untilStored(async () => {
    const stored = await load(deps, memberOf(principal), id);
    const { name, scopes, permission, expiresAt } = stored.token;
    const wanted = {
      name: changes.name ?? name, scopes: changes.scopes ?? scopes, permission: changes.permission ?? permission, expiresAt: changes.expiresAt ?? expiresAt,
    };
    refuse(exceeding(ceilingOf(principal), wanted, stored.token));
    // Programs send back what they read: an expiry that stays may be over.
    if (wanted.expiresAt !== expiresAt) refusePast(deps, wanted.expiresAt);
    const token = { ...stored.token, ...wanted, version: stored.token.version + 1, updatedAt: deps.clock() };
    const outcome = await transact(deps.table, [
      { put: accessTokenRow({ ...stored, token }), when: { version: stored.token.version } },
      record(tokenEvent(deps, principal, "access_token.updated", token)),
    ]);
    return outcome.done ? token : undefined;
  });
}

/**
 * Deletes a token of the principal's member: from the answer on it is unknown. A token that deletes itself twice, as
 * a program does that lost the first answer, succeeds both times.
 */
export async function deleteOwnAccessToken(deps: Storage, principal: Principal, id: AccessTokenId): Promise<void> {
  const isOwnCredential = principal.kind === "access_token" && principal.token.id === id;
  const deleted = await remove(deps, principal, memberOf(principal), id);
  if (!deleted && !isOwnCredential) throw notFound();
}

/** A page of the tokens of a member of the principal's account, for its admins: never a value, which nobody has. */
export async function listAccessTokensOf(deps: Storage, principal: Principal, memberId: MemberId, wanted: PageWanted): Promise<Page<AccessToken>> {
  const { accountId } = memberOf(principal);
  if ((await readMember(deps.table, accountId, memberId)) === undefined) throw notFound();
  return listAccessTokens(deps.table, accountId, memberId, wanted);
}

/**
 * A page of the tokens of everybody in the principal's account, by id, expired ones included, for its admins. Those of
 * a member who has just been deleted are dead, on their way out and not shown.
 */
export async function listAllAccessTokens(deps: Storage, principal: Principal, wanted: PageWanted): Promise<Page<OwnedAccessToken>> {
  const { accountId } = memberOf(principal);
  const page = await listAccessTokensOfAccount(deps.table, accountId, wanted);
  const owners = await readMembers(deps.table, accountId, page.items.map(({ ownerId }) => ownerId));
  return {
    ...page,
    items: page.items.flatMap((token) => {
      const owner = owners.get(token.ownerId);
      return owner === undefined ? [] : [{ ...token, owner }];
    }),
  };
}

/** Deletes a token of a member of the principal's account, for its admins. */
export async function deleteAccessTokenOf(deps: Storage, principal: Principal, memberId: MemberId, id: AccessTokenId): Promise<void> {
  const { accountId } = memberOf(principal);
  if (!(await remove(deps, principal, { accountId, id: memberId }, id))) throw notFound();
}

type Owner = Pick<Member, "accountId" | "id">;

async function load(deps: Storage, owner: Owner, id: AccessTokenId): Promise<StoredAccessToken> {
  const stored = await readAccessToken(deps.table, owner.accountId, owner.id, id);
  if (stored === undefined) throw notFound();
  return stored;
}

async function remove(deps: Storage, principal: Principal, owner: Owner, id: AccessTokenId): Promise<boolean> {
  const stored = await readAccessToken(deps.table, owner.accountId, owner.id, id);
  if (stored === undefined) return false;
  const outcome = await transact(deps.table, [
    { remove: keys.accessToken(owner.accountId, owner.id, id), when: "present" },
    record(tokenEvent(deps, principal, "access_token.deleted", stored.token)),
    ...(stored.imported ? [{ remove: keys.imported(stored.digest.hash) }] : []),
  ]);
  return outcome.done;
}

/** The first write of a token's birth: a member who is suspended or deleted meanwhile gets none, for nobody would see it. */
function stillActive(owner: Owner): Write {
  return { check: keys.member(owner.accountId, owner.id), when: "active" };
}

function ownerWasActive(outcome: Outcome): true {
  if (!outcome.done && outcome.refused.includes(0)) throw new DomainError("access_denied", "Access denied");
  return true;
}

function birth(deps: Storage, creator: Principal, stored: StoredAccessToken): readonly Write[] {
  return [{ put: accessTokenRow(stored), when: "absent" }, record(tokenEvent(deps, creator, "access_token.created", stored.token))];
}

function newToken(deps: Storage, owner: Member, wanted: NewAccessToken): AccessToken {
  const now = deps.clock();
  const { name, scopes, permission, expiresAt } = wanted;
  return {
    accountId: owner.accountId, ownerId: owner.id, id: newId(), name, scopes, permission, expiresAt,
    version: 1, createdAt: now, updatedAt: now,
  };
}

function tokenEvent(deps: Storage, principal: Principal, type: DomainEvent["type"], token: AccessToken): DomainEvent {
  const { name, scopes, permission, expiresAt } = token;
  return event(deps, {
    accountId: token.accountId, type, actor: actorOf(principal),
    subject: { memberId: token.ownerId, tokenId: token.id },
    facts: { name, scopes, permission, ...(expiresAt === "never" ? {} : { expires_at: isoSeconds(expiresAt) }) },
  });
}

/** Only the future can be given as an expiry; 3scale's words. */
function refusePast({ clock }: Storage, expiresAt: AccessToken["expiresAt"] | undefined): void {
  const now = clock();
  if (expiresAt === undefined || expiresAt === "never" || expiresAt > now) return;
  const example = isoSeconds(epochSeconds(now + 7 * 24 * 60 * 60));
  throw invalid({ expires_at: [`Date must follow ISO8601 format and be future. Example: ${example}.`] });
}

function refuse(excess: readonly Excess[]): void {
  if (excess.length === 0) return;
  const fields: Record<string, string[]> = {};
  for (const { field, message } of excess) (fields[field] ??= []).push(message);
  throw invalid(fields);
}
