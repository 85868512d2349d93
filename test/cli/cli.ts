import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { inProcess, noteHitsIn } from "../support/mutants.ts";

export const LAUNCHER = fileURLToPath(new URL("../../lib/cli/latchkey.mjs", import.meta.url));

const noted = mkdtempSync(path.join(tmpdir(), "latchkey-cli-hits-"));
afterAll(() => rmSync(noted, { recursive: true, force: true }));
let runs = 0;

export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly stdout: string; readonly stderr: string };
type Wanted = { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string; readonly node?: readonly string[] };

/** Runs the program as a shell would, its output in pipes, with the given environment and nothing else of this one's. */
export async function run(args: readonly string[], { env = {}, stdin = "", node = [process.execPath, LAUNCHER] }: Wanted = {}): Promise<Ended> {
  const [command, ...before] = node as [string, ...string[]];
  const hits = path.join(noted, `${++runs}.json`);
  const child = spawn(command, [...before, ...args], { env: { PATH: process.env["PATH"], ...inProcess(hits), ...env } });
  // It may end without having read anything.
  child.stdin.on("error", () => undefined).end(stdin);
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  noteHitsIn(hits);
  return { code, signal, stdout, stderr };
}

/** An environment in which AWS's SDK finds only what is given: no profile, no instance role, no settings of this machine's owner. */
export async function awsEnvironment(given: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const home = await mkdtemp(path.join(tmpdir(), "latchkey-cli-home-"));
  return {
    HOME: home, AWS_EC2_METADATA_DISABLED: "true", AWS_CONFIG_FILE: path.join(home, "config"), AWS_SHARED_CREDENTIALS_FILE: path.join(home, "credentials"),
    AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local", ...given,
  };
}

export const without = (env: Readonly<Record<string, string>>, ...names: readonly string[]) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
