import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestOfSources, isBuilt, noteBuilt } from "../../lib/deploy/built.ts";

let root: string;
let outdir: string;
const write = (file: string, content: string) => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), content);
};

beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), "latchkey-built-"));
  outdir = path.join(root, "dist");
  for (const file of ["functions/a.ts", "lib/domain/b.ts", "web/src/c.tsx", "package-lock.json", "serverless.yml", "dist/a.mjs", "dist/pages/index.html"]) write(file, file);
  await noteBuilt(outdir, await digestOfSources(root));
});
afterEach(() => rmSync(root, { recursive: true }));

const isStillBuilt = async () => isBuilt(outdir, await digestOfSources(root));

describe("what was built is built again", () => {
  it("never while nothing has changed that it is made from", async () => {
    write("README.md", "other words");
    write("test/a.test.ts", "another test");
    expect(await isStillBuilt()).toBe(true);
  });

  it.each(["functions/a.ts", "lib/domain/b.ts", "web/src/c.tsx", "package-lock.json", "serverless.yml"])("when %s says something else", async (file) => {
    write(file, "something else");
    expect(await isStillBuilt()).toBe(false);
  });

  it.each(["lib/domain/new.ts", "tsconfig.json"])("when %s is new", async (file) => {
    write(file, "");
    expect(await isStillBuilt()).toBe(false);
  });

  it("when a file was moved", async () => {
    rmSync(path.join(root, "lib/domain/b.ts"));
    write("lib/b.ts", "lib/domain/b.ts");
    expect(await isStillBuilt()).toBe(false);
  });

  it.each(["a.mjs", "pages/index.html", "built.json"])("when %s of it is gone", async (file) => {
    rmSync(path.join(outdir, file));
    expect(await isStillBuilt()).toBe(false);
  });
});
