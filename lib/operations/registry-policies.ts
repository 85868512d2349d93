import { parseId, type PolicyId } from "../domain/brands.ts";
import { invalid, notFound, refused } from "../domain/errors.ts";
import { policyFaults, type RegistryPolicy } from "../domain/registry-policies.ts";
import type { Principal } from "../domain/model.ts";
import { registryPolicies } from "../table/registry-policies.ts";
import type { Storage } from "./context.ts";
import { entities } from "./entities.ts";
import { isChained } from "./gateway.ts";

export type PolicyAttributes = Pick<RegistryPolicy, "name" | "policyVersion" | "schema">;

const IN_USE = { base: ["This policy is currently being used in one of your APIs and cannot be modified."] };

const stored = entities<RegistryPolicy>({
  collection: registryPolicies,
  event: "policy",
  subject: ({ id }) => ({ policyId: id }),
  facts: ({ name, policyVersion }) => ({ name, version: policyVersion }),
  names: ({ name, policyVersion }) => [{ scope: "POLICIES#", field: "version", value: `${name}\n${policyVersion}` }],
});

export async function listPolicies(deps: Storage, principal: Principal): Promise<RegistryPolicy[]> {
  return stored.all(deps, principal, "account");
}

/** A policy by its id, or by `name-version` as its programs may call it. */
export async function readPolicy(deps: Storage, principal: Principal, called: string): Promise<RegistryPolicy> {
  const id = parseId<PolicyId>(called);
  if (id !== undefined) return stored.read(deps, principal, id);
  const found = (await listPolicies(deps, principal)).find(({ name, policyVersion }) => `${name}-${policyVersion}` === called);
  if (found === undefined) throw notFound();
  return found;
}

export async function createPolicy(deps: Storage, principal: Principal, wanted: PolicyAttributes): Promise<RegistryPolicy> {
  refuseBad(wanted);
  return stored.create(deps, principal, wanted);
}

/** Changes a policy that no service has in its chain. */
export async function updatePolicy(deps: Storage, principal: Principal, called: string, changes: Partial<PolicyAttributes>): Promise<RegistryPolicy> {
  const policy = await readPolicy(deps, principal, called);
  if (await isUsed(deps, policy)) throw invalid(IN_USE);
  return stored.update(deps, principal, policy.id, (before) => {
    const after = { ...before, ...changes };
    refuseBad(after);
    return after;
  });
}

/** Deletes a policy that no service has in its chain. */
export async function deletePolicy(deps: Storage, principal: Principal, called: string): Promise<void> {
  const policy = await readPolicy(deps, principal, called);
  if (await isUsed(deps, policy)) throw refused(IN_USE);
  await stored.remove(deps, principal, policy.id);
}

function isUsed({ table }: Storage, { accountId, name, policyVersion }: RegistryPolicy): Promise<boolean> {
  return isChained(table, accountId, { name, version: policyVersion });
}

function refuseBad(policy: PolicyAttributes): void {
  const faults = policyFaults(policy);
  if (Object.keys(faults).length > 0) throw invalid(faults);
}
