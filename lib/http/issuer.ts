import * as openid from "openid-client";
import type { Identity } from "../domain/sign-in.ts";

/** Where people prove who they are, and as which client Latchkey asks there. A client without secret is a public one. */
type Settings = { readonly issuer: string; readonly clientId: string; readonly clientSecret: string; readonly redirectUri: string };
/** What only the browser that began a sign-in can show at its end. */
export type Challenge = { readonly state: string; readonly nonce: string; readonly verifier: string };

export type Issuer = {
  /**
   * Where to send somebody who is to prove who they are, and what must be kept for their return. Who wants to be `another`
   * is asked again, although the issuer may remember them.
   */
  readonly begin: (wanted: { readonly another: boolean }) => Promise<{ readonly url: URL; readonly challenge: Challenge }>;
  /** Who has come back, by the query they came back with. Throws unless everything is proved. */
  readonly prove: (query: string, challenge: Challenge) => Promise<Identity>;
  /** Where they are signed out there too, to come back to `returnTo`; undefined when the issuer has no such place. */
  readonly endSession: (returnTo: string) => Promise<URL | undefined>;
};

/** The function ends after ten seconds: this many for each of the four things that an issuer may be asked in one request. */
const TIMEOUT_SECONDS = 2;
const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];

/**
 * An OpenID Connect issuer (authorization code with PKCE, state and nonce), by its certified client. What it publishes of
 * itself is read when it is first wanted and kept for the container's life; nothing is kept of a failure.
 */
export function openIssuer(settings: Settings): Issuer {
  let discovered: Promise<openid.Configuration> | undefined;
  const configuration = () => (discovered ??= discover(settings).catch((error: unknown) => {
    discovered = undefined;
    throw error;
  }));

  return {
    async begin({ another }) {
      const challenge = { state: openid.randomState(), nonce: openid.randomNonce(), verifier: openid.randomPKCECodeVerifier() };
      const url = openid.buildAuthorizationUrl(await configuration(), {
        redirect_uri: settings.redirectUri, scope: "openid email", state: challenge.state, nonce: challenge.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(challenge.verifier), code_challenge_method: "S256",
        ...(another ? { prompt: "login" } : {}),
      });
      return { url, challenge };
    },
    async prove(query, { state, nonce, verifier }) {
      const config = await configuration();
      const tokens = await openid.authorizationCodeGrant(config, new URL(`${settings.redirectUri}?${query}`), {
        expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error("The issuer gave no id token");
      // Some tell the e-mail in the id token, some only when asked for it.
      const elsewhere = claims["email"] === undefined && config.serverMetadata().userinfo_endpoint !== undefined;
      const { email, email_verified: verified }: Readonly<Record<string, unknown>> = elsewhere ? await openid.fetchUserInfo(config, tokens.access_token, claims.sub) : claims;
      // Cognito may say it as text.
      const isVerified = typeof email === "string" && email !== "" && (verified === true || verified === "true");
      return { issuer: claims.iss, subject: claims.sub, ...(isVerified ? { verifiedEmail: email } : {}) };
    },
    async endSession(returnTo) {
      const config = await configuration();
      if (config.serverMetadata().end_session_endpoint === undefined) return undefined;
      // The standard's name for where to come back to, and Cognito's.
      return openid.buildEndSessionUrl(config, { post_logout_redirect_uri: returnTo, logout_uri: returnTo });
    },
  };
}

/** Whether it was the person, or the issuer on its own account, who said no: not a failure of anything. */
export function isDenial(error: unknown): boolean {
  return error instanceof openid.AuthorizationResponseError && error.error === "access_denied";
}

/** What may be logged of a failure, its code or its kind: the issuer's answers, which the error may hold, are not part of it. */
export function reasonOf(error: unknown): string {
  const { code, cause, name } = error as { readonly code?: unknown; readonly cause?: { readonly code?: unknown }; readonly name?: unknown };
  return String([code, cause?.code, name].find((part) => typeof part === "string"));
}

function discover({ issuer, clientId, clientSecret }: Settings): Promise<openid.Configuration> {
  const server = new URL(issuer);
  const insecure = server.protocol === "http:" && LOOPBACK.includes(server.hostname) ? [openid.allowInsecureRequests] : [];
  // The client without a secret, which is the empty one, proves itself by nothing but its code.
  return openid.discovery(server, clientId, clientSecret, undefined, {
    // The signature is checked although the token came from the issuer itself, over TLS.
    execute: [openid.enableNonRepudiationChecks, ...insecure], timeout: TIMEOUT_SECONDS,
  });
}
