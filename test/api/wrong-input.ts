import { readdirSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { expect } from "vitest";
import { PERIODS } from "../../lib/domain/periods.ts";
import type { Operation } from "../../lib/http/operation.ts";

/** What the tests of wrong input share: requests as no decent client sends them, and what may be answered to them. */
export type Wire = {
  readonly method?: string;
  /** Path and query, as they go over the wire. */
  readonly target: string;
  readonly token?: string | undefined;
  readonly type?: string | undefined;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array | undefined;
};
export type Answer = { readonly status: number; readonly type: string; readonly text: string };

const agent = new Agent({ keepAlive: true });

/** Sends what it is given: unlike fetch it neither tidies the path nor refuses a method, or a GET with a body. */
export async function send(url: string, { method = "GET", target, token, type, headers = {}, body }: Wire): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const credential = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const content = type === undefined ? {} : { "content-type": type };
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    httpRequest({ hostname, port, method, path: target, agent, headers: { ...credential, ...content, ...length, ...headers } }, (response) => {
      buffer(response).then((bytes) => {
        resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", text: bytes.toString("utf8") });
      }, reject);
    }).on("error", reject).end(body);
  });
}

/** README.md, the table of errors, written a second time: what each code comes with. */
const DOCUMENTED: Readonly<Record<string, readonly [status: number, as: "error" | "status" | "errors"]>> = {
  access_denied: [403, "error"], no_service_access: [403, "error"], insufficient_scope: [403, "error"], insufficient_rights: [403, "error"],
  read_only: [403, "error"], forbidden: [403, "status"], not_found: [404, "status"], invalid: [422, "errors"], idempotency_key_reused: [422, "error"], invalid_environment: [422, "error"], refused: [403, "errors"], malformed_request: [400, "error"],
  subject_not_found: [404, "error"], invalid_parameter: [400, "error"], payload_too_large: [413, "error"], unsupported_media_type: [415, "error"], not_acceptable: [406, "error"],
};
/** 3scale's bare sentences, which have no code; the latter two where CSV was asked for. */
const THREESCALES_TEXTS = [
  [400, /^Required parameter missing: [a-z_]+$/], [422, /^Wrong type for parameter: [a-z_]+$/], [404, /^(Not found|(Service|Application) not found)$/], [403, /^Access denied$/],
] as const;
/** Programs of 3scale know this body to the byte. */
const CONFIGURATION_NOT_FOUND = '{"status":"Not found"}';
const GATEWAYS_OWN: Readonly<Record<string, number>> = {
  "Bad Request": 400, Forbidden: 403, "Not Found": 404, "Request Entity Too Large": 413, "Request Header Fields Too Large": 431,
};

/** What is wrong with an answer; undefined when it is one of those that are documented. 5xx never is. */
export function undocumented({ status, type, text }: Answer, method: string): string | undefined {
  if (status >= 500) return `${status} ${text}`;
  if (status < 400 || method === "HEAD") return undefined;
  if (type.startsWith("text/plain")) return THREESCALES_TEXTS.some(([wanted, shape]) => wanted === status && shape.test(text)) ? undefined : `text ${status} ${text}`;
  if (type.startsWith("application/xml")) {
    if (text === "") return [403, 404].includes(status) ? undefined : `empty XML ${status}`;
    return /^<\?xml version="1\.0" encoding="UTF-8"\?>(<error>[^<]+<\/error>|<errors>(<error>[^<]+<\/error>)+<\/errors>)$/.test(text) ? undefined : `XML ${text}`;
  }
  if (!type.startsWith("application/json")) return `type ${type}`;
  if (status === 404 && text === CONFIGURATION_NOT_FOUND) return undefined;
  const body = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (status === 422 && body["code"] === "invalid" && Array.isArray(body["policies_config"])) return undefined;
  if (typeof body["message"] === "string") return GATEWAYS_OWN[body["message"]] === status && Object.keys(body).length === 1 ? undefined : `gateway ${status} ${text}`;
  const { code, missing, ...rest } = body;
  const [wanted, as] = DOCUMENTED[String(code)] ?? [];
  const told = as === undefined ? undefined : rest[as];
  const isRight = as === "errors" ? fieldErrors.safe(told) : typeof told === "string" && told !== "";
  return wanted === status && isRight && Object.keys(rest).length === 1 && (missing === undefined || Array.isArray(missing)) ? undefined : `${status} ${text}`;
}

/** `{"field": ["sentence"]}`, each field by a name that a program could have sent. */
const fieldErrors = {
  safe: (errors: unknown) => typeof errors === "object" && errors !== null && Object.entries(errors).length > 0 && Object.entries(errors).every(([field, messages]) =>
    /^[a-z_]+$/.test(field) && Array.isArray(messages) && messages.length > 0 && messages.every((message) => typeof message === "string" && message !== "")),
};

export function expectDocumented(answer: Answer, method = "GET"): void {
  expect(undocumented(answer, method)).toBeUndefined();
}

/** Every operation that a module of functions/ serves. */
export async function everyOperation(): Promise<readonly Operation[]> {
  const directory = path.join(import.meta.dirname, "../../functions");
  const modules = await Promise.all(readdirSync(directory).map((file) => import(pathToFileURL(path.join(directory, file)).href) as Promise<Record<string, unknown>>));
  return modules.flatMap((module) => Object.values(module)).flatMap((value) => (value as { operations?: readonly Operation[] }).operations ?? []);
}

/** What each type of row may hold. A dot descends into a map. */
const STAMPS = ["version", "createdAt", "updatedAt"];
const KEYS = ["pk", "sk", "type"];
const FLAGS = [
  "intentions_required", "buyers_manage_apps", "buyers_manage_keys", "referrer_filters_required", "custom_keys_enabled", "buyer_key_regenerate_enabled",
  "mandatory_app_key", "buyer_can_select_plan",
];
const FACTS = [
  "name", "scopes", "permission", "expires_at", "role", "sections", "service_access", "state", "system_name",
  "period", "value", "friendly_id", "cost",
  "changed", "http_method", "pattern", "environment", "version",
];
const SUBJECTS = [
  "memberId", "tokenId", "serviceId", "applicationId", "metricId", "planId", "limitId", "mappingRuleId", "policyId",
  "developerAccountId", "developerUserId", "accountPlanId", "invoiceId", "lineItemId", "paymentId",
];
const SETTINGS = [
  "credentials_location", "auth_app_key", "auth_app_id", "auth_user_key", "error_auth_failed", "error_auth_missing", "error_no_match", "error_limits_exceeded",
  "error_headers_auth_failed", "error_headers_auth_missing", "error_headers_no_match", "error_headers_limits_exceeded", "error_status_auth_failed",
  "error_status_auth_missing", "error_status_no_match", "error_status_limits_exceeded", "secret_token", "api_test_path", "oidc_issuer_type", "endpoint",
  "sandbox_endpoint", "api_backend", "hostname_rewrite", "oauth_login_url", "oidc_issuer_endpoint", "jwt_claim_with_client_id", "jwt_claim_with_client_id_type",
];
const FLOWS = ["standard_flow_enabled", "implicit_flow_enabled", "service_accounts_enabled", "direct_access_grants_enabled"];
const ENTITY = [...KEYS, ...STAMPS, "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk", "accountId", "id"];
const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  account: [...KEYS, ...STAMPS, "id", "name", "wrappedKey"],
  member: [...KEYS, ...STAMPS, "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk", "accountId", "id", "username", "email", "role", "state", "sections", "serviceAccess", "sessionsEndedAt"],
  access_token: [...ENTITY, "ownerId", "name", "scopes", "permission", "expiresAt", "pepper", "hash", "imported", "ttl"],
  session: [...KEYS, "gsi1pk", "gsi1sk", "expiresAt", "ttl"],
  request: [...KEYS, "asked", "pepper", "sealed", "ttl"],
  identity: [...KEYS, "gsi1pk", "gsi1sk", "accountId", "memberId", "version"],
  binding: [...KEYS, "gsi1pk", "gsi1sk", "subject"],
  service: [
    ...KEYS, ...STAMPS, "accountId", "id", "name", "systemName", "state",
    ...["description", "supportEmail", "backendVersion", "deploymentOption", ...FLAGS.map((flag) => `flags.${flag}`)].map((setting) => `settings.${setting}`),
  ],
  service_token: [
    ...KEYS, "accountId", "serviceId", "createdAt", "version", "pepper", "hash", "sealed",
    ...["backendVersion", "referrerFiltersRequired", "metrics", "plans"].map((part) => `traffic.${part}`),
  ],
  deleted_service: [...KEYS, "deletedAt"],
  application: [
    ...ENTITY, "serviceId", "developerAccountId", "planId", "name", "description", "state", "userKey", "appId", "keys", "providerVerificationKey", "redirectUrl",
  ],
  application_traffic: [...KEYS, "gsi2pk", "gsi2sk", "accountId", "serviceId", "applicationId", "appId", "planId", "state", "keys", "redirectUrl"],
  metric: [...ENTITY, "serviceId", "systemName", "friendlyName", "description", "unit", "parentId"],
  application_plan: [
    ...ENTITY, "serviceId", "name", "systemName", "state", "approvalRequired", "isDefault", "trialPeriodDays", "setupFeeCents", "costPerMonthCents",
  ],
  proxy: [...ENTITY, ...SETTINGS.map((setting) => `settings.${setting}`), ...FLOWS.map((flow) => `oidcFlows.${flow}`), "rules", "policies"],
  proxy_config: [...ENTITY, "serviceId", "environment", "version", "hosts", "content"],
  policy: [...ENTITY, "name", "policyVersion", "schema"],
  limit: [...ENTITY, "serviceId", "planId", "metricId", "period", "value"],
  report: [...KEYS, "id", "accountId", "serviceId", "at", "contents", "uses", "ttl"],
  counted_share: [...KEYS, "ttl"],
  application_usage: [...KEYS, "version", ...PERIODS.map((period) => `counts.{metric}.${period}`)],
  used: [...KEYS, ...Array.from({ length: 24 }, (_, hour) => `h${String(hour).padStart(2, "0")}`)],
  account_plan: [...ENTITY, "name", "state", "approvalRequired", "isDefault"],
  developer_account: [...ENTITY, "orgName", "state", "planId"],
  developer_user: [...ENTITY, "developerAccountId", "username", "email", "role", "state"],
  unique: [...KEYS, "holder"],
  invoice: [
    ...ENTITY, "developerAccountId", "friendlyId", "period", "state", "currency", "total", "creationType", "issuedOn", "dueOn", "paidAt",
  ],
  line_item: [
    ...ENTITY, "invoiceId", "developerAccountId", "kind", "name", "description", "quantity", "cost", "metricId", "planId", "applicationId",
  ],
  invoice_number: [...KEYS, "last"],
  event: [
    ...KEYS, "event", "id", "accountId", "at", "actor.memberId", "actor.tokenId", "actor.system",
    ...SUBJECTS.map((subject) => `subject.${subject}`), ...FACTS.map((fact) => `facts.${fact}`),
  ],
};

type StoredRow = Readonly<Record<string, unknown>>;

/** The attributes of a row that its type does not have, such as one that a request brought along. */
export function strangersIn(row: StoredRow): readonly string[] {
  const known = ATTRIBUTES[String(row["type"])];
  if (known === undefined) return [`the type ${String(row["type"])}`];
  const facts = typeof row["facts"] === "string" ? { facts: JSON.parse(row["facts"]) as unknown } : {};
  return namesIn({ ...row, ...facts }).filter((name) => !known.includes(name.replace(/^counts\.\d+\./, "counts.{metric}.")));
}

function namesIn(value: object, prefix = ""): readonly string[] {
  return Object.entries(value).flatMap(([name, item]: [string, unknown]) =>
    typeof item === "object" && item !== null && !Array.isArray(item) ? namesIn(item, `${prefix}${name}.`) : [prefix + name]);
}
