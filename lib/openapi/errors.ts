import { STATUS_CODES } from "node:http";
import { SHAPES } from "../http/errors.ts";
import type { Operation } from "../http/operation.ts";
import type { JsonSchema } from "./schema.ts";

/** What the gateway refuses by itself, before a function is asked, says no more than this. */
const GATEWAY: JsonSchema = { type: "object", properties: { message: { type: "string" } }, required: ["message"] };
const BY_GATEWAY = [400, 403, 404, 413, 500, 503];

/** An XML error is the same sentence, or nothing where 3scale says nothing. */
const XML: JsonSchema = { description: "The same sentence as <error>, the same fields as <errors>; empty for not found and forbidden." };

const text = { type: "string" };
const BODIES = {
  error: { error: text, missing: { type: "array", items: text, description: "What the token or its owner lacks, as scope:stats, section:finance or permission:rw." } },
  status: { status: text },
  errors: { errors: { type: "object", additionalProperties: { type: "array", items: text }, description: "What is wrong, by field." } },
} as const;

/** 3scale tells what is wrong with policies in the policies themselves, each with `errors` of its own. */
const POLICIES: JsonSchema = {
  type: "object", required: ["policies_config", "code"],
  properties: { policies_config: { type: "array", items: { type: "object" } }, code: { enum: ["invalid"] } },
};

type ErrorCode = keyof typeof SHAPES;
const codes = Object.keys(SHAPES) as ErrorCode[];
const statuses = [...new Set(codes.map((code) => SHAPES[code].status))].toSorted((a, b) => a - b);

/** The answers that share a status and are the same for every operation: components of the document. */
export const errorResponses = Object.fromEntries(statuses.map((status) => [nameOf(status), responseFor(status)]));

/** The failures that an operation may answer with, by status: references to the components. */
export function errorsOf({ path, methods, answer, input }: Operation): Record<string, { $ref: string }> {
  const fields = Object.keys((input as { shape?: object }).shape ?? {});
  const reads = methods.includes("GET");
  // What is named by path or by id may not be there, nor what a POST made that comes again; a list's filters just find nothing.
  const names = path.includes("{") || methods.includes("POST") || (reads ? answer.shape === "one" : fields.some((field) => field.endsWith("_id")));
  const checks = (!reads && !methods.includes("DELETE")) || fields.length > 0;
  const possible = [400, 403, ...(names ? [404] : []), 413, 415, ...(checks ? [422] : []), 500, 503];
  return Object.fromEntries(possible.map((status) => [String(status), { $ref: `#/components/responses/${nameOf(status)}` }]));
}

function nameOf(status: number): string {
  return (STATUS_CODES[status] ?? "").replaceAll(" ", "");
}

function responseFor(status: number) {
  const here = codes.filter((code) => SHAPES[code].status === status);
  const json = (["error", "status", "errors"] as const).flatMap((as) => {
    const told = here.filter((code) => SHAPES[code].as === as && !SHAPES[code].bare);
    const bare = here.filter((code) => SHAPES[code].as === as && SHAPES[code].bare);
    return [
      ...(told.length === 0 ? [] : [{ type: "object", properties: { ...BODIES[as], code: { enum: told } }, required: [as, "code"] }]),
      ...(bare.length === 0 ? [] : [{ type: "object", properties: BODIES[as], required: [as] }]),
    ];
  });
  const all = [...json, ...(here.includes("invalid") ? [POLICIES] : []), ...(BY_GATEWAY.includes(status) ? [GATEWAY] : [])];
  const isText = here.some((code) => SHAPES[code].as === "text");
  return {
    description: `${STATUS_CODES[status]}: ${here.map((code) => `\`${code}\``).join(", ")}`,
    ...(here.some((code) => SHAPES[code].retry) ? { headers: { "Retry-After": { description: "Seconds", schema: { type: "integer" } } } } : {}),
    content: {
      "application/json": { schema: all.length === 1 ? all[0] : { anyOf: all } },
      "application/xml": { schema: XML },
      ...(isText ? { "text/plain": { schema: text } } : {}),
    },
  };
}
