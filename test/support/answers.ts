import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { formatOf } from "../../lib/http/route.ts";
import { decodedPath } from "./gateway-event.ts";
import type { GatewayResponse } from "./gateway-response.ts";

type Response = { readonly content?: Readonly<Record<string, object>> };
type Documented = { readonly operationId: string; readonly responses: Readonly<Record<string, Response | { readonly $ref: string }>> };
/** What the checks read of an OpenAPI document. */
export type OpenApi = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
  readonly components: { readonly responses: Readonly<Record<string, Response>> };
};

const SCHEMAS = path.join(import.meta.dirname, "../../lib/openapi/schemas");

/**
 * Holds every answer of an operation against the OpenAPI document: its status, its content type and, in JSON, every
 * attribute. The document lets answers gain attributes; here one that it does not name is wrong, or it would go out of date.
 */
export function answerChecker(document: OpenApi) {
  const { places, validatorAt } = readerOf(document);
  const wrong = new Map<string, string>();

  function check(method: string, target: string, { status, headers, body }: GatewayResponse): string | undefined {
    const place = places.find(({ pattern }) => pattern.test(decodedPath(target)));
    const operation = place?.methods[method.toLowerCase()];
    // A format that is not spoken, and a request whose head is too long for the gateway, are no answers of the operation.
    if (place === undefined || operation === undefined || status === 406 || status === 431) return undefined;
    const declared = operation.responses[status];
    if (declared === undefined) return `${operation.operationId} answers ${status}, which lib/openapi/errors.ts does not expect of it: ${body.toString()}`;
    const at = "$ref" in declared ? declared.$ref.slice(2).split("/") : ["paths", place.template, method.toLowerCase(), "responses", String(status)];
    const { content } = "$ref" in declared ? document.components.responses[at[2]!]! : declared;
    if (content === undefined) return body.length === 0 ? undefined : `${operation.operationId} answers ${status} with a body, and none is declared: ${body.toString()}`;
    const type = String(headers["content-type"]).split(";")[0]!;
    if (content[type] === undefined) return `${operation.operationId} answers ${status} with ${type}, which is not declared`;
    if (type !== "application/json") return undefined;
    const validate = validatorAt([...at, "content", type, "schema"]);
    return validate(JSON.parse(body.toString())) ? undefined : `${operation.operationId} answers ${status} with what the document does not say:\n${told(validate.errors!)}\n      ${body.toString().slice(0, 300)}`;
  }

  return {
    seen: (method: string, target: string, answer: GatewayResponse): void => {
      const problem = isReadable(target) ? check(method, target, answer) : undefined;
      if (problem === undefined) return;
      // One of a kind is enough, and the first to come.
      const kind = problem.split("\n").slice(0, 2).join("\n").replaceAll(/\d+/g, "0");
      if (!wrong.has(kind)) wrong.set(kind, `${method} ${target.split("?")[0]}\n    ${problem}`);
    },
    throwIfWrong: (): void => {
      if (wrong.size > 0) throw new Error(`${wrong.size} answers are not as the OpenAPI document says.\n\n${[...wrong.values()].slice(0, 10).join("\n\n")}\n`);
    },
  };
}

/** What a document says is worked out once, however many deployments are held against it. Each file of tests gets a copy of it. */
const readers = new Map<string, ReturnType<typeof read>>();

function readerOf(document: OpenApi) {
  const text = JSON.stringify(document);
  const reader = readers.get(text) ?? read(document);
  readers.set(text, reader);
  return reader;
}

function read(document: OpenApi) {
  const validator = lazily(() => formats.default(new Ajv2020({ strict: false, allErrors: true })).addSchema(closed(document), "openapi"));
  return {
    places: Object.entries(document.paths).map(([template, methods]) => ({ template, methods, pattern: patternOf(template) })),
    validatorAt: (pointer: readonly string[]): ValidateFunction =>
      validator().getSchema(`openapi#/${pointer.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/")}`)!,
  };
}

/** Where it is and what to do, for each error; of the alternatives of an error body only those that came closest. */
function told(errors: readonly ErrorObject[]): string {
  const deepest = errors.filter(({ keyword }) => keyword !== "anyOf").slice(0, 6);
  return deepest.map(({ instancePath, message, params, schemaPath }) => {
    const [, component] = /components\/schemas\/(\w+)/.exec(schemaPath) ?? [];
    const extra = (params as { additionalProperty?: string }).additionalProperty;
    const where = component === undefined ? "lib/openapi" : `the schema "${component}" of ${fileOf(component)}`;
    return `      ${instancePath || "/"} ${message ?? ""}${extra === undefined ? "" : ` "${extra}"`}: see ${where}`;
  }).join("\n");
}

function fileOf(component: string): string {
  const file = readdirSync(SCHEMAS).find((each) => readFileSync(path.join(SCHEMAS, each), "utf8").includes(`"${component}"`));
  return `lib/openapi/schemas/${file ?? ""}`;
}

/** What the document says of a path that ends in `.json` is meant of the same path without it, and with `.xml` where that is spoken. */
function patternOf(template: string): RegExp {
  const { bare, format } = formatOf(template);
  const path = bare.split("/").map((segment) => (segment.startsWith("{") ? "[^/]+?" : RegExp.escape(segment))).join("/");
  return new RegExp(`^${path}${format === "json" ? "(?:\\.json|\\.xml)?" : RegExp.escape(`.${format}`)}$`);
}

function isReadable(target: string): boolean {
  try {
    decodedPath(target);
    return true;
  } catch {
    return false;
  }
}

/** The same document, whose objects have the properties that it names and no others. */
function closed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(closed) as T;
  if (typeof value !== "object" || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, closed(item as unknown)]));
  const { type, properties, additionalProperties } = inner as { type?: unknown; properties?: unknown; additionalProperties?: unknown };
  return (type === "object" && properties !== undefined && additionalProperties === undefined ? { ...inner, additionalProperties: false } : inner) as T;
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
