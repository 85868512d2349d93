import { describe, expect, it } from "vitest";
import { epochSeconds, id } from "../../lib/domain/brands.ts";
import { DomainError } from "../../lib/domain/errors.ts";
import { TrafficError } from "../../lib/domain/traffic-errors.ts";
import type { UsageReport } from "../../lib/domain/verdict.ts";
import { judgedResponse, reportedResponse, trafficErrorResponse } from "../../lib/http/traffic/answer.ts";
import type { Options } from "../../lib/http/traffic/request.ts";
import type { Judged } from "../../lib/operations/service-management.ts";
import { DynamoDbError } from "../../lib/table/dynamodb/error.ts";

const PLAIN: Options = { noBody: false, rejectionReason: false, limitHeaders: false };
const HEADERS = {
  "cache-control": "no-store", "x-content-type-options": "nosniff", "content-type": "application/vnd.3scale-v2.0+xml", "access-control-allow-origin": "*",
  "access-control-expose-headers": "3scale-rejection-reason, 3scale-limit-remaining, 3scale-limit-reset, 3scale-limit-max-value",
};
const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const judged = (more: Partial<Judged> = {}): Judged => ({
  refusal: undefined, planName: "Basic", reports: [], limits: { remaining: 3, reset: 60, maxValue: 10 },
  application: { keys: [] } as unknown as Judged["application"], ...more,
});
const LIMITS_EXCEEDED = { code: "limits_exceeded", message: "usage limits are exceeded" };
const KEY_INVALID = { code: "application_key_invalid", message: 'application key "x" is invalid' };

describe("a judgement", () => {
  it("is 200 with the plan, or 409 with the reason", () => {
    expect(judgedResponse(judged(), "authrep", PLAIN)).toEqual({ statusCode: 200, headers: HEADERS, body: `${XML}<status><authorized>true</authorized><plan>Basic</plan></status>` });
    expect(judgedResponse(judged({ refusal: LIMITS_EXCEEDED }), "authrep", PLAIN)).toEqual({
      statusCode: 409, headers: HEADERS, body: `${XML}<status><authorized>false</authorized><reason>usage limits are exceeded</reason><plan>Basic</plan></status>`,
    });
  });

  it("has no body when none is wanted", () => {
    expect(judgedResponse(judged(), "authrep", { ...PLAIN, noBody: true })).toEqual({ statusCode: 200, headers: HEADERS, body: "" });
  });

  const remaining = { "3scale-limit-remaining": "3", "3scale-limit-reset": "60" };
  const limits = { ...remaining, "3scale-limit-max-value": "10" };
  const reason = (code: string) => ({ "3scale-rejection-reason": code });
  it.each<[string, Partial<Judged>, Partial<Options>, object]>([
    ["an allowed call, of which limits are wanted", {}, { limitHeaders: true }, limits],
    ["… of what no limit binds", { limits: { remaining: -1, reset: -1 } }, { limitHeaders: true }, { "3scale-limit-remaining": "-1", "3scale-limit-reset": "-1" }],
    ["… of what may be used 0 times", { limits: { remaining: 0, reset: 1, maxValue: 0 } }, { limitHeaders: true }, { "3scale-limit-remaining": "0", "3scale-limit-reset": "1", "3scale-limit-max-value": "0" }],
    ["a call over its limits, of which limits are wanted", { refusal: LIMITS_EXCEEDED }, { limitHeaders: true }, limits],
    ["a call that is refused for another reason", { refusal: KEY_INVALID }, { limitHeaders: true }, {}],
    ["a refused call, of which the reason is wanted", { refusal: KEY_INVALID }, { rejectionReason: true }, reason("application_key_invalid")],
    ["an allowed call, of which the reason is wanted", {}, { rejectionReason: true }, {}],
    ["a call over its limits, of which both are wanted", { refusal: LIMITS_EXCEEDED }, { rejectionReason: true, limitHeaders: true }, { ...limits, ...reason("limits_exceeded") }],
    ["a refused call, of which nothing is wanted", { refusal: LIMITS_EXCEEDED }, {}, {}],
  ])("tells in headers, of %s", (_what, more, wanted, told) => {
    expect(judgedResponse(judged(more), "authorize", { ...PLAIN, ...wanted }).headers).toEqual({ ...HEADERS, ...told });
  });

  it.each([
    ["authorize", ""], ["authrep", ""], ["oauth_authorize", "<application><id>a1</id><key>k1</key><redirect_url>https://x.example</redirect_url></application>"],
    ["oauth_authrep", "<application><id>a1</id><key>k1</key><redirect_url>https://x.example</redirect_url></application>"],
  ] as const)("%s tells of the application: %j", (kind, told) => {
    const application = { appId: "a1", keys: ["k1", "k2"], redirectUrl: "https://x.example" } as unknown as Judged["application"];
    expect(judgedResponse(judged({ application }), kind, PLAIN).body).toBe(`${XML}<status><authorized>true</authorized>${told}<plan>Basic</plan></status>`);
  });

  it("tells of an application without key and address that they are empty", () => {
    const application = { appId: "a1", keys: [] } as unknown as Judged["application"];
    expect(judgedResponse(judged({ application }), "oauth_authorize", PLAIN).body).toContain("<application><id>a1</id><key></key><redirect_url></redirect_url></application>");
  });

  it("tells of each limit where its count stands, and of those that begin anew when they do", () => {
    const metric = { id: id(1), systemName: "hits" } as unknown as UsageReport["metric"];
    const reports: UsageReport[] = [
      { metric, period: "day", max: 10, current: 12, exceeded: true, start: epochSeconds(Date.UTC(2026, 4, 15) / 1000), end: epochSeconds(Date.UTC(2026, 4, 16, 1, 2, 3) / 1000) },
      { metric, period: "eternity", max: 10, current: 9, exceeded: false, start: epochSeconds(0), end: undefined },
    ];
    expect(judgedResponse(judged({ reports }), "authorize", PLAIN).body).toBe(`${XML}<status><authorized>true</authorized><plan>Basic</plan><usage_reports>` +
      '<usage_report metric="hits" period="day" exceeded="true"><period_start>2026-05-15 00:00:00 +0000</period_start><period_end>2026-05-16 01:02:03 +0000</period_end><max_value>10</max_value><current_value>12</current_value></usage_report>' +
      '<usage_report metric="hits" period="eternity"><max_value>10</max_value><current_value>9</current_value></usage_report></usage_reports></status>');
  });
});

describe("a report", () => {
  it("is 202 without a body", () => {
    expect(reportedResponse([])).toEqual({ statusCode: 202, headers: HEADERS, body: "" });
  });

  it("tells in a header which transactions could not be counted, the first twenty of them", () => {
    expect(reportedResponse([{ at: 0, code: "metric_invalid" }, { at: 7, code: "application_not_found" }]).headers).toEqual({ ...HEADERS, "latchkey-not-counted": "0=metric_invalid, 7=application_not_found" });
    const many = Array.from({ length: 21 }, (_, at) => ({ at, code: "metric_invalid" as const }));
    expect(reportedResponse(many).headers["latchkey-not-counted"]?.split(", ")).toHaveLength(20);
  });
});

describe("what is wrong with a call", () => {
  it.each<[unknown, number, string, string]>([
    [new TrafficError("application_not_found", 'application with id="x" was not found'), 404, "application_not_found", "application with id=&quot;x&quot; was not found"],
    [new TrafficError("service_token_invalid", "no"), 403, "service_token_invalid", "no"], [new TrafficError("not_valid_data", "no"), 422, "not_valid_data", "no"],
    [new TrafficError("usage_value_invalid", "no"), 403, "usage_value_invalid", "no"], [new TrafficError("metric_invalid", "no"), 404, "metric_invalid", "no"],
    [new TrafficError("transactions_is_blank", "no"), 400, "transactions_is_blank", "no"], [new TrafficError("transaction_timestamp_too_old", "no"), 422, "transaction_timestamp_too_old", "no"],
    [new DomainError("payload_too_large", "The body is too large"), 413, "payload_too_large", "The body is too large"],
    [new DomainError("malformed_request", "The body is not valid"), 400, "malformed_request", "The body is not valid"],
    [new DomainError("busy", "Try again"), 503, "busy", "Try again"],
    [new DynamoDbError("TimeoutError", "No answer", { passing: true }), 503, "unavailable", "A service we depend on did not answer, try again"],
    [new TypeError("x is not a function"), 500, "internal", "Something went wrong on our side"],
  ])("%s is %i", (error, statusCode, code, message) => {
    expect(trafficErrorResponse(error, { noBody: false })).toEqual({ statusCode, headers: HEADERS, body: `${XML}<error code="${code}">${message}</error>` });
    expect(trafficErrorResponse(error, { noBody: true })).toEqual({ statusCode, headers: HEADERS, body: "" });
  });
});
