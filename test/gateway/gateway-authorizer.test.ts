import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { apiOf, scratch, templateOf } from "./packages.ts";
import { json, send } from "./requests.ts";

const place = scratch();
const BEARER = "$request.header.Authorization";
const api = (authorizer: Readonly<Record<string, unknown>>) => templateOf(place.directory, apiOf({
  routes: { "POST /things/{id}": { authorizer: "Always" }, "GET /header": { authorizer: "Header" }, "GET /both": { authorizer: "Both" }, "GET /open": {} },
  authorizers: { Always: authorizer, Header: { IdentitySource: [BEARER] }, Both: { IdentitySource: [BEARER, "$request.querystring.Key"] } },
}));

let gateway: Gateway;
/** What the authorizer answers, and the events that it and the function were given. */
let decide: () => unknown;
let asked: unknown[] = [];
let called: { requestContext: { authorizer?: unknown } }[] = [];

beforeAll(async () => {
  gateway = await startGateway({
    template: api({}),
    invoke: async (id, event) => {
      if (id === "A") {
        asked.push(event);
        return decide();
      }
      called.push(event as (typeof called)[number]);
      return { statusCode: 200 };
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  place.remove();
});
beforeEach(() => {
  [asked, called] = [[], []];
  decide = () => ({ isAuthorized: true });
});

/** Status and body of a request whose authorizer answers so, and whether the function ran. */
async function outcome(answer: unknown) {
  decide = () => answer;
  const response = await send(gateway.url, "POST", "/things/1");
  return { status: response.status, body: response.body.toString(), ran: called.length > 0 };
}

describe("an authorizer's answer", () => {
  it.each([
    ["no context", { isAuthorized: true }, null],
    ["text, numbers, flags, lists and maps", { isAuthorized: true, context: { a: "b", n: 1, f: false, l: [1], m: { x: "y" } } }, { a: "b", n: 1, f: false, l: [1], m: { x: "y" } }],
    ["what JSON cannot say", { isAuthorized: true, context: { at: new Date(0), gone: undefined } }, { at: "1970-01-01T00:00:00.000Z" }],
  ])("that allows gives the function its context as JSON: %s", async (_what, answer, lambda) => {
    expect((await outcome(answer)).status).toBe(200);
    expect(called[0]?.requestContext.authorizer).toEqual({ lambda });
  });

  it("that denies is a 403, and the function does not run", async () => {
    expect(await outcome({ isAuthorized: false, context: { reason: "secret" } })).toEqual({ status: 403, body: '{"message":"Forbidden"}', ran: false });
  });

  it.each([
    ["the text \"false\"", { isAuthorized: "false" }],
    ["the text \"true\"", { isAuthorized: "true" }],
    ["a one", { isAuthorized: 1 }],
    ["nothing", undefined],
    ["no decision", { context: {} }],
    ["true alone", true],
    ["an IAM policy", { principalId: "p", policyDocument: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "execute-api:Invoke", Resource: "*" }] } }],
    ["a context that is text", { isAuthorized: true, context: "admin" }],
    ["a context that is a list", { isAuthorized: true, context: [] }],
  ])("that is malformed is a 500, and the function does not run: %s", async (_what, answer) => {
    expect(await outcome(answer)).toEqual({ status: 500, body: '{"message":"Internal Server Error"}', ran: false });
  });

  it("that is an error is a 500, not a denial", async () => {
    decide = () => { throw new Error("Unauthorized"); };
    const response = await send(gateway.url, "POST", "/things/1");
    expect([response.status, json(response), called]).toEqual([500, { message: "Internal Server Error" }, []]);
    expect(gateway.failures.at(-1)?.message).toBe("Unauthorized");
  });

  it("that is different the next time counts at once: nothing is cached", async () => {
    const statuses = [];
    for (const isAuthorized of [true, false, true]) statuses.push((await outcome({ isAuthorized })).status);
    expect([statuses, asked.length]).toEqual([[200, 403, 200], 3]);
  });
});

describe("an authorizer's event", () => {
  it("is payload 2.0 of type REQUEST without the body", async () => {
    await send(gateway.url, "POST", "/things/a%20b?q=1", [["Authorization", "Bearer a"], ["content-type", "application/json"], ["cookie", "c=1"]], '{"access_token":"x"}');
    expect(asked[0]).toMatchObject({
      version: "2.0", type: "REQUEST", identitySource: null, routeKey: "POST /things/{id}", rawPath: "/things/a b",
      routeArn: "arn:aws:execute-api:eu-west-1:123456789012:latchkey01/$default/POST/things/a b",
      rawQueryString: "q=1", queryStringParameters: { q: "1" }, cookies: ["c=1"], pathParameters: { id: "a b" },
      headers: { authorization: "Bearer a" }, requestContext: { routeKey: "POST /things/{id}" },
    });
    expect(Object.keys(asked[0] as object)).not.toContain("body");
    expect(Object.keys(asked[0] as object)).not.toContain("isBase64Encoded");
  });

  it("has the identity sources in the order of the template, a repeated header joined", async () => {
    await send(gateway.url, "GET", "/both?Key=k", [["AUTHORIZATION", "a"], ["authorization", "b"]]);
    expect(asked).toMatchObject([{ identitySource: ["a,b", "k"] }]);
  });
});

describe("an identity source that is missing is a 401 without asking the authorizer", () => {
  it.each([
    ["the header", "/header", []],
    ["the header, which is empty", "/header", [["Authorization", ""]]],
    ["one of two", "/both", [["Authorization", "a"]]],
    ["a query name in another case", "/both?key=k", [["Authorization", "a"]]],
  ] as const)("%s", async (_what, path, headers) => {
    const response = await send(gateway.url, "GET", path, headers);
    expect([response.status, json(response), asked, called]).toEqual([401, { message: "Unauthorized" }, [], []]);
  });
});

describe("without an authorizer", () => {
  it("the function runs and is told of none", async () => {
    expect((await send(gateway.url, "GET", "/open")).status).toBe(200);
    expect([asked, called[0]?.requestContext]).toEqual([[], expect.not.objectContaining({ authorizer: expect.anything() })]);
  });
});

describe("the gateway does not start with an authorizer", () => {
  it.each([
    ["that caches", { AuthorizerResultTtlInSeconds: 300 }, "would cache"],
    ["that answers with IAM policies", { EnableSimpleResponses: false }, "simple responses"],
    ["of payload 1.0", { AuthorizerPayloadFormatVersion: "1.0" }, "payload 2.0"],
    ["for JWTs", { AuthorizerType: "JWT" }, "REQUEST"],
    ["with an identity source it does not know", { IdentitySource: ["$context.routeKey"] }, "identity source"],
  ])("%s", async (_what, properties, message) => {
    await expect(startGateway({ template: api(properties), invoke: async () => null })).rejects.toThrow(message);
  });

  it("that leaves its TTL unsaid, because the default is a cache", () => {
    expect(() => api({ AuthorizerResultTtlInSeconds: undefined })).toThrow("AuthorizerResultTtlInSeconds");
  });
});
