import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { Worker } from "node:worker_threads";
import { buildSync } from "esbuild";
import { unzipSync } from "fflate";
import type { Answer, ContainerSetup, Invocation, ReportedError } from "./lambda-protocol.ts";
import { activeMutant, noteHits } from "./mutants.ts";

/** Lambda, "Quotas": 6 MB each way for a synchronous invocation. These are the exact figures in its messages. */
const MAX_EVENT_BYTES = 6_291_456;
const MAX_RESULT_BYTES = 6_291_556;

/** A failed invocation, as Lambda reports it to whoever invoked. */
export class LambdaError extends Error {
  override readonly name = "LambdaError";
  readonly errorType: string;
  readonly errorMessage: string;
  constructor({ errorType, errorMessage }: ReportedError) {
    super(`${errorType}: ${errorMessage}`);
    this.errorType = errorType;
    this.errorMessage = errorMessage;
  }
}

/** Runs a function, named by its logical id, with an event; rejects as Lambda reports a failure. */
export type Invoke = (functionLogicalId: string, event: unknown) => Promise<unknown>;

export interface Lambda {
  invoke(event: unknown, context?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Everything the function has written to stdout and stderr so far. */
  logs(): string;
  stop(): Promise<void>;
}

export interface LambdaOptions {
  readonly zip: string;
  readonly handler: string;
  /** The whole environment: nothing of the test's own process is added but what only the container can know. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/**
 * A function as deployed: its zip, in a container of its own.
 *
 * A container is a thread with its own modules and environment. It starts at the first invocation and stays warm.
 * Differences from AWS, on purpose: concurrent invocations share one container, so that tests meet the
 * races a shared module state would have, where Lambda would start a second container; and the container is not
 * frozen between invocations. What threads cannot have of their own, the working directory and the time zone, is the
 * test's. As in Lambda, initialisation is not charged to the function's timeout, and a
 * container in which an invocation timed out serves no more.
 */
export function startLambda({ zip, handler, env, timeoutMs }: LambdaOptions): Lambda {
  let log = "";
  let container: Container | undefined;
  const begin = () => new Container({ taskRoot: taskRootOf(zip), handler }, env, (chunk) => { log += chunk; });

  return {
    async invoke(event, context = {}) {
      const payload = JSON.stringify(event);
      if (Buffer.byteLength(payload) > MAX_EVENT_BYTES) {
        throw new LambdaError({
          errorType: "RequestEntityTooLargeException",
          errorMessage: `Request must be smaller than ${MAX_EVENT_BYTES} bytes for the InvokeFunction operation`,
        });
      }
      if (!container?.usable) container = begin();
      const result = await container.invoke(payload, context, timeoutMs);
      if (Buffer.byteLength(result) > MAX_RESULT_BYTES) {
        throw new LambdaError({
          errorType: "Function.ResponseSizeTooLarge",
          errorMessage: `Response payload size exceeded maximum allowed payload size (${MAX_RESULT_BYTES} bytes).`,
        });
      }
      return JSON.parse(result);
    },
    logs: () => log,
    stop: async () => container?.end(),
  };
}

/** Made into plain JavaScript once: for Node to strip its types in each thread takes as long as all else that a thread begins with. */
const INSIDE = buildSync({
  entryPoints: [path.join(import.meta.dirname, "lambda-worker.ts")], bundle: true, write: false, format: "cjs", platform: "node", target: "node24",
}).outputFiles.map(({ text }) => text).join("");

class Container {
  usable = true;
  readonly #worker: Worker;
  readonly #waiting = new Map<Answer["id"], (answer: Answer) => void>();
  readonly #ready: Promise<Answer>;
  readonly #own: Readonly<Record<string, unknown>>;
  #last = 0;

  constructor(setup: ContainerSetup, env: Readonly<Record<string, string>>, log: (chunk: string) => void) {
    const own = { ...env, LAMBDA_TASK_ROOT: setup.taskRoot, _HANDLER: setup.handler, ...activeMutant() };
    this.#worker = new Worker(INSIDE, {
      eval: true, workerData: setup, env: own, execArgv: [], stdout: true, stderr: true,
    });
    for (const output of [this.#worker.stdout, this.#worker.stderr]) output.setEncoding("utf8").on("data", log);
    this.#worker.on("message", (answer: Answer) => this.#settle(answer.id, answer));
    this.#worker.on("error", (error: Error) => this.#fail({ errorType: error.name, errorMessage: error.message }));
    this.#worker.on("exit", (code) => this.#fail({
      errorType: "Runtime.ExitError", errorMessage: `Runtime exited with error: exit status ${code}`,
    }));
    this.#ready = this.#answerTo("init");
    this.#own = {
      functionName: env["AWS_LAMBDA_FUNCTION_NAME"],
      functionVersion: env["AWS_LAMBDA_FUNCTION_VERSION"],
      memoryLimitInMB: env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
    };
  }

  async invoke(event: string, context: Readonly<Record<string, unknown>>, timeoutMs: number): Promise<string> {
    const { error } = await this.#ready;
    if (error) throw new LambdaError(error);
    const id = ++this.#last;
    const answer = this.#answerTo(id);
    const timer = setTimeout(() => this.#timeOut(id, timeoutMs), timeoutMs);
    const invocation: Invocation = {
      id, event, deadline: Date.now() + timeoutMs, context: { awsRequestId: randomUUID(), ...this.#own, ...context },
    };
    this.#worker.postMessage(invocation);
    const outcome = await answer.finally(() => clearTimeout(timer));
    if (!this.usable && this.#waiting.size === 0) await this.end();
    if (outcome.error) throw new LambdaError(outcome.error);
    return outcome.result!;
  }

  async end(): Promise<void> {
    this.usable = false;
    await this.#worker.terminate();
  }

  #answerTo(id: Answer["id"]): Promise<Answer> {
    return new Promise((settle) => this.#waiting.set(id, settle));
  }

  #settle(id: Answer["id"], answer: Answer): void {
    noteHits(answer.hits, id === "init");
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }

  #timeOut(id: number, timeoutMs: number): void {
    this.usable = false;
    this.#settle(id, {
      id, error: { errorType: "Sandbox.Timedout", errorMessage: `Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds` },
    });
  }

  #fail(error: ReportedError): void {
    this.usable = false;
    for (const id of [...this.#waiting.keys()]) this.#settle(id, { id, error });
  }
}

/** Where a function's zip is unpacked: beside the zips, once for all the containers that this process starts. None of them changes what is there. */
export function taskRootOf(zip: string): string {
  const directory = path.join(`${path.dirname(zip)}-unpacked-${process.pid}`, path.basename(zip, ".zip"));
  if (existsSync(directory)) return directory;
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(zip)))) {
    const file = path.join(directory, name);
    if (name.endsWith("/")) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  return directory;
}
