import process from "node:process";
import { GetSecretValueCommand, ResourceNotFoundException, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Option, type Command } from "commander";
import { systemClock } from "../domain/brands.ts";
import type { Hashing, Sealing, Storage } from "../operations/context.ts";
import { kmsKeyring } from "../secrets/keyring.ts";
import { parsePeppers } from "../secrets/pepper.ts";
import { openTable } from "../table/client.ts";
import { endpointIn } from "../table/dynamodb/client.ts";
import { explained } from "./aws-failures.ts";
import { Failure } from "./failure.ts";
import { enterLocal } from "./local.ts";
import { awsName } from "./options.ts";

export type TargetOptions = { readonly stage: string; readonly table?: string; readonly region?: string; readonly local?: true };

/** What a command works on. The keys are fetched when they are wanted: to list accounts, the table is enough. */
export type Target = Storage & Sealing & {
  readonly hashing: () => Promise<Hashing>;
};

/** Where it is, in the words of its owner. */
export type Place = { readonly stage: string; readonly table: string; readonly region: string };

/** Adds the options that say where. */
export function withTarget(command: Command): void {
  command
    .addOption(new Option("--local", "the Latchkey that `npm start` runs on this machine").conflicts(["stage", "region"]))
    .option("--stage <stage>", "the deployment in AWS, as `serverless deploy --stage` named it", awsName, "dev")
    .option("--table <name>", "another table than latchkey-<stage>", awsName)
    .option("--region <region>", "the AWS region (default: that of the environment; credentials are found there too)", awsName);
}

/** Does a command's work on the target that the options name. What AWS answers instead becomes a line that says what to do. */
export async function onTarget<T>(options: TargetOptions, work: (target: Target) => Promise<T>): Promise<T> {
  const local = options.local === true ? await enterLocal() : undefined;
  // The clients take their region from the environment, like everything else that they find there.
  if (options.region !== undefined) process.env["AWS_REGION"] = options.region;

  const stage = local?.stage ?? options.stage;
  // A person's region and credentials may be in a profile or a session, which AWS's own clients know how to find.
  const { config } = new SecretsManagerClient();
  const region = await config.region().catch((error: unknown) => {
    throw new Failure("No AWS region is set: add --region, or set AWS_REGION to the region of the deployment.", 1, { cause: error });
  });
  const table = openTable(options.table ?? `latchkey-${stage}`, { region, endpoint: endpointIn(region), credentials: () => config.credentials() });
  const place = { stage, table: table.name, region };
  try {
    return await work({
      table,
      clock: systemClock,
      keyring: kmsKeyring(`alias/latchkey-${stage}`),
      hashing: async () => ({ peppers: parsePeppers(local?.peppers ?? (await peppersInAws(place))) }),
    });
  } catch (error) {
    throw explained(error, place);
  }
}

/** Every version of the pepper that the deployment has, the newest first, as the functions' environment carries them: 2:<key>,1:<key>. */
async function peppersInAws({ stage, region }: Place): Promise<string> {
  const client = new SecretsManagerClient({ maxAttempts: 3 });
  const found: string[] = [];
  for (let version = 1; ; version++) {
    const SecretId = `latchkey/${stage}/pepper/${version}`;
    const key = await secret(client, SecretId);
    if (key !== undefined) {
      checkPepper(SecretId, `${version}:${key}`);
      found.unshift(`${version}:${key}`);
    } else if (version === 1) {
      throw new Failure(`There is no secret ${SecretId} in ${region}: deploy first (npx serverless deploy --stage ${stage}), or name the right --stage and --region.`);
    } else {
      return found.join(",");
    }
  }
}

async function secret(client: SecretsManagerClient, SecretId: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString ?? "";
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** Names the secret that is no pepper; the functions would not start with it either. */
function checkPepper(SecretId: string, entry: string): void {
  try {
    parsePeppers(entry);
  } catch (error) {
    throw new Failure(`The secret ${SecretId} is not a pepper (at least 32 letters and digits, nothing else): restore its value from a backup.`, 1, { cause: error });
  }
}
