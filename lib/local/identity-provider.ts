import { generateKeyPair } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { errors, interactionPolicy, Provider, type Configuration, type KoaContextWithOIDC } from "oidc-provider";
import { memory } from "./identity/memory.ts";
import { choicePage, errorPage, signedOutPage, signOutPage, type Page } from "./identity/pages.ts";
import type { LocalPerson } from "./people.ts";
import { listenOnLoopback, LOOPBACK } from "./ports.ts";

type Wanted = {
  readonly port?: number;
  readonly people: readonly LocalPerson[];
  readonly clientId: string;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
};
export type IdentityProvider = { readonly issuer: string; stop(): Promise<void> };
type Context = Pick<KoaContextWithOIDC, "type" | "set" | "body">;

const SIGN_IN = "/sign-in/";
const SESSION_COOKIE = "_session";
const MINUTES = 60;
const HOURS = 60 * MINUTES;

/**
 * An OpenID provider on loopback, for this machine alone: the certified library with a page of our own, on which
 * signing in is one click. One public client, authorization code with PKCE (OpenID Connect Core 1.0, RFC 7636), and
 * sign-out that the client begins (OpenID Connect RP-Initiated Logout 1.0).
 */
export async function startIdentityProvider({ port: wanted, people, ...client }: Wanted): Promise<IdentityProvider> {
  const server = createServer();
  const port = await listenOnLoopback(server, wanted);
  const issuer = `http://${LOOPBACK}:${port}`;
  const provider = new Provider(issuer, await configuration(people, client));

  provider.use(async (ctx, next) => {
    // As in the double of AWS: a web page can make its own name point at 127.0.0.1, but cannot send another name.
    if (`http://${ctx.host}` !== issuer) ctx.throw(421, "Not this provider's address.");
    // Nobody is remembered: people are tried one after the other, and each sign-in asks anew who it is.
    if (ctx.path.startsWith("/auth")) ctx.req.headers.cookie = without(SESSION_COOKIE, ctx.req.headers.cookie);
    await next();
  });
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith(SIGN_IN)) return next();
    try {
      const { uid } = await provider.interactionDetails(ctx.req, ctx.res);
      if (ctx.method !== "POST") return show(ctx, choicePage(`${SIGN_IN}${uid}`, people));
      ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, chosen(await text(ctx.req), people), { mergeWithLastSubmission: false }));
      ctx.status = 303;
    } catch (error) {
      if (!(error instanceof errors.OIDCProviderError)) throw error;
      ctx.status = error.status;
      show(ctx, errorPage(error));
    }
  });
  const answer = provider.callback();
  server.on("request", (request, response) => void answer(request, response));

  return {
    issuer,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function configuration(people: readonly LocalPerson[], client: Omit<Wanted, "port" | "people">): Promise<Configuration> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const policy = interactionPolicy.base();
  policy.remove("consent");
  return {
    adapter: memory(),
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" }] },
    clients: [{
      client_id: client.clientId,
      redirect_uris: client.redirectUris,
      post_logout_redirect_uris: client.postLogoutRedirectUris,
      token_endpoint_auth_method: "none",
    }],
    responseTypes: ["code"],
    scopes: ["openid", "email"],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    // The e-mail is in the id token, as with Cognito, and not only at the userinfo endpoint.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { names: { session: SESSION_COOKIE } },
    interactions: { policy, url: (_ctx, { uid }) => `${SIGN_IN}${uid}` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => show(ctx, signOutPage(form)),
        postLogoutSuccessSource: (ctx) => show(ctx, signedOutPage()),
      },
    },
    renderError: (ctx, what) => show(ctx, errorPage(what)),
    clientBasedCORS: () => false,
    ttl: { AccessToken: 10 * MINUTES, IdToken: 10 * MINUTES, Interaction: HOURS, Session: 8 * HOURS, Grant: 8 * HOURS },
    findAccount(_ctx, subject) {
      const person = people.find((each) => each.subject === subject);
      return person && { accountId: subject, claims: () => ({ sub: subject, email: person.email, email_verified: person.emailVerified }) };
    },
    /** Consent is not asked for: what may be asked for is granted. */
    async loadExistingGrant({ oidc: { provider, client: asking, session } }) {
      if (asking === undefined || session?.accountId === undefined) return undefined;
      const grant = new provider.Grant({ clientId: asking.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid email");
      await grant.save();
      return grant;
    },
  };
}

/** What was clicked, as the library wants it: a person, or an end. */
function chosen(form: string, people: readonly LocalPerson[]) {
  const subject = new URLSearchParams(form).get("person");
  return people.some((each) => each.subject === subject) && subject !== null
    ? { login: { accountId: subject } }
    : { error: "access_denied", error_description: "Signing in was cancelled" };
}

function show(ctx: Context, { html, policy }: Page): void {
  ctx.type = "html";
  ctx.set("content-security-policy", policy);
  ctx.set("cache-control", "no-store");
  ctx.body = html;
}

function without(name: string, cookies = ""): string {
  return cookies.split("; ").filter((cookie) => !cookie.startsWith(`${name}=`)).join("; ");
}
