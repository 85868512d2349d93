import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestAccount, type Person } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { httpEvent } from "../support/gateway.ts";
import { signIn } from "../support/portal.ts";
import type { Route } from "../support/template.ts";

/** D11: a function that is reached without the authorizer, or with a context that is not the authorizer's, refuses. */
let latchkey: Deployment;
let admin: Person;
/** What the authorizer says of the admin's token, and what the portal's says of the admin. */
let good: Record<string, string>;
let goodMember: Record<string, string>;

beforeAll(async () => {
  latchkey = await startDeployment();
  ({ admin } = await createTestAccount(latchkey));
  const event = httpEvent({ method: "GET", path: "/", headers: { authorization: `Bearer ${admin.value}` } });
  good = (await latchkey.invoke("authorizer", event) as { context: Record<string, string> }).context;
  const { cookie } = await signIn(latchkey, admin.member);
  const fromPage = httpEvent({ method: "GET", path: "/", headers: { cookie } });
  goodMember = (await latchkey.invoke("sessionAuthorizer", fromPage) as { context: Record<string, string> }).context;
});
afterAll(() => latchkey?.stop());

const BODY = JSON.stringify({ name: "Forged", permission: "rw", scopes: ["account_management"], email: "forged@example.com", friendly_id: "2030-01-00000001", to: "production" });

/** What stands for a greedy route: something that it serves, of what is not there. */
const GREEDY: Readonly<Record<string, string>> = {
  "GET /admin/api/": "users/1.json", "POST /admin/api/": "users.json", "PUT /admin/api/": "users/1/permissions.json", "PATCH /admin/api/": "users/1/permissions.json",
  "DELETE /admin/api/": "users/1.json", "GET /stats/": "services/1/usage.json",
  "GET /api/": "invoices/1.json", "POST /api/": "invoices/1/charge.json", "PUT /api/": "invoices/1.json", "PATCH /api/": "invoices/1.json",
  "DELETE /api/": "invoices/1/line_items/1.json",
};

/** A request that the route would serve. */
function eventFor({ routeKey }: Route, rest: { readonly context?: unknown; readonly body?: string }) {
  const [method = "", template = ""] = routeKey.split(" ");
  const path = template.replace("{proxy+}", GREEDY[routeKey.replace("{proxy+}", "")] ?? "").replace("{environment}", "sandbox").replaceAll(/\{\w+\}/g, "1");
  return httpEvent({ method, path, routeKey, headers: { "content-type": "application/json" }, ...(method === "GET" ? {} : { body: BODY }), ...rest });
}
/** All but those that are open on purpose (test/template/api.test.ts), and those that only answer 406, because tokens are spoken of in JSON only. */
const routes = () => latchkey.template.routes.filter(({ routeKey, authorizer }) => authorizer !== undefined && !routeKey.endsWith("/access_tokens.xml"));
const isPortal = ({ routeKey }: Route) => routeKey.includes(" /p/");
const nameOf = (logicalId: string) => latchkey.template.functions.find((fn) => fn.logicalId === logicalId)?.name ?? logicalId;

const JSON_DENIAL = '{"error":"Access denied","code":"access_denied"}';
const XML_DENIAL = '<?xml version="1.0" encoding="UTF-8"?><error>Access denied</error>';

/** Of every route: the answer to an event made for it, past the authorizer, and what was asked of the database and the key service. */
async function answers(event: (route: Route) => object) {
  latchkey.proxy.reset();
  const before = { ...latchkey.aws.calls };
  const given: [string, number, string][] = [];
  for (const route of routes()) {
    const { statusCode, body } = await latchkey.invoke(nameOf(route.function), event(route)) as { statusCode: number; body: string };
    given.push([route.routeKey, statusCode, body]);
  }
  expect(latchkey.aws.calls).toEqual(before);
  return { given, calls: [...latchkey.proxy.calls] };
}
/** What each of them must be. Only an event that has lost its path has lost its format. */
const denied = (format?: "json") => ({
  given: routes().map(({ routeKey }) => [routeKey, 403, format !== "json" && routeKey.endsWith(".xml") ? XML_DENIAL : JSON_DENIAL]), calls: [],
});

describe("every function behind a route", () => {
  it("that is not open on purpose is asked here", () => {
    expect(routes().length).toBeGreaterThan(20);
  });

  it("goes on to the database with the authorizer's context, which is all that the rows below lack", async () => {
    for (const route of routes()) {
      latchkey.proxy.reset();
      await latchkey.invoke(nameOf(route.function), eventFor(route, { context: { ...(isPortal(route) ? goodMember : good), memberId: "1" } }));
      expect([route.routeKey, latchkey.proxy.calls.length > 0]).toEqual([route.routeKey, true]);
    }
  });

  it.each<[string, unknown]>([
    ["null", null],
    ["an empty object", {}],
    ["a list", []],
    ["a list with the context in it", [{ kind: "access_token" }]],
    ["a text", "access_token"],
    ["a number", 1],
    ["true", true],
    ["another authorizer's claims", { principalId: "admin", sub: "1", role: "admin", isAuthorized: true }],
    ["a kind that is none", { kind: "admin" }],
    ["whoever is signed in, without their rights", { kind: "member", accountId: "1", memberId: "1", role: "admin" }],
    ["whoever is signed in, without a session", { kind: "member", accountId: "1", memberId: "1", role: "admin", sections: "", services: "all" }],
    ["a kind that every object has", { kind: "constructor" }],
    ["a kind alone", { kind: "access_token" }],
    ["a service token without its ids", { kind: "service_token" }],
    ["nobody, and no credential in the body", { kind: "anonymous" }],
    ["nobody, who claims to be somebody", { kind: "anonymous", accountId: "1", memberId: "1", role: "admin", scopes: "account_management" }],
  ])("refuses a context that is %s, with 403 and no look at the database", async (_what, context) => {
    expect(await answers((route) => eventFor(route, { context }))).toEqual(denied());
  }, 60_000);

  it("refuses an event that no authorizer has seen", async () => {
    expect(await answers((route) => eventFor(route, {}))).toEqual(denied());
  });

  it.each<[string, (event: object) => object]>([
    ["without a request context", (event) => ({ ...event, requestContext: undefined })],
    ["with a request context that is null", (event) => ({ ...event, requestContext: null })],
    ["with an authorizer that is null", (event) => ({ ...event, requestContext: { ...httpEvent({ method: "GET", path: "/" }).requestContext, authorizer: null } })],
    ["with the context of another kind of authorizer", (event) => ({ ...event, requestContext: { ...httpEvent({ method: "GET", path: "/" }).requestContext, authorizer: { ...good, jwt: { claims: good } } } })],
    ["with the context where a client could put it", (event) => ({ ...event, authorizer: { lambda: good }, headers: { "x-authorizer": JSON.stringify(good), ...good }, queryStringParameters: good, stageVariables: good })],
  ])("refuses an event %s", async (_what, mangle) => {
    expect(await answers((route) => mangle(eventFor(route, {})))).toEqual(denied());
  });

  it.each<[string, object]>([
    ["none", {}], ["null", { context: null }], ["an empty one", { context: {} }], ["one of a kind that is none", { context: { kind: "nobody" } }],
  ])("looks for no credential in the body unless an authorizer has seen nobody: with %s as context, a good one is refused", async (_what, given) => {
    expect(await answers((route) => eventFor(route, { ...given, body: JSON.stringify({ access_token: admin.value }) }))).toEqual(denied());
  }, 60_000);

  it("refuses an event with nothing in it", async () => {
    expect(await answers(() => ({}))).toEqual(denied("json"));
  });

  it("refuses a service token's context, whatever the service", async () => {
    expect(await answers((route) => eventFor(route, { context: { kind: "service_token", accountId: good["accountId"], serviceId: "1" } }))).toEqual(denied());
  });

  it("refuses the context of the other authorizer: no token opens the portal, nobody who is signed in the public API", async () => {
    expect(await answers((route) => eventFor(route, { context: isPortal(route) ? good : goodMember }))).toEqual(denied());
  });

  it("of the portal refuses a credential in the body", async () => {
    latchkey.proxy.reset();
    for (const route of routes().filter(isPortal)) {
      const answer = await latchkey.invoke(nameOf(route.function), eventFor(route, { context: { kind: "anonymous" }, body: JSON.stringify({ access_token: admin.value }) }));
      expect([route.routeKey, answer]).toMatchObject([route.routeKey, { statusCode: 403, body: JSON_DENIAL }]);
    }
    expect(latchkey.proxy.calls).toEqual([]);
  });

  it("refuses nobody with garbage for a credential in the body", async () => {
    for (const access_token of ["garbage", "", null, 1, [admin.value], { value: admin.value }, `${admin.value}x`]) {
      expect(await answers((route) => eventFor(route, { context: { kind: "anonymous" }, body: JSON.stringify({ access_token }) }))).toEqual(denied());
    }
  }, 60_000);
});

describe("a context that lost or changed one of its parts", () => {
  const FIELDS = ["kind", "accountId", "memberId", "role", "sections", "services", "tokenId", "scopes", "permission", "expiresAt"];
  const IDS = ["accountId", "memberId", "tokenId"];
  const LISTS = ["sections", "scopes", "services"];

  async function refused(context: object) {
    const event = httpEvent({ method: "GET", path: "/admin/api/personal/access_tokens", context });
    expect([context, await latchkey.invoke("listAccessTokens", event)]).toMatchObject([context, { statusCode: 403, body: JSON_DENIAL }]);
  }

  it("is every part of the context that these rows go through", () => {
    expect(Object.keys(good).sort()).toEqual([...FIELDS].sort());
  });

  it.each(FIELDS)("is refused without, or with another type of, %s", async (field) => {
    latchkey.proxy.reset();
    const { [field]: _, ...without } = good;
    await refused(without);
    for (const value of [null, 0, 1, true, [], [good[field]], {}, { toString: good[field] }, `${good[field]} `, ` ${good[field]}`, `${good[field]}\0`, `${good[field]},x`, "constructor"]) {
      await refused({ ...good, [field]: value });
    }
    if (!LISTS.includes(field)) await refused({ ...good, [field]: "" });
    expect(latchkey.proxy.calls).toEqual([]);
  });

  it.each(IDS)("is refused with an %s that is written otherwise", async (field) => {
    latchkey.proxy.reset();
    for (const value of ["0", "-1", `0${good[field]}`, `+${good[field]}`, `${good[field]}.0`, "1e3", "0x10", "9007199254740992", "Infinity", "NaN", `${good[field]}#MEMBER`]) {
      await refused({ ...good, [field]: value });
    }
    expect(latchkey.proxy.calls).toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    ["role", ["owner", "ADMIN", "admin,member"]],
    ["permission", ["rwx", "RW", "ro,rw", "none"]],
    ["sections", ["everything", "PARTNERS", "partners,", ",partners", "partners,,finance", "partners;finance", "all"]],
    ["scopes", ["everything", "STATS", "stats,", "account_management,everything", "all"]],
    ["services", ["ALL", "1,", ",1", "1,,2", "1,x", "all,1", "1 2", "*", "none", "-1"]],
    ["expiresAt", ["", "Never", "soon", "-1", "1.5", "1e9", "0x10", " 1", "NaN", "Infinity", "9007199254740993", "2030-01-01T00:00:00Z"]],
  ])("is refused with %s that is none", async (field, values) => {
    latchkey.proxy.reset();
    for (const value of values) await refused({ ...good, [field]: value });
    expect(latchkey.proxy.calls).toEqual([]);
  });
});
