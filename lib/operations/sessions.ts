import { epochSeconds } from "../domain/brands.ts";
import type { Member, Session } from "../domain/model.ts";
import { newSessionId } from "../secrets/random.ts";
import { record } from "../table/events.ts";
import { keys } from "../table/model.ts";
import { readSessionAndMember, sessionRow } from "../table/sessions.ts";
import { transact, type Write } from "../table/transact.ts";
import { event, type Storage } from "./context.ts";

/** A working day. Nothing prolongs it. */
export const SESSION_SECONDS = 8 * 60 * 60;

type Owner = Pick<Member, "accountId" | "id">;

/**
 * Starts a session of a member who has been proved to be there, always a new one, together with what follows from that.
 * Undefined when they are not active at this very moment, or when what follows was refused.
 */
export async function startSession(deps: Storage, { accountId, id: memberId }: Owner, follows: readonly Write[] = []): Promise<Session | undefined> {
  const session = { accountId, memberId, id: newSessionId(), expiresAt: epochSeconds(deps.clock() + SESSION_SECONDS) };
  const outcome = await transact(deps.table, [
    { check: keys.member(accountId, memberId), when: "active" },
    { put: sessionRow(session), when: "absent" },
    ...follows,
    record(event(deps, { accountId, type: "member.signed_in", actor: { memberId }, subject: { memberId }, facts: {} })),
  ]);
  return outcome.done ? session : undefined;
}

/**
 * Whose session is this? Undefined when it has ended, also by a suspension since it began, or when its member is not active: as
 * live as a token's (D2, D6). A storage failure throws (D12).
 */
export async function authenticateSession(deps: Storage, session: Session): Promise<Member | undefined> {
  const found = await readSessionAndMember(deps.table, session);
  if (found?.member.state !== "active" || deps.clock() >= found.expiresAt) return undefined;
  const { sessionsEndedAt } = found.member;
  return sessionsEndedAt === undefined || found.expiresAt - SESSION_SECONDS > sessionsEndedAt ? found.member : undefined;
}

/** Ends a session, wherever its cookie has been copied to. One that has ended already stays so, and is not recorded twice. */
export async function endSession(deps: Storage, { accountId, memberId, id }: Omit<Session, "expiresAt">): Promise<void> {
  await transact(deps.table, [
    { remove: keys.session(accountId, memberId, id), when: "present" },
    record(event(deps, { accountId, type: "member.signed_out", actor: { memberId }, subject: { memberId }, facts: {} })),
  ]);
}
