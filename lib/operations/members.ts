import { isDeepStrictEqual } from "node:util";
import type { MemberId } from "../domain/brands.ts";
import { forbidden, invalid, notFound } from "../domain/errors.ts";
import { actorOf, type EventType } from "../domain/events.ts";
import { mayTouch, stateAfter, type MemberAction, type Transition } from "../domain/members.ts";
import type { Member, Principal, Role, Section, ServiceAccess } from "../domain/model.ts";
import { newId } from "../secrets/random.ts";
import { record } from "../table/events.ts";
import { listMembers, memberRow, readMember, releaseName, takeName, uniqueNamesOf } from "../table/members.ts";
import { keys } from "../table/model.ts";
import { existingServices } from "../table/services.ts";
import { transact, type Write } from "../table/transact.ts";
import { event, memberOf, untilStored, type Storage } from "./context.ts";
import { once, transactOnce } from "./once.ts";

export type NewMember = Pick<Member, "username" | "email">;
export type MemberFilter = { readonly state?: string | undefined; readonly role?: string | undefined };
export type Rights = { readonly sections?: readonly Section[] | undefined; readonly serviceAccess?: ServiceAccess | undefined };

/** The most services a member may be limited to: more would make every one of their requests read a larger row. */
export const MAX_LISTED_SERVICES = 1000;

/** All members of the principal's account; an unknown state or role matches nobody (3scale: GET /admin/api/users). */
export async function listMembersOf(deps: Storage, principal: Principal, filter: MemberFilter): Promise<Member[]> {
  const members = await listMembers(deps.table, memberOf(principal).accountId);
  return members.filter(
    (member) => (filter.state ?? member.state) === member.state && (filter.role ?? member.role) === member.role,
  );
}

/** One member, if the principal may do that to them. Who may not learns that they exist: 403, as 3scale answers. */
export async function readMemberFor(deps: Storage, principal: Principal, id: MemberId, action: MemberAction): Promise<Member> {
  const actor = memberOf(principal);
  const target = await readMember(deps.table, actor.accountId, id);
  if (target === undefined) throw notFound();
  if (!mayTouch(actor, target, action)) throw forbidden();
  return target;
}

/** A new member: without rights and not yet active, whatever the request says (3scale: POST /admin/api/users). */
export async function createMember(deps: Storage, principal: Principal, wanted: NewMember): Promise<Member> {
  const { accountId } = memberOf(principal);
  const now = deps.clock();
  return once<Member, MemberId>(deps, async () => {
    const member: Member = {
      accountId, id: newId(), username: wanted.username, email: wanted.email,
      role: "member", state: "pending", sections: [], serviceAccess: "all", version: 1, createdAt: now, updatedAt: now,
    };
    const names = uniqueNamesOf(member);
    const outcome = await transactOnce(deps, [
      ...names.map(([field, value]) => takeName(accountId, field, value)),
      { put: memberRow(member), when: "absent" },
      stillAdmin(principal),
      record(event(deps, { accountId, type: "member.created", actor: actorOf(principal), subject: { memberId: member.id }, facts: {} })),
    ], member.id);
    if (outcome.done) return member;
    if (outcome.refused.includes(names.length + 1)) throw forbidden();
    refuseTaken(names, outcome.refused);
    return undefined;
  }, (id) => readMemberFor(deps, principal, id, "read"));
}

/** Changes a member's names. Role, state and rights are not among them (3scale ignores them here). */
export async function updateMember(deps: Storage, principal: Principal, id: MemberId, changes: Partial<NewMember>): Promise<Member> {
  return change(deps, principal, id, "update", "member.updated", (member) => ({ ...member, ...changes }));
}

/** Gives or takes sections and services. Services that the account does not have are dropped, as 3scale does. */
export async function updateRights(deps: Storage, principal: Principal, id: MemberId, rights: Rights): Promise<Member> {
  return change(deps, principal, id, "manage", "member.rights_changed", async (member) => {
    if (member.role === "admin") throw forbidden();
    const { sections = member.sections, serviceAccess } = rights;
    return { ...member, sections, serviceAccess: serviceAccess === undefined ? member.serviceAccess : await existing(deps, principal, serviceAccess) };
  });
}

/** Makes a member an admin, or an admin a member. */
export async function changeRole(deps: Storage, principal: Principal, id: MemberId, role: Role): Promise<Member> {
  return change(deps, principal, id, "manage", "member.rights_changed", (member) => ({ ...member, role }));
}

/** Activates, suspends or unsuspends a member: their tokens follow with the next request (D2). */
export async function changeState(deps: Storage, principal: Principal, id: MemberId, transition: Transition): Promise<Member> {
  return change(deps, principal, id, "manage", "member.state_changed", (member) => {
    const state = stateAfter(member.state, transition);
    if (state === undefined) throw invalid({ state: [`cannot ${transition} a member who is ${member.state}`] });
    // A suspension is for good as far as sessions go: whoever comes back signs in again, and a stolen cookie does not come back.
    return state === member.state ? member : { ...member, state, ...(state === "suspended" ? { sessionsEndedAt: deps.clock() } : {}) };
  });
}

/** Deletes a member. Their tokens are dead at once, because no owner is found; `cleanUpAfter` then removes the rows. */
export async function deleteMember(deps: Storage, principal: Principal, id: MemberId): Promise<void> {
  await untilStored(async () => {
    const member = await readMemberFor(deps, principal, id, "manage");
    const { accountId } = member;
    const outcome = await transact(deps.table, [
      { remove: keys.member(accountId, id), when: { version: member.version } },
      stillAdmin(principal),
      ...uniqueNamesOf(member).map(([field, value]) => releaseName(accountId, field, value)),
      record(event(deps, { accountId, type: "member.deleted", actor: actorOf(principal), subject: { memberId: id }, facts: {} })),
    ]);
    if (!outcome.done && outcome.refused.includes(1)) throw forbidden();
    return outcome.done || undefined;
  });
}

/** What subscribers are told of a member's rights. */
export function rightsFacts({ role, sections, serviceAccess }: Member) {
  return { role, sections, service_access: serviceAccess };
}

/** Stores what `next` makes of the member. What is as it was already is not a change: it is neither stored nor recorded. */
async function change(
  deps: Storage, principal: Principal, id: MemberId, action: MemberAction, type: EventType, next: (member: Member) => Member | Promise<Member>,
): Promise<Member> {
  return untilStored(async () => {
    const before = await readMemberFor(deps, principal, id, action);
    const wanted = await next(before);
    if (isDeepStrictEqual(wanted, before)) return before;
    const after = { ...wanted, version: before.version + 1, updatedAt: deps.clock() };
    const { accountId, state } = after;
    const taken = uniqueNamesOf(after).filter(([, value], at) => value !== uniqueNamesOf(before)[at]?.[1]);
    const released = uniqueNamesOf(before).filter(([, value], at) => value !== uniqueNamesOf(after)[at]?.[1]);
    const facts = type === "member.rights_changed" ? rightsFacts(after) : type === "member.state_changed" ? { state } : {};
    const outcome = await transact(deps.table, [
      ...taken.map(([field, value]) => takeName(accountId, field, value)),
      { put: memberRow(after), when: { version: before.version } },
      ...(memberOf(principal).id === id ? [] : [stillAdmin(principal)]),
      ...released.map(([field, value]) => releaseName(accountId, field, value)),
      record(event(deps, { accountId, type, actor: actorOf(principal), subject: { memberId: id }, facts })),
    ]);
    if (outcome.done) return after;
    if (outcome.refused.includes(taken.length + 1)) throw forbidden();
    // Who took the name may be this very change, sent twice: only on a fresh reading is it somebody else.
    if (!outcome.refused.includes(taken.length)) refuseTaken(taken, outcome.refused);
    return undefined;
  });
}

/** Two admins who demote each other at once must not both succeed: whoever manages is an admin at that very moment. */
function stillAdmin(principal: Principal): Write {
  const actor = memberOf(principal);
  return { check: keys.member(actor.accountId, actor.id), when: "active_admin" };
}

function refuseTaken(names: readonly (readonly [string, string])[], refused: readonly number[]): void {
  const taken = names.filter((_, at) => refused.includes(at));
  if (taken.length > 0) throw invalid(Object.fromEntries(taken.map(([field]) => [field, ["has already been taken"]])));
}

async function existing(deps: Storage, principal: Principal, wanted: ServiceAccess): Promise<ServiceAccess> {
  if (wanted === "all") return "all";
  const ids = [...new Set(wanted)];
  if (ids.length > MAX_LISTED_SERVICES) throw invalid({ allowed_service_ids: [`is too long (maximum is ${MAX_LISTED_SERVICES} services)`] });
  return (await existingServices(deps.table, memberOf(principal).accountId, ids)).sort((a, b) => a - b);
}
