import { rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { InvalidArgumentError, program } from "commander";
import { announcement } from "./announcement.ts";
import { requireJava } from "./java.ts";
import { alreadyRunning } from "./already-running.ts";
import { startOffline } from "./offline.ts";
import { freePort, LOOPBACK } from "./ports.ts";
import { writeSecretFile } from "./secrets-file.ts";
import { CHECKPOINTS, portsFrom, startStack, type Stack } from "./stack.ts";
import type { TiedProcess } from "./tied-process.ts";

/** `npm start`: the whole of Latchkey on this machine. Everything it starts ends with it. */
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LOCAL = path.join(ROOT, ".local");
const DESCRIPTION = path.join(LOCAL, "latchkey.json");
/** What the command line needs to work on this system (lib/cli/local.ts). */
const ENVIRONMENT = path.join(LOCAL, "environment.json");

const options = program
  .name("npm start --")
  .description("Runs Latchkey on this machine: DynamoDB Local, the HTTP API, streams and events, and a small provider to try it with.")
  .option("--data <dir>", "keep the data in this folder between runs (default: in memory, gone at the end)")
  .option("--port <number>", "the first of six ports on loopback", port, 3000)
  .parse()
  .opts<{ data?: string; port: number }>();

let stopping = false;
try {
  await start();
} catch (error) {
  // What fails while everything is being stopped fails because of that.
  if (!stopping) {
    console.error(`Latchkey did not start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

async function start(): Promise<void> {
  requireJava();
  const running = await alreadyRunning(DESCRIPTION);
  if (running !== undefined) throw new Error(`it is running already at ${running.baseUrl} (process ${running.pid}); press Ctrl-C where it runs.`);
  const ports = portsFrom(options.port);
  await requireFree(Object.values(ports));
  const dataDir = options.data === undefined ? undefined : path.resolve(options.data);

  await mkdir(LOCAL, { recursive: true });
  let stack: Stack | undefined;
  let offline: TiedProcess | undefined;
  const stop = async (code: number) => {
    if (stopping) return;
    stopping = true;
    await Promise.all([offline?.stop("SIGKILL"), stack?.stop()]);
    process.exit(code);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(0));
  // Whichever way it ends, in the middle of its start too: what it left is gone, and its processes go with it.
  const files = [DESCRIPTION, ENVIRONMENT, path.join(LOCAL, CHECKPOINTS)];
  const forget = () => files.forEach((file) => rmSync(file, { force: true }));
  process.once("exit", forget);
  forget();

  stack = await startStack(ports, LOCAL, dataDir);
  const log = path.join(LOCAL, "latchkey.log");
  await writeFile(log, "");
  offline = await startOffline({ root: ROOT, ports, environment: stack.environment, log });

  const baseUrl = `http://${LOOPBACK}:${ports.http}`;
  writeSecretFile(ENVIRONMENT, stack.environment);
  writeSecretFile(DESCRIPTION, { baseUrl, pid: process.pid, ...stack.seeded });
  void offline.ended.then(() => {
    if (stopping) return;
    console.error(`The HTTP API ended by itself; its last words are in ${path.relative(process.cwd(), log)}.`);
    void stop(1);
  });
  console.log(announcement(baseUrl, stack.seeded, { description: path.relative(process.cwd(), DESCRIPTION), loopbackOnly: stack.loopbackOnly }));
}

async function requireFree(ports: readonly number[]): Promise<void> {
  try {
    for (const wanted of ports) await freePort(wanted);
  } catch (error) {
    throw new Error(`${(error as Error).message} Latchkey takes six, from ${options.port} on: npm start -- --port <number>`, { cause: error });
  }
}

function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1024 || number > 65_530) throw new InvalidArgumentError("It must be a number from 1024 to 65530.");
  return number;
}
