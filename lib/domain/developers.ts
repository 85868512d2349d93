import type { AccountId, AccountPlanId, DeveloperAccountId, DeveloperUserId } from "./brands.ts";
import type { MemberState, Role, Versioned } from "./model.ts";

/** A customer of the provider: an organisation whose developers write applications (3scale calls it an account). */
export type DeveloperAccount = Versioned & {
  readonly accountId: AccountId;
  readonly id: DeveloperAccountId;
  readonly orgName: string;
  readonly state: DeveloperAccountState;
  readonly planId?: AccountPlanId;
};

export const DEVELOPER_ACCOUNT_STATES = ["created", "pending", "approved", "rejected"] as const;
export type DeveloperAccountState = (typeof DEVELOPER_ACCOUNT_STATES)[number];

/** One of the people of a developer account. No password of theirs is kept. */
export type DeveloperUser = Versioned & {
  readonly accountId: AccountId;
  readonly id: DeveloperUserId;
  readonly developerAccountId: DeveloperAccountId;
  readonly username: string;
  readonly email?: string;
  readonly role: Role;
  readonly state: MemberState;
};

/** On what terms developer accounts are with the provider. One of the plans is the default: new ones come on it. */
export type AccountPlan = Versioned & {
  readonly accountId: AccountId;
  readonly id: AccountPlanId;
  readonly name: string;
  readonly state: "hidden" | "published";
  readonly approvalRequired: boolean;
  readonly isDefault: boolean;
};

/** The plan that every provider is born with. */
export const FIRST_PLAN = { name: "Default", state: "published", approvalRequired: false, isDefault: true } as const;

const ACCOUNT_STATE_AFTER = { approve: "approved", reject: "rejected", make_pending: "pending" } as const satisfies Record<string, DeveloperAccountState>;
export type AccountTransition = keyof typeof ACCOUNT_STATE_AFTER;

/** The state of a developer account after a transition; undefined when it is there already, which 3scale refuses. */
export function accountStateAfter(state: DeveloperAccountState, transition: AccountTransition): DeveloperAccountState | undefined {
  const after = ACCOUNT_STATE_AFTER[transition];
  return after === state ? undefined : after;
}

const USER_STATE_AFTER = {
  activate: { pending: "active", active: "active" },
  suspend: { active: "suspended", suspended: "suspended" },
  unsuspend: { suspended: "active" },
} as const satisfies Record<string, Partial<Record<MemberState, MemberState>>>;
export type UserTransition = keyof typeof USER_STATE_AFTER;

/** The state of a developer account's user after a transition; undefined when 3scale does not allow it. */
export function userStateAfter(state: MemberState, transition: UserTransition): MemberState | undefined {
  const after: Partial<Record<MemberState, MemberState>> = USER_STATE_AFTER[transition];
  return after[state];
}

/**
 * The states that a signup begins with (3scale: app/lib/signup): who comes with a password, on a plan that asks for no
 * approval, can begin at once.
 */
export function signedUpAs(withPassword: boolean, plan: Pick<AccountPlan, "approvalRequired">) {
  return withPassword && !plan.approvalRequired
    ? { account: "approved", user: "active" } as const
    : { account: "created", user: "pending" } as const;
}

/** What becomes of a developer account when a user of it is activated: one that was only created goes on as its plan says. */
export function accountStateOnActivation(state: DeveloperAccountState, plan: Pick<AccountPlan, "approvalRequired"> | undefined): DeveloperAccountState {
  if (state !== "created") return state;
  return plan?.approvalRequired === true ? "pending" : "approved";
}

/** An admin among these users other than this one: without one, an admin must stay (3scale: "Can't delete last admin"). */
export function adminBeside<User extends Pick<DeveloperUser, "id" | "role">>({ id }: Pick<DeveloperUser, "id">, users: readonly User[]): User | undefined {
  return users.find((user) => user.id !== id && user.role === "admin");
}

/** Where names of users are held. They are the user's alone among all developers of the provider, whatever their case. */
export const USER_NAMES = "DEVELOPER_USERS#";

/** What a user holds alone, and the developer account that it leads to. */
export function heldByUser({ id, username, email, developerAccountId: holder }: Pick<DeveloperUser, "id" | "username" | "email" | "developerAccountId">) {
  return [
    { scope: USER_NAMES, field: "username", value: username.toLowerCase(), holder },
    { scope: USER_NAMES, field: "id", value: String(id), holder },
    ...(email === undefined ? [] : [{ scope: USER_NAMES, field: "email", value: email.toLowerCase(), holder }]),
  ];
}
