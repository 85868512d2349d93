/**
 * The inside of a Lambda container: loads the handler once, then answers invocations.
 *
 * Copies what AWS's Node.js runtime interface client does with a handler string, a result and an error
 * (github.com/aws/aws-lambda-nodejs-runtime-interface-client, UserFunction.js and Errors.js).
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type { Answer, ContainerSetup, Invocation, ReportedError } from "./lambda-protocol.ts";
import { takeHits } from "./mutants.ts";

type Handler = (event: unknown, context: unknown) => unknown;

const port = parentPort!;
const setup = workerData as ContainerSetup;

void begin();

async function begin(): Promise<void> {
  const handler = await loadHandler(setup).catch(async (error: unknown) => {
    await answer({ id: "init", error: reported(error) });
    process.exit(1);
  });
  await answer({ id: "init" });
  port.on("message", (invocation: Invocation) => void invoke(handler, invocation));
}

async function invoke(handler: Handler, { id, event, deadline, context }: Invocation): Promise<void> {
  const getRemainingTimeInMillis = () => deadline - Date.now();
  try {
    const result = await handler(JSON.parse(event), { ...context, getRemainingTimeInMillis });
    await answer({ id, result: serialised(result) });
  } catch (error) {
    await answer({ id, error: reported(error) });
  }
}

/** Output written before an answer is in the owner's hands before the answer is, so that `logs()` is complete. */
async function answer(message: Answer): Promise<void> {
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise<void>((done) => {
    stream.write("", () => done());
  })));
  const hits = takeHits();
  port.postMessage(hits === undefined ? message : { ...message, hits });
}

/** `dir/module.path.to.handler`: the module's name ends at the first dot, `.mjs` is imported, the rest required. */
async function loadHandler({ taskRoot, handler: name }: ContainerSetup): Promise<Handler> {
  const match = /^([^.]*)\.(.*)$/.exec(path.basename(name));
  if (!match) throw runtimeError("MalformedHandlerName", "Bad handler");
  const base = path.join(taskRoot, path.dirname(name), match[1]!);
  const file = [".js", ".mjs", ".cjs"].map((extension) => base + extension).find(existsSync);
  if (!file) throw runtimeError("ImportModuleError", `Error: Cannot find module '${match[1]}'`);

  const namespace: unknown = file.endsWith(".mjs") ? await import(pathToFileURL(file).href) : createRequire(file)(file);
  const found = match[2]!.split(".").reduce<unknown>((nested, key) => (nested as Record<string, unknown> | undefined)?.[key], namespace);
  if (typeof found !== "function") throw runtimeError("HandlerNotFound", `${name} is undefined or not exported`);
  // "Callback-based function handlers are only supported up to Node.js 22" (Lambda, "Define Lambda function handler").
  if (found.length > 2) throw runtimeError("CallbackHandlerDeprecated", "Callback handlers are not supported since Node.js 24.");
  return found as Handler;
}

function serialised(result: unknown): string {
  try {
    return JSON.stringify(result ?? null);
  } catch {
    throw runtimeError("JSONStringifyError", "Unable to stringify response body");
  }
}

function runtimeError(kind: string, message: string): Error {
  return Object.assign(new Error(message), { name: `Runtime.${kind}` });
}

function reported(error: unknown): ReportedError {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message }
    : { errorType: typeof error, errorMessage: String(error) };
}
