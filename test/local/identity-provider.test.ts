import { createServer, request } from "node:http";
import {
  allowInsecureRequests, authorizationCodeGrant, buildAuthorizationUrl, buildEndSessionUrl, calculatePKCECodeChallenge, discovery, enableNonRepudiationChecks,
  fetchUserInfo, None, randomNonce, randomPKCECodeVerifier, randomState, type Configuration,
} from "openid-client";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startIdentityProvider, type IdentityProvider } from "../../lib/local/identity-provider.ts";
import { PEOPLE } from "../../lib/local/people.ts";
import { formOf, visitor, type Stop, type Visitor } from "../support/visitor.ts";

/** The whole way of a sign-in over HTTP, with the client library that Latchkey uses. */
const CALLBACK = "http://127.0.0.1:3000/p/sign_in/callback";
const SIGNED_OUT = "http://127.0.0.1:3000/p/signed_out";
const CLIENT_ID = "latchkey-local";

let provider: IdentityProvider;
let client: Configuration;
const printed: unknown[] = [];
for (const method of ["log", "info", "warn", "error"] as const) vi.spyOn(console, method).mockImplementation((...words) => void printed.push(words));
beforeAll(async () => {
  provider = await startIdentityProvider({ people: PEOPLE, clientId: CLIENT_ID, redirectUris: [CALLBACK], postLogoutRedirectUris: [SIGNED_OUT] });
  client = await discovery(new URL(provider.issuer), CLIENT_ID, undefined, None(), { execute: [allowInsecureRequests, enableNonRepudiationChecks] });
});
afterAll(() => provider.stop());

type Begun = { readonly url: URL; readonly checks: { readonly pkceCodeVerifier: string; readonly expectedState: string; readonly expectedNonce: string } };

async function begun(changes: Readonly<Record<string, string | undefined>> = {}): Promise<Begun> {
  const checks = { pkceCodeVerifier: randomPKCECodeVerifier(), expectedState: randomState(), expectedNonce: randomNonce() };
  const url = buildAuthorizationUrl(client, {
    redirect_uri: CALLBACK, scope: "openid email", state: checks.expectedState, nonce: checks.expectedNonce,
    code_challenge: await calculatePKCECodeChallenge(checks.pkceCodeVerifier), code_challenge_method: "S256",
  });
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  return { url, checks };
}

const isCallback = (url: URL) => url.href.startsWith(CALLBACK);

/** The page with the people, and the callback that a click on it leads to. */
const choices = async (browser: Visitor, url: URL) => browser.follow(await browser.get(url));
async function click(browser: Visitor, page: Stop, button: Readonly<Record<string, string>>): Promise<URL> {
  const { location } = await browser.follow(await browser.post(formOf(page).action, button), isCallback);
  if (location === undefined) throw new Error("The sign-in did not come back");
  return location;
}
async function signedInAs(person: string, browser = visitor()) {
  const { url, checks } = await begun();
  const tokens = await authorizationCodeGrant(client, await click(browser, await choices(browser, url), { person }), checks);
  return { browser, tokens, claims: tokens.claims() };
}

describe("signing in", () => {
  it.each(PEOPLE.map((person) => [person.email, person] as const))("%s is one click, and the id token says who", async (_email, { subject, email, emailVerified }) => {
    const { claims, tokens } = await signedInAs(subject);
    expect(claims).toMatchObject({ iss: provider.issuer, aud: CLIENT_ID, sub: subject, email, email_verified: emailVerified });
    expect(await fetchUserInfo(client, tokens.access_token, subject)).toMatchObject({ email, email_verified: emailVerified });
  });

  it("gives no refresh token: who is signed in is the portal's to say", async () => {
    expect((await signedInAs("admin")).tokens).not.toHaveProperty("refresh_token");
  });

  it("is asked for anew by whoever has signed in before, so that the next person can be tried", async () => {
    const { browser } = await signedInAs("admin");
    expect((await signedInAs("none", browser)).claims).toMatchObject({ sub: "none" });
  });

  it("that is cancelled comes back as access_denied", async () => {
    const browser = visitor();
    const { url, checks } = await begun();
    const back = await click(browser, await choices(browser, url), { cancel: "yes" });
    expect(back.searchParams.get("state")).toBe(checks.expectedState);
    await expect(authorizationCodeGrant(client, back, checks)).rejects.toMatchObject({ error: "access_denied" });
  });

  it("as somebody who is not in the list is nothing but a cancelled one", async () => {
    const browser = visitor();
    const { url } = await begun();
    expect((await click(browser, await choices(browser, url), { person: "root" })).searchParams.get("error")).toBe("access_denied");
  });
});

describe("a request is refused", () => {
  const errorOf = async (url: URL) => {
    const stop = await visitor().get(url);
    const told = new URLSearchParams(stop.location === undefined ? "" : stop.location.search || stop.location.hash.slice(1));
    return { status: stop.status, sentTo: stop.location?.origin, error: told.get("error") ?? /<p>(\w+):/.exec(stop.text)?.[1] };
  };
  const AT_THE_CALLBACK = { status: 303, sentTo: new URL(CALLBACK).origin };

  it.each([
    ["without PKCE", { code_challenge: undefined, code_challenge_method: undefined }, { ...AT_THE_CALLBACK, error: "invalid_request" }],
    ["with PKCE in name only", { code_challenge_method: "plain" }, { ...AT_THE_CALLBACK, error: "invalid_request" }],
    ["that wants a token at once", { response_type: "id_token" }, { ...AT_THE_CALLBACK, error: "unsupported_response_type" }],
    ["to go anywhere but home: nobody is sent there", { redirect_uri: "https://evil.example/callback" }, { status: 400, sentTo: undefined, error: "invalid_redirect_uri" }],
    ["to go somewhere near home", { redirect_uri: `${CALLBACK}/../other` }, { status: 400, sentTo: undefined, error: "invalid_redirect_uri" }],
    ["of a client it does not know", { client_id: "other" }, { status: 400, sentTo: undefined, error: "invalid_client" }],
  ])("%s", async (_what, changes, expected) => {
    expect(await errorOf((await begun(changes)).url)).toEqual(expected);
  });

  it("with another verifier than the one it began with", async () => {
    const browser = visitor();
    const { url, checks } = await begun();
    const back = await click(browser, await choices(browser, url), { person: "admin" });
    await expect(authorizationCodeGrant(client, back, { ...checks, pkceCodeVerifier: randomPKCECodeVerifier() })).rejects.toMatchObject({ error: "invalid_grant" });
  });

  it("with a code that was used already", async () => {
    const browser = visitor();
    const { url, checks } = await begun();
    const back = await click(browser, await choices(browser, url), { person: "admin" });
    await authorizationCodeGrant(client, back, checks);
    await expect(authorizationCodeGrant(client, back, checks)).rejects.toMatchObject({ error: "invalid_grant" });
  });

  it("when the click comes from a browser that began no sign-in", async () => {
    const page = await choices(visitor(), (await begun()).url);
    expect(await visitor().post(formOf(page).action, { person: "admin" })).toMatchObject({ status: 400, location: undefined });
  });

  it("under another name than its own, as after DNS rebinding", async () => {
    const status = await new Promise((resolve, reject) => {
      request(`${provider.issuer}/.well-known/openid-configuration`, { headers: { host: "evil.example" } }, (response) => resolve(response.resume().statusCode)).once("error", reject).end();
    });
    expect(status).toBe(421);
  });
});

describe("the page", () => {
  it("names every person with what they are, and loads nothing from anywhere", async () => {
    const { text, headers } = await choices(visitor(), (await begun()).url);
    for (const { email, about } of PEOPLE) expect(text).toMatch(new RegExp(`<button [^>]*><strong>${email}</strong><span>${about}</span></button>`));
    expect(text).not.toMatch(/https?:\/\/|\bsrc=|<link/);
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; script-src 'none'; base-uri 'none'; frame-ancestors 'none'$/);
    expect(headers.get("cache-control")).toBe("no-store");
  });
});

describe("signing out", () => {
  it("asks nothing: the page submits itself, the session is over and the person back at the portal", async () => {
    const { browser, tokens } = await signedInAs("admin");
    expect(browser.cookies(provider.issuer)).toHaveProperty("_session");
    const page = await browser.get(buildEndSessionUrl(client, { id_token_hint: tokens.id_token ?? "", post_logout_redirect_uri: SIGNED_OUT, state: "s" }));
    expect(page.text).toContain("<script>document.forms[0].submit()</script>");
    const { action, fields } = formOf(page);
    expect(fields).toMatchObject({ logout: "yes" });
    expect((await browser.post(action, fields)).location?.href).toBe(`${SIGNED_OUT}?state=s`);
    expect(browser.cookies(provider.issuer)).not.toHaveProperty("_session");
  });

  it("works by the client's id alone, which openid-client sends", async () => {
    const { browser } = await signedInAs("admin");
    const { action, fields } = formOf(await browser.get(buildEndSessionUrl(client, { post_logout_redirect_uri: SIGNED_OUT })));
    expect((await browser.post(action, fields)).location?.href).toBe(SIGNED_OUT);
  });

  it("sends nobody to an address that is not registered", async () => {
    const { browser } = await signedInAs("admin");
    const { status, location } = await browser.get(buildEndSessionUrl(client, { post_logout_redirect_uri: "https://evil.example/" }));
    expect({ status, location }).toEqual({ status: 400, location: undefined });
  });
});

describe("the provider", () => {
  it("has keys of its own at every start: another's id tokens mean nothing", async () => {
    const another = await startIdentityProvider({ people: PEOPLE, clientId: CLIENT_ID, redirectUris: [CALLBACK], postLogoutRedirectUris: [SIGNED_OUT] });
    const keysOf = async ({ issuer }: IdentityProvider) => (await fetch(`${issuer}/jwks`)).json();
    expect(await keysOf(another)).not.toEqual(await keysOf(provider));
    await another.stop();
  });

  it("never shows its private key", async () => {
    const { keys } = await (await fetch(`${provider.issuer}/jwks`)).json() as { keys: object[] };
    expect(keys.map((key) => Object.keys(key).toSorted())).toEqual([["alg", "e", "kid", "kty", "n", "use"]]);
  });

  it("says in one line when its port is taken", async () => {
    const { port } = new URL(provider.issuer);
    await expect(startIdentityProvider({ port: Number(port), people: [], clientId: "", redirectUris: [], postLogoutRedirectUris: [] })).rejects.toThrow(
      new Error(`Port ${port} is in use by another program: stop it or choose another port.`),
    );
  });

  it("listens on loopback, and lets its port go", async () => {
    const another = await startIdentityProvider({ people: PEOPLE, clientId: CLIENT_ID, redirectUris: [CALLBACK], postLogoutRedirectUris: [SIGNED_OUT] });
    const { hostname, port } = new URL(another.issuer);
    expect(hostname).toBe("127.0.0.1");
    await another.stop();
    const next = createServer();
    await new Promise<void>((listening) => next.listen(Number(port), hostname, listening));
    await new Promise((closed) => next.close(closed));
  });

  it("prints nothing on the console: what npm start says is all there is to read", () => {
    expect(printed).toEqual([]);
  });
});
