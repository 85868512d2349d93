import type { AccountPlanId, DeveloperAccountId } from "../domain/brands.ts";
import { DEVELOPER_ACCOUNT_STATES, type AccountPlan, type DeveloperAccount, type DeveloperAccountState, type DeveloperUser } from "../domain/developers.ts";
import { MEMBER_STATES, ROLES } from "../domain/model.ts";
import { collection, type Collection, type Parent } from "./collection.ts";
import { idIn, oneOf, text } from "./row.ts";

export const ofAccountPlan = (id: AccountPlanId): Parent => ({ kind: "ACCOUNT_PLAN", id, index: "gsi1" });
export const inState = (state: DeveloperAccountState): Parent => ({ kind: "STATE", id: state, index: "gsi2" });

export const developerAccounts = collection<DeveloperAccount>({
  kind: "DEVELOPER_ACCOUNT",
  parents: ({ planId, state }) => [...(planId === undefined ? [] : [ofAccountPlan(planId)]), inState(state)],
  attributes: (row) => ({
    orgName: text(row, "orgName"),
    state: oneOf(row, "state", DEVELOPER_ACCOUNT_STATES),
    ...(row["planId"] === undefined ? {} : { planId: idIn<AccountPlanId>(row, "planId") }),
  }),
});

/**
 * The users of one developer account: a partition of their own, so that the list is read consistently. Programs list
 * them right after the signup, and whether an admin is left is decided by it.
 */
export function developerUsersOf(account: DeveloperAccountId): Collection<DeveloperUser> {
  return collection<DeveloperUser>({
    kind: `DEVELOPER_ACCOUNT#${account}#USER`,
    type: "developer_user",
    attributes: (row) => ({
      developerAccountId: idIn(row, "developerAccountId"),
      username: text(row, "username"),
      ...(row["email"] === undefined ? {} : { email: text(row, "email") }),
      role: oneOf(row, "role", ROLES),
      state: oneOf(row, "state", MEMBER_STATES),
    }),
  });
}

export const accountPlans = collection<AccountPlan>({
  kind: "ACCOUNT_PLAN",
  attributes: (row) => ({
    name: text(row, "name"),
    state: oneOf(row, "state", ["hidden", "published"]),
    approvalRequired: row["approvalRequired"] === true,
    isDefault: row["isDefault"] === true,
  }),
});
