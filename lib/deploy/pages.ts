import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "vite";

/** Text, which shrinks; fonts are compressed already. */
const COMPRESSIBLE = /\.(?:js|css|svg|json)$/;

/**
 * Builds the portal's pages (`web/`) into `outdir`: `index.html`, and `assets/` whose names hold a hash of their content,
 * each text beside a copy compressed once and for all. What an earlier build left there is removed.
 */
export async function buildPages(root: string, outdir: string): Promise<void> {
  const web = path.join(root, "web");
  const built = await asForProduction(() => build({ root: web, configFile: path.join(web, "vite.config.ts"), logLevel: "warn", build: { write: false } }));
  if (!("output" in built)) throw new Error("Vite was asked for one build");
  const files = new Map<string, Uint8Array>();
  for (const file of built.output) {
    const content = Buffer.from(file.type === "chunk" ? file.code : file.source);
    files.set(file.fileName, content);
    if (file.fileName !== "index.html" && COMPRESSIBLE.test(file.fileName)) {
      files.set(`${file.fileName}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
    }
  }
  await mkdir(path.join(outdir, "assets"), { recursive: true });
  await Promise.all([...files].map(([name, content]) => replace(path.join(outdir, name), content)));
  const left = await readdir(path.join(outdir, "assets"));
  await Promise.all(left.filter((name) => !files.has(`assets/${name}`)).map((name) => rm(path.join(outdir, "assets", name), { force: true })));
}

/** Vite, and React with it, believe `NODE_ENV` whatever they are told otherwise: what is deployed must not depend on where it was built. */
async function asForProduction<T>(make: () => Promise<T>): Promise<T> {
  const before = process.env["NODE_ENV"];
  process.env["NODE_ENV"] = "production";
  try {
    return await make();
  } finally {
    if (before === undefined) delete process.env["NODE_ENV"];
    else process.env["NODE_ENV"] = before;
  }
}

/** At once, not bit by bit: `npm start` may be serving what lies there, or another process packaging it. */
async function replace(file: string, content: Uint8Array): Promise<void> {
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, content);
  await rename(unfinished, file);
}
