import type { DeveloperAccountId, DeveloperUserId } from "../domain/brands.ts";
import {
  accountStateOnActivation, adminBeside, heldByUser, userStateAfter, type DeveloperAccount, type DeveloperUser, type UserTransition,
} from "../domain/developers.ts";
import { invalid, notFound, refused } from "../domain/errors.ts";
import type { Principal, Role } from "../domain/model.ts";
import { accountPlans, developerAccounts, developerUsersOf } from "../table/developers.ts";
import { keys } from "../table/model.ts";
import type { Write } from "../table/transact.ts";
import type { Storage } from "./context.ts";
import { developers, readDeveloperAccount } from "./developer-accounts.ts";
import { entities, type Entities } from "./entities.ts";

export type NewDeveloperUser = Pick<DeveloperUser, "username" | "email">;
export type DeveloperUserFilter = { readonly state?: string | undefined; readonly role?: string | undefined };

/** The users of one developer account: those of another are not found in it. */
export function usersOf(principal: Principal, account: DeveloperAccountId): Entities<DeveloperUser> {
  const collection = developerUsersOf(account);
  return entities<DeveloperUser>({
    collection,
    event: "developer_user",
    subject: ({ id, developerAccountId }) => ({ developerAccountId, developerUserId: id }),
    facts: ({ role, state }) => ({ role, state }),
    names: heldByUser,
    follow: async (deps, { before, after }) => {
      if (after !== undefined) return accountAfter(deps, principal, before, after);
      if (before?.role !== "admin") return [];
      const staying = adminBeside(before, await collection.all(deps.table, before.accountId, "account"));
      if (staying === undefined) throw refused({ base: ["Can't delete last admin"] });
      // Two admins who are deleted at once must not both go: the one who stays is there at that very moment.
      return [{ check: keys.entity(collection.kind, staying.accountId, staying.id), when: "present" }];
    },
  });
}

/** The users of a developer account; an unknown state or role matches nobody. */
export async function listDeveloperUsers(
  deps: Storage, principal: Principal, account: DeveloperAccountId, { state, role }: DeveloperUserFilter,
): Promise<DeveloperUser[]> {
  await readDeveloperAccount(deps, principal, account);
  const users = await usersOf(principal, account).all(deps, principal, "account");
  return users.filter((user) => (state ?? user.state) === user.state && (role ?? user.role) === user.role);
}

export async function readDeveloperUser(deps: Storage, principal: Principal, account: DeveloperAccountId, id: DeveloperUserId): Promise<DeveloperUser> {
  return usersOf(principal, account).read(deps, principal, id);
}

/** A new user: a member, and pending, whatever the request says (3scale: POST /admin/api/accounts/{id}/users). */
export async function createDeveloperUser(
  deps: Storage, principal: Principal, account: DeveloperAccountId, wanted: NewDeveloperUser,
): Promise<DeveloperUser> {
  return usersOf(principal, account).create(deps, principal, { ...wanted, developerAccountId: account, role: "member", state: "pending" });
}

export async function updateDeveloperUser(
  deps: Storage, principal: Principal, account: DeveloperAccountId, id: DeveloperUserId, changes: Partial<NewDeveloperUser>,
): Promise<DeveloperUser> {
  return usersOf(principal, account).update(deps, principal, id, (before) => ({ ...before, ...changes }));
}

export async function changeDeveloperUserRole(
  deps: Storage, principal: Principal, account: DeveloperAccountId, id: DeveloperUserId, role: Role,
): Promise<DeveloperUser> {
  return usersOf(principal, account).update(deps, principal, id, (before) => (before.role === role ? before : { ...before, role }));
}

/** Activates, suspends or unsuspends a user. The first activation lets an account go on that was only created. */
export async function changeDeveloperUserState(
  deps: Storage, principal: Principal, account: DeveloperAccountId, id: DeveloperUserId, transition: UserTransition,
): Promise<DeveloperUser> {
  return usersOf(principal, account).update(deps, principal, id, (before) => {
    const state = userStateAfter(before.state, transition);
    if (state === undefined) throw invalid({ state: [`cannot transition via "${transition}"`] });
    return before.state === state ? before : { ...before, state };
  });
}

export async function deleteDeveloperUser(deps: Storage, principal: Principal, account: DeveloperAccountId, id: DeveloperUserId): Promise<void> {
  await usersOf(principal, account).remove(deps, principal, id);
}

/** What a user's change means for their account: that it is there, or, with an activation, that it goes on. */
async function accountAfter(
  deps: Storage, principal: Principal, before: DeveloperUser | undefined, after: DeveloperUser,
): Promise<readonly Write[]> {
  const account = await developerAccounts.read(deps.table, after.accountId, after.developerAccountId);
  if (account === undefined) throw notFound();
  if (before?.state === "pending" && after.state === "active" && account.state === "created") {
    const state = accountStateOnActivation(account.state, await planOf(deps, account));
    return developers.changed(deps, principal, account, { ...account, state }).writes;
  }
  return [{ check: keys.entity(developerAccounts.kind, account.accountId, account.id), when: "present" }];
}

async function planOf(deps: Storage, { accountId, planId }: DeveloperAccount) {
  return planId === undefined ? undefined : accountPlans.read(deps.table, accountId, planId);
}
