// Plain JavaScript for whatever Node is there: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

// Besides its own, what the folders need that are named on the command line: those with a lockfile of their own.
for (const folder of [".", ...process.argv.slice(2)]) {
  // npm writes this file last, so that an interrupted installation is not taken for one.
  const installedAt = modifiedAt(path.join(folder, "node_modules/.package-lock.json"));
  if (installedAt === undefined || installedAt < (modifiedAt(path.join(folder, "package-lock.json")) ?? 0)) {
    console.log(`Installing what ${folder === "." ? "Latchkey" : folder} needs (npm ci), which takes about a minute ...`);
    const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: path.join(root, folder), stdio: "inherit", shell: process.platform === "win32" });
    if (npm.status !== 0) process.exit(npm.status ?? 1);
  }
}

// On Linux, Windows and Intel Macs the lockfile brings Node 24 with it; npm scripts use that one.
const node = spawnSync("node", ["--version"], { cwd: root, encoding: "utf8", env: withLocalBin(), shell: process.platform === "win32" });
const major = Number(/^v(\d+)/.exec(node.stdout ?? "")?.[1]);
if (!(major >= 24)) {
  console.error(`Latchkey runs on Node 24, and there is none for this kind of machine in the lockfile. Install Node 24 or later (https://nodejs.org) and try again.`);
  process.exit(1);
}

function modifiedAt(file) {
  return statSync(path.join(root, file), { throwIfNoEntry: false })?.mtimeMs;
}

function withLocalBin() {
  return { ...process.env, PATH: `${path.join(root, "node_modules/.bin")}${path.delimiter}${process.env.PATH ?? ""}` };
}
