import definition from "../../lib/deploy/table.json" with { type: "json" };
import { itemSize, writeUnits, type Item } from "./item-size.ts";

/** A row of the table or an entry of an index (`gsi1`), and the units that a call takes there. */
export type Load = { readonly in: string; readonly pk: string; readonly sk: string; readonly reads: number; readonly writes: number };
export const TABLE = "table";

/** An item that a call changes, or only checks: as it was, and as it is. */
export type Touched = { readonly key: Item; readonly before: Item | undefined; readonly after: Item | undefined; readonly only?: "checked" };

const INDEXES = definition.GlobalSecondaryIndexes.map(({ IndexName, KeySchema }) => ({ name: IndexName, key: KeySchema.map(({ AttributeName }) => AttributeName) }));

/**
 * What a write takes, and where. A change counts the larger of the two items, a check the item that is there; every
 * index in which an entry appears, changes or goes counts it once more, and one whose key changes counts it twice (DynamoDB,
 * "Using global secondary indexes"). Whether the writes of indexes count twice in a transaction is not written there: they do
 * in the emulator, so they do here. All attributes are in both indexes.
 */
export function loadsOf({ key, before, after, only }: Touched, how: "alone" | "transaction"): readonly Load[] {
  const row = loadAt(TABLE, ["pk", "sk"], key, writeUnits(Math.max(sizeOf(before), sizeOf(after)), how));
  return only === "checked" ? [row] : [row, ...INDEXES.flatMap(({ name, key: names }) => entryLoads(name, names, before, after, how))];
}

function entryLoads(index: string, key: readonly string[], before: Item | undefined, after: Item | undefined, how: "alone" | "transaction"): readonly Load[] {
  const [old, now] = [entryOf(key, before), entryOf(key, after)];
  const each = (item: Item | undefined) => (item === undefined ? [] : [loadAt(index, key, item, writeUnits(itemSize(item), how))]);
  if (old === undefined || now === undefined) return each(old ?? now);
  if (JSON.stringify(sorted(old)) === JSON.stringify(sorted(now))) return [];
  if (valuesOf(key, old) !== valuesOf(key, now)) return [...each(old), ...each(now)];
  return each(itemSize(old) > itemSize(now) ? old : now);
}

function loadAt(place: string, [pk = "", sk = ""]: readonly string[], item: Item, writes: number): Load {
  return { in: place, pk: item[pk]?.S ?? "", sk: item[sk]?.S ?? "", reads: 0, writes };
}

/** An item is in an index when it has all of that index's key. */
const entryOf = (key: readonly string[], item: Item | undefined) => (key.every((name) => item?.[name] !== undefined) ? item : undefined);
const valuesOf = (key: readonly string[], item: Item) => JSON.stringify(key.map((name) => item[name]));
const sizeOf = (item: Item | undefined) => (item === undefined ? 0 : itemSize(item));
const sorted = (item: Item) => Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1));
