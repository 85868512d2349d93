import process from "node:process";

export type Cost = {
  /** Microseconds of processor time that one call takes, on every thread of the process: what others do on this machine does not count. */
  readonly cpu: number;
  /** Microseconds until it has answered. */
  readonly wall: number;
};

/** What one call costs, of `calls` one after the other. */
export async function costOf(calls: number, call: () => Promise<unknown>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  for (let done = 0; done < calls; done++) await call();
  const wall = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / calls, wall: (wall * 1000) / calls };
}
