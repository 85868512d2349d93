import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../lib/local/ports.ts";

/** `npm start` as a person has it: the real command with its own serverless-offline, in a copy of this tree. */
export const ROOT = path.join(import.meta.dirname, "../..");
export const PATIENCE_MS = 120_000;
const NOT_COPIED = new Set(["node_modules", ".git", ".local", ".serverless", "test", "coverage"]);

export type Person = { readonly id: number; readonly email: string; readonly token: string };
export type Description = {
  readonly baseUrl: string; readonly account: { readonly id: number };
  readonly people: { readonly admin: Person; readonly limited: Person; readonly none: Person };
  readonly services: readonly { readonly id: number; readonly name: string }[];
};

const places: string[] = [];
const runs: Run[] = [];

/** Ends whatever this file has started, and removes its places. */
export async function stopAll(): Promise<void> {
  for (const { child, signal } of runs) if (child.exitCode === null && child.signalCode === null) signal("SIGKILL");
  await Promise.all(runs.map(({ ended }) => ended));
  for (const place of places) rmSync(place, { recursive: true, force: true });
}

/** A copy with a `.local` of its own, so that a developer's running Latchkey is not disturbed, and with what this run has built. */
export function copyOfTree(): string {
  const copy = temporary();
  cpSync(ROOT, copy, { recursive: true, filter: (source) => !NOT_COPIED.has(path.relative(ROOT, source)) });
  symlinkSync(path.join(ROOT, "node_modules"), path.join(copy, "node_modules"));
  return copy;
}

export function temporary(within: string = tmpdir()): string {
  const place = mkdtempSync(path.join(within, "latchkey-start-"));
  places.push(place);
  return place;
}

/** The first of six free ports, below those that systems give out by themselves. */
export async function freeBase(): Promise<number> {
  for (let tries = 0; ; tries++) {
    const base = 10_000 + Math.floor(Math.random() * 20_000);
    try {
      for (const port of portsOf(base)) await freePort(port);
      return base;
    } catch (error) {
      if (tries === 50) throw error;
    }
  }
}

export const portsOf = (base: number) => [0, 1, 2, 3, 4, 5].map((offset) => base + offset);

export type Run = {
  readonly child: ChildProcess;
  /** What it printed so far, standard output and errors apart. */
  readonly out: () => string;
  readonly err: () => string;
  /** Its exit code, when it has ended and all its output is here. */
  readonly ended: Promise<number | null>;
  /** To all its processes, as a terminal does on Ctrl-C. */
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Whether any process that it started is there, itself included. */
  readonly alive: () => boolean;
};

export function run(place: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Run {
  const child = spawn(process.execPath, ["lib/local/start.ts", ...args], {
    // A process group of its own, in which all that it starts stays.
    cwd: place, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], detached: true,
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => { out += chunk; });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => { err += chunk; });
  const group = -(child.pid ?? 0);
  const started: Run = {
    child, out: () => out, err: () => err,
    ended: once(child, "close").then(([code]) => code as number | null),
    signal: (signal) => void process.kill(group, signal),
    alive: () => {
      try {
        return process.kill(group, 0);
      } catch {
        return false;
      }
    },
  };
  runs.push(started);
  return started;
}

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 0.8 * PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`In vain: ${what}`);
    await sleep(50);
  }
}

/** Waits for the announcement; what keeps it from coming is the failure that is told. */
export async function up(started: Run): Promise<void> {
  await until("the announcement", () => started.out().includes("Ctrl-C stops everything.") || started.child.exitCode !== null);
  if (started.child.exitCode !== null) throw new Error(`It ended: ${started.err()}`);
}

/** What `.local/latchkey.json` of that copy says. */
export const descriptionIn = (place: string) => JSON.parse(readFileSync(path.join(place, ".local/latchkey.json"), "utf8")) as Description;
