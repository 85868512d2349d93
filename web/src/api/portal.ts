import * as z from "zod/mini";
import type { Answer } from "./answer.ts";
import { call } from "./call.ts";
import * as shapes from "./shapes.ts";

/** Every call that the pages make. Paths are the public API's, behind the session instead of a token. */
const API = "/p/api/admin/api";
const MOST_PER_PAGE = 500;

export type NewToken = { readonly name: string; readonly scopes: readonly string[]; readonly permission: "ro" | "rw"; readonly expires_at?: string };

export const readRights = (signal: AbortSignal) => call(`${API}/personal/rights.json`, shapes.rights, { signal });

export const listTokens = (signal: AbortSignal) => call(`${API}/personal/access_tokens.json`, shapes.tokens, { signal });
export const createToken = (wanted: NewToken) => call(`${API}/personal/access_tokens.json`, shapes.issuedToken, { method: "POST", body: wanted });
export const deleteToken = (id: number) => call(`${API}/personal/access_tokens/${id}.json`, z.unknown(), { method: "DELETE" });

export const listAllTokens = (signal: AbortSignal) => everyPage((page) => call(`${API}/access_tokens.json?page=${page}&per_page=${MOST_PER_PAGE}`, shapes.ownedTokens, { signal }), ({ id }) => id);
export const deleteTokenOf = (user: number, id: number) => call(`${API}/users/${user}/access_tokens/${id}.json`, z.unknown(), { method: "DELETE" });

export const listServiceTokens = (signal: AbortSignal) => everyPage((page) => call(`${API}/service_tokens.json?page=${page}&per_page=${MOST_PER_PAGE}`, shapes.serviceTokens, { signal }), (token) => token.service_id);
/** Leaves a record of who looked. */
export const revealServiceToken = (service: number) => call(`${API}/services/${service}/service_token.json`, shapes.revealedToken);

export const listChoices = (signal: AbortSignal) => call("/p/sign_in/choices", shapes.choices, { signal });
export const signOut = () => call("/p/sign_out", shapes.signedOut, { method: "POST" });

type Page<Item> = { readonly items: readonly Item[]; readonly pages: number };

/** A list to its end. While it is read things come and go, and what moved between two pages is taken once. */
async function everyPage<Item>(read: (page: number) => Promise<Answer<Page<Item>>>, idOf: (item: Item) => number): Promise<Answer<readonly Item[]>> {
  const all = new Map<number, Item>();
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const answer = await read(page);
    if (answer.kind !== "ok") return answer;
    for (const item of answer.value.items) all.set(idOf(item), item);
    pages = answer.value.items.length === 0 ? page : answer.value.pages;
  }
  return { kind: "ok", value: [...all.values()] };
}
