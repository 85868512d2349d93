import { readFileSync } from "node:fs";
import { shipped, type Lockfile } from "./lockfile.ts";

/** `npm run licences`: what is shipped, under which licence, one package a line. */
const lockfile = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8")) as Lockfile;
for (const { name, version, license } of shipped(lockfile)) console.log(`${name}\t${version}\t${license ?? "?"}`);
