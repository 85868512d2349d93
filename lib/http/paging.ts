import type { PageWanted } from "../table/list.ts";

/** 3scale's limit for lists, and its default for those of the Account Management API. */
const MAX_PER_PAGE = 500;
/** Any page as far as this is past the end. */
const LAST_PAGE = 1e12;

/** `page` and `per_page` as 3scale reads them: what is not a number in range is the default, never an error. */
export function pageWanted(input: { readonly page?: unknown; readonly per_page?: unknown }, usual: number = MAX_PER_PAGE): PageWanted {
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
