import type { AccountPlanId, DeveloperAccountId } from "../domain/brands.ts";
import {
  accountStateAfter, DEVELOPER_ACCOUNT_STATES, USER_NAMES, type AccountPlan, type AccountTransition, type DeveloperAccount,
} from "../domain/developers.ts";
import { invalid, notFound, refused } from "../domain/errors.ts";
import type { Principal } from "../domain/model.ts";
import { accountPlans, developerAccounts, inState } from "../table/developers.ts";
import { holderOf } from "../table/members.ts";
import { keys } from "../table/model.ts";
import { pageIn, type Page, type PageWanted } from "../table/page.ts";
import { readAccountPlan } from "./account-plans.ts";
import { cleanUpAfter } from "./clean-up.ts";
import { memberOf, type Storage } from "./context.ts";
import { entities } from "./entities.ts";
import { hasUnresolvedInvoices } from "./invoices.ts";

/** What a developer account may be found by: something of one of its users. */
export type UserCriterion = { readonly field: "username" | "id" | "email"; readonly value: string };

/** The developer accounts as they are stored, for operations that change them together with other things. */
export const developers = entities<DeveloperAccount>({
  collection: developerAccounts,
  event: "developer_account",
  subject: ({ id }) => ({ developerAccountId: id }),
  facts: ({ orgName, state }) => ({ name: orgName, state }),
  belongsTo: ({ accountId, planId }, before) => (planId === undefined || planId === before?.planId ? [] : [keys.entity(accountPlans.kind, accountId, planId)]),
});

/** One page of the provider's developer accounts; `all` and nothing are any state, an unknown one matches none (3scale: GET /admin/api/accounts). */
export async function listDeveloperAccounts(
  deps: Storage, principal: Principal, state: string | undefined, wanted: PageWanted,
): Promise<Page<DeveloperAccount>> {
  const { accountId } = memberOf(principal);
  if (state === undefined || state === "" || state === "all") return developerAccounts.page(deps.table, accountId, "account", wanted);
  const known = DEVELOPER_ACCOUNT_STATES.find((each) => each === state);
  return known === undefined ? pageIn<DeveloperAccount>([], wanted, ({ id }) => id) : developerAccounts.page(deps.table, accountId, inState(known), wanted);
}

export async function readDeveloperAccount(deps: Storage, principal: Principal, id: DeveloperAccountId): Promise<DeveloperAccount> {
  return developers.read(deps, principal, id);
}

/** The developer account of one user (3scale: GET /admin/api/accounts/find). */
export async function findDeveloperAccount(deps: Storage, principal: Principal, by: UserCriterion | undefined): Promise<DeveloperAccount> {
  if (by === undefined) throw notFound();
  const found = await holderOf<DeveloperAccountId>(deps.table, memberOf(principal).accountId, `${USER_NAMES}${by.field}`, by.value.toLowerCase());
  if (found === undefined) throw notFound();
  return developers.read(deps, principal, found);
}

export async function updateDeveloperAccount(
  deps: Storage, principal: Principal, id: DeveloperAccountId, changes: Partial<Pick<DeveloperAccount, "orgName">>,
): Promise<DeveloperAccount> {
  return developers.update(deps, principal, id, (before) => ({ ...before, ...changes }));
}

/** Approves or rejects a developer account, or makes it wait. Refused as invalid when it is so already. */
export async function changeAccountState(
  deps: Storage, principal: Principal, id: DeveloperAccountId, transition: AccountTransition,
): Promise<DeveloperAccount> {
  return developers.update(deps, principal, id, (before) => {
    const state = accountStateAfter(before.state, transition);
    if (state === undefined) throw invalid({ state: [`cannot transition via "${transition}"`] });
    return { ...before, state };
  });
}

/** The plan that a developer account is on. */
export async function planOfDeveloperAccount(deps: Storage, principal: Principal, id: DeveloperAccountId): Promise<AccountPlan> {
  const { planId } = await developers.read(deps, principal, id);
  if (planId === undefined) throw notFound();
  return readAccountPlan(deps, principal, planId);
}

/** Puts a developer account on another plan, whatever that asks for, and answers the plan (3scale: PUT …/change_plan). */
export async function changeAccountPlan(
  deps: Storage, principal: Principal, id: DeveloperAccountId, planId: AccountPlanId | undefined,
): Promise<AccountPlan> {
  await developers.read(deps, principal, id);
  if (planId === undefined) throw notFound();
  const plan = await readAccountPlan(deps, principal, planId);
  await developers.update(deps, principal, id, (before) => (before.planId === planId ? before : { ...before, planId }));
  return plan;
}

/**
 * Deletes a developer account. Its users, with their names, and its applications go with it, before this answers as a
 * rule. From the transaction on it is deleted, and that is the answer: what is interrupted after it, its event finishes.
 */
export async function deleteDeveloperAccount(deps: Storage, principal: Principal, id: DeveloperAccountId): Promise<void> {
  const { accountId } = memberOf(principal);
  if (await hasUnresolvedInvoices(deps, accountId, id)) throw refused({ invoices: ["need to be settled before the account deletion."] });
  await developers.remove(deps, principal, id);
  await cleanUpAfter(deps, { accountId, type: "developer_account.deleted", developerAccountId: id }).catch(() => undefined);
}
