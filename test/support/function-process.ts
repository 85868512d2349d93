import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

/** A function in a process of its own, which a test may kill: unlike a thread it can be gone from one instant to the next. */
export type FunctionProcess = {
  /** What the function answers; undefined when it was killed before. */
  invoke(event: unknown): Promise<unknown>;
  /** Resolves when it is gone. */
  kill(): Promise<void>;
};

/** @param directory with the unpacked zip. @param handler as in the template. @param env the whole environment. */
export function startFunctionProcess(directory: string, handler: string, env: Readonly<Record<string, string>>): FunctionProcess {
  const child = fork(fileURLToPath(import.meta.url), [path.join(directory, handler)], { env: { ...env }, execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const gone = once(child, "exit");
  return {
    async invoke(event) {
      const answer = new Promise((resolve) => void child.once("message", resolve));
      child.send(event as object);
      return await Promise.race([answer, gone.then(() => undefined)]);
    },
    async kill() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}

/** The inside: loads the handler, answers one event after the other. */
async function serve(handler: string): Promise<void> {
  const [, base = "", name = ""] = /^(.*)\.([^.]+)$/.exec(handler) ?? [];
  const file = [".mjs", ".js"].map((extension) => base + extension).find(existsSync);
  if (file === undefined) throw new Error(`There is no ${base}`);
  const functions = (await import(pathToFileURL(file).href)) as Readonly<Record<string, (event: unknown, context: object) => Promise<unknown>>>;
  process.on("message", (event) => {
    void functions[name]?.(event, { awsRequestId: "killed" }).then((answer) => process.send?.(answer));
  });
}

const [, entry = "", handler] = process.argv;
if (path.resolve(entry) === fileURLToPath(import.meta.url) && handler !== undefined) await serve(handler);
