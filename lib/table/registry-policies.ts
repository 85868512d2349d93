import type { JsonObject } from "../domain/json.ts";
import type { RegistryPolicy } from "../domain/registry-policies.ts";
import { collection, type Collection } from "./collection.ts";
import { text } from "./row.ts";

const stored = collection<RegistryPolicy>({
  kind: "POLICY",
  attributes: (row) => ({ name: text(row, "name"), policyVersion: text(row, "policyVersion"), schema: JSON.parse(text(row, "schema")) as JsonObject }),
});

/** The policy registry. Schemas are kept as text, exactly as they came. */
export const registryPolicies: Collection<RegistryPolicy> = {
  ...stored,
  row: (policy) => ({ ...stored.row(policy), schema: JSON.stringify(policy.schema) }),
};
