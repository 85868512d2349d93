import type { AccountPlanId, PlanId } from "../domain/brands.ts";
import type { ApplicationPlan } from "../domain/catalogue.ts";
import { signedUpAs, type DeveloperAccount, type DeveloperUser } from "../domain/developers.ts";
import type { Principal } from "../domain/model.ts";
import { accountPlans } from "../table/developers.ts";
import { keys } from "../table/model.ts";
import { defaultAccountPlan, readAccountPlan } from "./account-plans.ts";
import { createApplication } from "./applications.ts";
import { untilStored, type Storage } from "./context.ts";
import { developers } from "./developer-accounts.ts";
import { usersOf } from "./developer-users.ts";
import { storeTogether } from "./entities.ts";
import { listAllPlans, readPlan } from "./plans.ts";

export type Signup = Pick<DeveloperAccount, "orgName"> & Pick<DeveloperUser, "username" | "email"> & {
  readonly withPassword: boolean;
  /** The default plan when not given. */
  readonly accountPlanId?: AccountPlanId | undefined;
  /** The default plans of all services when not given. */
  readonly applicationPlanId?: PlanId | undefined;
};

/**
 * A developer signs up (3scale: POST /admin/api/signup): an account on a plan with its first admin, both or neither, and
 * then the applications that come with it. Unknown plans are not found, before anything is made.
 */
export async function signUp(deps: Storage, principal: Principal, wanted: Signup): Promise<DeveloperAccount> {
  const { orgName, username, email, withPassword, accountPlanId, applicationPlanId } = wanted;
  const applicationPlans = applicationPlanId === undefined
    ? (await listAllPlans(deps, principal)).filter(({ isDefault }) => isDefault)
    : [await readPlan(deps, principal, applicationPlanId)];

  const account = await untilStored(async () => {
    const plan = accountPlanId === undefined ? await defaultAccountPlan(deps, principal) : await readAccountPlan(deps, principal, accountPlanId);
    const states = signedUpAs(withPassword, plan);
    const born = developers.born(deps, principal, { orgName, state: states.account, planId: plan.id });
    const admin = usersOf(principal, born.entity.id).born(deps, principal, {
      developerAccountId: born.entity.id, username, ...(email === undefined ? {} : { email }), role: "admin", state: states.user,
    });
    const planIsThere = { check: keys.entity(accountPlans.kind, plan.accountId, plan.id), when: "present" } as const;
    return (await storeTogether(deps, [born, admin], [planIsThere])) ? born.entity : undefined;
  });
  for (const plan of applicationPlans) await createApplication(deps, principal, firstApplication(account, plan));
  return account;
}

function firstApplication({ id: developerAccountId }: DeveloperAccount, { id: planId, serviceId }: ApplicationPlan) {
  return { serviceId, developerAccountId, planId, name: "API signup", description: "API signup" };
}
