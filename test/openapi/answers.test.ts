import { describe, expect, inject, it } from "vitest";
import { answerChecker } from "../support/answers.ts";

/** The check that every other test of the API is subject to: it must be able to fail. */
const LIMIT = { id: 1, period: "day", value: 1, metric_id: 2, plan_id: 3, created_at: "2030-01-01T00:00:00Z", updated_at: "2030-01-01T00:00:00Z", links: [] };
const PATH = "/admin/api/application_plans/3/limits.json";

type Options = { readonly method?: string; readonly path?: string; readonly type?: string };

function verdictOn(status: number, body: unknown, { method = "GET", path = PATH, type = "application/json; charset=utf-8" }: Options = {}) {
  const checker = answerChecker(inject("openapi"));
  const text = typeof body === "string" ? body : JSON.stringify(body);
  checker.seen(method, path, { status, headers: { "content-type": type }, body: Buffer.from(text) });
  return () => checker.throwIfWrong();
}

describe("an answer as the document says", () => {
  it.each([
    ["a list", 200, { limits: [{ limit: LIMIT }] }],
    ["an error", 404, { status: "Not found", code: "not_found" }],
    ["the gateway's own refusal", 403, { message: "Forbidden" }],
    ["fields that are wrong", 422, { errors: { period: ["is not included in the list"] }, code: "invalid" }, { method: "POST", path: "/admin/api/application_plans/3/metrics/2/limits.json" }],
    ["a bare sentence", 400, "Required parameter missing: token", { method: "POST", path: "/admin/api/personal/access_tokens.json", type: "text/plain" }],
    ["an empty body", 200, "", { method: "DELETE", path: "/admin/api/services/1.json" }],
    ["a path without extension", 200, { limits: [] }, { path: "/admin/api/application_plans/3/limits" }],
    ["no operation's", 418, { anything: true }, { path: "/elsewhere" }],
  ] as const)("passes: %s", (_what, status, body, options?: Options) => {
    expect(verdictOn(status, body, options)).not.toThrow();
  });
});

describe("an answer that the document does not say", () => {
  it.each([
    ["an attribute more", 200, { limits: [{ limit: { ...LIMIT, colour: "red" } }] }, /listPlanLimits answers 200.*\n.*must NOT have additional properties "colour": see the schema "Limit" of lib\/openapi\/schemas\/catalogue\.ts/],
    ["an attribute less", 200, { limits: [{ limit: { ...LIMIT, id: undefined } }] }, /must have required property 'id'/],
    ["another type", 200, { limits: [{ limit: { ...LIMIT, value: "1" } }] }, /\/limits\/0\/limit\/value must be integer/],
    ["another wrapper", 200, { usage_limits: [] }, /must have required property 'limits'/],
    ["no time", 200, { limits: [{ limit: { ...LIMIT, created_at: "yesterday" } }] }, /created_at must match format "date-time"/],
    ["a code that the status does not have", 404, { status: "Not found", code: "forbidden" }, /listPlanLimits answers 404/],
    ["an error without code", 403, { error: "Access denied" }, /must have required property 'code'/],
    ["a status that it is not to have", 409, { error: "Conflict" }, /answers 409, which lib\/openapi\/errors\.ts does not expect/],
    ["a body after a deletion", 200, { deleted: true }, /with a body, and none is declared/, { method: "DELETE", path: "/admin/api/services/1.json" }],
    ["another type of content", 200, "{}", /with text\/html, which is not declared/, { type: "text/html" }],
  ] as const)("fails the test: %s", (_what, status, body, message, options?: Options) => {
    expect(verdictOn(status, body, options)).toThrow(message);
  });
});
