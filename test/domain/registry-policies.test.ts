import { describe, expect, it } from "vitest";
import { policyFaults, schemaFrom } from "../../lib/domain/registry-policies.ts";

const SCHEMA = { $schema: "http://apicast.io/policy-v1/schema#manifest#", name: "Echo", summary: "Echoes", version: "1.0", configuration: {} };

describe("the schema of a policy", () => {
  it("is an object, or the text of one, and is kept whole", () => {
    const more = { ...SCHEMA, description: ["whatever"], order: null };
    expect(schemaFrom(more)).toEqual(more);
    expect(schemaFrom(JSON.stringify(more))).toEqual(more);
  });

  it.each(Object.keys(SCHEMA))("has its %s", (name) => {
    expect(schemaFrom({ ...SCHEMA, [name]: undefined })).toBeUndefined();
    expect(schemaFrom({ ...SCHEMA, [name]: null })).toBeDefined();
  });

  it.each<[unknown]>([[""], ["no JSON"], [[SCHEMA]], [null], [undefined], [7], ["[]"]])("is not %j", (given) => {
    expect(schemaFrom(given)).toBeUndefined();
  });

  it("is not nested without end, and fits into a row", () => {
    let deep: object = {};
    for (let depth = 0; depth < 60; depth++) deep = { deep };
    expect(schemaFrom({ ...SCHEMA, configuration: deep })).toBeUndefined();
    const withText = (length: number) => ({ ...SCHEMA, text: "x".repeat(length) });
    const room = 256 * 1024 - JSON.stringify(withText(0)).length;
    expect(schemaFrom(withText(room))).toEqual(withText(room));
    expect(schemaFrom(withText(room + 1))).toBeUndefined();
  });
});

describe("a policy", () => {
  it.each([
    ["1.0", SCHEMA, {}], ["1.1", SCHEMA, { version: ["differs from the schema version"] }], ["1.0", {}, { version: ["differs from the schema version"] }],
    ["builtin", SCHEMA, { version: ["cannot be 'builtin'"] }], ["builtin", { ...SCHEMA, version: "builtin" }, { version: ["cannot be 'builtin'"] }],
  ])("of version %s is held against its schema", (policyVersion, schema, faults) => {
    expect(policyFaults({ policyVersion, schema })).toEqual(faults);
  });
});
