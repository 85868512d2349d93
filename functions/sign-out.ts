import { DomainError } from "../lib/domain/errors.ts";
import { JSON_TYPE, NO_STORE } from "../lib/http/errors.ts";
import { reasonOf } from "../lib/http/issuer.ts";
import { answering } from "../lib/http/lambda.ts";
import { log } from "../lib/http/log.ts";
import { PAGES } from "../lib/http/portal/pages.ts";
import { decodeSession } from "../lib/http/principal.ts";
import { issuer, setting, storage } from "../lib/http/runtime.ts";
import { CLEARED_SESSION } from "../lib/http/session-cookie.ts";
import { endSession } from "../lib/operations/sessions.ts";

/** POST /p/sign_out: from the answer on the session is over, wherever its cookie has been copied to. Tells where to go next. */
export const handler = answering(async ({ requestContext }) => {
  const session = decodeSession(requestContext?.authorizer?.lambda);
  if (session === undefined) throw new DomainError("access_denied", "Access denied");
  await endSession(storage(), session);
  const body = JSON.stringify({ location: await whereNext() });
  return { statusCode: 200, headers: { ...NO_STORE, "content-type": JSON_TYPE }, cookies: [CLEARED_SESSION], body };
});

/** To the issuer, where they are still signed in; an issuer that does not answer keeps nobody here. */
async function whereNext(): Promise<string> {
  try {
    return (await issuer().endSession(setting("PUBLIC_URL") + PAGES.signedOut))?.href ?? PAGES.signedOut;
  } catch (error) {
    log("ERROR", "The issuer does not say where people sign out", { reason: reasonOf(error) });
    return PAGES.signedOut;
  }
}
