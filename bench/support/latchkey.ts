import process from "node:process";
import { document } from "../../functions/openapi.ts";
import { startDynamoDbLocal } from "../../lib/local/dynamodb-local.ts";
import type { OpenApi } from "../../test/support/answers.ts";
import { deploy, type Deployment } from "../../test/support/deploy.ts";

/** The directory into which `npm run bench` has packaged what would be deployed. */
export function packageDirectory(): string {
  const directory = process.env["LATCHKEY_PACKAGE"];
  if (directory === undefined) throw new Error("Benchmarks are run by npm run bench");
  return directory;
}

/** Latchkey as it would be deployed, with a database of its own. */
export async function startLatchkey(): Promise<Deployment> {
  process.env["PUBLIC_URL"] = "https://latchkey.example";
  const emulator = await startDynamoDbLocal({ separate: true });
  const latchkey = await deploy({ packageDirectory: packageDirectory(), openapi: document() as OpenApi }, emulator.endpoint);
  return {
    ...latchkey,
    async stop() {
      await latchkey.stop();
      await emulator.stop();
    },
  };
}
