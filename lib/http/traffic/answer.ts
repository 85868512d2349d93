import type { EpochSeconds } from "../../domain/brands.ts";
import { TrafficError, type TrafficErrorCode } from "../../domain/traffic-errors.ts";
import type { UsageReport } from "../../domain/verdict.ts";
import type { Call, Judged, Uncounted } from "../../operations/service-management.ts";
import { NO_STORE, spoken, type HttpResponse } from "../errors.ts";
import { xmlDocument, type XmlContent } from "../reply.ts";
import type { Options } from "./request.ts";

/** The status of each thing that can be wrong (apisonator: lib/3scale/backend/errors.rb). */
export const TRAFFIC_STATUS: Record<TrafficErrorCode, number> = {
  bad_request: 400, not_valid_data: 422, content_type_invalid: 400, provider_key_or_service_token_required: 403, service_id_missing: 422,
  service_token_invalid: 403, provider_key_invalid: 403, end_users_no_longer_supported: 400, authentication_error: 403, user_key_invalid: 403,
  application_not_found: 404, metric_invalid: 404, usage_value_invalid: 403, transactions_is_blank: 400, transactions_format_invalid: 400,
  transactions_has_nil_transaction: 400, transaction_timestamp_too_old: 422, transaction_timestamp_too_new: 422, idempotency_key_reused: 422,
};
export const TRAFFIC_TYPE = "application/vnd.3scale-v2.0+xml";
const HEADERS = {
  ...NO_STORE, "content-type": TRAFFIC_TYPE, "access-control-allow-origin": "*",
  "access-control-expose-headers": "3scale-rejection-reason, 3scale-limit-remaining, 3scale-limit-reset, 3scale-limit-max-value",
};

/** 200 or 409, with the reasons and the limits (apisonator: Transactor::Status#to_xml). */
export function judgedResponse(judged: Judged, kind: Call["kind"], options: Options): HttpResponse {
  const { refusal, limits } = judged;
  const tellsLimits = options.limitHeaders && (refusal === undefined || refusal.code === "limits_exceeded");
  return {
    statusCode: refusal === undefined ? 200 : 409,
    headers: {
      ...HEADERS,
      ...(options.rejectionReason && refusal !== undefined ? { "3scale-rejection-reason": refusal.code } : {}),
      ...(tellsLimits ? { "3scale-limit-remaining": String(limits.remaining), "3scale-limit-reset": String(limits.reset) } : {}),
      ...(tellsLimits && limits.maxValue !== undefined ? { "3scale-limit-max-value": String(limits.maxValue) } : {}),
    },
    body: options.noBody ? "" : xmlDocument({ status: statusOf(judged, kind) }),
  };
}

/** 202: what could be counted is stored. How many transactions could not is told in a header, because 3scale has no body here. */
export function reportedResponse(uncounted: readonly Uncounted[]): HttpResponse {
  const told = uncounted.slice(0, 20).map(({ at, code }) => `${at}=${code}`).join(", ");
  return { statusCode: 202, headers: { ...HEADERS, ...(told === "" ? {} : { "latchkey-not-counted": told }) }, body: "" };
}

/** `<error code="…">…</error>`; a failure of ours is a 5xx that may be repeated. */
export function trafficErrorResponse(error: unknown, { noBody }: Pick<Options, "noBody">): HttpResponse {
  const [status, code, message] = error instanceof TrafficError ? [TRAFFIC_STATUS[error.code], error.code, error.message] : failure(error);
  return { statusCode: status, headers: HEADERS, body: noBody ? "" : xmlDocument({ error: { "@_code": code, "#text": message } }) };
}

function failure(error: unknown): [status: number, code: string, message: string] {
  const { code, message } = spoken(error);
  return [code === "payload_too_large" ? 413 : code === "internal" ? 500 : code === "busy" || code === "unavailable" ? 503 : 400, code, message];
}

function statusOf({ refusal, application, planName, reports }: Judged, kind: Call["kind"]): XmlContent {
  const { appId, keys: [key = ""], redirectUrl = "" } = application;
  return {
    authorized: refusal === undefined,
    ...(refusal === undefined ? {} : { reason: refusal.message }),
    ...(kind.startsWith("oauth_") ? { application: { id: appId, key, redirect_url: redirectUrl } } : {}),
    plan: planName,
    ...(reports.length === 0 ? {} : { usage_reports: { usage_report: reports.map(reportOf) } }),
  };
}

function reportOf({ metric, period, max, current, exceeded, start, end }: UsageReport): XmlContent {
  return {
    "@_metric": metric.systemName, "@_period": period, ...(exceeded ? { "@_exceeded": "true" } : {}),
    ...(end === undefined ? {} : { period_start: timeIn(start), period_end: timeIn(end) }),
    max_value: max, current_value: current,
  };
}

/** `2010-05-15 00:00:00 +0000` */
function timeIn(time: EpochSeconds): string {
  return `${new Date(time * 1000).toISOString().slice(0, 19).replace("T", " ")} +0000`;
}
