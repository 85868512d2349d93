import { DomainError } from "../domain/errors.ts";
import { memberOf } from "../operations/context.ts";
import { openCursor, sealCursor } from "../secrets/cursor.ts";
import { WHOLE, type Page, type PageWanted } from "../table/page.ts";
import type { Call } from "./operation.ts";
import type { Listed } from "./reply.ts";
import { hashing } from "./runtime.ts";

type Asked = { readonly page?: unknown; readonly per_page?: unknown; readonly after?: unknown };

/** 3scale's limit for lists, and its default for those of the Account Management API. */
const MAX_PER_PAGE = 500;
/** Any page as far as this is past the end. */
const LAST_PAGE = 1e12;

/**
 * A list in pages. Whoever sends `after` gets what comes after that cursor, from the front when it is blank, and the
 * cursor to go on by. `otherwise` is what the list is without: 3scale's pages with their totals ("counted"), pages
 * without totals where 3scale has no such list, or all of it where 3scale has no pages.
 * A cursor that is not of this caller and this question is a 400.
 */
export async function paged<T>(
  call: Call<Asked>, list: (wanted: PageWanted) => Promise<Page<T>>,
  { usual = MAX_PER_PAGE, otherwise = "counted" }: { readonly usual?: number; readonly otherwise?: "counted" | "uncounted" | "whole" } = {},
): Promise<Listed<T>> {
  const { next, ...page } = await list(wanted(call, usual, otherwise));
  return { ...page, ...(next === undefined ? {} : { next: sealCursor(hashing().peppers, questionOf(call), next) }) };
}

function wanted(call: Call<Asked>, usual: number, otherwise: "counted" | "uncounted" | "whole"): PageWanted {
  const { after } = call.input;
  const { page, perPage } = pageWanted(call.input, usual);
  if (after !== undefined) return { perPage, after: placeOf(call, after) };
  return otherwise === "whole" ? WHOLE : { perPage, page, withTotal: otherwise === "counted" };
}

function placeOf(call: Call<Asked>, after: unknown): number {
  if (after === "" || after === null) return 0;
  const place = typeof after === "string" ? openCursor(hashing().peppers, questionOf(call), after) : undefined;
  if (place === undefined) throw new DomainError("invalid_parameter", "after is not a cursor of this list: take it from the answer before");
  return place;
}

/** Who asks what, as one text: the operation, the variables of its path and all filters, but not how long pages are. */
function questionOf({ operation, principal, path, input: { page: _page, per_page: _perPage, after: _after, ...filters } }: Call<Asked>): string {
  const { accountId, id } = memberOf(principal);
  return JSON.stringify([operation, accountId, id, path, filters]);
}

/** `page` and `per_page` as 3scale reads them: what is not a number in range is the default, never an error. */
export function pageWanted(input: Asked, usual: number = MAX_PER_PAGE): { readonly page: number; readonly perPage: number } {
  const page = positive(input.page) ?? 1;
  const perPage = positive(input.per_page) ?? usual;
  return { page: Math.min(page, LAST_PAGE), perPage: perPage > MAX_PER_PAGE ? usual : perPage };
}

function positive(value: unknown): number | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !/^\d{1,30}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= 1 ? number : undefined;
}
