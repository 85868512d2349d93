import type { Load } from "../cost/written.ts";
import { SERVICE_SHARDS } from "../../lib/table/used.ts";
import { refusedByMinute, type Demand, type Refused } from "./partitions.ts";

/** By how many each kind of thing is there: the calls go round them. What is not named there is once. */
export type Spread = Readonly<Partial<Record<"account" | "member" | "token" | "service" | "application", number>>>;
/** The highest rates at which nothing is refused: at once, and when the hot partitions have been cut; and what refuses first above that. */
export type Rates = { readonly atOnce: number; readonly settled: number; readonly first: string };

/** What a table on demand takes in all, unless AWS raises it (DynamoDB, "Service quotas"): so does each index. */
export const TABLE_QUOTA = 40_000;
/** Enough for every cut that helps. */
const MINUTES = 90;
/** So many calls at least stand for those of a second: what is new in each has as many keys. */
const CALLS = 64;
const PRECISE = 0.005;

/** At which rate a call that takes these loads meets a limit, and which. */
export function ratesOf(loads: readonly Load[], spread: Spread): Rates {
  const quota = Math.min(...[...Map.groupBy(loads, (load) => load.in).values()].flatMap((own) =>
    (["reads", "writes"] as const).map((unit) => TABLE_QUOTA / own.reduce((all, load) => all + load[unit], 0))));
  const refusedAt = (rate: number, minutes: number) => after(refusedByMinute((minute) => demandOf(loads, spread, rate, minute)), minutes);
  const atOnce = highest(quota, (rate) => refusedAt(rate, 1) === undefined);
  const settled = highest(quota, (rate) => refusedAt(rate, MINUTES) === undefined);
  const refused = refusedAt(settled * (1 + 2 * PRECISE), MINUTES);
  return { atOnce, settled, first: refused === undefined ? "the table's quota" : `${refused.in} ${refused.pk.replaceAll(/(account|member|token|service|application)\d+/g, "{$1}")}` };
}

/** What is refused after so many minutes. A minute in which nothing is refused says that nothing will be. */
function after(refused: Generator<Refused, never>, minutes: number): Refused | undefined {
  for (let minute = 1; ; minute++) {
    const { value } = refused.next();
    if (value.part === 0) return undefined;
    if (minute === minutes) return value;
  }
}

function highest(most: number, fine: (rate: number) => boolean): number {
  if (fine(most)) return most;
  let [low, high] = [0, most];
  while (high - low > PRECISE * high) {
    const middle = (low + high) / 2;
    if (fine(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The units of so many calls a second, at each place. */
function demandOf(loads: readonly Load[], spread: Spread, rate: number, minute: number): readonly Demand[] {
  const calls = Math.max(CALLS, ...Object.values(spread));
  const each = rate / calls;
  return Array.from({ length: calls }, (_, call) => loads.map((load): Demand => {
    const at = (key: string) => key.replaceAll(/\{(\w+)\}/g, (_, name: string) => valueOf(name, call, spread, minute * calls + call));
    return {
      in: load.in, pk: at(load.pk), sk: at(load.sk), reads: load.reads * each, writes: load.writes * each,
      ...(load.pk.includes("{new}") ? { at: (call + 0.5) / calls } : {}),
    };
  })).flat();
}

function valueOf(name: string, call: number, spread: Spread, running: number): string {
  // What is new comes after all that was.
  if (name === "new") return String(running).padStart(16, "0");
  if (name === "shard") return String((call % (spread.application ?? 1)) % SERVICE_SHARDS);
  return `${name}${call % (spread[name as keyof Spread] ?? 1)}`;
}
