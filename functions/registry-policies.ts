import * as z from "zod/mini";
import { schemaFrom } from "../lib/domain/registry-policies.ts";
import type { JsonObject } from "../lib/domain/json.ts";
import * as fields from "../lib/http/fields.ts";
import { operation, type Call } from "../lib/http/operation.ts";
import { registryPolicy } from "../lib/http/represent/registry-policy.ts";
import { created, EMPTY, many, one } from "../lib/http/reply.ts";
import { createPolicy, deletePolicy, listPolicies, readPolicy, updatePolicy } from "../lib/operations/registry-policies.ts";

const READ = { scopes: ["policy_registry"], effect: "read", about: "account" } as const;
const WRITE = { scopes: ["policy_registry"], effect: "write", about: "account" } as const;
const POLICIES = "/admin/api/registry/policies";
/** Room for a schema, which may be long. */
const MAX_BODY_BYTES = 512 * 1024;

const schema = z.pipe(
  z.unknown().check(z.refine((value) => value !== undefined && value !== null && value !== "", { error: "can't be blank", abort: true })),
  z.transform((value, context): JsonObject => {
    const found = schemaFrom(value);
    if (found === undefined) context.issues.push({ code: "custom", message: "Invalid JSON schema", input: value });
    return found ?? {};
  }),
);
const newPolicy = z.object({ name: fields.name, version: fields.name, schema });
const changes = z.object({ name: z.optional(fields.name), version: z.optional(fields.name), schema: z.optional(schema) });

const calledIn = ({ path }: Call<unknown>) => path["id"] ?? "";

const listPoliciesOperation = operation({
  name: "listRegistryPolicies", methods: ["GET"], path: POLICIES, requires: READ, input: z.object({}),
  answer: many(registryPolicy),
  run: (call) => listPolicies(call, call.principal),
});

const createPolicyOperation = operation({
  name: "createRegistryPolicy", methods: ["POST"], path: POLICIES, requires: WRITE, wrapper: "policy", maxBodyBytes: MAX_BODY_BYTES, input: newPolicy,
  answer: created(registryPolicy, ({ id }) => `${POLICIES}/${id}`),
  run: (call) => {
    const { name, version: policyVersion, schema: given } = call.input;
    return createPolicy(call, call.principal, { name, policyVersion, schema: given });
  },
});

const readPolicyOperation = operation({
  name: "readRegistryPolicy", methods: ["GET"], path: `${POLICIES}/{id}`, requires: READ, input: z.object({}),
  answer: one(registryPolicy),
  run: (call) => readPolicy(call, call.principal, calledIn(call)),
});

const updatePolicyOperation = operation({
  name: "updateRegistryPolicy", methods: ["PUT", "PATCH"], path: `${POLICIES}/{id}`, requires: WRITE, wrapper: "policy", maxBodyBytes: MAX_BODY_BYTES,
  input: changes,
  answer: one(registryPolicy),
  run: (call) => {
    const { name, version: policyVersion, schema: given } = call.input;
    return updatePolicy(call, call.principal, calledIn(call), fields.given({ name, policyVersion, schema: given }));
  },
});

const deletePolicyOperation = operation({
  name: "deleteRegistryPolicy", methods: ["DELETE"], path: `${POLICIES}/{id}`, requires: WRITE, input: z.object({}),
  answer: EMPTY,
  run: (call) => deletePolicy(call, call.principal, calledIn(call)),
});

export const registryReads = [listPoliciesOperation, readPolicyOperation];
export const registryWrites = [createPolicyOperation, updatePolicyOperation, deletePolicyOperation];
