import { isDeepStrictEqual } from "node:util";

/** What a request shows of a credential. "malformed" is one that is seen and cannot be right. */
export type Credential = { readonly kind: "none" } | { readonly kind: "malformed" } | { readonly kind: "value"; readonly value: string };

/** The parts of an event that can carry a credential before the body is read. */
type Carrier = {
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>> | null;
};

/** Every form of a token, imported ones included, is one word. */
const WORD = /^[A-Za-z0-9_]+$/;
const NONE = { kind: "none" } as const;
const MALFORMED = { kind: "malformed" } as const;

/**
 * Finds the credential in a header or in the query (D15, 3scale: app/lib/api_authentication). Blank counts as absent.
 * API Gateway joins repeated headers with commas, and no token has a comma: two credentials are none that can be
 * right, and neither are two that differ. With `queryAllowed` false one in the query is refused, not overlooked.
 */
export function credentialOf(event: Carrier, queryAllowed: boolean): Credential {
  const inHeader = fromHeader(headerOf(event, "authorization"));
  const inQuery = fromText(event.queryStringParameters?.["access_token"]);
  if (inQuery.kind === "none") return inHeader;
  return queryAllowed && (inHeader.kind === "none" || isDeepStrictEqual(inHeader, inQuery)) ? inQuery : MALFORMED;
}

/** A credential given as plain text: the `access_token` of a query or a body. */
export function fromText(text: unknown): Credential {
  if (text === undefined || text === null) return NONE;
  if (typeof text !== "string") return MALFORMED;
  if (text.trim() === "") return NONE;
  return WORD.test(text) ? { kind: "value", value: text } : MALFORMED;
}

function fromHeader(header: string | undefined): Credential {
  // HTTP's white space only: what else looks like none is part of a value that cannot be right.
  const value = header?.replace(/^[ \t]+|[ \t]+$/g, "");
  if (value === undefined || value === "") return NONE;
  const found = /^([A-Za-z]+)(?: +(.*))?$/.exec(value);
  if (found === null) return MALFORMED;
  const [scheme, shown = ""] = found.slice(1) as [string, string?];
  if (scheme.toLowerCase() === "bearer") return fromText(shown);
  return scheme.toLowerCase() === "basic" ? fromBasic(shown) : MALFORMED;
}

/** 3scale takes the user name, or the password when there is none. */
function fromBasic(encoded: string): Credential {
  if (encoded === "") return NONE;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return MALFORMED;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const [user] = text.split(":", 1) as [string];
  return fromText(user.trim() === "" ? text.slice(user.length + 1) : user);
}

/** A header by its lower-case name: AWS lower-cases names, other gateways keep what the client wrote. */
export function headerOf(event: Carrier, name: string): string | undefined {
  return Object.entries(event.headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}
