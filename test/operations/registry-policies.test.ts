import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { updatePolicies } from "../../lib/operations/proxies.ts";
import { createPolicy, deletePolicy, readPolicy, updatePolicy } from "../../lib/operations/registry-policies.ts";
import { meanwhile } from "../support/table.ts";
import { Workshop } from "../support/workshop.ts";

/** What a policy is called by, and what keeps it from being changed. */
const w = new Workshop();
beforeAll(() => w.open());
afterAll(() => w.close());

const NOT_FOUND = { code: "not_found" };

describe("a policy of the registry", () => {
  const registered = () => createPolicy(w.operator, w.admin, w.registered());
  const chained = async (name: string, version: string) =>
    updatePolicies(w.operator, w.admin, await w.serviceId(), [{ name, version, configuration: {}, enabled: true }]);

  it("is in use by its name and its version together", async () => {
    const policy = await registered();
    await chained(policy.name, "9.9");
    await chained("another", policy.policyVersion);
    await updatePolicy(w.operator, w.admin, String(policy.id), { schema: { ...policy.schema, summary: "Changed" } });
    await chained(policy.name, policy.policyVersion);
    const inUse = { base: ["This policy is currently being used in one of your APIs and cannot be modified."] };
    await expect(updatePolicy(w.operator, w.admin, String(policy.id), { schema: policy.schema })).rejects.toMatchObject({ code: "invalid", fields: inUse });
    await expect(deletePolicy(w.operator, w.admin, String(policy.id))).rejects.toMatchObject({ code: "refused", fields: inUse });
  });

  it("is called by its id, or by its name with its version, and by nothing else", async () => {
    const { id, name, policyVersion } = await registered();
    expect((await readPolicy(w.operator, w.admin, String(id))).name).toBe(name);
    expect((await readPolicy(w.operator, w.admin, `${name}-${policyVersion}`)).id).toBe(id);
    for (const called of [name, policyVersion, `${name}-`, `-${policyVersion}`, `${policyVersion}-${name}`, `${name}-${policyVersion}0`, "", "0"]) {
      await expect(readPolicy(w.operator, w.admin, called)).rejects.toMatchObject(NOT_FOUND);
    }
  });

  it("stays of the version that its schema says, also when it is changed", async () => {
    const { id, policyVersion } = await registered();
    await expect(updatePolicy(w.operator, w.admin, String(id), { policyVersion: "9.9" })).rejects.toMatchObject({ code: "invalid", fields: { version: ["differs from the schema version"] } });
    expect(await readPolicy(w.operator, w.admin, String(id))).toMatchObject({ policyVersion });
  });

  it("that is deleted meanwhile is not there to be changed", async () => {
    const { id, schema } = await registered();
    const deps = meanwhile(w.operator, () => deletePolicy(w.operator, w.admin, String(id)));
    await expect(updatePolicy(deps, w.admin, String(id), { schema: { ...schema, summary: "Late" } })).rejects.toMatchObject(NOT_FOUND);
  });
});
