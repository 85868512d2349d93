import type { Missing } from "./authorize.ts";

/** Every way a request can fail that a caller may be told about: the closed list of `code` in error bodies. */
export type ErrorCode =
  | "access_denied" | "no_service_access" | "insufficient_scope" | "insufficient_rights" | "read_only" | "forbidden"
  | "not_found" | "no_configuration" | "subject_not_found" | "invalid" | "idempotency_key_reused" | "invalid_environment" | "invalid_parameter" | "missing_parameter"
  | "wrong_type" | "malformed_request" | "refused" | "payload_too_large"
  | "unsupported_media_type" | "not_acceptable" | "busy" | "unavailable" | "internal";

/** Field name → what is wrong with it, one sentence each, as 3scale's `{"errors":{…}}`. */
export type FieldErrors = Readonly<Record<string, readonly string[]>>;

type Details = { readonly missing?: readonly Missing[]; readonly fields?: FieldErrors; readonly instead?: Readonly<Record<string, unknown>>; readonly cause?: unknown };

/** A failure we expected. `message` and the details are safe to show the caller; the rest goes in `cause`. */
export class DomainError extends Error {
  override readonly name = "DomainError";
  readonly code: ErrorCode;
  readonly missing: readonly Missing[];
  readonly fields: FieldErrors;
  /** What 3scale says in place of `errors`, where it tells faults in a way of its own. */
  readonly instead: Readonly<Record<string, unknown>> | undefined;
  constructor(code: ErrorCode, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.missing = details.missing ?? [];
    this.fields = details.fields ?? {};
    this.instead = details.instead;
  }
}

export const notFound = () => new DomainError("not_found", "Not found");
/** There is no such configuration: programs of 3scale know that by the exact body, to which nothing is added. */
export const noConfiguration = () => new DomainError("no_configuration", "Not found");
/** Where 3scale says what it did not find: the Analytics API's services and applications. */
export const subjectNotFound = (subject: "Service" | "Application") => new DomainError("subject_not_found", `${subject} not found`);
/** A parameter that must be there; of its value nothing is said by this. */
export const missingParameter = (name: string) => new DomainError("missing_parameter", `Required parameter missing: ${name}`);
/** A parameter whose value makes no sense, in one sentence where 3scale does not say it by field. */
export const invalidParameter = (sentence: string) => new DomainError("invalid_parameter", sentence);
export const forbidden = () => new DomainError("forbidden", "Forbidden");
/** Something that cannot be deleted as things are; 3scale's words, by field. */
export const refused = (fields: FieldErrors) => new DomainError("refused", "That cannot be deleted now", { fields });
/** Wrong values, by field. */
export const invalid = (fields: FieldErrors) => new DomainError("invalid", "Some fields are not valid", { fields });
