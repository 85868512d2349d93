import type { AccountId, PolicyId } from "./brands.ts";
import type { FieldErrors } from "./errors.ts";
import { isJsonObject, isShallow, jsonOrText, type JsonObject } from "./json.ts";
import type { Versioned } from "./model.ts";
import { bytesOf } from "./policy-chain.ts";

/** A policy of the provider's own that gateways can run (3scale: the policy registry). */
export type RegistryPolicy = Versioned & {
  readonly accountId: AccountId;
  readonly id: PolicyId;
  readonly name: string;
  /** `version` counts the changes of the row; this is the provider's. */
  readonly policyVersion: string;
  readonly schema: JsonObject;
};

const REQUIRED = ["$schema", "name", "summary", "version", "configuration"];
const MAX_BYTES = 256 * 1024;

/** A schema as programs send it, an object or the text of one; undefined for what is neither or lacks what a policy's schema has. */
export function schemaFrom(given: unknown): JsonObject | undefined {
  const schema = jsonOrText(given);
  const whole = isJsonObject(schema) && isShallow(schema) && REQUIRED.every((name) => schema[name] !== undefined) && bytesOf(schema) <= MAX_BYTES;
  return whole ? schema : undefined;
}

/** What is wrong with a policy, in 3scale's words (app/models/policy.rb). */
export function policyFaults({ policyVersion, schema }: Pick<RegistryPolicy, "policyVersion" | "schema">): FieldErrors {
  if (policyVersion === "builtin") return { version: ["cannot be 'builtin'"] };
  return schema["version"] === policyVersion ? {} : { version: ["differs from the schema version"] };
}
