import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, inject, it } from "vitest";
import { useIn } from "../../lib/http/use-log.ts";
import { routeSelector } from "../support/gateway-routes.ts";
import { loadTemplate } from "../support/template.ts";

/** The way in, as AWS would build it: what stands between a request and a function. */
const template = loadTemplate(inject("packageDirectory"));
const every = (type: string) => Object.entries(template.resources).filter(([, resource]) => resource.Type === type);
const the = (type: string) => {
  const [only, ...others] = every(type);
  if (only === undefined || others.length > 0) throw new Error(`Expected one ${type}`);
  return only[1].Properties;
};

/** Routes that anybody may call without the authorizer having been asked. A new one is a decision: write down why. */
const OPEN_ROUTES: readonly string[] = [
  // How the API is used: the same for everybody, and read before anybody has a token.
  "GET /openapi.json",
  // The portal's pages: the same for everybody, and without anything of anybody's.
  "GET /", "GET /p/{proxy+}",
  // The way in: whoever comes this way is nobody yet.
  "GET /p/sign_in", "GET /p/sign_in/callback", "GET /p/sign_in/choices",
  // The Service Management API proves the service token itself, in the round trip that reads what it judges.
  "GET /transactions/authorize.xml", "GET /transactions/authrep.xml", "GET /transactions/oauth_authorize.xml", "GET /transactions/oauth_authrep.xml",
  "POST /transactions.xml",
];

/** The authorizers, and the functions that they ask. */
const AUTHORIZERS = { HttpApiAuthorizerSessions: "sessionAuthorizer", HttpApiAuthorizerTokens: "authorizer" };

describe("an authorizer", () => {
  it("is asked for every request: no cache (D5) and no identity source (D17)", () => {
    expect(template.authorizers.toSorted((a, b) => a.logicalId.localeCompare(b.logicalId))).toEqual(Object.entries(AUTHORIZERS).map(([logicalId, fn]) => ({
      logicalId,
      function: template.functions.find(({ name }) => name === fn)?.logicalId,
      type: "REQUEST", ttlSeconds: 0, identitySources: [], payloadVersion: "2.0", simpleResponses: true,
    })));
  });

  it("says the time to live itself: AWS's default is 300 seconds", () => {
    for (const [, { Properties }] of every("AWS::ApiGatewayV2::Authorizer")) expect(Properties).toHaveProperty("AuthorizerResultTtlInSeconds", 0);
  });

  it.each(Object.values(AUTHORIZERS))("answers before API Gateway gives up on it after 10 seconds: %s", (fn) => {
    expect(template.functions.find(({ name }) => name === fn)?.timeoutMs).toBeLessThanOrEqual(10_000);
  });
});

describe("the routes", () => {
  it.each(template.routes.map((route) => [route.routeKey, route] as const))("%s: has the portal's authorizer if it is the portal's, the public API's otherwise, or is open on purpose", (routeKey, route) => {
    const authorizer = routeKey.includes(" /p/") ? "HttpApiAuthorizerSessions" : "HttpApiAuthorizerTokens";
    expect(route.authorizer).toBe(OPEN_ROUTES.includes(routeKey) ? undefined : authorizer);
  });

  it("that the portal's pages call lead to the very functions of the public API", () => {
    const select = routeSelector(template.routes);
    const calls = template.routes.filter(({ routeKey }) => routeKey.includes(" /p/api/"));
    expect(calls.length).toBeGreaterThan(5);
    const astray = calls.filter((call) => {
      const [method = "", address = ""] = call.routeKey.replace("/p/api/", "/").split(" ");
      return select(method, address.replaceAll(/\{\w+\}/g, "1"))?.route.function !== call.function;
    });
    expect(astray).toEqual([]);
  });

  it("say so themselves: authorization is CUSTOM on each and inherited by none", () => {
    const types = every("AWS::ApiGatewayV2::Route").map(([, { Properties }]) => [Properties["RouteKey"], Properties["AuthorizationType"]]);
    expect(types.filter(([routeKey, type]) => (type ?? "NONE") !== (OPEN_ROUTES.includes(String(routeKey)) ? "NONE" : "CUSTOM"))).toEqual([]);
  });

  it("that are listed as open exist", () => {
    expect(OPEN_ROUTES.filter((open) => !template.routes.some(({ routeKey }) => routeKey === open))).toEqual([]);
  });

  it("name method and path: no $default and no ANY, which would catch what nobody declared", () => {
    expect(template.routes.filter(({ routeKey }) => !/^(GET|POST|PUT|PATCH|DELETE) \/\S*$/.test(routeKey))).toEqual([]);
  });

  it("reach only functions that end before the gateway's own timeout does", () => {
    const seconds = new Map(template.functions.map(({ logicalId, timeoutMs }) => [logicalId, timeoutMs]));
    expect(template.routes.filter((route) => !((seconds.get(route.function) ?? Infinity) < route.timeoutMs))).toEqual([]);
  });

  it("stay within an HTTP API's quotas: 300 routes, 300 integrations, 10 authorizers", () => {
    expect(template.routes.length).toBeLessThan(300);
    expect(every("AWS::ApiGatewayV2::Integration").length).toBeLessThan(300);
    expect(template.authorizers.length).toBeLessThanOrEqual(10);
  });

  it("are the only way in: no function has an address of its own", () => {
    expect(every("AWS::Lambda::Url")).toEqual([]);
  });
});

describe("who may invoke a function", () => {
  it.each(every("AWS::Lambda::Permission").map(([id, { Properties }]) => [id, Properties] as const))("%s: one service, for one source in this account", (_id, permission) => {
    expect(permission).toMatchObject({ Action: "lambda:InvokeFunction", Principal: expect.stringMatching(/^(apigateway|events|logs)\.amazonaws\.com$/), SourceArn: expect.anything() });
    expect(JSON.stringify(permission["SourceArn"])).toMatch(/"AWS::AccountId"|\$\{AWS::AccountId\}|"Fn::GetAtt"/);
  });
});

describe("the access log", () => {
  const { AccessLogSettings, StageName } = the("AWS::ApiGatewayV2::Stage") as { AccessLogSettings: { Format: string; DestinationArn: unknown }; StageName: string };
  const format = JSON.parse(AccessLogSettings.Format) as Record<string, unknown>;

  it("tells ids and outcomes: no path, query, header or body, for a credential may be in any of them", () => {
    // A closed list: `$context.path`, `.identity.*` and every other variable that echoes a request is not on it.
    const harmless = /^\$context\.(requestId|requestTime|routeKey|status|responseLatency|integrationLatency|authorizer\.(accountId|memberId|tokenId|serviceId))$/;
    expect(Object.values(format).filter((value) => typeof value !== "string" || !harmless.test(value))).toEqual([]);
  });

  it("says which request it was, which route, how it ended and who it was", () => {
    expect(Object.values(format)).toEqual(expect.arrayContaining(["requestId", "routeKey", "status", "authorizer.tokenId"].map((name) => `$context.${name}`)));
  });

  it("goes to a group that forgets", () => {
    const group = JSON.stringify(AccessLogSettings.DestinationArn).match(/"Fn::GetAtt":\["(\w+)"/)?.[1] ?? "";
    expect(template.resources[group]).toMatchObject({ Type: "AWS::Logs::LogGroup", Properties: { RetentionInDays: expect.any(Number) } });
  });

  it("says whose a token was by the names that are read out of it, to learn of its last use", () => {
    const line = JSON.stringify(format).replaceAll(/\$context\.[\w.]+/g, "42");
    expect(useIn(line, 5_000)).toEqual({ accountId: 42, ownerId: 42, id: 42, at: 5 });
  });

  it("belongs to the stage that is served, within the 3 KB that a format may have", () => {
    expect(StageName).toBe("$default");
    expect(Buffer.byteLength(AccessLogSettings.Format)).toBeLessThan(3072);
  });
});

describe("the stack", () => {
  it("stays within CloudFormation's quotas: 500 resources, 1 MB of template", () => {
    const file = path.join(inject("packageDirectory"), "cloudformation-template-update-stack.json");
    expect(Object.keys(template.resources).length).toBeLessThan(500);
    expect(readFileSync(file).length).toBeLessThan(1_000_000);
  });
});
