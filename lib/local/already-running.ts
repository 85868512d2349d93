import { readFile } from "node:fs/promises";
import { z } from "zod";

const Running = z.object({ baseUrl: z.string(), pid: z.number() });

/** The copy that wrote the description, if its process lives and still answers: one that was killed leaves its file behind. */
export async function alreadyRunning(description: string): Promise<z.output<typeof Running> | undefined> {
  try {
    const running = Running.parse(JSON.parse(await readFile(description, "utf8")));
    process.kill(running.pid, 0);
    await fetch(running.baseUrl, { signal: AbortSignal.timeout(2000) });
    return running;
  } catch {
    return undefined;
  }
}
