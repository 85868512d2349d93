import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listenOnLoopback, LOOPBACK } from "../../lib/local/ports.ts";
import { accessLogLine, type Served } from "./access-log.ts";
import { TimedOut, within } from "./deadline.ts";
import { assertEmulated, authorize } from "./gateway-authorizer.ts";
import { buildEvent, decodedPath, type HttpEvent, type WireRequest } from "./gateway-event.ts";
import { readResponse, refusal, type GatewayResponse } from "./gateway-response.ts";
import { routeSelector, type SelectedRoute } from "./gateway-routes.ts";
import type { Invoke } from "./lambda.ts";
import { referencesIn } from "./references.ts";
import type { Template } from "./template.ts";

export type { HttpEvent } from "./gateway-event.ts";

export interface Gateway {
  readonly url: string;
  /** Why requests were answered 500 or 503: what AWS puts in `$context.integrationErrorMessage` and `$context.authorizer.error`. */
  readonly failures: readonly Error[];
  stop(): Promise<void>;
}

/** Whoever watches what is answered. */
export type Seen = (method: string, target: string, answer: GatewayResponse) => void;

/** API Gateway, "Quotas for HTTP APIs". */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_HEAD_BYTES = 10_240;
/** Lambda, "Quotas": the event of a synchronous invocation, which is the whole JSON and not only the body. */
const MAX_EVENT_BYTES = 6_291_456;

/**
 * An API Gateway HTTP API on loopback, made from the packaged template.
 *
 * It copies what AWS documents, and where AWS documents nothing it takes the strict side. A template with a feature
 * it does not copy does not start, so that no test ever passes because something was quietly left out.
 */
export async function startGateway({ template, invoke, seen, log }: {
  template: Template; invoke: Invoke; seen?: Seen; log?: (line: string) => void;
}): Promise<Gateway> {
  assertTemplate(template);
  const failures: Error[] = [];
  const api: Api = {
    select: routeSelector(template.routes),
    authorizers: new Map(template.authorizers.map((authorizer) => [authorizer.logicalId, authorizer])),
    invoke,
    fail: (error) => void failures.push(error),
    seen: seen ?? (() => {}),
    log: (served) => {
      if (log && template.accessLogFormat !== undefined) log(accessLogLine(template.accessLogFormat, served));
    },
  };
  // Node's own limit must not be the one that decides.
  const server = createServer({ maxHeaderSize: 8 * MAX_HEAD_BYTES }, (request, response) => {
    // A fault of the gateway itself must not look like an answer: the client sees the connection break.
    serve(request, response, api).catch((error: Error) => response.destroy(error));
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://${LOOPBACK}:${port}`,
    failures,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((closed) => void server.close(() => closed()));
    },
  };
}

export interface HttpEventOptions {
  readonly method: string;
  /** With the query, as on the wire. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly routeKey?: string;
  readonly pathParameters?: Readonly<Record<string, string>>;
  /** What the authorizer said. When it is not given, no authorizer ran. */
  readonly context?: unknown;
}

/** The event the gateway would build: for calling a handler directly, with a context no authorizer would give. */
export function httpEvent(wanted: HttpEventOptions): HttpEvent {
  const { method, path, headers = {}, body = "", routeKey = `${method} ${decodedPath(path)}`, pathParameters } = wanted;
  const wire: WireRequest = { method, target: path, headers: Object.entries(headers), body: Buffer.from(body), sourceIp: "127.0.0.1" };
  return buildEvent(wire, { routeKey, pathParameters }, "context" in wanted ? { lambda: wanted.context } : undefined);
}

interface Api {
  readonly select: ReturnType<typeof routeSelector>;
  readonly authorizers: ReadonlyMap<string, Template["authorizers"][number]>;
  readonly invoke: Invoke;
  readonly fail: (error: Error) => void;
  readonly seen: Seen;
  readonly log: (served: Served) => void;
}

async function serve(request: IncomingMessage, response: ServerResponse, api: Api): Promise<void> {
  const answer = await respond(request, api);
  const { status, headers, body } = answer;
  api.seen(request.method!, request.url!, answer);
  response.writeHead(status, { ...headers, "content-length": body.length });
  response.end(body);
}

async function respond(request: IncomingMessage, api: Api): Promise<GatewayResponse> {
  const wire = await readRequest(request);
  if (headBytes(wire) > MAX_HEAD_BYTES) return refusal(431, "Request Header Fields Too Large");
  if (wire.body.length > MAX_BODY_BYTES) return refusal(413, "Request Entity Too Large");
  let path: string;
  try {
    path = decodedPath(wire.target);
  } catch {
    return refusal(400, "Bad Request");
  }
  const selected = api.select(wire.method, path);
  return selected ? await callRoute(wire, selected, api) : refusal(404, "Not Found");
}

async function callRoute(wire: WireRequest, { route, pathParameters }: SelectedRoute, api: Api): Promise<GatewayResponse> {
  const where = { routeKey: route.routeKey, pathParameters };
  const began = Date.now();
  let event = buildEvent(wire, where);
  const logged = (response: GatewayResponse) => {
    api.log({ event, status: response.status, latencyMs: Date.now() - began });
    return response;
  };
  if (route.authorizer !== undefined) {
    const verdict = await authorize(api.authorizers.get(route.authorizer)!, event, api.invoke);
    if (!verdict.allowed) {
      if (verdict.failure) api.fail(verdict.failure);
      return logged(verdict.response);
    }
    event = { ...event, requestContext: { ...event.requestContext, authorizer: verdict.authorizer } };
  }
  if (Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_BYTES) return logged(refusal(413, "Request Entity Too Large"));
  const response = await callIntegration(route, event, api);
  return logged({ ...response, headers: { ...response.headers, "apigw-requestid": event.requestContext.requestId } });
}

/** A function that fails or answers nonsense is a 500, one that outlasts the integration's timeout a 503. */
async function callIntegration(route: Template["routes"][number], event: HttpEvent, api: Api): Promise<GatewayResponse> {
  try {
    return readResponse(await within(route.timeoutMs, api.invoke(route.function, event)));
  } catch (error) {
    api.fail(error as Error);
    return error instanceof TimedOut ? refusal(503, "Service Unavailable") : refusal(500, "Internal Server Error");
  }
}

async function readRequest(request: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Past the limit the rest is read but not kept, so that the client gets to read its 413.
    if (size <= MAX_BODY_BYTES + chunk.length) chunks.push(chunk);
  }
  const { rawHeaders } = request;
  return {
    method: request.method!,
    target: request.url!,
    headers: rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1]!] as const] : [])),
    body: Buffer.concat(chunks),
    sourceIp: request.socket.remoteAddress!,
  };
}

/** "Total combined size of request line and header values". */
function headBytes({ method, target, headers }: WireRequest): number {
  const line = `${method} ${target} HTTP/1.1`;
  return headers.reduce((sum, [, value]) => sum + Buffer.byteLength(value, "latin1"), Buffer.byteLength(line));
}

function assertTemplate(template: Template): void {
  const resources = Object.entries(template.resources);
  const every = (type: string) => resources.filter(([, { Type }]) => Type === type);
  for (const [id, { Properties }] of every("AWS::ApiGatewayV2::Api")) {
    if (Properties["CorsConfiguration"]) throw new Error(`${id} has a CORS configuration, which this gateway does not copy.`);
  }
  for (const [id, { Properties }] of every("AWS::ApiGatewayV2::Stage")) {
    if (Properties["StageName"] !== "$default") throw new Error(`${id} is not the $default stage.`);
  }
  template.authorizers.forEach(assertEmulated);
  // "If API Gateway doesn't have permission to invoke your function, clients receive a 500 Internal Server Error."
  const permitted = every("AWS::Lambda::Permission")
    .filter(([, { Properties }]) => Properties["Principal"] === "apigateway.amazonaws.com")
    .flatMap(([, { Properties }]) => referencesIn(Properties["FunctionName"]));
  for (const { function: id } of [...template.routes, ...template.authorizers]) {
    if (!permitted.includes(id)) throw new Error(`API Gateway may not invoke ${id}: the template has no permission for it.`);
  }
}
