import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { headerOf } from "../lib/http/credential.ts";
import { ASSET_HEADERS, PAGE_HEADERS } from "../lib/http/portal/headers.ts";
import { PAGES } from "../lib/http/portal/pages.ts";

/** What the build of `web/` left beside this function: one page, and the files it is made of. */
const BUILT = new URL("./pages/", import.meta.url);
const ASSETS = "/p/assets/";
const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".json": "application/json; charset=utf-8",
};
const COMPRESSED = ".br";

const page = once(() => readFileSync(new URL("index.html", BUILT), "utf8"));
/** A closed list: no name from outside ever becomes a path. */
const names = once(() => new Set(readdirSync(new URL("assets/", BUILT))));

/** The portal's pages and their files. It reads no table and holds no key: who is asking is the business of what the pages call. */
export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const asked = event.rawPath;
  if (asked === "/") return { statusCode: 302, headers: { ...PAGE_HEADERS, location: PAGES.tokens }, body: "" };
  if (asked.startsWith(ASSETS)) return asset(asked.slice(ASSETS.length), headerOf(event, "accept-encoding") ?? "");
  const known = Object.values<string>(PAGES).includes(asked);
  // The page itself says that there is no such page, with the way back.
  return { statusCode: known ? 200 : 404, headers: { ...PAGE_HEADERS, "content-type": "text/html; charset=utf-8" }, body: page() };
}

function asset(name: string, encodings: string): APIGatewayProxyStructuredResultV2 {
  const type = TYPES[path.extname(name)];
  if (type === undefined || !names().has(name)) return { statusCode: 404, headers: { ...PAGE_HEADERS, "content-type": "text/plain; charset=utf-8" }, body: "Not found" };
  const compressed = names().has(name + COMPRESSED) && /\bbr\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(encodings);
  const body = readFileSync(new URL(`assets/${name}${compressed ? COMPRESSED : ""}`, BUILT)).toString("base64");
  return { statusCode: 200, headers: { ...ASSET_HEADERS, "content-type": type, ...(compressed ? { "content-encoding": "br" } : {}) }, body, isBase64Encoded: true };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
