import { DomainError, type ErrorCode } from "../domain/errors.ts";
import { DynamoDbError } from "../table/dynamodb/error.ts";
import { xmlDocument } from "./reply.ts";

/** How 3scale answers a failure: the status, and whether the sentence is an `error`, a `status` or bare text. */
type Shape = { readonly status: number; readonly as: "error" | "status" | "errors" | "text"; readonly retry?: true; readonly bare?: true };

export const SHAPES: Record<ErrorCode, Shape> = {
  access_denied: { status: 403, as: "error" },
  no_service_access: { status: 403, as: "error" },
  insufficient_scope: { status: 403, as: "error" },
  insufficient_rights: { status: 403, as: "error" },
  read_only: { status: 403, as: "error" },
  forbidden: { status: 403, as: "status" },
  not_found: { status: 404, as: "status" },
  no_configuration: { status: 404, as: "status", bare: true },
  invalid_environment: { status: 422, as: "error" },
  subject_not_found: { status: 404, as: "error" },
  invalid: { status: 422, as: "errors" },
  idempotency_key_reused: { status: 422, as: "error" },
  invalid_parameter: { status: 400, as: "error" },
  refused: { status: 403, as: "errors" },
  missing_parameter: { status: 400, as: "text" },
  wrong_type: { status: 422, as: "text" },
  malformed_request: { status: 400, as: "error" },
  payload_too_large: { status: 413, as: "error" },
  unsupported_media_type: { status: 415, as: "error" },
  not_acceptable: { status: 406, as: "error" },
  busy: { status: 503, as: "error", retry: true },
  unavailable: { status: 503, as: "error", retry: true },
  internal: { status: 500, as: "error" },
};

export type HttpResponse = {
  readonly statusCode: number; readonly headers: Record<string, string>; readonly body: string;
  /** Each becomes a `Set-Cookie` of its own. */
  readonly cookies?: string[];
};

/** Answers may hold a token's value, and none of them is true for long. */
export const NO_STORE = { "cache-control": "no-store", "x-content-type-options": "nosniff" };
export const JSON_TYPE = "application/json; charset=utf-8";
export const XML_TYPE = "application/xml; charset=utf-8";
/** 3scale's own words for it. */
export const CSV_TYPE = "text/csv; header=present";
const TEXT_TYPE = "text/plain; charset=utf-8";

/**
 * The answer for a failure, in JSON or XML, or as bare text where CSV is spoken. In JSON, `code` and `missing` are added
 * to what 3scale says, unless that must stay bare.
 */
export function errorResponse(error: DomainError, format: string): HttpResponse {
  const { status, as, retry } = SHAPES[error.code];
  const isText = as === "text" || (format === "csv" && error.code !== "not_acceptable");
  const [type, body] = isText ? [TEXT_TYPE, textBody(error)] : format === "xml" ? [XML_TYPE, xmlBody(error, as)] : [JSON_TYPE, jsonBody(error, as)];
  return { statusCode: status, headers: { "content-type": type, ...NO_STORE, ...(retry ? { "retry-after": "1" } : {}) }, body };
}

/** An error of any kind as one we may speak about. What DynamoDB and AWS's clients throw is a failure of storage, not an answer (D12). */
export function spoken(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof DynamoDbError || (error instanceof Error && ("$fault" in error || "$metadata" in error || error.name === "TimeoutError"))) {
    return new DomainError("unavailable", "A service we depend on did not answer, try again", { cause: error });
  }
  return new DomainError("internal", "Something went wrong on our side", { cause: error });
}

function jsonBody(error: DomainError, as: "error" | "status" | "errors"): string {
  const told = as === "errors" ? (error.instead ?? { errors: error.fields }) : { [as]: error.message };
  if (SHAPES[error.code].bare) return JSON.stringify(told);
  return JSON.stringify({ ...told, code: error.code, ...(error.missing.length > 0 ? { missing: error.missing } : {}) });
}

function xmlBody(error: DomainError, as: "error" | "status" | "errors"): string {
  if (as === "status") return "";
  if (as === "error") return xmlDocument({ error: error.message });
  return xmlDocument({ errors: { error: sentencesOf(error) } });
}

function textBody(error: DomainError): string {
  const sentences = sentencesOf(error);
  return sentences.length === 0 ? error.message : sentences.join("\n");
}

function sentencesOf({ fields }: DomainError): string[] {
  return Object.entries(fields).flatMap(([field, messages]) => messages.map((message) => (field === "base" ? message : `${humanized(field)} ${message}`)));
}

/** Rails' way to say a field in a sentence: `system_name` is "System name". */
function humanized(field: string): string {
  const words = field.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
