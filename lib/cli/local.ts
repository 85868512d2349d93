import { readFile } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";
import * as z from "zod/mini";
import { alreadyRunning } from "../local/already-running.ts";
import { Failure } from "./failure.ts";

const fileOf = (name: string) => fileURLToPath(new URL(`../../.local/${name}`, import.meta.url));

const Environment = z.record(z.string(), z.string());

/**
 * Takes over the environment of the Latchkey that runs on this machine, so that the same clients reach its database
 * and its keys instead of AWS. A profile or a session of the caller's would win over its made-up credentials.
 */
export async function enterLocal(): Promise<{ readonly stage: "local"; readonly peppers: string }> {
  if ((await alreadyRunning(fileOf("latchkey.json"))) === undefined) throw notRunning();
  const environment = Environment.parse(JSON.parse(await readFile(fileOf("environment.json"), "utf8").catch((error: unknown) => {
    throw notRunning(error);
  })));
  for (const name of ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]) delete process.env[name];
  Object.assign(process.env, environment);
  return { stage: "local", peppers: environment["LATCHKEY_PEPPERS"] ?? "" };
}

const notRunning = (cause?: unknown) => new Failure("Latchkey is not running here: start it with npm start.", 1, { cause });
