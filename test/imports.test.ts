import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Which of our own directories each may import, besides itself. Nothing in lib or functions imports a test. */
const LIB = ["lib/domain", "lib/secrets", "lib/table", "lib/operations", "lib/http"];
const TOOLS = ["lib/local", "lib/cli", "lib/deploy"];
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "lib/domain": [],
  "lib/secrets": ["lib/domain"],
  "lib/table": ["lib/domain"],
  "lib/operations": ["lib/domain", "lib/table", "lib/secrets"],
  "lib/http": ["lib/domain", "lib/table", "lib/secrets", "lib/operations"],
  "lib/openapi": ["lib/domain", "lib/http", "package.json"],
  functions: ["lib/domain", "lib/table", "lib/operations", "lib/http", "lib/openapi"],
  "lib/local": [...LIB, ...TOOLS, "package.json"],
  "lib/cli": [...LIB, ...TOOLS, "package.json"],
  "lib/deploy": [...LIB, ...TOOLS, "package.json"],
};

/** AWS is spoken to in few places: the rest can be read, and tested, without it. */
const MAY_USE_AWS = ["lib/table/dynamodb/", "lib/http/queue.ts", "functions/publish-events.ts", "functions/count-traffic.ts", "lib/secrets/keyring.ts", "lib/local/", "lib/cli/"];
/** What the rules may take from outside: nothing that reads, writes, waits or draws. */
const DOMAIN_MAY_USE = ["node:zlib"];

type Import = { readonly from: string; readonly specifier: string };

/** The specifiers of a source: `import … from`, `export … from`, `import "…"`, `import("…")`, `import.meta.resolve`, `require`. */
function specifiersIn(source: string): string[] {
  const code = source.replace(/^\s*(?:\/\/|\/\*|\*).*$/gm, "");
  const statement = /^\s*(?:import|export)\b(?:[^"'`;()]*?\bfrom)?\s*["']([^"'\n]+)["']/gm;
  const call = /\b(?:import|require|require\.resolve|import\.meta\.resolve)\s*\(\s*["'`]([^"'`\n$]+)["'`]/g;
  return [...code.matchAll(statement), ...code.matchAll(call)].flatMap(([, specifier]) => specifier ?? []);
}

const sources = ["lib", "functions"]
  .flatMap((directory) => readdirSync(path.join(ROOT, directory), { recursive: true, encoding: "utf8" }).map((file) => path.posix.join(directory, ...file.split(path.sep))))
  .filter((file) => /\.(?:ts|mts|js|mjs)$/.test(file));
const imports: Import[] = sources.flatMap((from) => specifiersIn(readFileSync(path.join(ROOT, from), "utf8")).map((specifier) => ({ from, specifier })));

const isOwn = ({ specifier }: Import) => specifier.startsWith(".");
const targetOf = ({ from, specifier }: Import) => path.posix.join(path.posix.dirname(from), specifier);
/** "lib/http" for "lib/http/represent/member.ts", "functions" for "functions/users.ts". */
const directoryOf = (file: string) => file.split("/").slice(0, file.startsWith("lib/") ? 2 : 1).join("/");
const told = (found: readonly Import[]) => found.map(({ from, specifier }) => `${from} imports ${specifier}`);

describe("the direction of imports", () => {
  it("is read from every kind of import there is", () => {
    expect(specifiersIn(`
      import a from "./a.ts";
      import type { B } from './b.ts';
      import { c, type D,
        e } from "./c.ts";
      import * as f from "f";
      import g, { h } from "@scope/g/sub";
      import "./side-effect.ts";
      export { i } from "./i.ts";
      export * from "./j.ts";
      export type { K } from "./k.ts";
      import table from "./table.json" with { type: "json" };
      const l = await import("./l.ts"); const m = require("m"); const n = import.meta.resolve("./n.ts"); require.resolve("o");
      type P = import("./p.ts").P;
      // import no from "./comment.ts"
      /**
       * import no from "./comment.ts"
       */
      export const q = 1; const r = "r";
      const from = "s";
      type T = "import" | "export" | "from"; const u = { from: "u" };
    `).sort()).toEqual(["./a.ts", "./b.ts", "./c.ts", "f", "@scope/g/sub", "./side-effect.ts", "./i.ts", "./j.ts", "./k.ts", "./table.json", "./l.ts", "m", "./n.ts", "o", "./p.ts"].sort());
  });

  it("has a rule for every directory, and every directory is there", () => {
    expect([...new Set(sources.map(directoryOf))].sort()).toEqual(Object.keys(MAY_IMPORT).sort());
  });

  it("is read from imports that lead somewhere", () => {
    const own = imports.filter(isOwn);
    expect(own.length).toBeGreaterThan(150);
    expect(told(own.filter((each) => !existsSync(path.join(ROOT, targetOf(each)))))).toEqual([]);
  });

  it.each(Object.entries(MAY_IMPORT))("%s imports only %j", (directory, allowed) => {
    const own = imports.filter((each) => isOwn(each) && directoryOf(each.from) === directory);
    expect(own.length).toBeGreaterThan(0);
    expect(told(own.filter((each) => ![directory, ...allowed].includes(directoryOf(targetOf(each)))))).toEqual([]);
  });

  it("never goes in a circle between directories", () => {
    const reaches = (from: string, seen: readonly string[] = []): readonly string[] =>
      (MAY_IMPORT[from] ?? []).flatMap((to) => (seen.includes(to) ? [] : [to, ...reaches(to, [...seen, to])]));
    expect([...LIB, "functions"].filter((directory) => reaches(directory).includes(directory))).toEqual([]);
  });
});

describe("what comes from outside", () => {
  it("is named as what it is: built-in modules begin with node:", () => {
    expect(told(imports.filter(({ specifier }) => isBuiltin(specifier) && !specifier.startsWith("node:")))).toEqual([]);
  });

  it("never reaches the rules: lib/domain computes, from what it is given", () => {
    expect(told(imports.filter((each) => each.from.startsWith("lib/domain/") && !isOwn(each) && !DOMAIN_MAY_USE.includes(each.specifier)))).toEqual([]);
  });

  it("is AWS only where it is spoken to", () => {
    const aws = imports.filter(({ specifier }) => specifier.startsWith("@aws-sdk/"));
    expect(aws.length).toBeGreaterThan(5);
    expect(told(aws.filter(({ from }) => !MAY_USE_AWS.some((place) => from.startsWith(place))))).toEqual([]);
  });

  it("is declared: every package is in package.json, and those that are deployed are no development tools", () => {
    const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as Record<"dependencies" | "devDependencies", Record<string, string>>;
    const deployed = Object.keys(manifest.dependencies);
    const known = [...deployed, ...Object.keys(manifest.devDependencies)];
    const packages = imports.filter((each) => !isOwn(each) && !isBuiltin(each.specifier));
    const nameOf = ({ specifier }: Import) => specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
    expect(told(packages.filter((each) => !known.includes(nameOf(each)) && !known.includes(`@types/${nameOf(each)}`)))).toEqual([]);
    // `aws-lambda` is types alone: nothing of it is there at run time.
    expect(told(packages.filter((each) => !TOOLS.includes(directoryOf(each.from)) && nameOf(each) !== "aws-lambda" && !deployed.includes(nameOf(each))))).toEqual([]);
  });
});
