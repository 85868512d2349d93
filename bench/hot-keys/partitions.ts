import { createHash } from "node:crypto";

/**
 * How DynamoDB deals out throughput, as far as it says ("Burst and adaptive capacity", "Warm throughput", "Key range throughput
 * exceeded"): a table, and each of its indexes, is cut into partitions by the hash of the partition key and then by the sort
 * key. A partition takes 3,000 read units and 1,000 write units a second, whatever the table may take. One that stays too
 * hot is cut in two where that halves its load, down to a single item, which cannot be cut. An index that cannot
 * take a write keeps the table from taking it.
 *
 * Left out, so that what is found holds on a bad day too: bursts, which are not promised.
 */
export const PARTITION = { reads: 3000, writes: 1000 } as const;
/** A new table on demand takes 12,000 reads and 4,000 writes: four partitions. */
const AT_FIRST = 4;
/** DynamoDB does not say how long "sustained" is. The time only moves when it is cut, not where it ends. */
const MINUTES_UNTIL_CUT = 5;

/**
 * Units a second at a place: a row, or an entry of an index. `at` stands for the hash of the partition key, a part of one, where
 * a demand stands for many keys whose hashes lie everywhere.
 */
export type Demand = { readonly in: string; readonly pk: string; readonly sk: string; readonly reads: number; readonly writes: number; readonly at?: number };
type Unit = keyof typeof PARTITION;
const UNITS = ["reads", "writes"] as const;

type Partition = { readonly from: string; readonly hotMinutes: number };
type Placed = Omit<Demand, "at"> & { readonly at: string };

/** The largest part of any partition's units that was refused, and the partition key that has most of what it was asked. */
export type Refused = { readonly part: number; readonly in: string; readonly pk: string };

/**
 * Steady load, minute by minute without end: of each, what was refused.
 *
 * @param demandIn what is asked in a minute, by the second. Keys may be new in each.
 */
export function* refusedByMinute(demandIn: (minute: number) => readonly Demand[]): Generator<Refused, never> {
  const tables = new Map<string, readonly Partition[]>();
  for (let minute = 0; ; minute++) {
    const placed = demandIn(minute).map((demand): Placed => ({ ...demand, at: `${demand.at === undefined ? hashed(demand.pk) : hex(demand.at)}/${demand.sk}` }));
    const groups = Map.groupBy(placed, (demand) => demand.in);
    let worst: Refused = { part: 0, in: "", pk: "" };
    for (const name of new Set([...tables.keys(), ...groups.keys()])) {
      const partitions = served(tables.get(name) ?? fresh(), groups.get(name) ?? []);
      for (const { refused, placed: asked } of partitions) if (refused > worst.part) worst = { part: refused, in: name, pk: hottestKey(asked) };
      tables.set(name, partitions.flatMap(cut));
    }
    yield worst;
  }
}

type Served = Partition & { readonly placed: readonly Placed[]; readonly refused: number };

/** What part of each partition's load is refused; it is remembered how long they are hot. */
function served(partitions: readonly Partition[], placed: readonly Placed[]): readonly Served[] {
  const groups = Map.groupBy(placed, ({ at }) => partitions.findLast(({ from }) => from <= at));
  return partitions.map((partition) => {
    const own = groups.get(partition) ?? [];
    const refused = Math.max(0, ...UNITS.map((unit) => 1 - PARTITION[unit] / sum(own, unit)));
    return { from: partition.from, hotMinutes: refused > 0 ? partition.hotMinutes + 1 : 0, placed: own, refused };
  });
}

/** One that has been hot for long is cut in two, if that helps. */
function cut({ from, hotMinutes, placed }: Served): readonly Partition[] {
  const border = hotMinutes < MINUTES_UNTIL_CUT ? undefined : middleOf(placed);
  return border === undefined ? [{ from, hotMinutes }] : [{ from, hotMinutes: 0 }, { from: border, hotMinutes: 0 }];
}

function hottestKey(placed: readonly Placed[]): string {
  const share = (own: readonly Placed[]) => Math.max(...UNITS.map((unit) => sum(own, unit) / PARTITION[unit]));
  return [...Map.groupBy(placed, ({ pk }) => pk)].toSorted(([, a], [, b]) => share(b) - share(a))[0]?.[0] ?? "";
}

/** Where both sides have most nearly the same of what there is too much of; nowhere when all of it is at one place. */
function middleOf(placed: readonly Placed[]): string | undefined {
  const hot = UNITS.toSorted((a, b) => sum(placed, b) / PARTITION[b] - sum(placed, a) / PARTITION[a])[0] ?? "reads";
  const places = [...Map.groupBy(placed, ({ at }) => at)].map(([at, own]) => ({ at, units: sum(own, hot) })).toSorted((a, b) => (a.at < b.at ? -1 : 1));
  const all = sum(placed, hot);
  let before = 0;
  let best: { readonly border: string; readonly uneven: number } | undefined;
  for (const [position, { units }] of places.slice(0, -1).entries()) {
    before += units;
    const uneven = Math.abs(all - 2 * before);
    if (best === undefined || uneven < best.uneven) best = { border: places[position + 1]?.at ?? "", uneven };
  }
  return best?.border;
}

function fresh(): Partition[] {
  return Array.from({ length: AT_FIRST }, (_, number) => ({ from: number === 0 ? "" : ((number * 16) / AT_FIRST).toString(16), hotMinutes: 0 }));
}

const hex = (part: number) => Math.floor(part * 0x1_0000_0000).toString(16).padStart(8, "0");
const known = new Map<string, string>();
function hashed(pk: string): string {
  const hash = known.get(pk) ?? createHash("sha256").update(pk).digest("hex");
  known.set(pk, hash);
  return hash;
}

const sum = (placed: readonly Placed[], unit: Unit) => placed.reduce((all, demand) => all + demand[unit], 0);
