import { PAGES } from "./pages.ts";

/** A page of the portal, with a query: no host, no back slash, no dots that lead elsewhere, nothing that is escaped twice. */
const PAGE = /^\/p\/[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*(?:\?[A-Za-z0-9_.~=&%+-]*)?$/;
/** What is no page to come back to: the ways in and out, and what pages call. */
const NOT_A_PAGE = /^\/p\/(?:sign_in|sign_out|signed_out|api|assets)(?:[/?]|$)/;
const MAX_LENGTH = 500;

/** Where somebody is brought after signing in: the page they asked for if it is one of ours, their tokens otherwise. */
export function returnTo(asked: string | null): string {
  return asked !== null && asked.length <= MAX_LENGTH && PAGE.test(asked) && !NOT_A_PAGE.test(asked) ? asked : PAGES.tokens;
}
