import { TrafficError } from "../../domain/traffic-errors.ts";
import type { Call, Presented, Transaction } from "../../operations/service-management.ts";
import { headerOf } from "../credential.ts";
import type { HttpEvent } from "../lambda.ts";
import { bodyOf, parseMultipart, parseNested, type Params } from "../params.ts";

/** What the extensions of the header `3scale-options` ask for (apisonator: each is on when it is 1). */
export type Options = { readonly noBody: boolean; readonly rejectionReason: boolean; readonly limitHeaders: boolean };

/** A report is as large as what a gateway gathers between two of them. */
const MAX_BODY_BYTES = 256 * 1024;
const FORM = "application/x-www-form-urlencoded";
const MULTIPART = "multipart/form-data";

export function optionsOf(event: HttpEvent): Options {
  const extensions = new URLSearchParams(headerOf(event, "3scale-options") ?? "");
  const noBody = extensions.get("no_body") ?? new URLSearchParams(event.rawQueryString ?? "").get("no_body");
  return {
    noBody: noBody !== null && noBody !== "0" && noBody !== "false",
    rejectionReason: extensions.get("rejection_reason_header") === "1",
    limitHeaders: extensions.get("limit_headers") === "1",
  };
}

/** Reads a call that is to be judged: everything is in the query. */
export function callOf(event: HttpEvent, kind: Call["kind"]): { readonly presented: Presented; readonly call: Call } {
  const params = formOf(event.rawQueryString ?? "");
  const { usage } = params;
  if (usage !== undefined && !isObject(usage)) throw new TrafficError("usage_value_invalid", "usage must name metrics, as in usage[hits]=1");
  const redirect = (["redirect_url", "redirect_uri"] as const).map((name) => ({ name, value: params[name] })).find(({ value }) => typeof value === "string");
  return {
    presented: presentedIn(params),
    call: {
      kind, appId: present(params["app_id"]), userKey: present(params["user_key"]), usage,
      // A blank key is not an absent one: it is checked, and wrong.
      appKey: typeof params["app_key"] === "string" ? params["app_key"].trim() : undefined,
      redirect: redirect === undefined ? undefined : { name: redirect.name, value: String(redirect.value) },
      namesEndUser: params["user_id"] !== undefined, idempotencyKey: idempotencyKeyOf(event),
    },
  };
}

/** Reads a report: query and body are one. What is wrong with the transactions is told only to whom the credential proves. */
export async function reportOf(event: HttpEvent): Promise<{
  readonly presented: Presented; readonly transactions: readonly Transaction[] | TrafficError; readonly idempotencyKey: string | undefined;
}> {
  const body = await paramsInBody(event);
  const params = { ...body, ...formOf(event.rawQueryString ?? "") };
  return { presented: presentedIn(params), transactions: transactionsIn(params["transactions"]), idempotencyKey: idempotencyKeyOf(event) };
}

async function paramsInBody(event: HttpEvent): Promise<Params> {
  const contentType = headerOf(event, "content-type") ?? "";
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== "" && type !== FORM && type !== MULTIPART) throw new TrafficError("content_type_invalid", `invalid Content-Type: ${contentType}`);
  const bytes = bodyOf(event, MAX_BODY_BYTES);
  if (bytes.length === 0) return {};
  return type === MULTIPART ? parseMultipart(bytes, contentType) : formOf(bytes.toString("utf8"));
}

function formOf(text: string): Params {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) throw new TrafficError("bad_request", "Invalid query parameters: invalid %-encoding");
  try {
    decodeURIComponent(text);
  } catch {
    throw new TrafficError("not_valid_data", "all data must be valid UTF8");
  }
  try {
    return parseNested(text, { parameterLimit: 20_000, arrayLimit: 5_000 });
  } catch {
    throw new TrafficError("bad_request", "request contains syntax errors, should not be repeated without modification");
  }
}

/** The published client for Node puts the credential of a report into its transactions, and nowhere else. */
function presentedIn(params: Params): Presented {
  const within = Object.values(isObject(params["transactions"]) || Array.isArray(params["transactions"]) ? params["transactions"] : {}).filter(isObject);
  const inTransactions = (name: string) => within.map((transaction) => present(transaction[name])).find((value) => value !== undefined);
  return {
    serviceToken: present(params["service_token"]) ?? inTransactions("service_token"),
    serviceId: present(params["service_id"]) ?? inTransactions("service_id"),
    providerKey: present(params["provider_key"]),
  };
}

function transactionsIn(value: unknown): readonly Transaction[] | TrafficError {
  if (value === undefined || value === null || value === "") return new TrafficError("transactions_is_blank", "transactions parameter is blank");
  if (!isObject(value) && !Array.isArray(value)) return new TrafficError("transactions_format_invalid", "transactions format is invalid");
  const items: unknown[] = Object.values(value);
  if (items.some((item) => item === null || item === "")) return new TrafficError("transactions_has_nil_transaction", "transactions has a nil transaction");
  const transactions = items.filter(isObject);
  if (transactions.length !== items.length) return new TrafficError("transactions_format_invalid", "transactions format is invalid");
  if (transactions.some((transaction) => transaction["user_id"] !== undefined)) {
    return new TrafficError("end_users_no_longer_supported", "End-users are no longer supported, do not specify the user_id parameter");
  }
  return transactions.map(({ app_id, user_key, usage, timestamp }) => ({
    appId: present(app_id), userKey: present(user_key), usage: isObject(usage) ? usage : {}, timestamp,
  }));
}

function idempotencyKeyOf(event: HttpEvent): string | undefined {
  const key = headerOf(event, "idempotency-key");
  if (key === undefined || key === "") return undefined;
  if (!/^[\x21-\x7E]{1,255}$/.test(key)) throw new TrafficError("bad_request", "the Idempotency-Key must be 1 to 255 visible ASCII characters");
  return key;
}

/** Blank counts as absent, and the white space around a value does not count. */
function present(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
