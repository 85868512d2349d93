import type { Member, MemberState } from "./model.ts";

/** What a member may do to another: 3scale's rules for users (app/models/ability of a provider). */
export type MemberAction = "read" | "update" | "manage";

/**
 * Admins read and update everybody, members themselves. Nobody manages (role, rights, state, deletion) themselves:
 * so whoever manages is an admin who stays one, and an account never loses its last admin.
 */
export function mayTouch(actor: Member, target: Pick<Member, "id">, action: MemberAction): boolean {
  const self = actor.id === target.id;
  if (action === "manage") return actor.role === "admin" && !self;
  return actor.role === "admin" || self;
}

export const TRANSITIONS = {
  activate: { from: ["pending"], to: "active" },
  suspend: { from: ["active"], to: "suspended" },
  unsuspend: { from: ["suspended"], to: "active" },
} as const satisfies Record<string, { from: readonly MemberState[]; to: MemberState }>;
export type Transition = keyof typeof TRANSITIONS;

/** The state after a transition; undefined when the state does not allow it. Repeating one that took effect is no error. */
export function stateAfter(state: MemberState, transition: Transition): MemberState | undefined {
  const { from, to } = TRANSITIONS[transition];
  return state === to || (from as readonly MemberState[]).includes(state) ? to : undefined;
}
