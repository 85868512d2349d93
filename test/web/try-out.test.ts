import { describe, expect, it } from "vitest";
import { SHAPES } from "../../lib/http/errors.ts";
import { adviceOn, asSent, bracketed, notAToken, outcomeOf, TOKEN_IN_HEADER, TOKEN_IN_QUERY } from "../../web/src/rules/try-out.ts";

const NAMES: Readonly<Record<string, string>> = { stats: "Analytics API" };
const nameOf = (scope: string) => NAMES[scope] ?? scope;

describe("what is sent for what is shown", () => {
  const shown = { authorization: `Bearer ${TOKEN_IN_HEADER}`, accept: "*/*" };

  it("has the access token in its header, and nowhere else", () => {
    expect(asSent("https://x.example/admin/api/services.json?page=1", shown, { access: "lk_at_1", service: "lk_st_2" }))
      .toEqual({ url: "https://x.example/admin/api/services.json?page=1", headers: { accept: "*/*", Authorization: "Bearer lk_at_1" } });
  });

  it("has no header where there is no token, or none is asked for", () => {
    expect(asSent("https://x.example/", shown, { access: "", service: "lk_st_2" }).headers).toEqual({ accept: "*/*" });
    expect(asSent("https://x.example/", { accept: "*/*" }, { access: "lk_at_1", service: "" }).headers).toEqual({ accept: "*/*" });
  });

  it("has the service token in its query, where the Service Management API wants it", () => {
    const url = `https://x.example/transactions/authrep.xml?service_id=1&service_token=${TOKEN_IN_QUERY}&usage%5Bhits%5D=1`;
    expect(asSent(url, {}, { access: "lk_at_1", service: "lk_st_2" })).toEqual({ url: "https://x.example/transactions/authrep.xml?service_id=1&service_token=lk_st_2&usage%5Bhits%5D=1", headers: {} });
    expect(asSent(url, {}, { access: "lk_at_1", service: "" }).url).toBe("https://x.example/transactions/authrep.xml?service_id=1&service_token=&usage%5Bhits%5D=1");
  });
});

describe("a form", () => {
  it.each([
    ["service_id=1&transactions%5B0%5D=%7B%22user_key%22%3A%22k%26%22%2C%22usage%22%3A%7B%22hits%22%3A2%7D%7D", "service_id=1&transactions[0][user_key]=k&&transactions[0][usage][hits]=2"],
    ["a=1&b=null&c=true&d=%7B&e=&f=%5B%22x%22%5D", "a=1&b=null&c=true&d={&e=&f[0]=x"],
    ["a=%7B%22b%22%3Anull%7D", ""],
  ])("%s is sent in brackets", (shown, sent) => {
    expect(decodeURIComponent(bracketed(shown))).toBe(sent);
  });
  it("with an escaped value keeps it escaped", () => {
    expect(bracketed("a=%7B%22b%22%3A%22c%26d%3D1%22%7D")).toBe("a%5Bb%5D=c%26d%3D1");
  });
});

describe("a text that is no token", () => {
  it.each(["lk_at_1 lk_at_2", "Bearer lk_at_1", "lk_at_ä", "“lk_at_1”", "lk\nat", "a-b"])("%j is told so, and is not sent", (text) => {
    expect(notAToken(text)).toMatch(/This is no token/);
  });
  it.each(["", "lk_at_00Xu", "0123456789abcdef"])("is not %j", (text) => {
    expect(notAToken(text)).toBeUndefined();
  });
});

describe("an answer's code", () => {
  it.each([
    [403, '{"error":"Access denied","code":"access_denied"}', { status: 403, code: "access_denied" }],
    [403, '{"error":"…","code":"insufficient_scope","missing":["scope:stats"]}', { status: 403, code: "insufficient_scope", missing: ["scope:stats"] }],
    [403, '{"message":"Forbidden"}', { status: 403 }],
    [403, '<?xml version="1.0" encoding="UTF-8"?><error code="service_token_invalid">service token is invalid</error>', { status: 403, code: "service_token_invalid" }],
    [500, "<html>", { status: 500 }], [200, "", { status: 200 }], [400, "null", { status: 400 }], [400, '{"code":1,"missing":[2]}', { status: 400, missing: [] }],
    [undefined, "", { status: undefined }],
  ])("of %j %s", (status, body, outcome) => {
    expect(outcomeOf(status, body)).toEqual(outcome);
  });
});

describe("what to do about an answer", () => {
  const advice = (status: number | undefined, code?: string, missing: readonly string[] = [], token = "lk_at_1") => adviceOn({ status, code, missing }, token, nameOf);

  it.each([200, 201, 202])("is nothing for %i", (status) => {
    expect(advice(status)).toBeUndefined();
  });

  it.each([
    ["no token", advice(403, "access_denied", [], ""), /No token was sent: paste one/],
    ["the gateway's refusal", advice(403), /unknown, deleted or expired, or its owner is not active. Paste another/],
    ["a missing scope", advice(403, "insufficient_scope", ["scope:stats"]), /use one with the scope Analytics API\./],
    ["a token that only reads", advice(403, "read_only", ["permission:rw"]), /use one with the permission Read & write\./],
    ["an owner who may not", advice(403, "insufficient_rights", ["section:finance"]), /lacks the Finance permission: ask an admin/],
    ["no service", advice(403, "no_service_access"), /reaches no service: ask an admin/],
    ["another service's token", advice(403, "service_token_invalid"), /not the service token of that service/],
    ["what is not there", advice(404, "not_found"), /Check the ids/],
    ["a call that may not pass", advice(409), /“reason” in the answer says why/],
    ["an invalid field", advice(422, "invalid"), /Correct what the answer names/],
    ["a storage failure", advice(503, "unavailable"), /Try again in a moment/],
    ["no answer", advice(undefined), /did not reach Latchkey/],
    ["a code like an object's own", advice(403, "constructor"), /The token was refused/],
  ])("for %s is said", (_what, said, expected) => {
    expect(said).toMatch(expected);
  });

  it("is said for every failure that the API has", () => {
    expect(Object.entries(SHAPES).filter(([code, { status }]) => (advice(status, code) ?? "") === "")).toEqual([]);
  });
});
