import { mkdir, rm, writeFile } from "node:fs/promises";
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
import { portsFrom, startStack } from "./stack.ts";

/** `npm start`: the whole of Latchkey on this machine. Everything it starts ends with it. */
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LOCAL = path.join(ROOT, ".local");
const DESCRIPTION = path.join(LOCAL, "latchkey.json");

const options = program
  .name("npm start --")
  .description("Runs Latchkey on this machine: DynamoDB Local, the HTTP API, streams and events, and a small provider to try it with.")
  .option("--data <dir>", "keep the data in this folder between runs (default: in memory, gone at the end)")
  .option("--port <number>", "the first of five ports on loopback", port, 3000)
  .parse()
  .opts<{ data?: string; port: number }>();

try {
  await start();
} catch (error) {
  console.error(`Latchkey did not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

async function start(): Promise<void> {
  requireJava();
  const running = await alreadyRunning(DESCRIPTION);
  if (running !== undefined) throw new Error(`it is running already at ${running.baseUrl} (process ${running.pid}); press Ctrl-C where it runs.`);
  const ports = portsFrom(options.port);
  for (const wanted of Object.values(ports)) await freePort(wanted);

  await mkdir(LOCAL, { recursive: true });
  const stack = await startStack(ports, LOCAL, options.data === undefined ? undefined : path.resolve(options.data));
  const log = path.join(LOCAL, "latchkey.log");
  await writeFile(log, "");
  const offline = await startOffline({ root: ROOT, ports, environment: stack.environment, log });

  const baseUrl = `http://${LOOPBACK}:${ports.http}`;
  await writeSecretFile(DESCRIPTION, { baseUrl, pid: process.pid, ...stack.seeded });
  let stopping = false;
  const stop = async (code: number) => {
    if (stopping) return;
    stopping = true;
    await rm(DESCRIPTION, { force: true });
    await Promise.all([offline.stop("SIGKILL"), stack.stop()]);
    process.exit(code);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => void stop(0));
  void offline.ended.then(() => {
    if (stopping) return;
    console.error(`The HTTP API ended by itself; its last words are in ${path.relative(process.cwd(), log)}.`);
    void stop(1);
  });
  console.log(announcement(baseUrl, stack.seeded, { description: path.relative(process.cwd(), DESCRIPTION), loopbackOnly: stack.loopbackOnly }));
}

function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1024 || number > 65_531) throw new InvalidArgumentError("It must be a number from 1024 to 65531.");
  return number;
}
