import { describe, expect, it } from "vitest";
import { isFromOwnPages } from "../../lib/http/same-origin.ts";

const OWN = "https://latchkey.example";
const SITES = ["same-origin", "same-site", "cross-site", "none", "", "Same-Origin", "same-origin,cross-site", undefined] as const;
const ORIGINS = [OWN, "https://evil.example", "http://latchkey.example", "https://latchkey.example:8443", "https://latchkey.example.evil.example", "https://sub.latchkey.example", `${OWN}/`, "null", "", undefined] as const;
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "ANYTHING"] as const;

/** The few that may pass: the whole rest of the table is refused. */
const ALLOWED = new Set([
  ...METHODS.flatMap((method) => [[method, "same-origin", OWN], [method, "same-origin", undefined]]),
  ...METHODS.map((method) => [method, undefined, OWN]),
  ["GET", undefined, undefined], ["HEAD", undefined, undefined],
].map((row) => JSON.stringify(row)));

const rows = METHODS.flatMap((method) => SITES.flatMap((site) => ORIGINS.map((origin) => [method, site, origin] as const)));

describe("a request that a cookie speaks for", () => {
  it.each(rows)("%s, Sec-Fetch-Site %j, Origin %j", (method, site, origin) => {
    expect(isFromOwnPages({ method, site, origin }, OWN)).toBe(ALLOWED.has(JSON.stringify([method, site, origin])));
  });

  it("is allowed in these cases and no others", () => {
    expect(rows.filter(([method, site, origin]) => isFromOwnPages({ method, site, origin }, OWN))).toHaveLength(ALLOWED.size);
  });
});
