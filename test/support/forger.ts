import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from "jose";
import { listenOnLoopback, LOOPBACK } from "../../lib/local/ports.ts";

/** What the forger answers with, where it differs from what an honest issuer would. */
export type Lie = {
  readonly metadata?: object;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Signs in place of the key that is published. */
  readonly sign?: (token: SignJWT) => Promise<string>;
  readonly tokens?: object;
  readonly userinfo?: object;
  /** The status of everything, or no answer at all. */
  readonly status?: number | "hangs";
};

export type Forger = {
  readonly issuer: string;
  readonly clientId: string;
  /** The key that it publishes. */
  readonly publicKey: CryptoKey;
  /** What it was sent to its token endpoint, as forms. */
  readonly asked: URLSearchParams[];
  /** From now on it lies like this; an honest issuer without. */
  lie(lie?: Lie): void;
  /** Remembers the nonce of a sign-in, as an issuer does that shows a page. */
  remember(nonce: string): void;
  stop(): Promise<void>;
};

const CLIENT_ID = "latchkey-forged";

/** An issuer that can be made to answer anything: an honest one gives no wrong signature, and no other's nonce. */
export async function startForger(): Promise<Forger> {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwk = { ...(await exportJWK(publicKey)), kid: "the key", alg: "RS256", use: "sig" };
  const asked: URLSearchParams[] = [];
  let told: Lie = {};
  let nonce = "";
  const server = createServer();
  const port = await listenOnLoopback(server);
  const issuer = `http://${LOOPBACK}:${port}`;

  server.on("request", (request, response) => {
    void (async () => {
      const body = await text(request);
      if (told.status === "hangs") return;
      response.writeHead(told.status ?? 200, { "content-type": "application/json" });
      response.end(JSON.stringify(told.status === undefined ? await answerTo(request.url ?? "", body) : { error: "server_error" }));
    })();
  });

  async function answerTo(path: string, body: string): Promise<unknown> {
    switch (path) {
      case "/.well-known/openid-configuration":
        return {
          issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`, userinfo_endpoint: `${issuer}/me`,
          response_types_supported: ["code"], subject_types_supported: ["public"], id_token_signing_alg_values_supported: ["RS256"], ...told.metadata,
        };
      case "/jwks":
        return { keys: [jwk] };
      case "/token":
        asked.push(new URLSearchParams(body));
        return { access_token: "opaque", token_type: "bearer", id_token: await idToken(), ...told.tokens };
      default:
        return told.userinfo ?? { sub: subject() };
    }
  }

  const subject = () => told.claims?.["sub"] ?? "somebody";

  async function idToken(): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const token = new SignJWT({ iss: issuer, aud: CLIENT_ID, nonce, iat: now, exp: now + 60, sub: "somebody", ...told.claims });
    return told.sign === undefined ? token.setProtectedHeader({ alg: "RS256", kid: "the key" }).sign(privateKey) : told.sign(token);
  }

  return {
    issuer, clientId: CLIENT_ID, publicKey, asked,
    lie: (lie = {}) => { told = lie; },
    remember: (seen) => { nonce = seen; },
    stop: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
