import { mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { build, type Metafile, type Plugin } from "esbuild";
import { builtins, substitutes } from "./lighter.ts";

/** Where a function's handler is written: `functions/access-tokens.create` is the export `create` of that file. */
export type Sources = Readonly<Record<string, string>>;

/**
 * Bundles every function by itself into `<outdir>/<name>.mjs`, whose export is `handler`: minified ESM for Node 24
 * of the modules that its file reaches and no others. Source maps lie beside it and are not deployed.
 *
 * @param plugins what a benchmark puts in the place of a module, to build the same function otherwise.
 */
export async function bundle(root: string, sources: Sources, outdir: string, plugins: readonly Plugin[] = []): Promise<Metafile> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, `handler:${source}`])),
    outdir,
    outExtension: { ".js": ".mjs" },
    write: false,
    bundle: true, minify: true, treeShaking: true, metafile: true,
    format: "esm", platform: "node", target: "node24", mainFields: ["module", "main"],
    sourcemap: "external", legalComments: "none",
    logLevel: "warning",
    plugins: [oneHandler(root), ...plugins, builtins, substitutes(root)],
  });
  await mkdir(outdir, { recursive: true });
  await Promise.all(outputFiles.map(({ path: file, contents }) => replace(file, contents)));
  return metafile;
}

/** At once, not bit by bit: `npm start` may be running what lies there, or another process packaging it. */
async function replace(file: string, contents: Uint8Array): Promise<void> {
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, contents);
  await rename(unfinished, file);
}

/** Makes an entry point of a single export, by the name that Lambda calls. */
function oneHandler(root: string): Plugin {
  return {
    name: "one-handler",
    setup(build) {
      build.onResolve({ filter: /^handler:/ }, ({ path: source }) => ({ path: source.slice("handler:".length), namespace: "handler" }));
      build.onLoad({ filter: /./, namespace: "handler" }, ({ path: source }) => {
        const { dir, name, ext } = path.posix.parse(source);
        const exported = ext.slice(1);
        return { contents: `export { ${exported} as handler } from "./${dir}/${name}.ts";`, resolveDir: root };
      });
    },
  };
}
