import { validateHeaderName, validateHeaderValue } from "node:http";

/** What goes back to the client. */
export interface GatewayResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** An answer of the gateway itself. HTTP APIs have no custom gateway responses: the body is always this one. */
export function refusal(status: number, message: string): GatewayResponse {
  return { status, headers: { "content-type": "application/json" }, body: Buffer.from(JSON.stringify({ message })) };
}

/** The gateway computes these; a function that sets them is not asked. */
const OWN = ["content-length", "transfer-encoding", "connection"];

/**
 * How an HTTP API reads what a function returned (API Gateway, "Lambda function response for format 2.0").
 *
 * Anything without a `statusCode` is inferred to be the body of a 200 with JSON. With one, it must be well formed, or
 * this throws and the client receives a 500; live HTTP APIs do so for 0 and for 200.5 (snapshots in
 * github.com/aws/aws-lambda-dotnet, Tools/LambdaTestTool-v2), the other checks are ours, on the strict side.
 */
export function readResponse(result: unknown): GatewayResponse {
  if (typeof result !== "object" || result === null || !("statusCode" in result)) {
    const body = typeof result === "string" ? result : JSON.stringify(result);
    return { status: 200, headers: { "content-type": "application/json" }, body: Buffer.from(body) };
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = result as Partial<Record<string, unknown>>;
  return {
    status: readStatus(statusCode),
    headers: { "content-type": "text/plain; charset=utf-8", ...readHeaders(headers ?? {}), ...readCookies(cookies ?? []) },
    body: readBody(body ?? "", isBase64Encoded ?? false),
  };
}

function readStatus(statusCode: unknown): number {
  if (typeof statusCode !== "number" || !Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) {
    throw new Error(`The statusCode ${JSON.stringify(statusCode)} is not an HTTP status.`);
  }
  return statusCode;
}

/** Format 2.0 has one value a header; a list, or one name in two cases, is something no client would get twice. */
function readHeaders(headers: unknown): Record<string, string> {
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) throw new Error("The headers are not an object.");
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers) as [string, unknown][]) {
    const lower = name.toLowerCase();
    if (!["string", "number", "boolean"].includes(typeof value)) throw new Error(`The header ${name} is not text.`);
    if (Object.hasOwn(result, lower)) throw new Error(`The header ${name} is given twice.`);
    validateHeaderName(lower);
    validateHeaderValue(lower, String(value));
    result[lower] = String(value);
  }
  for (const name of OWN) delete result[name];
  return result;
}

/** "In the response to the client, each cookie becomes a set-cookie header." */
function readCookies(cookies: unknown): { readonly "set-cookie"?: readonly string[] } {
  if (!Array.isArray(cookies) || !cookies.every((cookie) => typeof cookie === "string")) throw new Error("The cookies are not a list of text.");
  for (const cookie of cookies) validateHeaderValue("set-cookie", cookie);
  return cookies.length > 0 ? { "set-cookie": cookies } : {};
}

/** HTTP APIs decode whenever the flag is set, whatever the content types say. */
function readBody(body: unknown, isBase64Encoded: unknown): Buffer {
  if (typeof body !== "string") throw new Error("The body is not text.");
  if (typeof isBase64Encoded !== "boolean") throw new Error("isBase64Encoded is not a boolean.");
  if (!isBase64Encoded) return Buffer.from(body, "utf8");
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(body)) throw new Error("The body is not base64.");
  return Buffer.from(body, "base64");
}
