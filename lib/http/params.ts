import qs from "qs";
import { DomainError } from "../domain/errors.ts";
import { headerOf } from "./credential.ts";

/** Parameters as programs send them: nested, and not yet believed. */
export type Params = Readonly<Record<string, unknown>>;

type Body = {
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
};

const LIMITS = { depth: 6, parameterLimit: 1000, arrayLimit: 1000, throwOnLimitExceeded: true, strictDepth: true };

/** `a=1&b[]=2&c[d]=3`, as in queries and form bodies (Rack's nested parameters). */
export function parseForm(text: string, where: "query" | "body"): Params {
  if (!isUtf8Escaped(text)) throw new DomainError("malformed_request", `The ${where} is not valid UTF-8`);
  try {
    return parseNested(text);
  } catch (error) {
    throw new DomainError("malformed_request", "There are too many parameters, or they are nested too deeply", { cause: error });
  }
}

/** The same without words for what is wrong; `limits` are for calls with more parameters than usual. Throws when they are passed. */
export function parseNested(text: string, limits: Partial<Pick<typeof LIMITS, "parameterLimit" | "arrayLimit">> = {}): Params {
  return qs.parse(text.split("&").map(firstEqualsSplits).join("&"), { ...LIMITS, ...limits }) as Params;
}

function isUtf8Escaped(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** A value may hold anything: only the first `=` divides, also where a value looks like a nested name. */
function firstEqualsSplits(pair: string): string {
  const at = pair.indexOf("=") + 1;
  return at === 0 ? pair : pair.slice(0, at) + pair.slice(at).replaceAll("=", "%3D");
}

/**
 * The parameters in a body: JSON, a form, or a multipart form; a body without a content type is taken for what it
 * looks like, because programs written for 3scale leave it out. Throws with the limit when it is too long.
 */
export async function parseBody(event: Body, maxBytes: number): Promise<Params> {
  const bytes = bodyOf(event, maxBytes);
  if (bytes.length === 0) return {};
  const contentType = headerOf(event, "content-type") ?? "";
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "multipart/form-data") return parseMultipart(bytes, contentType);
  const text = decode(bytes);
  if (type === "application/json" || type.endsWith("+json") || (type === "" && /^\s*\{/.test(text))) return parseJson(text);
  if (type === "application/x-www-form-urlencoded" || type === "") return parseForm(text, "body");
  throw new DomainError(
    "unsupported_media_type",
    "The content type is not supported: send application/json, application/x-www-form-urlencoded or multipart/form-data",
  );
}

/** The bytes of a body. Throws with the limit when there are too many. */
export function bodyOf(event: Body, maxBytes: number): Buffer {
  const bytes = Buffer.from(event.body ?? "", event.isBase64Encoded === true ? "base64" : "utf8");
  if (bytes.length > maxBytes) throw new DomainError("payload_too_large", `The body is too large (maximum is ${maxBytes} bytes)`);
  return bytes;
}

/** Query and body are one set of parameters; where both name one, the query's counts, as in Rails. */
export function merge(query: Params, body: Params): Params {
  return { ...body, ...query };
}

/** Attributes come bare or under the name of their resource: `{"service": {…}}`. */
export function unwrap(params: Params, names: string | readonly string[] | undefined): Params {
  const name = [names ?? []].flat().find((each) => params[each] !== undefined);
  if (name === undefined) return params;
  const inner = params[name];
  if (!isObject(inner)) throw new DomainError("wrong_type", `Wrong type for parameter: ${name}`);
  const { [name]: _, ...outer } = params;
  return { ...outer, ...inner };
}

function parseJson(text: string): Params {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DomainError("malformed_request", "The body is not valid JSON", { cause: error });
  }
  if (!isObject(value)) throw new DomainError("malformed_request", "The body must be a JSON object");
  return value;
}

/** The fields of a multipart form; a file among them is refused. */
export async function parseMultipart(bytes: Buffer, contentType: string): Promise<Params> {
  try {
    decode(bytes);
    const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": contentType } }).formData();
    const fields = [...form].map(([name, value]) => {
      if (typeof value !== "string") throw new TypeError(`${name} is a file`);
      return `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
    });
    return parseForm(fields.join("&"), "body");
  } catch (error) {
    throw new DomainError("malformed_request", "The body is not a valid multipart form of text fields", { cause: error });
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new DomainError("malformed_request", "The body is not valid UTF-8", { cause: error });
  }
}

function isObject(value: unknown): value is Params {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
