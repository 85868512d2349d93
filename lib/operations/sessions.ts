import { epochSeconds } from "../domain/brands.ts";
import type { Member, Session } from "../domain/model.ts";
import { DomainError } from "../domain/errors.ts";
import { newSessionId } from "../secrets/random.ts";
import { record } from "../table/events.ts";
import { keys } from "../table/model.ts";
import { readSessionAndMember, sessionRow } from "../table/sessions.ts";
import { transact, type Write } from "../table/transact.ts";
import { event, type Storage } from "./context.ts";

/** A working day. Nothing prolongs it. */
export const SESSION_SECONDS = 8 * 60 * 60;

type Owner = Pick<Member, "accountId" | "id">;

/** Starts a session of a member who has been proved to be there. Refused when they are not active at this very moment. */
export async function startSession(deps: Storage, member: Owner): Promise<Session> {
  const { session, writes } = bornSession(deps, member);
  const outcome = await transact(deps.table, writes);
  if (!outcome.done) throw new DomainError("access_denied", "Access denied");
  return session;
}

/** A new session of a member and the writes that store it, to be part of a transaction; the first is refused when the member is not active. */
export function bornSession(deps: Storage, { accountId, id: memberId }: Owner): { readonly session: Session; readonly writes: readonly Write[] } {
  const session = { accountId, memberId, id: newSessionId(), expiresAt: epochSeconds(deps.clock() + SESSION_SECONDS) };
  return {
    session,
    writes: [
      { check: keys.member(accountId, memberId), when: "active" },
      { put: sessionRow(session), when: "absent" },
      record(event(deps, { accountId, type: "member.signed_in", actor: { memberId }, subject: { memberId }, facts: {} })),
    ],
  };
}

/**
 * Whose session is this? Undefined when it has ended, or when its member is not active: as live as a token's (D2, D6).
 * A storage failure throws (D12).
 */
export async function authenticateSession(deps: Storage, session: Session): Promise<Member | undefined> {
  const found = await readSessionAndMember(deps.table, session);
  return found?.member.state === "active" && deps.clock() < found.expiresAt ? found.member : undefined;
}

/** Ends a session, wherever its cookie has been copied to. One that has ended already stays so, and is not recorded twice. */
export async function endSession(deps: Storage, { accountId, memberId, id }: Omit<Session, "expiresAt">): Promise<void> {
  await transact(deps.table, [
    { remove: keys.session(accountId, memberId, id), when: "present" },
    record(event(deps, { accountId, type: "member.signed_out", actor: { memberId }, subject: { memberId }, facts: {} })),
  ]);
}
