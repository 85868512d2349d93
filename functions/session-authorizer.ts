import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerWithContextResult } from "aws-lambda";
import { headerOf } from "../lib/http/credential.ts";
import { log } from "../lib/http/log.ts";
import { encodeSession, type PrincipalContext } from "../lib/http/principal.ts";
import { cookieKeys, setting, storage } from "../lib/http/runtime.ts";
import { isFromOwnPages } from "../lib/http/same-origin.ts";
import { sessionOf } from "../lib/http/session-cookie.ts";
import { authenticateSession } from "../lib/operations/sessions.ts";

type Answer = APIGatewaySimpleAuthorizerWithContextResult<PrincipalContext> | { readonly isAuthorized: false };

const REFUSED = { isAuthorized: false } as const;

/**
 * Whose portal is this? Looks at the session's cookie and at nothing else: a token opens nothing here. A request that
 * another site made is refused before anything is read, whatever it carries.
 */
export async function handler(event: APIGatewayRequestAuthorizerEventV2): Promise<Answer> {
  try {
    const provenance = { method: event.requestContext.http.method, site: headerOf(event, "sec-fetch-site"), origin: headerOf(event, "origin") };
    if (!isFromOwnPages(provenance, new URL(setting("PUBLIC_URL")).origin)) return REFUSED;
    const deps = storage();
    const session = await sessionOf(cookieKeys(), event, deps.clock());
    const member = session === undefined ? undefined : await authenticateSession(deps, session);
    return session === undefined || member === undefined ? REFUSED : { isAuthorized: true, context: encodeSession(member, session) };
  } catch (error) {
    log("ERROR", "The authorizer could not decide", { requestId: event.requestContext?.requestId, error });
    throw new Error("The authorizer could not decide");
  }
}
