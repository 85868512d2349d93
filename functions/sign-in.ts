import { parseId, type AccountId } from "../lib/domain/brands.ts";
import { DomainError, notFound } from "../lib/domain/errors.ts";
import type { Refusal } from "../lib/domain/sign-in.ts";
import { JSON_TYPE, NO_STORE, type HttpResponse } from "../lib/http/errors.ts";
import { isDenial, reasonOf } from "../lib/http/issuer.ts";
import { answering, type HttpEvent } from "../lib/http/lambda.ts";
import { log } from "../lib/http/log.ts";
import { PAGE_HEADERS } from "../lib/http/portal/headers.ts";
import { PAGES } from "../lib/http/portal/pages.ts";
import { returnTo } from "../lib/http/portal/return-to.ts";
import { cookieKeys, issuer, storage } from "../lib/http/runtime.ts";
import { sessionCookie } from "../lib/http/session-cookie.ts";
import { choosingCookie, choosingOf, CLEARED_SIGNING_IN, signingInCookie, signingInOf } from "../lib/http/signing-in-cookie.ts";
import { namesOf, signIn } from "../lib/operations/sign-in.ts";

/** The way in to the portal: to the issuer, and back with a proof. */
export const handler = answering(async (event) => {
  switch (event.rawPath) {
    case "/p/sign_in":
      return start(event);
    case "/p/sign_in/callback":
      return callback(event);
    case "/p/sign_in/choices":
      return choices(event);
    default:
      throw notFound();
  }
});

async function start({ rawQueryString }: HttpEvent): Promise<HttpResponse> {
  const asked = new URLSearchParams(rawQueryString);
  try {
    const { url, challenge } = await issuer().begin({ another: asked.get("another") === "1" });
    const begun = { ...challenge, to: returnTo(asked.get("to")), account: parseId<AccountId>(asked.get("account") ?? "") };
    return redirect(url.href, await signingInCookie(cookieKeys(), begun, storage().clock()));
  } catch (error) {
    return failed(error);
  }
}

/** Whatever comes of it, the cookie of the sign-in has been used: the same way back leads nowhere again. */
async function callback(event: HttpEvent): Promise<HttpResponse> {
  const deps = storage();
  const begun = await signingInOf(cookieKeys(), event, deps.clock());
  if (begun === undefined) return refused("failed");
  try {
    const identity = await issuer().prove(event.rawQueryString, begun);
    const outcome = await signIn(deps, identity, begun.account);
    switch (outcome.kind) {
      case "signed_in":
        return redirect(begun.to, CLEARED_SIGNING_IN, await sessionCookie(cookieKeys(), outcome.session, deps.clock()));
      case "choose":
        return redirect(PAGES.choose, await choosingCookie(cookieKeys(), { accounts: outcome.accounts, to: begun.to }, deps.clock()));
      case "refused":
        return refused(outcome.reason);
    }
  } catch (error) {
    return isDenial(error) ? refused("denied") : failed(error);
  }
}

/** The accounts among which somebody has been asked to choose, for the page that asks. */
async function choices(event: HttpEvent): Promise<HttpResponse> {
  const deps = storage();
  const choosing = await choosingOf(cookieKeys(), event, deps.clock());
  if (choosing === undefined) throw new DomainError("access_denied", "Access denied");
  const body = JSON.stringify({ accounts: await namesOf(deps, choosing.accounts), to: choosing.to });
  return { statusCode: 200, headers: { ...NO_STORE, "content-type": JSON_TYPE }, body };
}

function failed(error: unknown): HttpResponse {
  log("ERROR", "Nobody could sign in", { reason: reasonOf(error) });
  return refused("failed");
}

function refused(reason: Refusal | "failed" | "denied"): HttpResponse {
  return redirect(`${PAGES.refused}?reason=${reason}`, CLEARED_SIGNING_IN);
}

function redirect(location: string, ...cookies: string[]): HttpResponse {
  return { statusCode: 302, headers: { ...PAGE_HEADERS, location }, cookies, body: "" };
}
