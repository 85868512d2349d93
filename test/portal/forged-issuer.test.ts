import { exportSPKI, generateKeyPair, type SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Member } from "../../lib/domain/model.ts";
import { encodeSession } from "../../lib/http/principal.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { PUBLIC_URL, startDeployment, type Deployment } from "../support/deployment.ts";
import { startForger, type Forger, type Lie } from "../support/forger.ts";
import { httpEvent } from "../support/gateway.ts";
import { startLambda } from "../support/lambda.ts";
import { fromPage, signIn } from "../support/portal.ts";
import { sample } from "../support/sample.ts";
import { visitor, type Visitor } from "../support/visitor.ts";

/** What an issuer says is believed only as far as it is proved. */
const SECRET = "the-client-secret-of-latchkey";
const TOKENS_PAGE = "/p/admin/user/access_tokens";
const FAILED = "/p/sign_in/refused?reason=failed";
const SESSION = "__Host-latchkey-session";

let forger: Forger;
let latchkey: Deployment;
let account: TestAccount;
let member: Member;

beforeAll(async () => {
  forger = await startForger();
  latchkey = await startDeployment({ OIDC_ISSUER: forger.issuer, OIDC_CLIENT_ID: forger.clientId, OIDC_CLIENT_SECRET: SECRET });
  account = await createTestAccount(latchkey);
});
afterAll(async () => {
  await latchkey?.stop();
  await forger?.stop();
});
beforeEach(async () => {
  forger.lie();
  ({ member } = await account.member({ sections: ["partners"] }));
});

/** Somebody new to Latchkey, whom the issuer calls the member of this test. */
let subjects = 0;
const claims = (over: object = {}) => ({ sub: `somebody-${++subjects}`, email: member.email, email_verified: true, ...over });

/** Comes back from an issuer that lies like this; where that leads. */
async function comeBack(lie: Lie, browser: Visitor = visitor()): Promise<{ readonly to: string | null; readonly isIn: boolean }> {
  const { location } = await browser.get(`${latchkey.url}/p/sign_in`);
  if (location === undefined) throw new Error("The sign-in did not begin");
  forger.remember(location.searchParams.get("nonce") ?? "");
  forger.lie(lie);
  const { headers } = await browser.get(`${latchkey.url}/p/sign_in/callback?code=code&state=${location.searchParams.get("state")}`);
  return { to: headers.get("location"), isIn: browser.cookies(latchkey.url)[SESSION] !== undefined };
}

describe("an issuer that is honest", () => {
  it("is believed, when it answers to a client that proves itself and its code", async () => {
    expect(await comeBack({ claims: claims() })).toEqual({ to: TOKENS_PAGE, isIn: true });
    expect(Object.fromEntries(forger.asked.at(-1)!)).toEqual({
      grant_type: "authorization_code", code: "code", redirect_uri: `${PUBLIC_URL}/p/sign_in/callback`, code_verifier: expect.stringMatching(/^[\w-]{43}$/), client_id: forger.clientId, client_secret: SECRET,
    });
  });

  it("may say that the e-mail is verified as text, as Cognito does", async () => {
    expect((await comeBack({ claims: claims({ email_verified: "true" }) })).to).toBe(TOKENS_PAGE);
  });

  it("may say the e-mail only when it is asked for it", async () => {
    const { sub } = claims();
    expect((await comeBack({ claims: { sub }, userinfo: { sub, email: member.email, email_verified: "true" } })).to).toBe(TOKENS_PAGE);
  });

});

describe("an e-mail is not taken for verified", () => {
  it.each(sample<[string, object]>("e-mails that are not verified", 5, [
    ["when it is not", { email_verified: false }],
    ["when it is not, as text", { email_verified: "false" }],
    ["when that is not said", { email_verified: undefined }],
    ["when that is said in another way", { email_verified: 1 }],
    ["when that is said in capitals", { email_verified: "TRUE" }],
    ["when that is said in a list", { email_verified: [true] }],
    ["when that is null", { email_verified: null }],
    ["when there is none", { email: undefined }],
    ["when it is empty", { email: "" }],
    ["when it is no text", { email: [""] }],
  ]))("%s", async (_when, over) => {
    expect(await comeBack({ claims: claims(over) })).toEqual({ to: "/p/sign_in/refused?reason=unverified_email", isIn: false });
  });

  it("when it is only told with another's e-mail", async () => {
    const { sub } = claims();
    expect((await comeBack({ claims: { sub, email: member.email }, userinfo: { sub, email: member.email, email_verified: true } })).to).toBe("/p/sign_in/refused?reason=unverified_email");
  });
});

describe("an issuer is not believed", () => {
  const now = () => Math.floor(Date.now() / 1000);
  const signedBy = async (token: SignJWT, header: { readonly alg: string; readonly kid?: string }, key: Parameters<SignJWT["sign"]>[0]) => token.setProtectedHeader(header).sign(key);
  const unsigned = (header: object, payload: object) => `${[header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.`;

  it.each(sample<[string, () => Lie | Promise<Lie>]>("lies of an issuer", 11, [
    ["with another nonce", () => ({ claims: claims({ nonce: "x".repeat(43) }) })],
    ["without a nonce", () => ({ claims: claims({ nonce: undefined }) })],
    ["in the name of another issuer", () => ({ claims: claims({ iss: "https://evil.example" }) })],
    ["for another client", () => ({ claims: claims({ aud: "another" }) })],
    ["for another client beside this one, without saying for which", () => ({ claims: claims({ aud: [forger.clientId, "another"], azp: "another" }) })],
    ["with an id token that is over", () => ({ claims: claims({ exp: now() - 60 }) })],
    ["with an id token that is never over", () => ({ claims: claims({ exp: undefined }) })],
    ["with an id token of nobody", () => ({ claims: claims({ sub: undefined }) })],
    ["without an id token", () => ({ tokens: { id_token: undefined } })],
    ["with an id token that is none", () => ({ tokens: { id_token: "a.b.c" } })],
    ["with a token of a kind that is none", () => ({ claims: claims(), tokens: { token_type: 1 } })],
    ["when another key has signed", async () => ({ claims: claims(), sign: async (token) => signedBy(token, { alg: "RS256", kid: "the key" }, (await generateKeyPair("RS256")).privateKey) })],
    ["when a key has signed that it does not publish", async () => ({ claims: claims(), sign: async (token) => signedBy(token, { alg: "RS256", kid: "another" }, (await generateKeyPair("RS256")).privateKey) })],
    ["when another kind of key has signed", async () => ({ claims: claims(), sign: async (token) => signedBy(token, { alg: "ES256" }, (await generateKeyPair("ES256")).privateKey) })],
    ["when the client's secret has signed", () => ({ claims: claims(), sign: (token) => signedBy(token, { alg: "HS256" }, new TextEncoder().encode(SECRET)) })],
    ["when its public key has signed, as a secret", async () => ({ claims: claims(), sign: async (token) => signedBy(token, { alg: "HS256" }, new TextEncoder().encode(await exportSPKI(forger.publicKey))) })],
    ["when nobody has signed", () => ({ tokens: { id_token: unsigned({ alg: "none" }, { ...claims(), iss: forger.issuer, aud: forger.clientId, exp: now() + 60, iat: now() }) } })],
    ["that tells the e-mail of another subject", () => ({ claims: { sub: "somebody" }, userinfo: { sub: "somebody else", email: member.email, email_verified: true } })],
    ["that fails", () => ({ status: 500 })],
    ["that refuses", () => ({ status: 400 })],
    ["that leads elsewhere", () => ({ status: 302 })],
    ["that does not answer", () => ({ status: "hangs" })],
  ]))("%s", async (_what, lie) => {
    expect(await comeBack(await lie())).toEqual({ to: FAILED, isIn: false });
  });

  it("and none of its answers, nor the client's secret, is in a log", () => {
    expect(latchkey.logs()).toContain("Nobody could sign in");
    for (const secret of [SECRET, "opaque", "code_verifier", "id_token", "eyJ", "@example.com"]) expect([secret, latchkey.logs().includes(secret)]).toEqual([secret, false]);
  });
});

describe("before anybody is sent to an issuer, it", () => {
  /** A container of its own, in which nothing is known of the issuer yet. */
  async function begun(change: Readonly<Record<string, string>> = {}) {
    const fn = latchkey.template.functions.find(({ name }) => name === "signIn")!;
    const lambda = startLambda({
      zip: fn.zip, handler: fn.handler, timeoutMs: fn.timeoutMs,
      env: {
        AWS_REGION: "eu-west-1", AWS_LAMBDA_FUNCTION_NAME: fn.functionName, TABLE_NAME: "none", SESSION_KEY: latchkey.sessionKey, PUBLIC_URL,
        OIDC_ISSUER: forger.issuer, OIDC_CLIENT_ID: forger.clientId, ...change,
      },
    });
    const start = async () => (await lambda.invoke(httpEvent({ method: "GET", path: "/p/sign_in" })) as { headers: { location: string } }).headers.location;
    return { start, logs: () => lambda.logs(), stop: () => lambda.stop() };
  }

  it.each<[string, Lie, Readonly<Record<string, string>>, string]>([
    ["must answer", { status: "hangs" }, {}, "OAUTH_TIMEOUT"],
    ["must be there", {}, { OIDC_ISSUER: "http://127.0.0.1:1" }, "TypeError"],
    ["must be who it is said to be", { metadata: { issuer: "https://evil.example" } }, {}, "JSON_ATTRIBUTE_COMPARISON"],
    ["must speak over TLS, unless it is on this machine", {}, { OIDC_ISSUER: "http://issuer.example" }, "OAUTH_HTTP_REQUEST_FORBIDDEN"],
    ["must be named", {}, { OIDC_ISSUER: "" }, "Error"],
    ["must be an address", {}, { OIDC_ISSUER: "issuer" }, "ERR_INVALID_URL"],
  ])("%s", async (_what, lie, change, reason) => {
    forger.lie(lie);
    const { start, logs, stop } = await begun(change);
    expect(await start()).toBe(FAILED);
    expect(logs()).toContain(reason);
    await stop();
  });

  it("is asked again, when it did not answer the first time", async () => {
    forger.lie({ status: 500 });
    const { start, stop } = await begun();
    expect(await start()).toBe(FAILED);
    forger.lie();
    expect(await start()).toMatch(new RegExp(`^${RegExp.escape(forger.issuer)}/auth\\?`));
    await stop();
  });

  it("is asked once a container: what it publishes of itself is kept", async () => {
    const { start, stop } = await begun();
    await start();
    forger.lie({ status: 500 });
    expect(await start()).toMatch(new RegExp(`^${RegExp.escape(forger.issuer)}/auth\\?`));
    await stop();
  });
});

describe("whoever signs out is sent", () => {
  const HOSTED = "https://latchkey-prod-123456789012.auth.eu-west-1.amazoncognito.com";
  /** As a user pool with a domain publishes itself. */
  const COGNITO = {
    authorization_endpoint: `${HOSTED}/oauth2/authorize`, token_endpoint: `${HOSTED}/oauth2/token`, userinfo_endpoint: `${HOSTED}/oauth2/userInfo`, revocation_endpoint: `${HOSTED}/oauth2/revoke`,
    end_session_endpoint: `${HOSTED}/logout`, response_types_supported: ["code", "token"], scopes_supported: ["openid", "email", "phone", "profile"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
  };
  const here = encodeURIComponent(`${PUBLIC_URL}/p/signed_out`);

  it.each<[string, Lie, string]>([
    // Cognito wants `client_id` and `logout_uri`; the standard's name for the latter it does not know.
    ["to Cognito's logout, by the names that it wants", { metadata: COGNITO }, `${HOSTED}/logout?post_logout_redirect_uri=${here}&logout_uri=${here}&client_id=latchkey-forged`],
    ["to the standard's, with what its address already holds", { metadata: { end_session_endpoint: "https://issuer.example/out?tenant=a" } }, `https://issuer.example/out?tenant=a&post_logout_redirect_uri=${here}&logout_uri=${here}&client_id=latchkey-forged`],
    ["here, when the issuer has no such place", {}, "/p/signed_out"],
    ["here, when the issuer is down", { status: "hangs" }, "/p/signed_out"],
  ])("%s, and is signed out here", async (_where, lie, expected) => {
    forger.lie(lie);
    const { session, cookie } = await signIn(latchkey, member);
    const fn = latchkey.template.functions.find(({ name }) => name === "signOut")!;
    // A container of its own, in which nothing is known of the issuer yet.
    const lambda = startLambda({
      zip: fn.zip, handler: fn.handler, timeoutMs: fn.timeoutMs,
      env: {
        AWS_REGION: "eu-west-1", AWS_LAMBDA_FUNCTION_NAME: fn.functionName, AWS_ACCESS_KEY_ID: fn.logicalId, AWS_SECRET_ACCESS_KEY: "local",
        TABLE_NAME: latchkey.operator.table.name, AWS_ENDPOINT_URL_DYNAMODB: latchkey.proxy.url, PUBLIC_URL, OIDC_ISSUER: forger.issuer, OIDC_CLIENT_ID: forger.clientId,
      },
    });
    const answer = await lambda.invoke(httpEvent({ method: "POST", path: "/p/sign_out", context: encodeSession(member, session) })) as { readonly body: string };
    expect(JSON.parse(answer.body)).toEqual({ location: expected });
    expect((await fromPage(latchkey, cookie, "GET", "/p/api/admin/api/personal/rights.json")).status).toBe(403);
    await lambda.stop();
  });
});
