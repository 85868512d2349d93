import { createHash } from "node:crypto";
import middy from "@middy/core";
import httpHeaderNormalizer from "@middy/http-header-normalizer";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { authorize, type Decision } from "../domain/authorize.ts";
import { DomainError, type ErrorCode } from "../domain/errors.ts";
import type { Principal } from "../domain/model.ts";
import { authenticate } from "../operations/authenticate.ts";
import { memberOf } from "../operations/context.ts";
import { readMember } from "../table/members.ts";
import { fromText, headerOf } from "./credential.ts";
import { CSV_TYPE, errorResponse, JSON_TYPE, NO_STORE, spoken, XML_TYPE, type HttpResponse } from "./errors.ts";
import { log } from "./log.ts";
import { namedRequest } from "./idempotency.ts";
import { parseInput, type Operation } from "./operation.ts";
import { merge, parseBody, parseForm, unwrap, type Params } from "./params.ts";
import { decodePrincipal, type Found } from "./principal.ts";
import { idsOf, logRefusal } from "./refusals.ts";
import { csvDocument, xmlDocument, type Reply } from "./reply.ts";
import { formatOf, locate } from "./route.ts";
import { hashing, storage } from "./runtime.ts";
import { logUse } from "./use-log.ts";

/** An event as HTTP API sends it, with what the authorizer found. */
export type HttpEvent = APIGatewayProxyEventV2 & { readonly requestContext: { readonly authorizer?: { readonly lambda?: unknown } } };
export type Served = ((event: HttpEvent, context: Context) => Promise<HttpResponse>) & { readonly operations: readonly Operation[] };

/** Where the pages of the portal call the operations of the public API. */
const PORTAL = "/p/api/";
const DEFAULT_MAX_BODY_BYTES = 8 * 1024;

/** The Lambda function that serves these operations (D18). */
export function lambda(...operations: readonly Operation[]): Served {
  return Object.assign(answering((event) => serve(operations, event)), { operations });
}

/** A Lambda function behind a route. Every failure becomes an answer; nothing is thrown to the gateway. */
export function answering(answer: (event: HttpEvent) => Promise<HttpResponse>): (event: HttpEvent, context: Context) => Promise<HttpResponse> {
  const handler = middy()
    .use(httpHeaderNormalizer())
    .onError((request) => {
      const error = spoken(request.error);
      const event = request.event as HttpEvent | null;
      if (error.cause !== undefined && (error.code === "internal" || error.code === "unavailable")) {
        const found = decodePrincipal(event?.requestContext?.authorizer?.lambda);
        const who = found?.kind === "principal" ? idsOf(found.principal) : {};
        log("ERROR", error.message, { code: error.code, requestId: event?.requestContext?.requestId, invocationId: request.context.awsRequestId, who, error: error.cause });
      }
      request.response = errorResponse(error, formatOf(event?.rawPath ?? "").format);
    })
    .handler((event) => answer(event as HttpEvent));
  return handler as unknown as ReturnType<typeof answering>;
}

/** Who, what, may they, with what: in this order, and nothing is done before all four are known. */
async function serve(operations: readonly Operation[], event: HttpEvent): Promise<HttpResponse> {
  const found = decodePrincipal(event.requestContext?.authorizer?.lambda);
  if (found === undefined || isSignedIn(found) !== event.rawPath.startsWith(PORTAL)) throw accessDenied();
  const { operation, path, format } = locate(operations, event.requestContext.http.method, publicPath(event.rawPath));

  const body = await parseBody(event, operation.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES);
  const { requestId } = event.requestContext;
  const principal = found.kind === "anonymous" ? await fromBody(body, requestId) : found.reload ? await reloaded(found.principal) : found.principal;
  try {
    const decision = authorize(principal, operation.requires);
    if (!decision.allow) throw refusal(decision);

    const params = unwrap(withoutCredential(merge(parseForm(event.rawQueryString ?? "", "query"), body)), operation.wrapper);
    const input = parseInput(operation, params);
    const named = namedRequest(event, principal, [operation.name, path, input]);
    const call = { ...storage(), ...(named === undefined ? {} : { named }), operation: operation.name, principal, path, input, format };
    const response = respond(operation.answer.reply(await operation.run(call)), format);
    return event.requestContext.http.method === "GET" ? unlessUnchanged(response, headerOf(event, "if-none-match")) : response;
  } catch (error) {
    if (error instanceof DomainError && REFUSALS.has(error.code)) logRefusal(error.code, requestId, idsOf(principal));
    throw error;
  }
}

/** What is said to somebody who was recognised and may not. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(["access_denied", "no_service_access", "insufficient_scope", "insufficient_rights", "read_only", "forbidden"]);

/** Whoever is signed in is let in to the portal's paths and to no others; whoever brings a token, or nothing, everywhere else. */
const isSignedIn = (found: Found) => found.kind === "principal" && found.principal.kind === "member";
const publicPath = (path: string) => (path.startsWith(PORTAL) ? path.slice(PORTAL.length - 1) : path);

/** Programs written for 3scale send the credential in the body, where no authorizer sees it (D17). */
async function fromBody(body: Params, requestId: string): Promise<Principal> {
  const credential = fromText(body["access_token"]);
  if (credential.kind !== "value") throw accessDenied();
  const principal = await authenticate({ ...storage(), ...hashing() }, credential.value);
  if (principal.kind === "unproved") {
    if (principal.reason !== "malformed") logRefusal(principal.reason, requestId);
    throw accessDenied();
  }
  logUse(principal);
  return principal;
}

/** A member whose list of services was too long for the authorizer's context. */
async function reloaded(principal: Principal): Promise<Principal> {
  if (principal.kind === "service_token") return principal;
  const { accountId, id } = memberOf(principal);
  const member = await readMember(storage().table, accountId, id);
  if (member?.state !== "active") throw accessDenied();
  return principal.kind === "member" ? { ...principal, member } : { ...principal, owner: member };
}

function withoutCredential(params: Params): Params {
  const { access_token: _, ...rest } = params;
  return rest;
}

function accessDenied(): DomainError {
  return new DomainError("access_denied", "Access denied");
}

function refusal(decision: Extract<Decision, { allow: false }>): DomainError {
  switch (decision.reason) {
    case "wrong_kind":
      return accessDenied();
    case "no_service_access":
      return new DomainError("no_service_access", "Access denied");
    case "admin_required":
      return new DomainError("forbidden", "Forbidden");
    case "insufficient_scope":
    case "insufficient_rights":
    case "read_only":
      return new DomainError(decision.reason, "Your access token does not have the correct permissions", { missing: decision.missing });
  }
}

/** 304 for a client that has this very answer already: what 3scale's own clients ask for. */
function unlessUnchanged(response: HttpResponse, known: string | undefined): HttpResponse {
  const etag = `W/"${createHash("sha256").update(response.body).digest("base64url").slice(0, 22)}"`;
  const headers = { ...response.headers, etag };
  return known === etag ? { statusCode: 304, headers, body: "" } : { ...response, headers };
}

function respond(reply: Reply, format: string): HttpResponse {
  const base = process.env["PUBLIC_URL"] ?? "";
  const headers: Record<string, string> = { ...NO_STORE, ...(reply.location === undefined ? {} : { location: base + reply.location }) };
  if (format === "xml" && reply.xml !== undefined) {
    return { statusCode: reply.status, headers: { ...headers, "content-type": XML_TYPE }, body: xmlDocument(reply.xml()) };
  }
  if (format === "csv" && reply.csv !== undefined) {
    const { name, rows } = reply.csv();
    const type = { "content-type": CSV_TYPE, "content-disposition": `attachment; filename="${name}"` };
    return { statusCode: reply.status, headers: { ...headers, ...type }, body: csvDocument(rows) };
  }
  const body = reply.json === undefined ? "" : JSON.stringify(reply.json(base));
  return { statusCode: reply.status, headers: { ...headers, "content-type": JSON_TYPE }, body };
}
