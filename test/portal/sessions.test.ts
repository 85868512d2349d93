import { randomBytes } from "node:crypto";
import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { epochSeconds, id, parseSessionId, type MemberId, type ServiceId } from "../../lib/domain/brands.ts";
import type { Member, Session } from "../../lib/domain/model.ts";
import { sessionCookie } from "../../lib/http/session-cookie.ts";
import { changeState, deleteMember, updateRights } from "../../lib/operations/members.ts";
import { endSession, SESSION_SECONDS, startSession } from "../../lib/operations/sessions.ts";
import { newId } from "../../lib/secrets/random.ts";
import { cookieKeys, sealCookie } from "../../lib/secrets/sealed-cookie.ts";
import { keys } from "../../lib/table/model.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { PUBLIC_URL, startDeployment, type Deployment } from "../support/deployment.ts";
import { httpEvent } from "../support/gateway.ts";
import { startLambda } from "../support/lambda.ts";
import { cookieFor, cookieFrom, fromPage, sessionFor, signIn } from "../support/portal.ts";
import { request } from "../support/request.ts";
import { everyRow, rewriteMember } from "../support/rows.ts";

let latchkey: Deployment;
let account: TestAccount;
let service: ServiceId;
let admin: { readonly session: Session; readonly cookie: string };

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  service = id((await account.service("Echo")).id);
  admin = await signIn(latchkey, account.admin.member);
});
afterAll(() => latchkey?.stop());

const TOKENS = "/p/api/admin/api/personal/access_tokens.json";
const WANTED = { name: "From the portal", scopes: ["account_management"], permission: "ro" };
/** The gateway's own refusal, without a `code`: by it pages know that nobody is signed in. */
const REFUSED = [403, '{"message":"Forbidden"}'];
/** The refusal of a function: somebody came past the gateway to where they are not let in. */
const DENIED = [403, '{"error":"Access denied","code":"access_denied"}'];

const asAdmin = () => ({ kind: "member" as const, member: account.admin.member });
const outcome = async (cookie: string | undefined, method = "GET", path = TOKENS, options: Parameters<typeof fromPage>[4] = {}) => {
  const { status, text } = await fromPage(latchkey, cookie, method, path, options);
  return [status, text];
};
const opens = async (cookie: string) => (await fromPage(latchkey, cookie, "GET", TOKENS)).status === 200;
const newMember = async (): Promise<Person> => account.member({ sections: ["partners"] });
/** A token of the admin's, as the pages make one. */
const newToken = async () => (await fromPage(latchkey, admin.cookie, "POST", TOKENS, { json: WANTED })).json.access_token as { readonly id: number; readonly value: string };

/** What stands for the variables of the portal's routes. */
const pathOf = async (routeKey: string): Promise<string> => {
  const [, path = ""] = routeKey.split(" ");
  if (path.includes("/services/{")) return path.replace("{id}", String(service));
  return path.replace("{user_id}", String(account.admin.member.id)).replace("{id}", path.includes("{id}") ? `${(await newToken()).id}.json` : "");
};
const portalRoutes = () => latchkey.template.routes.map(({ routeKey }) => routeKey).filter((routeKey) => routeKey.includes(" /p/api/"));
const bodyFor = (method: string) => (method === "POST" ? { json: WANTED } : {});

describe("a session's cookie", () => {
  it("opens every route of the portal, for its member", async () => {
    expect(portalRoutes().length).toBeGreaterThanOrEqual(6);
    for (const routeKey of portalRoutes()) {
      const [method = ""] = routeKey.split(" ");
      const { status, text } = await fromPage(latchkey, admin.cookie, method, await pathOf(routeKey), bodyFor(method));
      expect([routeKey, status, text]).toEqual([routeKey, method === "POST" ? 201 : 200, expect.any(String)]);
    }
  });

  it("makes tokens that work, of its own member", async () => {
    const { value, id: made } = await newToken();
    expect((await request(latchkey, "GET", "/admin/api/personal/access_tokens.json", { token: value })).json.access_tokens.map((each: { access_token: { id: number } }) => each.access_token.id)).toContain(made);
  });

  it("opens what its member may, and says what is missing", async () => {
    const { member } = await newMember();
    const { cookie } = await signIn(latchkey, member);
    const [status, text] = await outcome(cookie, "DELETE", `/p/api/admin/api/users/${account.admin.member.id}/access_tokens/${account.admin.token.id}.json`);
    expect([status, text]).toEqual([403, '{"status":"Forbidden","code":"forbidden"}']);
  });

  it("never opens the public API", async () => {
    for (const routeKey of portalRoutes()) {
      const [method = ""] = routeKey.split(" ");
      const path = (await pathOf(routeKey)).replace("/p/api", "");
      expect([routeKey, ...(await outcome(admin.cookie, method, path, bodyFor(method)))]).toEqual([routeKey, ...DENIED]);
    }
  });

  it.each(["/admin/api/users.json", "/admin/api/services.json", "/api/invoices.json", "/stats/services/1/usage.json?metric_name=hits&period=day"])("never opens any API: %s", async (path) => {
    expect(await outcome(admin.cookie, "GET", path)).toEqual(DENIED);
  });

  it("never lets a gateway pass", async () => {
    const { status, text } = await fromPage(latchkey, admin.cookie, "GET", `/transactions/authorize.xml?service_id=${service}&user_key=x`);
    expect([status, text]).toEqual([403, expect.stringContaining("provider_key_or_service_token_required")]);
  });

  it("adds nothing to a token on the public API", async () => {
    const { member, value } = await newMember();
    const { status, json } = await fromPage(latchkey, admin.cookie, "GET", "/admin/api/users.json", { token: value });
    expect([status, json.code]).toEqual([403, "forbidden"]);
    const own = await fromPage(latchkey, admin.cookie, "GET", `/admin/api/users/${member.id}.json`, { token: value });
    expect([own.status, own.json.user.id]).toEqual([200, member.id]);
  });

  it("does not open the public API by way of a wrong path", async () => {
    for (const path of ["/p/api/admin/api/users.json", "/p/api/p/api/admin/api/personal/access_tokens.json", "/p/api//admin/api/personal/access_tokens.json", "/p/api/stats/services/1/usage.json"]) {
      expect((await outcome(admin.cookie, "GET", path))[0]).toBe(404);
    }
  });

  it("costs the portal's authorizer one round trip of two rows, read consistently, and no write", async () => {
    await opens(admin.cookie);
    latchkey.proxy.reset();
    await opens(admin.cookie);
    const authorizer = latchkey.template.functions.find(({ name }) => name === "sessionAuthorizer")?.logicalId;
    expect(latchkey.proxy.calls.filter(({ principal }) => principal === authorizer)).toMatchObject([{ action: "BatchGetItem", consistent: true, keys: [{}, {}], status: 200 }]);
  });

  it("reaches a member whose list of services is too long for the authorizer's context, as they are now", async () => {
    const { member } = await newMember();
    const { cookie } = await signIn(latchkey, member);
    await rewriteMember(latchkey, member, { serviceAccess: [...Array.from({ length: 100 }, (_, at) => id<ServiceId>(at + 1)), service] });
    const { status, json } = await fromPage(latchkey, cookie, "GET", "/p/api/admin/api/service_tokens.json");
    expect([status, json]).toMatchObject([200, { service_tokens: [{ service_token: { service_id: service } }] }]);
  });
});

describe("a token", () => {
  it.each<[string, (value: string) => { readonly token?: string; readonly headers?: Readonly<Record<string, string>>; readonly query?: string; readonly json?: object }]>([
    ["in the header", (token) => ({ token })],
    ["as Basic", (value) => ({ headers: { authorization: `Basic ${Buffer.from(`${value}:`).toString("base64")}` } })],
    ["in the query", (value) => ({ query: `?access_token=${value}` })],
    ["in the body", (value) => ({ json: { ...WANTED, access_token: value } })],
    ["in the cookie of a session", (value) => ({ headers: { cookie: `__Host-latchkey-session=${value}` } })],
  ])("never opens the portal: %s", async (_how, as) => {
    const { query = "", ...options } = as(account.admin.value);
    for (const routeKey of portalRoutes()) {
      const [method = ""] = routeKey.split(" ");
      if (method === "GET" && options.json !== undefined) continue;
      expect([routeKey, ...(await outcome(undefined, method, (await pathOf(routeKey)) + query, { ...bodyFor(method), ...options }))]).toEqual([routeKey, ...REFUSED]);
    }
  });

  it("does not stand in for a session that has ended", async () => {
    const { session, cookie } = await signIn(latchkey, account.admin.member);
    await endSession(latchkey.operator, session);
    expect(await outcome(cookie, "GET", TOKENS, { token: account.admin.value })).toEqual(REFUSED);
  });

  it("of somebody else beside a cookie changes nothing: it is the cookie's member who acts", async () => {
    const { member, value } = await newMember();
    const { cookie } = await signIn(latchkey, member);
    const { json } = await fromPage(latchkey, cookie, "GET", TOKENS, { token: account.admin.value });
    expect(json.access_tokens.map((each: { access_token: { id: number } }) => each.access_token.id)).not.toContain(account.admin.token.id);
    expect((await fromPage(latchkey, admin.cookie, "GET", `${TOKENS}?access_token=${value}`)).json.access_tokens.map((each: { access_token: { id: number } }) => each.access_token.id)).toContain(account.admin.token.id);
  });
});

describe("a cookie is refused", () => {
  const seal = async (over: Partial<Session>, key = latchkey.sessionKey) => cookieFrom(await sessionCookie(cookieKeys(key), { ...admin.session, ...over }, latchkey.operator.clock()));
  const sealed = async (claims: object, purpose: "session" | "signing-in" | "choosing" = "session") =>
    `__Host-latchkey-session=${await sealCookie(cookieKeys(latchkey.sessionKey), purpose, { ...claims }, epochSeconds(latchkey.operator.clock() + 60))}`;
  const good = () => ({ account: String(admin.session.accountId), member: String(admin.session.memberId), session: admin.session.id });

  it("never when it is made as these rows make theirs", async () => {
    expect([await opens(await seal({})), await opens(await sealed(good()))]).toEqual([true, true]);
  });

  it.each<[string, () => string | undefined | Promise<string>]>([
    ["when there is none", () => undefined],
    ["empty", () => "__Host-latchkey-session="],
    ["as garbage", () => "__Host-latchkey-session=garbage"],
    ["as five parts of garbage", () => "__Host-latchkey-session=a.b.c.d.e"],
    ["with its first character changed", () => admin.cookie.replace("=e", "=f")],
    ["with its last character cut off", () => admin.cookie.slice(0, -1)],
    ["with another tag", () => `${admin.cookie.slice(0, -22)}${"A".repeat(22)}`],
    ["with another ciphertext", () => { const parts = admin.cookie.split("."); parts[3] = "A".repeat(parts[3]!.length); return parts.join("."); }],
    ["given twice", () => `${admin.cookie}; ${admin.cookie}`],
    ["under another name", () => admin.cookie.replace("__Host-", "__Secure-")],
    ["sealed under another key", () => seal({}, randomBytes(32).toString("hex"))],
    ["sealed under the pepper", () => seal({}, latchkey.operator.peppers.keys.get(1)!)],
    ["that is over", () => seal({ expiresAt: latchkey.operator.clock() })],
    ["of an account that is not its member's", () => seal({ accountId: newId() })],
    ["of a member whose session it is not", async () => seal({ memberId: (await newMember()).member.id })],
    ["of nobody", () => seal({ memberId: newId<MemberId>() })],
    ["of a session that never was", () => seal({ id: parseSessionId("s".repeat(32))! })],
    ["sealed for another purpose", () => sealed(good(), "signing-in")],
    ["sealed for a choice", () => sealed(good(), "choosing")],
    ["that names no session", () => sealed({ ...good(), session: undefined })],
    ["that names something else for a session", () => sealed({ ...good(), session: "x#MEMBER" })],
    ["that names no member", () => sealed({ ...good(), member: undefined })],
    ["that names something else for a member", () => sealed({ ...good(), member: `${good().member}#SESSION` })],
    ["that names something else for an account", () => sealed({ ...good(), account: ["1"] })],
  ])("%s", async (_what, cookie) => {
    expect(await outcome(await cookie())).toEqual(REFUSED);
  });

  it("of another account's member for what is this account's", async () => {
    const other = await createTestAccount(latchkey);
    const { cookie } = await signIn(latchkey, other.admin.member);
    expect((await outcome(cookie, "DELETE", `/p/api/admin/api/users/${account.admin.member.id}/access_tokens/${account.admin.token.id}.json`))[0]).toBe(404);
    expect((await outcome(cookie, "GET", `/p/api/admin/api/services/${service}/service_token.json`))[0]).toBe(404);
  });

  it("after eight hours, whatever its own expiry: the row decides too", async () => {
    const past = epochSeconds(latchkey.operator.clock() - SESSION_SECONDS);
    const session = await sessionFor({ operator: { ...latchkey.operator, clock: () => past } }, account.admin.member);
    expect(await opens(await cookieFor(latchkey, { ...session, expiresAt: epochSeconds(latchkey.operator.clock() + 60) }))).toBe(false);
  });

  it("when its row is gone", async () => {
    const { session: { accountId, memberId, id: sessionId }, cookie } = await signIn(latchkey, account.admin.member);
    await latchkey.documents.send(new DeleteCommand({ TableName: latchkey.operator.table.name, Key: keys.session(accountId, memberId, sessionId) }));
    expect(await outcome(cookie)).toEqual(REFUSED);
  });

  it.each([
    ["the database is out of reach", { AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1" }],
    ["it has no key", { SESSION_KEY: "" }],
    ["its key is too short", { SESSION_KEY: "short" }],
    ["it does not know where it is", { PUBLIC_URL: "" }],
  ])("by nobody, nor let in, while the authorizer cannot decide, because %s: that is a 500 (D12)", async (_why, change) => {
    const fn = latchkey.template.functions.find(({ name }) => name === "sessionAuthorizer")!;
    const env = {
      AWS_REGION: "eu-west-1", AWS_LAMBDA_FUNCTION_NAME: fn.functionName, AWS_ACCESS_KEY_ID: fn.logicalId, AWS_SECRET_ACCESS_KEY: "local",
      TABLE_NAME: latchkey.operator.table.name, AWS_ENDPOINT_URL_DYNAMODB: latchkey.proxy.url, SESSION_KEY: latchkey.sessionKey, PUBLIC_URL,
    };
    const event = httpEvent({ method: "GET", path: TOKENS, headers: { cookie: admin.cookie } });
    const [well, broken] = [env, { ...env, ...change }].map((each) => startLambda({ zip: fn.zip, handler: fn.handler, env: each, timeoutMs: fn.timeoutMs }));
    expect(await well!.invoke(event)).toMatchObject({ isAuthorized: true });
    await expect(broken!.invoke(event)).rejects.toThrow("The authorizer could not decide");
    expect(broken!.logs()).not.toContain(admin.cookie.split("=")[1]);
    await Promise.all([well!.stop(), broken!.stop()]);
  });
});

describe("a session ends at the very next request when", () => {
  const signedInMember = async (): Promise<{ readonly member: Member; readonly cookie: string; readonly session: Session }> => {
    const { member } = await newMember();
    const there = { member, ...(await signIn(latchkey, member)) };
    expect(await opens(there.cookie)).toBe(true);
    return there;
  };

  it("its member is suspended, and does not come back when that is taken back: they sign in again", async () => {
    const { member, cookie } = await signedInMember();
    await changeState(latchkey.operator, asAdmin(), member.id, "suspend");
    expect(await outcome(cookie)).toEqual(REFUSED);
    await changeState(latchkey.operator, asAdmin(), member.id, "unsuspend");
    expect(await outcome(cookie)).toEqual(REFUSED);
    // A session that begins in the very second of the suspension is taken for one before it.
    const later = { ...latchkey.operator, clock: () => epochSeconds(latchkey.operator.clock() + 1) };
    const session = await startSession(later, member);
    expect(await opens(await cookieFor(latchkey, session!))).toBe(true);
  });

  it("its member is deleted", async () => {
    const { member, cookie } = await signedInMember();
    await deleteMember(latchkey.operator, asAdmin(), member.id);
    expect(await outcome(cookie)).toEqual(REFUSED);
  });

  it("its member signs out: a copy of the cookie is dead, other sessions of theirs live on", async () => {
    const { member, cookie } = await signedInMember();
    const other = await signIn(latchkey, member);
    const { status, json, headers } = await fromPage(latchkey, cookie, "POST", "/p/sign_out");
    expect([status, json]).toEqual([200, { location: expect.any(String) }]);
    expect(headers.getSetCookie()).toEqual(["__Host-latchkey-session=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict"]);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(await outcome(cookie)).toEqual(REFUSED);
    expect(await outcome(cookie, "POST", "/p/sign_out")).toEqual(REFUSED);
    expect(await opens(other.cookie)).toBe(true);
  });

  it("rights change: they are those of now", async () => {
    const { member, cookie } = await signedInMember();
    expect((await outcome(cookie, "GET", `/p/api/admin/api/services/${service}/service_token.json`))[0]).toBe(200);
    await updateRights(latchkey.operator, asAdmin(), member.id, { serviceAccess: [] });
    expect((await outcome(cookie, "GET", `/p/api/admin/api/services/${service}/service_token.json`))[0]).toBe(403);
  });
});

describe("nobody starts a session", () => {
  it.each<[string, () => Promise<Member>]>([
    ["who is suspended", async () => { const { member } = await newMember(); return changeState(latchkey.operator, asAdmin(), member.id, "suspend"); }],
    ["who is gone", async () => { const { member } = await newMember(); await deleteMember(latchkey.operator, asAdmin(), member.id); return member; }],
  ])("%s", async (_who, make) => {
    const member = await make();
    expect(await startSession(latchkey.operator, member)).toBeUndefined();
    expect((await everyRow(latchkey)).filter(({ pk }) => pk.startsWith(keys.member(member.accountId, member.id).pk)).filter(({ type }) => type === "session")).toEqual([]);
  });
});

describe("a request that another site made is refused, with a valid cookie", () => {
  const CROSS: readonly [string, Readonly<Record<string, string | undefined>>][] = [
    ["of another site", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }],
    ["of another site, which sends no origin", { "sec-fetch-site": "cross-site", origin: undefined }],
    ["of another host of this site", { "sec-fetch-site": "same-site", origin: "https://other.amazonaws.com" }],
    ["of another origin that claims to be ours", { "sec-fetch-site": "same-origin", origin: "https://evil.example" }],
    ["of a sandbox", { "sec-fetch-site": "cross-site", origin: "null" }],
    ["of an address typed in", { "sec-fetch-site": "none", origin: undefined }],
    ["of a browser that tells only another origin", { "sec-fetch-site": undefined, origin: "https://evil.example" }],
  ];

  it.each(CROSS.flatMap(([what, headers]) => ["GET", "POST", "DELETE"].map((method) => [method, what, headers] as const)))("%s %s", async (method, _what, headers) => {
    const path = method === "DELETE" ? TOKENS.replace(".json", `/${account.admin.token.id}.json`) : TOKENS;
    latchkey.proxy.reset();
    expect(await outcome(admin.cookie, method, path, { headers, ...bodyFor(method) })).toEqual(REFUSED);
    expect(latchkey.proxy.calls).toEqual([]);
  });

  it.each(["POST", "DELETE"])("%s of a browser that tells neither site nor origin", async (method) => {
    const path = method === "DELETE" ? TOKENS.replace(".json", `/${account.admin.token.id}.json`) : TOKENS;
    expect(await outcome(admin.cookie, method, path, { headers: { "sec-fetch-site": undefined, origin: undefined }, ...bodyFor(method) })).toEqual(REFUSED);
  });

  it("signing out too", async () => {
    expect(await outcome(admin.cookie, "POST", "/p/sign_out", { headers: { "sec-fetch-site": "cross-site", origin: "https://evil.example" } })).toEqual(REFUSED);
    expect(await opens(admin.cookie)).toBe(true);
  });

  it("but not of a browser that tells its own origin and no site", async () => {
    expect((await outcome(admin.cookie, "POST", TOKENS, { headers: { "sec-fetch-site": undefined }, json: WANTED }))[0]).toBe(201);
    expect((await outcome(admin.cookie, "GET", TOKENS, { headers: { "sec-fetch-site": undefined } }))[0]).toBe(200);
  });
});

describe("what is kept of a session", () => {
  it("names no session: its id is not in the table, and no cookie is", async () => {
    const { session, cookie } = await signIn(latchkey, account.admin.member);
    const table = JSON.stringify(await everyRow(latchkey));
    expect([table.includes(session.id), table.includes(cookie.split("=")[1]!)]).toEqual([false, false]);
  });

  it("is swept up when it is over", async () => {
    const { session } = await signIn(latchkey, account.admin.member);
    const rows = (await everyRow(latchkey)).filter(({ type }) => type === "session");
    expect(rows.map(({ ttl }) => ttl)).toContain(session.expiresAt);
    expect(rows.map(({ ttl, expiresAt }) => ttl === expiresAt)).not.toContain(false);
  });

  it("is its beginning and its end, recorded with who it was", async () => {
    const { member } = await newMember();
    const { cookie } = await signIn(latchkey, member);
    await fromPage(latchkey, cookie, "POST", "/p/sign_out");
    const events = (await everyRow(latchkey)).filter((row) => row["type"] === "event" && (row["subject"] as { memberId?: number }).memberId === member.id && String(row["event"]).startsWith("member.signed_"));
    expect(new Map(events.map(({ event, actor }) => [event, actor]))).toEqual(new Map([["member.signed_in", { memberId: member.id }], ["member.signed_out", { memberId: member.id }]]));
  });

  it("is not in the logs: no cookie, no session's id", async () => {
    expect([latchkey.logs().includes(admin.session.id), latchkey.logs().includes(admin.cookie.split("=")[1]!)]).toEqual([false, false]);
  });
});
