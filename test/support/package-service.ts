import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import process from "node:process";
import { promisify } from "node:util";

/** Packages as the README says, with no credentials in the environment: packaging must need none. */
export async function packageService(directory: string): Promise<void> {
  const serverless = createRequire(import.meta.url).resolve("serverless/bin/serverless.js");
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AWS_")));
  await promisify(execFile)(process.execPath, [serverless, "package", "--package", directory], { env });
}
