import type { PageWanted } from "../table/list.ts";

/** 3scale's default and its limit for lists of the Account Management API. */
const MAX_PER_PAGE = 500;
/** Any page as far as this is past the end. */
const LAST_PAGE = 1e12;

/** `page` and `per_page` as 3scale reads them: what is not a number in range is the default, never an error. */
export function pageWanted(input: { readonly page?: unknown; readonly per_page?: unknown }): PageWanted {
  const page = positive(input.page) ?? 1;
  const perPage = positive(input.per_page) ?? MAX_PER_PAGE;
  return { page: Math.min(page, LAST_PAGE), perPage: perPage > MAX_PER_PAGE ? MAX_PER_PAGE : perPage };
}

function positive(value: unknown): number | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !/^\d{1,30}$/.test(text)) return undefined;
  const number = Number(text);
  return number >= 1 ? number : undefined;
}
