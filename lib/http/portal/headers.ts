import { NO_STORE } from "../errors.ts";

/**
 * What browsers may do with the portal's pages: run, style and fetch what comes from this very address as a file, and
 * nothing else; never inside another page (threats T33, T34).
 */
const POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", "font-src 'self'", "img-src 'self' data:", "connect-src 'self'",
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join("; ");

const EVERYWHERE = {
  "x-content-type-options": "nosniff",
  "strict-transport-security": "max-age=63072000",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

/** For a page: never kept, so that none comes back from a cache when the person has gone. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...EVERYWHERE,
  ...NO_STORE,
  "content-security-policy": POLICY,
  "cross-origin-opener-policy": "same-origin",
  "x-frame-options": "DENY",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), clipboard-read=()",
};

/** For a file whose name holds a hash of its content: kept for good. */
export const ASSET_HEADERS: Readonly<Record<string, string>> = {
  ...EVERYWHERE,
  "cache-control": "public, max-age=31536000, immutable",
  vary: "accept-encoding",
};
