import { readFileSync } from "node:fs";
import { validate } from "@readme/openapi-parser";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { unzipSync } from "fflate";
import { describe, expect, inject, it } from "vitest";
import * as z from "zod/mini";
import { operation } from "../../lib/http/operation.ts";
import { many } from "../../lib/http/reply.ts";
import { openapiDocument } from "../../lib/openapi/document.ts";
import { inputSchema } from "../../lib/openapi/schema.ts";
import { SCHEMAS } from "../../lib/openapi/schemas.ts";
import { everyOperation } from "../api/wrong-input.ts";
import { loadTemplate } from "../support/template.ts";

/** The document of the whole API, as the deployed function makes it. */
const operations = await everyOperation();
type Any = Readonly<Record<string, any>>; // oxlint-disable-line typescript/no-explicit-any -- a document is what the tests find out about
const document = inject("openapi") as Any;
const entries = Object.entries<Any>(document["paths"]).flatMap(([path, methods]) =>
  Object.entries<Any>(methods).map(([method, declared]) => ({ path, method: method.toUpperCase(), declared })));
const byTable = entries.filter(({ path }) => !path.startsWith("/transactions"));

describe("the document", () => {
  it("is valid OpenAPI 3.1", async () => {
    expect(document["openapi"]).toBe("3.1.0");
    expect(await validate(structuredClone(document) as Parameters<typeof validate>[0])).toMatchObject({ valid: true, warnings: [] });
  });

  it("has schemas that are valid JSON Schema, of known keywords and formats", () => {
    const ajv = formats.default(new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }));
    ajv.addKeyword("xml");
    for (const schema of schemasIn(document)) expect(() => ajv.compile(schema)).not.toThrow();
  });

  it("asks only for security schemes that it describes", () => {
    const asked = [...document["security"], ...entries.flatMap(({ declared }) => declared["security"] ?? [])].flatMap(Object.keys);
    expect(asked.filter((scheme) => !(scheme in document["components"].securitySchemes))).toEqual([]);
  });

  it("has no two paths that only differ in the names of their variables", () => {
    const shapes = Object.keys(document["paths"]).map((path) => path.replaceAll(/\{\w+\}/g, "{}"));
    expect(shapes.filter((shape, at) => shapes.indexOf(shape) !== at)).toEqual([]);
  });
});

describe("every operation", () => {
  it("that is deployed is in it, under each of its methods, and no other is", () => {
    const declared = operations.flatMap(({ path, methods, formats: [format = "json"] = [] }) => methods.map((method) => `${method} ${path.replace("+}", "}")}.${format}`));
    expect(byTable.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual([...new Set(declared)].toSorted());
  });

  it.each(byTable.map((each) => [each.method, each.path, each.declared] as const))("%s %s says what it needs, and what it refuses with", (_method, path, declared) => {
    const found = operations.find(({ name }) => name === declared["operationId"].replace(/By(Patch|Put)$/, ""));
    expect(declared["x-latchkey-requires"]).toEqual(found?.requires);
    expect(declared["tags"]).toHaveLength(1);
    expect(Object.keys(declared["responses"])).toEqual(expect.arrayContaining([String(found?.answer.status), "403", ...(path.includes("{") ? ["404"] : [])]));
  });

  it("that takes attributes names those that its schema parses", () => {
    const create = document["paths"]["/admin/api/services.json"].post;
    expect(Object.keys(create.requestBody.content)).toEqual(["application/json", "application/x-www-form-urlencoded"]);
    const [bare, wrapped] = create.requestBody.content["application/json"].schema.anyOf;
    expect(wrapped).toEqual({ type: "object", properties: { service: bare }, required: ["service"] });
    expect(document["components"].schemas.CreateServiceInput).toMatchObject({
      required: ["name"],
      properties: { name: { type: "string", maxLength: 255 }, backend_version: { enum: ["1", "2", "oauth", "oidc"] }, mandatory_app_key: { type: "boolean" } },
    });
    expect(document["paths"]["/admin/api/applications.json"].get.parameters.map(({ name }: Any) => name)).toEqual(expect.arrayContaining(["page", "per_page", "service_id"]));
  });

  it("of the Service Management API is in it", () => {
    expect(entries.filter(({ path }) => path.startsWith("/transactions")).map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /transactions/authorize.xml", "GET /transactions/authrep.xml", "GET /transactions/oauth_authorize.xml", "GET /transactions/oauth_authrep.xml", "POST /transactions.xml",
    ]);
  });
});

describe("every representation", () => {
  it("that an operation answers with has a schema, and there is none for another", () => {
    const shown = new Set<object>(operations.flatMap(({ answer }) => [answer, answer.as ?? []]));
    expect(SCHEMAS.filter(({ of }) => !shown.has(of)).map(({ name }) => name)).toEqual([]);
    expect(new Set(SCHEMAS.map(({ name }) => name)).size).toBe(SCHEMAS.length);
  });

  it("without a schema is refused, and told where it belongs", () => {
    const stranger = operation({
      name: "listStrangers", methods: ["GET"], path: "/admin/api/strangers", requires: { scopes: ["account_management"], effect: "read", about: "account" },
      input: z.object({}), answer: many({ one: "stranger", many: "strangers", json: () => ({}) }), run: async () => [],
    });
    expect(() => openapiDocument([stranger], "https://x.example")).toThrow(/listStrangers has no schema: add described\(…\) for the representation "stranger" to a file of lib\/openapi\/schemas\//);
  });
});

describe("a schema of input", () => {
  it("is what may come in, not what is made of it", () => {
    const made = z.object({ at: z.pipe(z.string(), z.transform(Number)), given: z._default(z.string(), "x") });
    expect(inputSchema(made)).toEqual({ type: "object", properties: { at: { type: "string" }, given: { default: "x", type: "string" } }, required: ["at"] });
  });
});

it("is in the bundle of the function that serves it and in no other", () => {
  const holders = loadTemplate(inject("packageDirectory")).functions.filter(({ zip }) => {
    const [code] = Object.values(unzipSync(readFileSync(zip)));
    return Buffer.from(code!).includes("x-latchkey-requires");
  });
  expect(holders.map(({ name }) => name)).toEqual(["openapi"]);
});

/** Every schema of the document, its references resolved. */
function schemasIn(value: unknown): readonly object[] {
  if (Array.isArray(value)) return value.flatMap(schemasIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
    key === "schema" ? [resolved(item) as object] : key === "schemas" ? Object.values(item as object).map((each) => resolved(each) as object) : schemasIn(item));
}

function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== "object" || value === null) return value;
  const { $ref } = value as { $ref?: string };
  if ($ref !== undefined) return resolved($ref.slice(2).split("/").reduce<Any>((at, part) => at[part] as Any, document));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item)]));
}
