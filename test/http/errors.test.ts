import { describe, expect, it } from "vitest";
import {
  DomainError, forbidden, invalid, invalidParameter, noConfiguration, notFound, subjectNotFound, type ErrorCode,
} from "../../lib/domain/errors.ts";
import { errorResponse, spoken } from "../../lib/http/errors.ts";

const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const PERMISSIONS = "Your access token does not have the correct permissions";
const denied = new DomainError("access_denied", "Access denied");

describe("an error's answer", () => {
  it.each([
    ["no or an unknown token", denied, 403, '{"error":"Access denied","code":"access_denied"}', `${XML}<error>Access denied</error>`],
    ["no services", new DomainError("no_service_access", "Access denied"), 403, '{"error":"Access denied","code":"no_service_access"}', `${XML}<error>Access denied</error>`],
    ["a scope too few", new DomainError("insufficient_scope", PERMISSIONS, { missing: ["scope:stats"] }), 403, `{"error":"${PERMISSIONS}","code":"insufficient_scope","missing":["scope:stats"]}`, `${XML}<error>${PERMISSIONS}</error>`],
    ["a section too few", new DomainError("insufficient_rights", PERMISSIONS, { missing: ["section:finance", "section:partners"] }), 403, `{"error":"${PERMISSIONS}","code":"insufficient_rights","missing":["section:finance","section:partners"]}`, `${XML}<error>${PERMISSIONS}</error>`],
    ["ro where rw is needed", new DomainError("read_only", PERMISSIONS, { missing: ["permission:rw"] }), 403, `{"error":"${PERMISSIONS}","code":"read_only","missing":["permission:rw"]}`, `${XML}<error>${PERMISSIONS}</error>`],
    ["what this member may not do", forbidden(), 403, '{"status":"Forbidden","code":"forbidden"}', ""],
    ["a configuration that is not there, known by this very body", noConfiguration(), 404, '{"status":"Not found"}', ""],
    ["what is not there", notFound(), 404, '{"status":"Not found","code":"not_found"}', ""],
    ["a service that is not there, in the Analytics API", subjectNotFound("Service"), 404, '{"error":"Service not found","code":"subject_not_found"}', `${XML}<error>Service not found</error>`],
    ["a parameter that makes no sense", invalidParameter("metric <x> not found"), 400, '{"error":"metric <x> not found","code":"invalid_parameter"}', `${XML}<error>metric &lt;x&gt; not found</error>`],
    ["a format nobody speaks", new DomainError("not_acceptable", 'The server does not understand "php" request.'), 406, '{"error":"The server does not understand \\"php\\" request.","code":"not_acceptable"}', `${XML}<error>The server does not understand &quot;php&quot; request.</error>`],
  ])("is 3scale's in status and text: %s", (_what, error, status, json, xml) => {
    expect(errorResponse(error, "json")).toMatchObject({ statusCode: status, body: json, headers: { "content-type": "application/json; charset=utf-8" } });
    expect(errorResponse(error, "xml")).toMatchObject({ statusCode: status, body: xml, headers: { "content-type": "application/xml; charset=utf-8" } });
  });

  it("tells wrong values by field", () => {
    const error = invalid({ scopes: ["select at least one scope"], name: ["can't be blank", "is <odd>"] });
    expect(errorResponse(error, "json")).toMatchObject({
      statusCode: 422, body: '{"errors":{"scopes":["select at least one scope"],"name":["can\'t be blank","is <odd>"]},"code":"invalid"}',
    });
    const { statusCode, body } = errorResponse(error, "xml");
    expect(statusCode).toBe(422);
    expect(body.replaceAll("&apos;", "'").toLowerCase()).toBe(
      `${XML.toLowerCase()}<errors><error>scopes select at least one scope</error><error>name can't be blank</error><error>name is &lt;odd&gt;</error></errors>`,
    );
  });

  it("tells what is wrong with the whole as a sentence of its own", () => {
    const error = invalid({ base: ["Cannot transition to paid"] });
    expect(errorResponse(error, "json").body).toBe('{"errors":{"base":["Cannot transition to paid"]},"code":"invalid"}');
    expect(errorResponse(error, "xml").body).toBe(`${XML}<errors><error>Cannot transition to paid</error></errors>`);
  });

  it.each(["json", "xml", "php"])("is bare text for a missing parameter, in %s too", (format) => {
    expect(errorResponse(new DomainError("missing_parameter", "Required parameter missing: token"), format)).toMatchObject({
      statusCode: 400, body: "Required parameter missing: token", headers: { "content-type": "text/plain; charset=utf-8" },
    });
  });

  it.each<[DomainError, string]>([
    [invalidParameter("metric <x> not found"), "metric <x> not found"],
    [subjectNotFound("Application"), "Application not found"],
    [denied, "Access denied"],
    [invalid({ friendly_name: ["can't be blank", "is odd"] }), "Friendly name can't be blank\nFriendly name is odd"],
  ])("is the bare sentence where CSV is spoken: %s", (error, body) => {
    expect(errorResponse(error, "csv")).toMatchObject({ body, headers: { "content-type": "text/plain; charset=utf-8" } });
  });

  it("is JSON where CSV is not spoken", () => {
    expect(errorResponse(new DomainError("not_acceptable", "x"), "csv").headers).toMatchObject({ "content-type": "application/json; charset=utf-8" });
  });

  it("is JSON for a format nobody speaks", () => {
    expect(errorResponse(denied, "php").headers).toMatchObject({ "content-type": "application/json; charset=utf-8" });
  });

  const STATUS: Record<ErrorCode, number> = {
    access_denied: 403, no_service_access: 403, insufficient_scope: 403, insufficient_rights: 403, read_only: 403, forbidden: 403, not_found: 404,
    no_configuration: 404, invalid_environment: 422, invalid: 422, idempotency_key_reused: 422, refused: 403, wrong_type: 422, subject_not_found: 404, invalid_parameter: 400,
    missing_parameter: 400, malformed_request: 400, payload_too_large: 413, unsupported_media_type: 415, not_acceptable: 406, busy: 503, unavailable: 503, internal: 500,
  };
  const codes = Object.entries(STATUS) as [ErrorCode, number][];

  it.each(codes)("of code %s has status %d, and is never stored", (code, status) => {
    for (const format of ["json", "xml"]) {
      const { statusCode, headers } = errorResponse(new DomainError(code, "x"), format);
      expect(statusCode).toBe(status);
      expect(headers).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
      expect(headers["retry-after"]).toBe(status === 503 ? "1" : undefined);
    }
  });

  it.each(codes.filter(([code]) => code !== "missing_parameter" && code !== "wrong_type" && code !== "no_configuration"))("of code %s says so in JSON", (code) => {
    expect(JSON.parse(errorResponse(new DomainError(code, "x"), "json").body)).toMatchObject({ code });
  });

  it("is never 401 on 3scale's paths", () => {
    expect(Object.values(STATUS)).not.toContain(401);
  });

  it("does not tell the cause", () => {
    const error = new DomainError("internal", "Something went wrong on our side", { cause: new Error("the pepper is hunter2") });
    for (const format of ["json", "xml"]) expect(JSON.stringify(errorResponse(error, format))).not.toContain("hunter2");
  });
});

describe("an error of any kind", () => {
  const named = (name: string, more: object = {}) => Object.assign(new Error("secret detail"), { name }, more);

  it("that we expected is told as it is", () => {
    expect(spoken(denied)).toBe(denied);
  });

  it.each([
    ["throttling", named("ProvisionedThroughputExceededException", { $fault: "client", $metadata: {} })],
    ["a failure of AWS", named("InternalServerError", { $fault: "server" })],
    ["an answer that did not come", named("TimeoutError")],
    ["a network that is gone", named("Error", { $metadata: { attempts: 3 } })],
    ["rights that the function lacks", named("AccessDeniedException", { $fault: "client" })],
  ])("from storage is \"try again\", and neither yes nor no: %s", (_what, error) => {
    const { code, message, cause } = spoken(error);
    expect([code, errorResponse(spoken(error), "json").statusCode, cause]).toEqual(["unavailable", 503, error]);
    expect(message).not.toContain("secret detail");
  });

  it.each([[new Error("secret detail")], [new TypeError("secret detail")], ["secret detail"], [{ code: "not_found", message: "secret detail" }], [null], [undefined], [{ $fault: "client" }]])("that nobody expected is ours: %s", (error) => {
    const told = spoken(error);
    expect([told.code, errorResponse(told, "json").statusCode, told.cause]).toEqual(["internal", 500, error]);
    expect(errorResponse(told, "json").body).not.toContain("secret detail");
  });
});
