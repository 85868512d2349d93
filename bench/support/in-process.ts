import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { unzipSync } from "fflate";
import type { Deployment } from "../../test/support/deploy.ts";

export type Handler = (event: unknown, context?: unknown) => Promise<unknown>;

/**
 * The handler of a function, out of the zip that would be deployed, in this very process: in no thread of its own, whose
 * messages would cost more than what it does. The process takes on the function's environment.
 *
 * @param endpoint where it is to find its database: at once, unless something stands between.
 */
export async function handlerOf(latchkey: Deployment, name: string, endpoint: string = latchkey.database.endpoint): Promise<Handler> {
  const fn = latchkey.template.functions.find((each) => each.name === name);
  if (fn === undefined) throw new Error(`There is no function ${name}`);
  const { accessKeyId } = latchkey.database.credentials;
  Object.assign(process.env, latchkey.environment(name), { AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_ACCESS_KEY_ID: accessKeyId });
  const directory = mkdtempSync(path.join(tmpdir(), "bench-"));
  try {
    const file = path.join(directory, `${name}.mjs`);
    writeFileSync(file, codeOf(fn.zip, name));
    const { handler } = await import(pathToFileURL(file).href) as { handler: Handler };
    return handler;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The bundle of a function, out of its zip. */
export function codeOf(zip: string, name: string): Uint8Array {
  const [source] = Object.entries(unzipSync(readFileSync(zip))).filter(([file]) => file.endsWith(`${name}.mjs`));
  if (source === undefined) throw new Error(`${name} is not in its zip`);
  return source[1];
}
