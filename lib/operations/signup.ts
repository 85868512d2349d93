import type { AccountPlanId, DeveloperAccountId, PlanId } from "../domain/brands.ts";
import type { ApplicationPlan } from "../domain/catalogue.ts";
import { signedUpAs, type DeveloperAccount, type DeveloperUser } from "../domain/developers.ts";
import type { Principal } from "../domain/model.ts";
import { accountPlans } from "../table/developers.ts";
import { keys } from "../table/model.ts";
import type { Write } from "../table/transact.ts";
import { defaultAccountPlan, readAccountPlan } from "./account-plans.ts";
import { bornApplication, createApplication } from "./applications.ts";
import type { Storage } from "./context.ts";
import { developers } from "./developer-accounts.ts";
import { usersOf } from "./developer-users.ts";
import { storeTogether } from "./entities.ts";
import { once, part } from "./once.ts";
import { listAllPlans, readPlan } from "./plans.ts";

export type Signup = Pick<DeveloperAccount, "orgName"> & Pick<DeveloperUser, "username" | "email"> & {
  readonly withPassword: boolean;
  /** The default plan when not given. */
  readonly accountPlanId?: AccountPlanId | undefined;
  /** The default plans of all services when not given. */
  readonly applicationPlanId?: PlanId | undefined;
};

/** So many applications at most fit into a transaction beside the account and its admin: each is six writes. */
const TOGETHER = 15;

/**
 * A developer signs up (3scale: POST /admin/api/signup): an account on a plan, its first admin, and the applications that
 * come with it, all or none; only those that no transaction has room for come after it. Unknown plans are not found.
 */
export async function signUp(deps: Storage, principal: Principal, wanted: Signup): Promise<DeveloperAccount> {
  const { orgName, username, email, withPassword, accountPlanId } = wanted;
  const { account, plansLeft } = await once<{ readonly account: DeveloperAccount; readonly plansLeft: readonly ApplicationPlan[] }, DeveloperAccountId>(deps, async () => {
    const applicationPlans = await plansOf(deps, principal, wanted);
    const plan = accountPlanId === undefined ? await defaultAccountPlan(deps, principal) : await readAccountPlan(deps, principal, accountPlanId);
    const states = signedUpAs(withPassword, plan);
    const born = developers.born(deps, principal, { orgName, state: states.account, planId: plan.id });
    const admin = usersOf(principal, born.entity.id).born(deps, principal, {
      developerAccountId: born.entity.id, username, ...(email === undefined ? {} : { email }), role: "admin", state: states.user,
    });
    const brought = await Promise.all(applicationPlans.slice(0, TOGETHER).map((each) => bornApplication(deps, principal, firstApplication(born.entity, each))));
    const planIsThere = { check: keys.entity(accountPlans.kind, plan.accountId, plan.id), when: "present" } as const;
    const follows = [planIsThere, ...brought.flatMap((application) => application.follows)];
    const isStored = await storeTogether(deps, [born, admin, ...brought.map(({ change }) => change)], follows.filter(isFirst));
    return isStored ? { account: born.entity, plansLeft: applicationPlans.slice(TOGETHER) } : undefined;
  }, async (id) => ({ account: await developers.read(deps, principal, id), plansLeft: (await plansOf(deps, principal, wanted)).slice(TOGETHER) }));
  for (const plan of plansLeft) await createApplication(part(deps, String(plan.id)), principal, firstApplication(account, plan));
  return account;
}

async function plansOf(deps: Storage, principal: Principal, { applicationPlanId }: Signup): Promise<readonly ApplicationPlan[]> {
  if (applicationPlanId !== undefined) return [await readPlan(deps, principal, applicationPlanId)];
  return (await listAllPlans(deps, principal)).filter(({ isDefault }) => isDefault);
}

/** A transaction looks at each row only once, though two applications may use one service. */
function isFirst(write: Write, at: number, all: readonly Write[]): boolean {
  return !("check" in write) || all.findIndex((other) => "check" in other && other.check.pk === write.check.pk && other.check.sk === write.check.sk) === at;
}

function firstApplication({ id: developerAccountId }: DeveloperAccount, { id: planId, serviceId }: ApplicationPlan) {
  return { serviceId, developerAccountId, planId, name: "API signup", description: "API signup" };
}
