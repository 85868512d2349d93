import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Metafile } from "esbuild";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { bundle, type Sources } from "../../lib/deploy/bundle.ts";
import { loadTemplate } from "../support/template.ts";
import { MODULES, PACKAGES, ZIP_KB } from "./bundle-limits.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const template = loadTemplate(inject("packageDirectory"));
const functions = template.functions.map((fn) => [fn.name, fn] as const);
const names = functions.map(([name]) => name);

let outdir: string;
let outputs: Readonly<Record<string, Metafile["outputs"][string]>>;
beforeAll(async () => {
  outdir = mkdtempSync(path.join(tmpdir(), "bundles-"));
  const metafile = await bundle(ROOT, sources(), outdir);
  outputs = Object.fromEntries(Object.entries(metafile.outputs).filter(([file]) => file.endsWith(".mjs")).map(([file, output]) => [path.parse(file).name, output]));
}, 60_000);
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

describe("what is uploaded", () => {
  it.each(functions)("%s: one file, which is what this tree makes of it", (name, fn) => {
    // The portal has its pages beside it, which test/portal/pages.test.ts looks at.
    const entries = Object.entries(unzipSync(readFileSync(fn.zip))).filter(([file]) => !(name === "portal" && file.startsWith("dist/pages/")));
    expect(entries.map(([file]) => file)).toEqual([`dist/${name}.mjs`]);
    expect(fn.handler).toBe(`dist/${name}.handler`);
    // Half a megabyte each: a difference is told as one, not printed.
    expect(Buffer.from(entries[0]![1]).equals(readFileSync(path.join(outdir, `${name}.mjs`)))).toBe(true);
  });

  it.each(functions)("%s: no source map, nor a pointer to one", (_name, fn) => {
    for (const bytes of Object.values(unzipSync(readFileSync(fn.zip)))) expect(Buffer.from(bytes).toString("utf8")).not.toContain("sourceMappingURL");
  });

  it.each(names)("%s: an ES module that has a handler and imports nothing", (name) => {
    expect(outputs[name]).toMatchObject({ exports: ["handler"], imports: [] });
  });

  it("is nothing but the template, its state and the zips", () => {
    const files = readdirSync(inject("packageDirectory")).toSorted();
    expect(files).toEqual([
      "cloudformation-template-create-stack.json", "cloudformation-template-update-stack.json", "serverless-state.json", ...names.map((name) => `${name}.zip`),
    ].toSorted());
  });
});

describe("how large it is", () => {
  it("every function has a limit, and nothing else has", () => {
    expect(Object.keys(ZIP_KB).toSorted()).toEqual(names.toSorted());
    console.log(functions.map(([name, { zip }]) => told(name, zip)).join("\n"));
  });

  it.each(functions)("%s keeps its limit", (name, { zip }) => {
    const limit = ZIP_KB[name] ?? 0;
    expect(kilobytes(zip) <= limit ? "kept" : `more than ${limit} kB: ${told(name, zip)}`).toBe("kept");
  });
});

describe("nothing is in a function that it does not use", () => {
  it.each(Object.entries(PACKAGES))("%s is in exactly %j", (wanted, holders) => {
    expect(holdersOf(`node_modules/${wanted}/`)).toEqual(holders.toSorted());
  });

  it.each(Object.entries(MODULES))("%s, with the operations in it, is in exactly %j", (wanted, holders) => {
    expect(holdersOf(`functions/${wanted}.ts`)).toEqual(holders.toSorted());
  });
});

const kilobytes = (file: string) => statSync(file).size / 1000;

/** A function's size, and what takes most of the room in its bundle: packages, and our own modules. */
function told(name: string, zip: string): string {
  const sizes = new Map<string, number>();
  for (const [input, bytes] of inputsOf(name)) {
    const from = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? input;
    sizes.set(from, (sizes.get(from) ?? 0) + bytes);
  }
  const largest = [...sizes].toSorted(([, a], [, b]) => b - a).slice(0, 5).map(([from, bytes]) => `${from} ${(bytes / 1000).toFixed(1)}`);
  return `${name}: ${kilobytes(zip).toFixed(1)} kB of ${ZIP_KB[name]} as a zip; in it, unzipped: ${largest.join(", ")}`;
}

function inputsOf(name: string): readonly (readonly [string, number])[] {
  return Object.entries(outputs[name]?.inputs ?? {}).map(([input, { bytesInOutput }]) => [input, bytesInOutput] as const).filter(([, bytes]) => bytes > 0);
}

function holdersOf(start: string): readonly string[] {
  return names.filter((name) => inputsOf(name).some(([input]) => input.startsWith(start))).toSorted();
}

/** Where each handler is written. The package no longer knows: there, it is in the bundle. */
function sources(): Sources {
  const declared = readFileSync(path.join(ROOT, "serverless.yml"), "utf8").matchAll(/^ {2}(\w+):\n {4}handler: (functions\/\S+)$/gm);
  const found = Object.fromEntries([...declared].map(([, name = "", handler = ""]) => [name, handler]));
  expect(Object.keys(found).toSorted()).toEqual(names.toSorted());
  return found;
}
