import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { inject, vi } from "vitest";
import { systemClock } from "../../lib/domain/brands.ts";
import { startAwsDouble, type AwsDouble } from "../../lib/local/aws-double.ts";
import { createTable } from "../../lib/local/create-table.ts";
import type { Hashing, Sealing, Storage } from "../../lib/operations/context.ts";
import { kmsKeyring } from "../../lib/secrets/keyring.ts";
import { parsePeppers } from "../../lib/secrets/pepper.ts";
import { openTable } from "../../lib/table/client.ts";
import { awsEnvironment } from "./cli.ts";

/** What stands in for AWS, with a stage of Latchkey deployed in it that has had a second pepper since. */
export type Aws = {
  readonly stage: string;
  /** The environment in which the command line reaches it. */
  readonly env: Readonly<Record<string, string>>;
  readonly double: AwsDouble;
  /** The stage's peppers by version, the first included that is no longer current. */
  readonly peppers: readonly [string, string];
  /** What the stage's functions would work with. */
  readonly deps: Storage & Hashing & Sealing;
  stop(): Promise<void>;
};

export async function startAws(): Promise<Aws> {
  const stage = `cli-${randomBytes(6).toString("hex")}`;
  const keys = [newPepper(), newPepper()] as const;
  const double = await startAwsDouble({
    masterKey: randomBytes(32),
    secrets: { [`latchkey/${stage}/pepper/1`]: keys[0], [`latchkey/${stage}/pepper/2`]: keys[1], "latchkey/broken/pepper/1": "short" },
  });
  const env = await awsEnvironment({
    AWS_ENDPOINT_URL_DYNAMODB: inject("dynamoEndpoint"), AWS_ENDPOINT_URL_KMS: double.endpoint, AWS_ENDPOINT_URL_SECRETS_MANAGER: double.endpoint,
  });
  for (const [name, value] of Object.entries(env)) if (name.startsWith("AWS_")) vi.stubEnv(name, value);

  const peppers = [`1:${keys[0]}`, `2:${keys[1]}`] as const;
  const table = await newTable(`latchkey-${stage}`);
  return {
    stage, env, double, peppers,
    deps: { table, clock: systemClock, peppers: parsePeppers(peppers.toReversed().join(",")), keyring: kmsKeyring(`alias/latchkey-${stage}`) },
    async stop() {
      vi.unstubAllEnvs();
      await Promise.all([double.stop(), rm(env["HOME"] ?? "", { recursive: true, force: true })]);
    },
  };
}

export async function newTable(name: string) {
  await createTable(name);
  return openTable(name);
}

const newPepper = () => randomBytes(48).toString("hex");
