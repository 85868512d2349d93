import { randomUUID } from "node:crypto";
import { ACCOUNT_ID, API_ID, REGION } from "./aws.ts";

/** A request as it came over the wire, before a route was chosen. */
export interface WireRequest {
  readonly method: string;
  /** The request target: path and query as sent. */
  readonly target: string;
  /** Name and value pairs in the order sent, duplicates and all. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
}

export interface HttpEvent {
  readonly version: "2.0";
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly requestContext: RequestContext;
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
}

export interface RequestContext {
  readonly accountId: string;
  readonly apiId: string;
  readonly authorizer?: { readonly lambda: unknown };
  readonly domainName: string;
  readonly domainPrefix: string;
  readonly http: {
    readonly method: string;
    readonly path: string;
    readonly protocol: "HTTP/1.1";
    readonly sourceIp: string;
    readonly userAgent: string;
  };
  readonly requestId: string;
  readonly routeKey: string;
  readonly stage: "$default";
  readonly time: string;
  readonly timeEpoch: number;
}

const DOMAIN = `${API_ID}.execute-api.${REGION}.amazonaws.com`;
/** RFC 9110, 7.6.1: these concern one connection, so no gateway passes them on. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect"]);

/**
 * The path as an HTTP API sees it: decoded once, and cut at a `?` that was escaped (seen on live HTTP APIs and
 * published in github.com/middleapi/standard-server/pull/93). Throws URIError on a malformed escape.
 */
export function decodedPath(target: string): string {
  return decodeURIComponent(split(target).path).split("?", 1)[0]!;
}

/**
 * The event of payload format 2.0 (API Gateway, "Create AWS Lambda proxy integrations for HTTP APIs", "Payload format
 * structure"). What a request does not have is absent, never null: cookies, query, path parameters, body.
 */
export function buildEvent(
  request: WireRequest,
  route: { readonly routeKey: string; readonly pathParameters?: Readonly<Record<string, string>> | undefined },
  authorizer?: { readonly lambda: unknown },
): HttpEvent {
  const { query } = split(request.target);
  const rawPath = decodedPath(request.target);
  const { cookie, ...headers } = joinedHeaders(request);
  const now = new Date();
  return {
    version: "2.0",
    routeKey: route.routeKey,
    rawPath,
    rawQueryString: query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
    headers,
    ...(query === "" ? {} : { queryStringParameters: joined(new URLSearchParams(query)) }),
    requestContext: {
      accountId: ACCOUNT_ID,
      apiId: API_ID,
      ...(authorizer ? { authorizer } : {}),
      domainName: DOMAIN,
      domainPrefix: API_ID,
      http: {
        method: request.method,
        path: rawPath,
        protocol: "HTTP/1.1",
        sourceIp: request.sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: route.routeKey,
      stage: "$default",
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(route.pathParameters ? { pathParameters: route.pathParameters } : {}),
    ...bodyOf(request.body, headers["content-type"]),
  };
}

function split(target: string): { path: string; query: string } {
  const mark = target.indexOf("?");
  return mark < 0 ? { path: target, query: "" } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/**
 * "Duplicate headers are combined with commas"; all cookie headers go to `cookies`. The forwarding headers and
 * the length are always there, and `host` is always the API's own: API Gateway finds the API by it.
 */
function joinedHeaders({ headers, body, sourceIp }: WireRequest): Record<string, string> {
  const result = joined(headers.map(([name, value]) => [name.toLowerCase(), value] as const), (name) => (name === "cookie" ? "; " : ","));
  for (const name of HOP_BY_HOP) delete result[name];
  return {
    ...result,
    host: DOMAIN,
    "content-length": String(body.length),
    "x-amzn-trace-id": `Root=1-${Math.floor(Date.now() / 1000).toString(16)}-${randomUUID().replaceAll("-", "").slice(0, 24)}`,
    "x-forwarded-for": [result["x-forwarded-for"], sourceIp].filter(Boolean).join(", "),
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
  };
}

function joined(pairs: Iterable<readonly [string, string]>, separator: (name: string) => string = () => ","): Record<string, string> {
  const result = new Map<string, string>();
  for (const [name, value] of pairs) {
    const before = result.get(name);
    result.set(name, before === undefined ? value : `${before}${separator(name)}${value}`);
  }
  return Object.fromEntries(result);
}

/**
 * Which bodies arrive as text is not documented. On live HTTP APIs it is text/* and JSON, XML and JavaScript; all
 * else is base64, a form and a body without a content type too (github.com/ministackorg/ministack/pull/766).
 */
function bodyOf(body: Buffer, contentType = ""): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const type = contentType.split(";", 1)[0]!.trim().toLowerCase();
  const isText = type.startsWith("text/") || /^application\/(json|xml|javascript)$/.test(type);
  return isText ? { body: body.toString("utf8"), isBase64Encoded: false } : { body: body.toString("base64"), isBase64Encoded: true };
}

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString())!;
  return `${day}/${month}/${year}:${time} +0000`;
}
