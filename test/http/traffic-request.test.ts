import { describe, expect, it } from "vitest";
import { TrafficError } from "../../lib/domain/traffic-errors.ts";
import type { HttpEvent } from "../../lib/http/lambda.ts";
import { callOf, optionsOf, reportOf } from "../../lib/http/traffic/request.ts";

const event = ({ query, body, headers = {} }: { query?: string; body?: string; headers?: Readonly<Record<string, string>> }) =>
  ({ ...(query === undefined ? {} : { rawQueryString: query }), ...(body === undefined ? {} : { body }), headers }) as unknown as HttpEvent;
const call = (query: string, headers = {}) => callOf(event({ query, headers }), "authrep");
const FORM = { "content-type": "application/x-www-form-urlencoded" };
const report = (body: string, headers: Readonly<Record<string, string>> = FORM, query?: string) => reportOf(event({ body, headers, ...(query === undefined ? {} : { query }) }));
const refusalIn = (read: () => unknown) => {
  try {
    return read();
  } catch (error) {
    return error instanceof TrafficError ? error.code : error;
  }
};

describe("the options of a call", () => {
  const none = { noBody: false, rejectionReason: false, limitHeaders: false };
  it.each([
    ["nothing", {}, none], ["a header of another kind", { headers: { "x-options": "no_body=1" } }, none],
    ["no_body in the query", { query: "no_body=1" }, { ...none, noBody: true }], ["any value of it but two", { query: "no_body=" }, { ...none, noBody: true }],
    ["no_body=0", { query: "no_body=0" }, none], ["no_body=false", { query: "no_body=false" }, none],
    ["no_body in the header", { headers: { "3scale-options": "no_body=1" } }, { ...none, noBody: true }],
    ["the header before the query", { query: "no_body=1", headers: { "3scale-options": "no_body=0" } }, none],
    ["rejection reasons", { headers: { "3scale-options": "rejection_reason_header=1" } }, { ...none, rejectionReason: true }],
    ["limits", { headers: { "3scale-options": "limit_headers=1" } }, { ...none, limitHeaders: true }],
    ["all", { headers: { "3scale-options": "no_body=1&rejection_reason_header=1&limit_headers=1" } }, { noBody: true, rejectionReason: true, limitHeaders: true }],
    ["what is not 1", { headers: { "3scale-options": "rejection_reason_header=2&limit_headers=true" } }, none],
  ])("%s", (_what, asked, options) => {
    expect(optionsOf(event(asked))).toEqual(options);
  });
});

describe("a call that is to be judged", () => {
  const nothing = { kind: "authrep", appId: undefined, userKey: undefined, usage: undefined, appKey: undefined, redirect: undefined, namesEndUser: false, idempotencyKey: undefined };
  const nobody = { serviceToken: undefined, serviceId: undefined, providerKey: undefined };

  it("without a query says nothing", () => {
    expect(callOf(event({}), "authrep")).toEqual({ presented: nobody, call: nothing });
  });

  it.each([
    ["app_id=a", { appId: "a" }], ["app_id=%20a%20", { appId: "a" }], ["app_id=%20", {}], ["app_id[]=a", {}], ["user_key=k", { userKey: "k" }],
    ["app_key=k", { appKey: "k" }], ["app_key=%20k%20", { appKey: "k" }], ["app_key=", { appKey: "" }], ["app_key[]=k", {}],
    ["usage[hits]=1", { usage: { hits: "1" } }], ["user_id=", { namesEndUser: true }],
    ["redirect_url=a", { redirect: { name: "redirect_url", value: "a" } }], ["redirect_uri=b", { redirect: { name: "redirect_uri", value: "b" } }],
    ["redirect_uri=b&redirect_url=a", { redirect: { name: "redirect_url", value: "a" } }], ["redirect_url[]=a&redirect_uri=b", { redirect: { name: "redirect_uri", value: "b" } }],
  ])("%s", (query, said) => {
    expect(call(query)).toEqual({ presented: nobody, call: { ...nothing, ...said } });
  });

  it.each([
    ["service_token=t&service_id=1", { serviceToken: "t", serviceId: "1" }], ["service_token=%20t%20", { serviceToken: "t" }], ["service_token=", {}],
    ["provider_key=p", { providerKey: "p" }], ["transactions[0][service_token]=t&transactions[0][service_id]=1", { serviceToken: "t", serviceId: "1" }],
    ["transactions[0][app_id]=a&transactions[1][service_token]=u", { serviceToken: "u" }], ["transactions[x][service_token]=u", { serviceToken: "u" }],
    ["service_token=t&transactions[0][service_token]=u", { serviceToken: "t" }], ["transactions=x", {}], ["transactions[]=x", {}], ["transactions[][service_token]=t", { serviceToken: "t" }],
  ])("proves itself by %s", (query, presented) => {
    expect(call(query).presented).toEqual({ ...nobody, ...presented });
  });

  it.each([
    ["usage=1", "usage_value_invalid"], ["usage[]=1", "usage_value_invalid"], ["usage=", "usage_value_invalid"],
    ["app_id=%", "bad_request"], ["app_id=%4", "bad_request"], ["app_id=%zz", "bad_request"], ["app_id=%zz&x=%ff", "bad_request"], ["app_id=%ff", "not_valid_data"],
    ["a[b][c][d][e][f][g][h]=1", "bad_request"], [Array.from({ length: 20_001 }, (_, at) => `p${at}`).join("&"), "bad_request"], ["p[]=1&".repeat(5001), "bad_request"],
  ])("that holds %.30s is refused: %s", (query, code) => {
    expect(refusalIn(() => call(query))).toBe(code);
  });

  it.each([
    ["app_id=%zz", {}, "Invalid query parameters: invalid %-encoding"], ["app_id=%ff", {}, "all data must be valid UTF8"],
    ["a[b][c][d][e][f][g][h]=1", {}, "request contains syntax errors, should not be repeated without modification"],
    ["", { "idempotency-key": "a b" }, "the Idempotency-Key must be 1 to 255 visible ASCII characters"],
  ])("that is wrong, as %s %j, is told what is: %s", (query, headers, message) => {
    expect(() => call(query, headers)).toThrow(expect.objectContaining({ name: "TrafficError", message }) as Error);
  });

  it("may have as many parameters as a large report", () => {
    expect(refusalIn(() => call(Array.from({ length: 20_000 }, (_, at) => `p${at}`).join("&")))).toEqual({ presented: nobody, call: nothing });
    expect(call("usage[x]=1&p[]=1".concat("&p[]=1".repeat(4999))).call.usage).toEqual({ x: "1" });
  });

  it.each([["", undefined], ["a", "a"], ["!~".repeat(127), "!~".repeat(127)], ["x".repeat(255), "x".repeat(255)], ["x".repeat(256), "bad_request"], ["a b", "bad_request"], ["é", "bad_request"], ["a\u007f", "bad_request"]])(
    "has the idempotency key %.20j: %.20j", (key, read) => {
      expect(refusalIn(() => call("", { "idempotency-key": key }).call.idempotencyKey)).toBe(read);
    });
});

describe("a report", () => {
  const one = { appId: "a", userKey: undefined, usage: { hits: "1" }, timestamp: undefined };

  it("is read from the body, and the query, which counts where both say something", async () => {
    const body = "service_token=t&service_id=1&transactions[0][app_id]=a&transactions[0][usage][hits]=1";
    expect(await report(body)).toEqual({ presented: { serviceToken: "t", serviceId: "1", providerKey: undefined }, transactions: [one], idempotencyKey: undefined });
    expect((await report(body, FORM, "service_id=2")).presented.serviceId).toBe("2");
    expect((await report(body, {})).transactions).toEqual([one]);
    expect((await report(body, { "content-type": " Application/X-WWW-Form-Urlencoded ; charset=utf-8" })).transactions).toEqual([one]);
    expect((await report(body, { ...FORM, "idempotency-key": "k" })).idempotencyKey).toBe("k");
    expect((await reportOf(event({ query: body }))).transactions).toEqual([one]);
  });

  it("may be a multipart form", async () => {
    const body = '--x\r\ncontent-disposition: form-data; name="transactions[0][app_id]"\r\n\r\na\r\n--x--\r\n';
    const multipart = { "content-type": "multipart/form-data; boundary=x" };
    expect((await report(body, multipart)).transactions).toEqual([{ ...one, usage: {} }]);
    // Or nothing, when the query says it all.
    expect((await report("", multipart, "transactions[0][app_id]=a")).transactions).toEqual([{ ...one, usage: {} }]);
  });

  it("of no other type is read, not even an empty one", async () => {
    for (const body of ["{}", ""]) {
      const refused = await report(body, { "content-type": "application/json" }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: "content_type_invalid", message: "invalid Content-Type: application/json" });
    }
  });

  it("is at most 256 KiB long", async () => {
    const body = (length: number) => `service_token=${"x".repeat(length - "service_token=".length)}`;
    expect((await report(body(256 * 1024))).presented.serviceToken).toHaveLength(256 * 1024 - "service_token=".length);
    await expect(report(body(256 * 1024 + 1))).rejects.toMatchObject({ code: "payload_too_large" });
  });

  it.each([
    ["", "transactions_is_blank", "transactions parameter is blank"], ["transactions=", "transactions_is_blank", "transactions parameter is blank"],
    ["transactions=x", "transactions_format_invalid", "transactions format is invalid"], ["transactions[]=x", "transactions_format_invalid", "transactions format is invalid"],
    ["transactions[0][app_id]=a&transactions[1]=x", "transactions_format_invalid", "transactions format is invalid"],
    ["transactions[0][app_id]=a&transactions[1]=", "transactions_has_nil_transaction", "transactions has a nil transaction"],
    ["transactions[0][app_id]=a&transactions[1][user_id]=", "end_users_no_longer_supported", "End-users are no longer supported, do not specify the user_id parameter"],
  ])("%s: %s, told only when the credential is known to be good", async (body, code, message) => {
    const { transactions } = await report(body);
    expect(transactions).toBeInstanceOf(TrafficError);
    expect(transactions).toMatchObject({ code, message });
  });

  it.each([
    ["transactions[0][app_id]=%20a%20", { appId: "a" }], ["transactions[0][app_id]=", {}], ["transactions[0][user_key]=k", { userKey: "k" }],
    ["transactions[0][usage]=1&transactions[0][app_id]=a", { appId: "a" }], ["transactions[0][timestamp]=2026-01-01", { timestamp: "2026-01-01" }], ["transactions[x][app_id]=a", { appId: "a" }],
  ])("%s is a transaction", async (body, said) => {
    expect((await report(body)).transactions).toEqual([{ appId: undefined, userKey: undefined, usage: {}, timestamp: undefined, ...said }]);
  });
});
