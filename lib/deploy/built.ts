import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

/** All that bundles and pages are made from; of dependencies, and of the tools, the lockfile tells which they are. */
const SOURCES = ["functions", "lib", "web", "serverless.yml", "tsconfig.json", "package.json", "package-lock.json"];
const NOTE = "built.json";

type Built = { readonly from: string; readonly files: readonly string[] };

/** What is built from `root` as it is now: the same digest is the same output. */
export async function digestOfSources(root: string): Promise<string> {
  const digest = createHash("sha256");
  for (const file of (await Promise.all(SOURCES.map((name) => filesIn(root, name)))).flat()) {
    const content = await readFile(path.join(root, file));
    digest.update(`${file}\n${content.length}\n`).update(content);
  }
  return digest.digest("hex");
}

/** Whether `outdir` holds, whole, what was built from sources of this digest: then it need not be built again. */
export async function isBuilt(outdir: string, from: string): Promise<boolean> {
  const note = path.join(outdir, NOTE);
  if (!existsSync(note)) return false;
  const built = JSON.parse(await readFile(note, "utf8")) as Built;
  return built.from === from && built.files.every((file) => existsSync(path.join(outdir, file)));
}

/** Notes, when all of it lies there, what `outdir` was built from. */
export async function noteBuilt(outdir: string, from: string): Promise<void> {
  const files = (await filesIn(outdir, ".")).filter((file) => file !== NOTE);
  await writeFile(path.join(outdir, NOTE), JSON.stringify({ from, files } satisfies Built));
}

async function filesIn(root: string, name: string): Promise<string[]> {
  const at = path.join(root, name);
  if (!existsSync(at)) return [];
  const entries = await readdir(at, { recursive: true, withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return [name];
  return entries.filter((entry) => entry.isFile()).map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))).toSorted();
}
