import { appendFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { LOOPBACK } from "./ports.ts";
import { spawnTied, type TiedProcess } from "./tied-process.ts";
import { STAGE, type portsFrom } from "./stack.ts";
import { handOnUses } from "./uses.ts";

type Wanted = {
  readonly root: string;
  readonly ports: ReturnType<typeof portsFrom>;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: string;
};

const START_TIMEOUT_MS = 300_000;

/** Runs serverless-offline over the bundles of serverless.yml, and returns when the API answers. Its chatter goes to a log file. */
export async function startOffline({ root, ports, environment, log }: Wanted): Promise<TiedProcess> {
  const uses = handOnUses(ports.lambda, `latchkey-${STAGE}-recordUse`);
  const onOutput = (text: string) => {
    appendFileSync(log, text);
    uses(text);
  };
  const offline = spawnTied(process.execPath, [
    fileURLToPath(new URL("./api-gateway.ts", import.meta.url)), "offline", "--stage", STAGE, "--host", LOOPBACK, "--httpPort", String(ports.http), "--lambdaPort", String(ports.lambda),
    "--albPort", String(ports.identity + 1),
  ], { cwd: root, env: { ...process.env, ...environment, SLS_TELEMETRY_DISABLED: "1" }, onOutput });

  const patience = AbortSignal.timeout(START_TIMEOUT_MS);
  while (offline.alive() && !patience.aborted) {
    if (await answers(`http://${LOOPBACK}:${ports.http}/admin/api/provider.json`)) return offline;
    await sleep(50);
  }
  const why = offline.lastWords().trim().split("\n").slice(-5).join("\n");
  await offline.stop("SIGKILL");
  throw new Error(`serverless-offline did not answer: ${why}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    // Without a credential the answer is 403: the authorizer and the function behind it are up.
    return (await fetch(url, { signal: AbortSignal.timeout(5000) })).status === 403;
  } catch {
    return false;
  }
}
