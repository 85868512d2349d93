import { readFileSync } from "node:fs";
import { request } from "node:http";
import process from "node:process";
import { brotliDecompressSync } from "node:zlib";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { PAGES } from "../../lib/http/portal/pages.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { loadTemplate } from "../support/template.ts";

/** The pages as API Gateway serves them from the function that would be deployed; test/browser looks at them in a browser. */
let deployment: Deployment;
beforeAll(async () => { deployment = await startDeployment(); });
afterAll(() => deployment.stop());

type Answer = { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: Buffer };

/** As on the wire: `fetch` would follow, decompress and normalise. */
function get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(new URL(deployment.url), { path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }));
    }).on("error", reject).end();
  });
}

const zip = unzipSync(readFileSync(loadTemplate(inject("packageDirectory")).functions.find(({ name }) => name === "portal")?.zip ?? ""));
const assets = Object.keys(zip).flatMap((name) => /^dist\/pages\/assets\/(.*)$/.exec(name)?.[1] ?? []).filter((name) => !name.endsWith(".br"));
const html = Buffer.from(zip["dist/pages/index.html"] ?? []).toString("utf8");

/** What every page says to the browser, whatever it shows. */
const STRICT = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "strict-transport-security": "max-age=63072000",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), microphone=(), geolocation=(), clipboard-read=()",
};

describe("a page", () => {
  it.each(Object.values(PAGES))("%s: is there, is never kept, runs only files of its own, and fits into no frame", async (page) => {
    const { status, headers, body } = await get(page);
    expect({ status, headers }).toMatchObject({ status: 200, headers: { ...STRICT, "content-type": "text/html; charset=utf-8" } });
    expect(body.toString()).toBe(html);
  });

  it.each(["/p/admin", `${PAGES.tokens}/`, "/p/ADMIN/user/access_tokens", "/p/admin/user/access_tokens/1", "/p/sign_in/refused/x"])("%s: is not there, and says so with the same care", async (page) => {
    const { status, headers } = await get(page);
    expect({ status, headers }).toMatchObject({ status: 404, headers: STRICT });
  });

  it("is found from the root", async () => {
    expect(await get("/")).toMatchObject({ status: 302, headers: { ...STRICT, location: PAGES.tokens } });
  });

  it("takes nothing from another host, and holds no script and no style of its own", () => {
    expect([...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url).filter((url) => !url?.startsWith("/p/assets/"))).toEqual([]);
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
    expect(html).toMatch(/<script type="module"/);
  });
});

describe("a file of the pages", () => {
  it("is named after its content, so that it may be kept for good", async () => {
    expect(assets.length).toBeGreaterThan(3);
    expect(assets.filter((name) => !/-[\w-]{8}\.(?:js|css|svg|woff2)$/.test(name))).toEqual([]);
    for (const name of assets) {
      expect({ name, ...(await get(`/p/assets/${name}`)) }).toMatchObject({
        name, status: 200, headers: { "cache-control": "public, max-age=31536000, immutable", vary: "accept-encoding", "x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin" },
      });
    }
  });

  it("comes to the byte as it was built, and compressed to who understands that", async () => {
    const script = assets.find((name) => name.startsWith("index-") && name.endsWith(".js")) ?? "";
    const content = Buffer.from(zip[`dist/pages/assets/${script}`] ?? []);
    const plain = await get(`/p/assets/${script}`);
    const compressed = await get(`/p/assets/${script}`, { "accept-encoding": "gzip, deflate, br" });
    const declined = await get(`/p/assets/${script}`, { "accept-encoding": "gzip, br;q=0" });
    expect([plain.headers["content-encoding"], compressed.headers["content-encoding"], declined.headers["content-encoding"]]).toEqual([undefined, "br", undefined]);
    expect(plain.body.equals(content) && declined.body.equals(content) && brotliDecompressSync(compressed.body).equals(content)).toBe(true);
    expect(plain.headers["content-type"]).toBe("text/javascript; charset=utf-8");
  });

  it.each(["nothing.js", "../index.html", "..%2findex.html", "%2e%2e/index.html", "../../portal.mjs", "index.html", "", "assets/x.js"])("%j is none: 404, and nothing of the function's own is read", async (name) => {
    expect(await get(`/p/assets/${name}`)).toMatchObject({ status: 404 });
  });

  it("has no source map beside it", () => {
    expect(Object.keys(zip).filter((name) => name.endsWith(".map"))).toEqual([]);
  });
});

describe("the first page", () => {
  it("is built for production, though this package was made among tests", () => {
    expect(process.env["NODE_ENV"]).toBe("test");
    expect(scriptsReachedFrom(html).filter((name) => Buffer.from(zip[`dist/pages/assets/${name}`] ?? []).includes("jsxDEV"))).toEqual([]);
  });

  it("is reached with less than 200 kB of script, compressed", () => {
    const bytes = scriptsReachedFrom(html).map((name) => zip[`dist/pages/assets/${name}.br`]?.length ?? Infinity);
    expect(bytes.length).toBeGreaterThan(0);
    expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(200_000);
  });
});

/** The scripts that load before anything is shown: those of the page, and what they import at once. What is imported later, by `import()`, is not among them. */
function scriptsReachedFrom(source: string): string[] {
  const reached = new Set<string>();
  const visit = (names: readonly string[]) => {
    for (const name of names) {
      if (reached.has(name)) continue;
      reached.add(name);
      const code = Buffer.from(zip[`dist/pages/assets/${name}`] ?? []).toString("utf8");
      visit([...code.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+\.js)["']/g)].map(([, imported]) => imported ?? ""));
    }
  };
  visit([...source.matchAll(/\/p\/assets\/([^"]+\.js)"/g)].map(([, name]) => name ?? ""));
  return [...reached];
}
