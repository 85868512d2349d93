import type { AccountId, Id } from "../domain/brands.ts";
import type { ApplicationPlan } from "../domain/catalogue.ts";
import type { DeveloperAccount } from "../domain/developers.ts";
import type { Application, Service } from "../domain/model.ts";
import { applicationPlans } from "../table/catalogue.ts";
import { readTogether } from "../table/client.ts";
import { developerAccounts } from "../table/developers.ts";
import { keys, type Key, type Row } from "../table/model.ts";
import { serviceFrom } from "../table/services.ts";
import type { Storage } from "./context.ts";

/** An application with what it is shown with: the service that it uses, its plan, whose it is. */
export type ShownApplication = Application & {
  readonly service: Service;
  readonly plan?: ApplicationPlan;
  readonly developerAccount?: DeveloperAccount;
};

/**
 * Adds what applications of one account are shown with. One whose service or developer account has just been deleted
 * is on its way out and not shown.
 */
export async function show(deps: Storage, applications: readonly Application[]): Promise<ShownApplication[]> {
  const [first] = applications;
  if (first === undefined) return [];
  const { accountId } = first;
  const [services, plans, accounts] = await Promise.all([
    named(deps, applications.map(({ serviceId }) => serviceId), (id) => keys.service(accountId, id), serviceFrom),
    named(deps, applications.map(({ planId }) => planId), entity(applicationPlans.kind, accountId), applicationPlans.from),
    named(deps, applications.map(({ developerAccountId }) => developerAccountId), entity(developerAccounts.kind, accountId), developerAccounts.from),
  ]);
  return applications.flatMap((application) => {
    const [service, plan, developerAccount] = [services.get(application.serviceId), plans.get(application.planId), accounts.get(application.developerAccountId)];
    if (service === undefined || (application.developerAccountId !== undefined && developerAccount === undefined)) return [];
    return [{ ...application, service, ...(plan === undefined ? {} : { plan }), ...(developerAccount === undefined ? {} : { developerAccount }) }];
  });
}

const entity = (kind: string, account: AccountId) => (id: Id) => keys.entity(kind, account, id);

/** What the ids name, each read once. */
async function named<I extends Id, T>(
  { table }: Storage, ids: readonly (I | undefined)[], keyOf: (id: I) => Key, from: (row: Row) => T,
): Promise<ReadonlyMap<I | undefined, T>> {
  const wanted = [...new Set(ids)].filter((id) => id !== undefined);
  const found = new Map<I | undefined, T>();
  for (let at = 0; at < wanted.length; at += 100) {
    const some = wanted.slice(at, at + 100);
    for (const [position, row] of (await readTogether(table, some.map(keyOf))).entries()) if (row !== undefined) found.set(some[position], from(row));
  }
  return found;
}
