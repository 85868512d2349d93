import { ACCOUNT_ID, API_ID, REGION } from "./aws.ts";
import { within } from "./deadline.ts";
import type { HttpEvent } from "./gateway-event.ts";
import { refusal, type GatewayResponse } from "./gateway-response.ts";
import type { Invoke } from "./lambda.ts";
import type { Authorizer } from "./template.ts";

/** What a request gets from the authorizer of its route. `failure` says why it was a 500. */
export type Verdict =
  | { readonly allowed: true; readonly authorizer: { readonly lambda: unknown } }
  | { readonly allowed: false; readonly response: GatewayResponse; readonly failure?: Error };

/** API Gateway, "Quotas for HTTP APIs": timeout of an authorizer. */
const TIMEOUT_MS = 10_000;

/**
 * A REQUEST authorizer with payload format 2.0 and simple responses (API Gateway, "Control access to HTTP APIs with
 * AWS Lambda authorizers"). Nothing is cached. "If the client's request doesn't include the identity sources, API
 * Gateway doesn't invoke your Lambda authorizer, and the client receives a 401"; an answer "in an invalid format",
 * or none, is a 500. `isAuthorized` is a boolean: the text "false" must not let anybody in.
 */
export async function authorize(authorizer: Authorizer, event: HttpEvent, invoke: Invoke): Promise<Verdict> {
  const identity = authorizer.identitySources.map((source) => identityOf(source, event));
  if (identity.includes(undefined)) return { allowed: false, response: refusal(401, "Unauthorized") };
  try {
    const asked = invoke(authorizer.function, authorizerEvent(event, identity));
    const answer = readAnswer(await within(TIMEOUT_MS, asked));
    if (!answer.isAuthorized) return { allowed: false, response: refusal(403, "Forbidden") };
    return { allowed: true, authorizer: { lambda: answer.context } };
  } catch (error) {
    return { allowed: false, response: refusal(500, "Internal Server Error"), failure: error as Error };
  }
}

/** Refuses, when the gateway starts, what it could only pretend to copy: a cache, IAM policies, JWTs. */
export function assertEmulated(authorizer: Authorizer): void {
  const { logicalId, type, ttlSeconds, payloadVersion, simpleResponses, identitySources } = authorizer;
  if (type !== "REQUEST" || payloadVersion !== "2.0" || !simpleResponses) {
    throw new Error(`${logicalId} is not a REQUEST authorizer with payload 2.0 and simple responses.`);
  }
  if (ttlSeconds !== 0) throw new Error(`${logicalId} would cache decisions for ${ttlSeconds} seconds.`);
  for (const source of identitySources) parseSource(source);
}

/** The event has everything but the body. Without identity sources a live HTTP API says null, not an empty list. */
export function authorizerEvent(event: HttpEvent, identity: readonly (string | undefined)[]): unknown {
  const { body: _body, isBase64Encoded: _flag, version, ...request } = event;
  const { method, path } = event.requestContext.http;
  return {
    version,
    type: "REQUEST",
    routeArn: `arn:aws:execute-api:${REGION}:${ACCOUNT_ID}:${API_ID}/$default/${method}${path}`,
    identitySource: identity.length > 0 ? identity : null,
    ...request,
  };
}

function parseSource(source: string): { readonly kind: "header" | "querystring"; readonly name: string } {
  const match = /^\$request\.(header|querystring)\.(.+)$/.exec(source);
  if (!match) throw new Error(`The gateway does not know the identity source ${source}.`);
  return { kind: match[1] as "header" | "querystring", name: match[2]! };
}

/** "Header names are case-insensitive. Query string names are case-sensitive." An empty value counts as missing. */
function identityOf(source: string, event: HttpEvent): string | undefined {
  const { kind, name } = parseSource(source);
  const value = kind === "header" ? event.headers[name.toLowerCase()] : event.queryStringParameters?.[name];
  return value === "" ? undefined : value;
}

function readAnswer(answer: unknown): { readonly isAuthorized: boolean; readonly context: unknown } {
  if (typeof answer !== "object" || answer === null) throw new Error("The authorizer's answer is not an object.");
  const { isAuthorized, context = null } = answer as { isAuthorized?: unknown; context?: unknown };
  if (typeof isAuthorized !== "boolean") throw new Error(`isAuthorized is ${JSON.stringify(isAuthorized)}, not a boolean.`);
  if (typeof context !== "object" || Array.isArray(context)) throw new Error("The authorizer's context is not an object.");
  return { isAuthorized, context: JSON.parse(JSON.stringify(context)) };
}
