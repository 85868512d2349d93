import { spawn, spawnSync } from "node:child_process";

/** A program that we started and that does not outlive us. */
export type TiedProcess = {
  alive(): boolean;
  /** The end of what it printed: why it died, if it did. */
  lastWords(): string;
  /** Settles when it is gone, whoever ended it. */
  readonly ended: Promise<void>;
  /** Sends the signal and waits until the process is gone. */
  stop(signal: NodeJS.Signals): Promise<void>;
};

/** Where and with what it runs, and who reads along. */
type Surroundings = { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly onOutput?: (text: string) => void };

const KEPT_CHARACTERS = 8_000;

/**
 * Starts a program that ends when we end. An exit hook sees to it when we leave by ourselves. It does not run when
 * we are killed, so on Linux the kernel is asked to kill the program too (when the thread that started it is gone).
 */
export function spawnTied(command: string, args: readonly string[], { onOutput, ...options }: Surroundings = {}): TiedProcess {
  const line = [...tether(), command, ...args] as [string, ...string[]];
  const child = spawn(line[0], line.slice(1), { ...options, stdio: ["ignore", "pipe", "pipe"] });

  let output = "";
  const keep = (text: string) => {
    output = (output + text).slice(-KEPT_CHARACTERS);
    onOutput?.(text);
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  child.once("error", (error) => keep(error.message));

  let alive = true;
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const gone = new Promise<void>((resolve) => {
    child.once("close", () => {
      alive = false;
      process.off("exit", kill);
      resolve();
    });
  });

  return {
    alive: () => alive,
    lastWords: () => output,
    ended: gone,
    stop(signal) {
      child.kill(signal);
      return gone;
    },
  };
}

/** setpriv is part of util-linux; the one in BusyBox knows no --pdeathsig, hence a try instead of a look. */
function tether(): readonly string[] {
  if (process.platform !== "linux") return [];
  const setpriv = ["setpriv", "--pdeathsig", "KILL"] as const;
  return spawnSync(setpriv[0], [...setpriv.slice(1), "true"]).status === 0 ? setpriv : [];
}
