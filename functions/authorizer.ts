import type { APIGatewayRequestAuthorizerEventV2, APIGatewaySimpleAuthorizerWithContextResult } from "aws-lambda";
import { credentialOf } from "../lib/http/credential.ts";
import { log } from "../lib/http/log.ts";
import { ANONYMOUS, encodePrincipal, type PrincipalContext } from "../lib/http/principal.ts";
import { logRefusal } from "../lib/http/refusals.ts";
import { hashing, storage } from "../lib/http/runtime.ts";
import { authenticate } from "../lib/operations/authenticate.ts";

type Answer = APIGatewaySimpleAuthorizerWithContextResult<PrincipalContext> | { readonly isAuthorized: false };

/**
 * Who is calling? Never which route, never what they may do. No credential in sight is nobody, whom the endpoint
 * refuses unless the body names somebody (D17); a bad one is refused here; a storage that does not answer is neither,
 * and fails (D12), which the gateway tells as a 500.
 */
export async function handler(event: APIGatewayRequestAuthorizerEventV2): Promise<Answer> {
  const credential = credentialOf(event, process.env["ALLOW_QUERY_TOKENS"] !== "false");
  if (credential.kind !== "value") return credential.kind === "none" ? { isAuthorized: true, context: ANONYMOUS } : { isAuthorized: false };
  try {
    const principal = await authenticate({ ...storage(), ...hashing() }, credential.value);
    if (principal.kind !== "unproved") return { isAuthorized: true, context: encodePrincipal(principal) };
    if (principal.reason !== "malformed") logRefusal(principal.reason, event.requestContext?.requestId);
    return { isAuthorized: false };
  } catch (error) {
    log("ERROR", "The authorizer could not decide", { requestId: event.requestContext?.requestId, error });
    throw new Error("The authorizer could not decide");
  }
}
