import type { ApplicationId, DeveloperAccountId } from "../domain/brands.ts";
import { refusalOfKey } from "../domain/application-keys.ts";
import { invalid, notFound } from "../domain/errors.ts";
import type { ApplicationKey, Principal } from "../domain/model.ts";
import { newHex } from "../secrets/random.ts";
import { readApplicationOf, showOne, stored } from "./applications.ts";
import type { Storage } from "./context.ts";
import type { ShownApplication } from "./shown-applications.ts";

/** A key with the application that it is shown with. */
export type ShownKey = ApplicationKey & { readonly of: ShownApplication };

/** The keys of an application, in the order in which they were made. */
export async function listApplicationKeys(deps: Storage, principal: Principal, account: DeveloperAccountId, id: ApplicationId): Promise<ShownKey[]> {
  const of = await readApplicationOf(deps, principal, account, id);
  return of.keys.map((key) => ({ ...key, of }));
}

/** Gives an application a key, a random one when none is given, and answers the application, as 3scale does. */
export async function addApplicationKey(
  deps: Storage, principal: Principal, account: DeveloperAccountId, id: ApplicationId, value: string = newHex(32),
): Promise<ShownApplication> {
  const { service } = await readApplicationOf(deps, principal, account, id);
  return showOne(deps, await stored.update(deps, principal, id, (before) => {
    const refusal = refusalOfKey(before.keys.map((key) => key.value), value, service.settings.backendVersion);
    if (refusal !== undefined) throw invalid(refusal);
    return { ...before, keys: [...before.keys, { value, createdAt: deps.clock() }] };
  }));
}

/** Takes a key away: from the answer on, calls with it are refused. */
export async function removeApplicationKey(
  deps: Storage, principal: Principal, account: DeveloperAccountId, id: ApplicationId, value: string,
): Promise<void> {
  await readApplicationOf(deps, principal, account, id);
  await stored.update(deps, principal, id, (before) => {
    const keys = before.keys.filter((key) => key.value !== value);
    if (keys.length === before.keys.length) throw notFound();
    return { ...before, keys };
  });
}
