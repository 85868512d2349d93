import { missingName, PERMISSION_NAMES, sentenceList } from "./names.ts";

/** What stands for a token in the requests that are shown. The token itself is only in the one that is sent. */
export const TOKEN_IN_HEADER = "YOUR_TOKEN";
export const TOKEN_IN_QUERY = "YOUR_SERVICE_TOKEN";

export const FORM = "application/x-www-form-urlencoded";

export type Tokens = { readonly access: string; readonly service: string };

/** The address and headers that are sent for those that are shown. A token that was not given is not sent. */
export function asSent(url: string, headers: Readonly<Record<string, string>>, { access, service }: Tokens): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const others = Object.entries(headers).filter(([, value]) => value !== `Bearer ${TOKEN_IN_HEADER}`);
  const asks = others.length < Object.keys(headers).length;
  return {
    url: url.replace(`service_token=${TOKEN_IN_QUERY}`, `service_token=${encodeURIComponent(service)}`),
    headers: { ...Object.fromEntries(others), ...(asks && access !== "" ? { Authorization: `Bearer ${access}` } : {}) },
  };
}

/** A form whose nested values are written in brackets, as the API reads them: Swagger UI writes them as JSON. */
export function bracketed(form: string): string {
  const written = new URLSearchParams();
  const write = (name: string, value: unknown): void => {
    if (typeof value === "object") Object.entries(value ?? {}).forEach(([key, item]) => write(`${name}[${key}]`, item));
    else written.append(name, `${value as string | number | boolean}`);
  };
  for (const [name, text] of new URLSearchParams(form)) write(name, objectIn(text) ?? text);
  return written.toString();
}

/** What is wrong with a text as a token; nothing when it may be one. All tokens, those of 3scale too, are one word. */
export function notAToken(text: string): string | undefined {
  return text === "" || /^\w+$/.test(text) ? undefined : "This is no token: tokens are one word of letters, digits and underscores.";
}

/** What came back. `code` and `missing` as in the API's refusals; `status` is undefined when nothing came. */
export type Outcome = { readonly status: number | undefined; readonly code?: string | undefined; readonly missing?: readonly string[] | undefined };

/** An answer's code, out of JSON or out of the XML of the Service Management API. */
export function outcomeOf(status: number | undefined, body: string): Outcome {
  const [, code] = /^(?:<\?xml[^>]*>)?\s*<error code="(\w+)"/.exec(body) ?? [];
  if (code !== undefined) return { status, code };
  const { code: told, missing } = objectIn(body) ?? {};
  return {
    status, ...(typeof told === "string" ? { code: told } : {}),
    ...(Array.isArray(missing) ? { missing: missing.filter((each) => typeof each === "string") } : {}),
  };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null ? { ...read } : undefined;
  } catch {
    return undefined;
  }
}

const ADVICE: Readonly<Record<string, string>> = {
  no_service_access: "The owner of the token reaches no service: ask an admin for access to one.",
  forbidden: "The owner of the token is not an admin: ask one to do this.",
  refused: "It cannot be done now: “errors” in the answer says why.",
  service_token_invalid: "This is not the service token of that service: compare both with your Tokens page.",
  provider_key_or_service_token_required: "No service token was sent: paste it under “Service token” above.",
};

/** What to do about a call that was refused or failed; nothing about one that went well. Names of scopes by `nameOf`. */
export function adviceOn({ status, code, missing = [] }: Outcome, token: string, nameOf: (scope: string) => string): string | undefined {
  if (status === undefined) return "The call did not reach Latchkey. Check your connection, and try again.";
  if (status < 400) return undefined;
  if (status === 401 || status === 403) return (code !== undefined && Object.hasOwn(ADVICE, code) ? ADVICE[code] : undefined) ?? refusal(code, missing, token, nameOf);
  if (status === 404) return "It is not there, or not for you. Check the ids in the path.";
  if (status === 409) return "The call that you asked about may not go on: “reason” in the answer says why.";
  if (status === 422) return "Correct what the answer names, and try again.";
  return status < 500 ? "The answer says what was expected. Correct it, and try again." : "Latchkey could not answer. Try again in a moment.";
}

function refusal(code: string | undefined, missing: readonly string[], token: string, nameOf: (scope: string) => string): string {
  const named = sentenceList(missing.map((each) => (each.startsWith("scope:") ? `the scope ${nameOf(each.slice("scope:".length))}` : missingName(each))), "or");
  if (code === "read_only") return `The token may only read: use one with the permission ${PERMISSION_NAMES.rw}.`;
  if (code === "insufficient_scope") return `The token does not reach this: use one with ${named}.`;
  if (code === "insufficient_rights") return `The owner of the token lacks ${named}: ask an admin for it.`;
  return token === "" ? "No token was sent: paste one under “Access token” above." : "The token was refused: it is unknown, deleted or expired, or its owner is not active. Paste another one above.";
}
