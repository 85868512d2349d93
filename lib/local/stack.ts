import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { devNull } from "node:os";
import path from "node:path";
import { systemClock } from "../domain/brands.ts";
import type { Hashing, Sealing, Storage } from "../operations/context.ts";
import { PAGES } from "../http/portal/pages.ts";
import { kmsKeyring } from "../secrets/keyring.ts";
import { parsePeppers } from "../secrets/pepper.ts";
import { openTable } from "../table/client.ts";
import { startAwsDouble } from "./aws-double.ts";
import { createTable } from "./create-table.ts";
import { startDynamoDbLocal } from "./dynamodb-local.ts";
import { startIdentityProvider } from "./identity-provider.ts";
import { PEOPLE } from "./people.ts";
import { LOOPBACK } from "./ports.ts";
import { keysOf, newKeys, sessionKeyOf, writeSecretFile } from "./secrets-file.ts";
import { seed, type Seeded } from "./seed.ts";

export const STAGE = "local";
const TABLE_NAME = `latchkey-${STAGE}`;
const SEALING_KEY_ID = `alias/latchkey-${STAGE}`;
const CLIENT_ID = `latchkey-${STAGE}`;

/** The ports, all on loopback: the API's, and those after it. */
export function portsFrom(first: number) {
  return { http: first, lambda: first + 1, dynamodb: first + 2, aws: first + 3, events: first + 4, identity: first + 5 };
}

export type Stack = {
  readonly seeded: Seeded;
  /** What the functions find in their environment, as they would in AWS. */
  readonly environment: Readonly<Record<string, string>>;
  readonly loopbackOnly: boolean;
  stop(): Promise<void>;
};

/** How far the readers of the stream have come. */
export const CHECKPOINTS = "checkpoints.json";

/**
 * Starts what stands in for AWS and for an issuer that people sign in at, with a table and an account in it. Data, and what goes with it, is kept
 * in `dataDir`, or in memory; `runDir` is for what only this run needs.
 */
export async function startStack(ports: ReturnType<typeof portsFrom>, runDir: string, dataDir: string | undefined): Promise<Stack> {
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
  const keys = dataDir === undefined ? newKeys() : keysOf(dataDir);
  const dynamodb = await startDynamoDbLocal({ port: ports.dynamodb, ...(dataDir === undefined ? {} : { dataDir: path.join(dataDir, "dynamodb") }) });
  const aws = await startAwsDouble({ port: ports.aws, masterKey: keys.masterKey });
  const publicUrl = `http://${LOOPBACK}:${ports.http}`;
  const identity = await startIdentityProvider({
    port: ports.identity, people: PEOPLE, clientId: CLIENT_ID, redirectUris: [`${publicUrl}/p/sign_in/callback`], postLogoutRedirectUris: [publicUrl + PAGES.signedOut],
  });
  const environment = {
    AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local",
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
    AWS_ENDPOINT_URL_KMS: aws.endpoint, AWS_ENDPOINT_URL_SQS: aws.endpoint, AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: `http://${LOOPBACK}:${ports.events}`,
    LATCHKEY_PEPPERS: keys.peppers,
    LATCHKEY_SESSION_KEY: sessionKeyOf(keys),
    LATCHKEY_OIDC_ISSUER: identity.issuer,
    LATCHKEY_OIDC_CLIENT_ID: CLIENT_ID,
    LATCHKEY_DEAD_LETTER_QUEUE_URL: `${aws.endpoint}/000000000000/DeadLetters`,
    LATCHKEY_PUBLIC_URL: publicUrl,
    LATCHKEY_EVENTS_PORT: String(ports.events),
    LATCHKEY_CHECKPOINTS: path.join(dataDir ?? runDir, CHECKPOINTS),
    // No profile and no setting of this machine counts: they could lead to an account in AWS.
    AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  Object.assign(process.env, environment);
  await createTable(TABLE_NAME);

  const deps = { table: openTable(TABLE_NAME), clock: systemClock, peppers: parsePeppers(keys.peppers), keyring: kmsKeyring(SEALING_KEY_ID) };
  return {
    seeded: dataDir === undefined ? await seed(deps) : await seededOnce(dataDir, deps),
    environment,
    loopbackOnly: dynamodb.loopbackOnly,
    async stop() {
      await Promise.all([dynamodb.stop(), aws.stop(), identity.stop()]);
    },
  };
}

/** Seeds data once; values are shown once too, so what was seeded is kept beside the data. */
async function seededOnce(dir: string, deps: Storage & Hashing & Sealing): Promise<Seeded> {
  const file = path.join(dir, "seed.json");
  if (existsSync(file)) return JSON.parse(await readFile(file, "utf8")) as Seeded;
  const seeded = await seed(deps);
  writeSecretFile(file, seeded);
  return seeded;
}
