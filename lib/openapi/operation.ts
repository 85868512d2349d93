import type { Requirement } from "../domain/authorize.ts";
import { SECTION_OF } from "../domain/rights.ts";
import type { Operation } from "../http/operation.ts";
import type { Described } from "./described.ts";
import { errorsOf } from "./errors.ts";
import { inputSchema, type JsonSchema } from "./schema.ts";

type Method = Operation["methods"][number];
type InputSchema = JsonSchema & { readonly properties?: Readonly<Record<string, JsonSchema>>; readonly required?: readonly string[] };

const BY_QUERY: readonly Method[] = ["GET", "DELETE"];
const JSON_AND_FORM = ["application/json", "application/x-www-form-urlencoded"];

/** The API that a path belongs to: the last that it begins like. */
export const TAGS = [
  ["Account Management", "/admin/api/", "Services, applications, plans, developers, members, tokens, and what gateways are configured with."],
  ["Billing", "/api/", "Invoices, their line items and payments."],
  ["Analytics", "/stats/", "Traffic of services and applications."],
  ["Service Management", "/transactions", "What gateways ask for every call: may it pass, and what it used."],
  ["Policy Registry", "/admin/api/registry/", "Policies of one's own that gateways may apply."],
] as const;

/** The path as programs write it, with the extension that says the format; `{value+}` is `{value}` to them. */
export function pathOf({ path, formats = ["json"] }: Operation): string {
  return `${path.replace("+}", "}")}.${formats.includes("json") ? "json" : formats[0]}`;
}

/** One operation under one of its methods, as OpenAPI's Operation Object. Its input is named, because several places refer to it. */
export function operationObject(operation: Operation, method: Method, described: Described | undefined) {
  const { name, methods, path, requires, answer } = operation;
  const input = inputOf(operation);
  const properties = Object.entries(input.properties ?? {});
  const byQuery = BY_QUERY.includes(method);
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\+?\}/g)].map(([, variable = ""]) => ({ name: variable, in: "path", required: true, schema: pathSchema(variable) })),
    ...(byQuery ? properties.map(([field, schema]) => ({ name: field, in: "query", required: input.required?.includes(field) ?? false, schema })) : []),
    ...(method === "POST" ? [IDEMPOTENCY_KEY] : []),
  ];
  return {
    operationId: method === methods[0] ? name : `${name}By${method.charAt(0)}${method.slice(1).toLowerCase()}`,
    summary: sentence(name),
    description: descriptionOf(operation),
    tags: TAGS.filter(([, prefix]) => path.startsWith(prefix)).slice(-1).map(([tag]) => tag),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(byQuery || properties.length === 0 ? {} : { requestBody: requestBody(operation, input) }),
    responses: { [String(answer.status)]: success(operation, method, described), ...(method === "GET" ? NOT_MODIFIED : {}), ...errorsOf(operation) },
    "x-latchkey-requires": requires,
  };
}

const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key", in: "header", required: false, schema: { type: "string", maxLength: 255 },
  description: "A name for this request, which may then be sent again for a day: it has one effect, and what it made is told again.",
};
const NOT_MODIFIED = { 304: { description: "Not Modified: If-None-Match names the answer that there would be" } };

/** Its input as a component of the document. */
export function inputOf(operation: Operation): InputSchema {
  return inputSchema(operation.input) as InputSchema;
}

function pathSchema(variable: string): JsonSchema {
  return /(^|_)id$/.test(variable) ? { type: "integer", minimum: 1 } : { type: "string" };
}

/** Attributes come bare or under the name of their resource. */
function requestBody({ name, wrapper, attributesRequired }: Operation, { required = [] }: InputSchema) {
  const bare = { $ref: `#/components/schemas/${inputName(name)}` };
  const wrapped = [wrapper ?? []].flat().map((under) => ({ type: "object", properties: { [under]: bare }, required: [under] }));
  const schema = wrapped.length === 0 ? bare : { anyOf: [bare, ...wrapped] };
  return {
    required: attributesRequired === true || required.length > 0,
    content: Object.fromEntries(JSON_AND_FORM.map((type) => [type, { schema }])),
  };
}

export function inputName(operation: string): string {
  return `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Input`;
}

function success({ answer, formats = ["json"] }: Operation, method: Method, described: Described | undefined) {
  const { as, shape, status } = answer;
  const headers = {
    ...(status === 201 ? { Location: { description: "Where it is", schema: { type: "string", format: "uri" } } } : {}),
    ...(method === "GET" ? { ETag: { description: "For If-None-Match", schema: { type: "string" } } } : {}),
  };
  const told = { description: status === 201 ? "Created" : "OK", ...(Object.keys(headers).length === 0 ? {} : { headers }) };
  if (as === undefined || described === undefined || shape === "nothing") return told;
  return {
    ...told,
    content: {
      "application/json": { schema: bodyOf(shape, as, { $ref: `#/components/schemas/${described.name}` }) },
      ...(formats.includes("xml") ? { "application/xml": { schema: { description: `<${shape === "many" ? as.many : as.one}>, under the extension .xml` } } } : {}),
      ...(formats.includes("csv") ? { "text/csv": { schema: { type: "string", description: "A table, under the extension .csv" } } } : {}),
    },
  };
}

function bodyOf(shape: Operation["answer"]["shape"], { one, many }: { readonly one: string; readonly many: string }, schema: JsonSchema): JsonSchema {
  const item = { type: "object", properties: { [one]: schema }, required: [one] };
  switch (shape) {
    case "many":
      return {
        type: "object", required: [many],
        properties: { [many]: { type: "array", items: item }, metadata: { $ref: "#/components/schemas/Metadata" } },
      };
    case "document":
      return schema;
    case "one":
    case "nothing":
      return item;
  }
}

function sentence(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function descriptionOf({ requires, wrapper, formats = ["json"] }: Operation): string {
  const names = [wrapper ?? []].flat();
  return [
    needs(requires),
    ...(names.length === 0 ? [] : [`Attributes come bare or under ${names.map((each) => `\`${each}\``).join(" or ")}, in the body or in the query.`]),
    ...formats.filter((format) => format !== "json").map((format) => `In ${format.toUpperCase()} under the extension \`.${format}\`.`),
  ].join(" ");
}

function needs({ scopes, section, effect, about, role }: Requirement): string {
  const sections = [...new Set([...(scopes.length === 1 ? scopes.map((scope) => SECTION_OF[scope]) : []), ...(section === undefined ? [] : [section])])];
  const owner = role === "admin" ? "an admin" : sections.length === 0 ? "an active member" : `a member with ${sections.map((each) => `\`${each}\``).join(" and ")}`;
  return `Needs an access token with the scope ${scopes.map((scope) => `\`${scope}\``).join(" or ")}${effect === "write" ? " and the permission `rw`" : ""}, `
    + `whose owner is ${owner}${about === "services" ? " and reaches a service" : ""}.`;
}
