import definition from "../../lib/deploy/table.json" with { type: "json" };
import { itemSize, writeUnits, type Item } from "./item-size.ts";

/** An item that a call changes, or only checks: as it was, and as it is. */
export type Touched = { readonly before: Item | undefined; readonly after: Item | undefined; readonly only?: "checked" };

const INDEXES = definition.GlobalSecondaryIndexes.map(({ KeySchema }) => KeySchema.map(({ AttributeName }) => AttributeName));

/**
 * The write units of what a call touches. A change counts the larger of the two items, a check the item that is there; every
 * index in which an entry appears, changes or goes counts it once more, and one whose key changes counts it twice (DynamoDB,
 * "Using global secondary indexes"). Whether the writes of indexes count twice in a transaction is not written there: they do
 * in the emulator, so they do here. All attributes are in both indexes.
 */
export function unitsOf({ before, after, only }: Touched, how: "alone" | "transaction"): number {
  const units = writeUnits(Math.max(sizeOf(before), sizeOf(after)), how);
  return only === "checked" ? units : INDEXES.reduce((sum, key) => sum + entryUnits(key, before, after, how), units);
}

function entryUnits(key: readonly string[], before: Item | undefined, after: Item | undefined, how: "alone" | "transaction"): number {
  const [old, now] = [entryOf(key, before), entryOf(key, after)];
  const each = (item: Item | undefined) => (item === undefined ? 0 : writeUnits(itemSize(item), how));
  if (old === undefined || now === undefined) return each(old ?? now);
  if (JSON.stringify(sorted(old)) === JSON.stringify(sorted(now))) return 0;
  return valuesOf(key, old) === valuesOf(key, now) ? Math.max(each(old), each(now)) : each(old) + each(now);
}

/** An item is in an index when it has all of that index's key. */
const entryOf = (key: readonly string[], item: Item | undefined) => (key.every((name) => item?.[name] !== undefined) ? item : undefined);
const valuesOf = (key: readonly string[], item: Item) => JSON.stringify(key.map((name) => item[name]));
const sizeOf = (item: Item | undefined) => (item === undefined ? 0 : itemSize(item));
const sorted = (item: Item) => Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1));
