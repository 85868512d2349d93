import { PAGES } from "../../../lib/http/portal/pages.ts";

/** Where sign-in begins; it comes back to `to`, a page of ours. */
export function signInAddress(to: string, account?: number): string {
  const query = new URLSearchParams({ to, ...(account === undefined ? {} : { account: String(account) }) });
  return `/p/sign_in?${query}`;
}

/** The same for who was refused: without `another` the issuer, who remembers them, would send the same person back at once. */
export const anotherAddress = (): string => `/p/sign_in?${new URLSearchParams({ to: PAGES.tokens, another: "1" })}`;

/** Where a person goes once signed out: to the issuer's own sign-out over HTTPS (or HTTP on this machine), or to a page of ours. */
export function afterSignOut(location: string, here: string): string {
  const url = URL.canParse(location, here) ? new URL(location, here) : undefined;
  const isSafe = url !== undefined && (url.protocol === "https:" || url.origin === new URL(here).origin || (url.protocol === "http:" && /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)));
  return isSafe ? url.href : PAGES.signedOut;
}
