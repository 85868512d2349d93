import * as z from "zod/mini";
import { call } from "./call.ts";
import { front, type Page } from "./front.ts";
import * as shapes from "./shapes.ts";

/** Every call that the pages make. Paths are the public API's, behind the session instead of a token. */
const API = "/p/api/admin/api";
const PER_PAGE = 500;

export type NewToken = { readonly name: string; readonly scopes: readonly string[]; readonly permission: "ro" | "rw"; readonly expires_at?: string };

export const readRights = (signal: AbortSignal) => call(`${API}/personal/rights.json`, shapes.rights, { signal });

export const listTokens = (most: number, signal: AbortSignal) => frontOf("personal/access_tokens", shapes.tokens, most, signal);
export const createToken = (wanted: NewToken) => call(`${API}/personal/access_tokens.json`, shapes.issuedToken, { method: "POST", body: wanted });
export const deleteToken = (id: number) => call(`${API}/personal/access_tokens/${id}.json`, z.unknown(), { method: "DELETE" });

export const listAllTokens = (most: number, signal: AbortSignal) => frontOf("access_tokens", shapes.ownedTokens, most, signal);
export const deleteTokenOf = (user: number, id: number) => call(`${API}/users/${user}/access_tokens/${id}.json`, z.unknown(), { method: "DELETE" });

export const listServiceTokens = (most: number, signal: AbortSignal) => frontOf("service_tokens", shapes.serviceTokens, most, signal);
/** Leaves a record of who looked. */
export const revealServiceToken = (service: number) => call(`${API}/services/${service}/service_token.json`, shapes.revealedToken);

/** Public, and the same for everybody: the browser may keep it as long as it says. */
export const readDocument = (signal: AbortSignal) => call("/openapi.json", shapes.apiDocument, { signal, cache: "default" });

export const listChoices = (signal: AbortSignal) => call("/p/sign_in/choices", shapes.choices, { signal });
export const signOut = () => call("/p/sign_out", shapes.signedOut, { method: "POST" });

function frontOf<Item>(list: string, shape: z.ZodMiniType<Page<Item>>, most: number, signal: AbortSignal) {
  return front((after) => call(`${API}/${list}.json?per_page=${PER_PAGE}&after=${after}`, shape, { signal }), most);
}
