import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openIssuer, reasonOf } from "../../lib/http/issuer.ts";
import { startForger, type Forger, type Lie } from "../support/forger.ts";
import { startHttps, type HttpsFront } from "../support/https.ts";

/** How an issuer is asked, wherever it is and whatever it offers (OpenID Connect Discovery 1.0, 3). */
let forger: Forger;
let tls: HttpsFront;
beforeAll(async () => {
  forger = await startForger();
  tls = await startHttps(forger.issuer);
});
afterAll(async () => {
  await tls?.stop();
  await forger?.stop();
});

const redirectUri = "https://latchkey.example/p/sign_in/callback";
const open = (issuer: string) => openIssuer({ issuer, clientId: forger.clientId, clientSecret: "", redirectUri });

/** Whoever comes back from an issuer that answers like this. */
async function proved(issuer: string, lie: Lie) {
  forger.lie(lie);
  const { begin, prove } = open(issuer);
  const { challenge } = await begin({ another: false });
  forger.remember(challenge.nonce);
  return prove(`code=code&state=${challenge.state}`, challenge);
}

describe("an issuer", () => {
  it("is asked over TLS, in all its places, and is known by that address", async () => {
    const issuer = `https://${tls.host}:${tls.port}`;
    const metadata = { issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` };
    for (const place of ["authorization_endpoint", "token_endpoint", "jwks_uri"] as const) {
      await expect(proved(issuer, { metadata: { ...metadata, [place]: metadata[place].replace("https:", "http:") }, claims: { iss: issuer } })).rejects.toThrow("only requests to HTTPS are allowed");
    }
    expect(await proved(issuer, { metadata, claims: { iss: issuer, email: "a@example.com", email_verified: true } })).toEqual({ issuer, subject: "somebody", verifiedEmail: "a@example.com" });
    expect(forger.asked.at(-1)?.get("client_secret")).toBeNull();
  });

  it.each(["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"])("on this machine may do without TLS: %s is asked, and does not answer", async (issuer) => {
    expect(reasonOf(await open(issuer).begin({ another: false }).catch((error: unknown) => error))).toBe("TypeError");
  });

  it.each(["http://issuer.example", "http://127.0.0.1.example", "http://localhost.example:1"])("elsewhere is not asked without TLS: %s", async (issuer) => {
    expect(reasonOf(await open(issuer).begin({ another: false }).catch((error: unknown) => error))).toBe("OAUTH_HTTP_REQUEST_FORBIDDEN");
  });

  it("that tells no e-mail, and has no place to ask for it, tells who it is all the same", async () => {
    expect(await proved(forger.issuer, { metadata: { userinfo_endpoint: undefined } })).toEqual({ issuer: forger.issuer, subject: "somebody" });
  });

  it("that tells the e-mail is not asked for it again", async () => {
    expect(await proved(forger.issuer, { claims: { email: "a@example.com" }, userinfo: { sub: "somebody", email: "b@example.com", email_verified: true } })).toEqual({ issuer: forger.issuer, subject: "somebody" });
  });

  it("has a place to sign out at, or none", async () => {
    forger.lie({ metadata: { end_session_endpoint: "https://issuer.example/out" } });
    expect((await open(forger.issuer).endSession("https://latchkey.example/"))?.pathname).toBe("/out");
    forger.lie();
    expect(await open(forger.issuer).endSession("https://latchkey.example/")).toBeUndefined();
  });
});
