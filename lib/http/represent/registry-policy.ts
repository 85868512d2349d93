import type { RegistryPolicy } from "../../domain/registry-policies.ts";
import { isoSeconds } from "../../domain/time.ts";
import type { Representation } from "../reply.ts";

/** 3scale: app/representers/policy_representer.rb. */
export const registryPolicy: Representation<RegistryPolicy> = {
  one: "policy",
  many: "policies",
  json: ({ id, name, policyVersion, schema, createdAt, updatedAt }) => ({
    id, name, version: policyVersion, schema, created_at: isoSeconds(createdAt), updated_at: isoSeconds(updatedAt),
  }),
};
