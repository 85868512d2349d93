import { DomainError } from "../lib/domain/errors.ts";
import { JSON_TYPE, NO_STORE } from "../lib/http/errors.ts";
import { answering } from "../lib/http/lambda.ts";
import { decodeSession } from "../lib/http/principal.ts";
import { storage } from "../lib/http/runtime.ts";
import { CLEARED_SESSION } from "../lib/http/session-cookie.ts";
import { endSession } from "../lib/operations/sessions.ts";

/** POST /p/sign_out: from the answer on the session is over, wherever its cookie has been copied to. Tells where to go next. */
export const handler = answering(async ({ requestContext }) => {
  const session = decodeSession(requestContext?.authorizer?.lambda);
  if (session === undefined) throw new DomainError("access_denied", "Access denied");
  await endSession(storage(), session);
  return { statusCode: 200, headers: { ...NO_STORE, "content-type": JSON_TYPE }, cookies: [CLEARED_SESSION], body: JSON.stringify({ location: "/p/signed_out" }) };
});
