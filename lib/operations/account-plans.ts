import type { AccountPlanId } from "../domain/brands.ts";
import { FIRST_PLAN, type AccountPlan } from "../domain/developers.ts";
import { notFound, refused } from "../domain/errors.ts";
import type { Account, Principal } from "../domain/model.ts";
import { newId } from "../secrets/random.ts";
import { accountRow, readAccount } from "../table/accounts.ts";
import { accountPlans, developerAccounts, ofAccountPlan } from "../table/developers.ts";
import type { Write } from "../table/transact.ts";
import { memberOf, untilStored, type Storage } from "./context.ts";
import { entities, storeTogether } from "./entities.ts";

export type NewAccountPlan = Pick<AccountPlan, "name" | "state" | "approvalRequired">;

const plans = entities<AccountPlan>({
  collection: accountPlans,
  event: "account_plan",
  subject: ({ id }) => ({ accountPlanId: id }),
  facts: ({ name, state }) => ({ name, state }),
});

export async function listAccountPlans(deps: Storage, principal: Principal): Promise<AccountPlan[]> {
  return plans.all(deps, principal, "account");
}

export async function readAccountPlan(deps: Storage, principal: Principal, id: AccountPlanId): Promise<AccountPlan> {
  return plans.read(deps, principal, id);
}

/** The plan that new developer accounts come on, when nothing else is said. Not found when there is none, as in 3scale. */
export async function defaultAccountPlan(deps: Storage, principal: Principal): Promise<AccountPlan> {
  const plan = (await plans.all(deps, principal, "account")).find(({ isDefault }) => isDefault);
  if (plan === undefined) throw notFound();
  return plan;
}

export async function createAccountPlan(deps: Storage, principal: Principal, wanted: NewAccountPlan): Promise<AccountPlan> {
  return plans.create(deps, principal, { ...wanted, isDefault: false });
}

export async function updateAccountPlan(
  deps: Storage, principal: Principal, id: AccountPlanId, changes: Partial<NewAccountPlan>,
): Promise<AccountPlan> {
  return plans.update(deps, principal, id, (before) => ({ ...before, ...changes }));
}

/** Makes a plan the default, and the one before it no longer, at one stroke. Two that are chosen at once take turns. */
export async function makeAccountPlanDefault(deps: Storage, principal: Principal, id: AccountPlanId): Promise<AccountPlan> {
  return untilStored(async () => {
    const chosen = await plans.read(deps, principal, id);
    if (chosen.isDefault) return chosen;
    const account = await readAccount(deps.table, chosen.accountId);
    if (account === undefined) throw notFound();
    // Only a row that both change can tell two that find no former default from each other.
    const turn: Write = { put: accountRow({ ...account, version: account.version + 1 }), when: { version: account.version } };
    const formerOnes = (await plans.all(deps, principal, "account")).filter(({ isDefault }) => isDefault);
    const change = plans.changed(deps, principal, chosen, { ...chosen, isDefault: true });
    const others = formerOnes.map((former) => plans.changed(deps, principal, former, { ...former, isDefault: false }));
    return (await storeTogether(deps, [change, ...others], [turn])) ? change.entity : undefined;
  });
}

/** Deletes a plan that no developer account is on. */
export async function deleteAccountPlan(deps: Storage, principal: Principal, id: AccountPlanId): Promise<void> {
  await plans.read(deps, principal, id);
  const { accountId } = memberOf(principal);
  const { items: dependents } = await developerAccounts.page(deps.table, accountId, ofAccountPlan(id), { after: 0, perPage: 1 });
  if (dependents.length > 0) throw refused({ base: ["This account plan cannot be deleted! At least one account depends on it."] });
  await plans.remove(deps, principal, id);
}

/** The plan that a provider is born with: programs written for 3scale expect it. */
export function firstAccountPlan({ id: accountId, version, createdAt, updatedAt }: Account): Write {
  return { put: accountPlans.row({ accountId, id: newId(), version, createdAt, updatedAt, ...FIRST_PLAN }), when: "absent" };
}
