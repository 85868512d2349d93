import type { AttributeValue } from "@aws-sdk/client-dynamodb";

/**
 * How DynamoDB counts (DynamoDB, "Item sizes and formats" and "Capacity unit consumption"): an item's bytes are those of
 * the names and values of its attributes; a read counts every 4 KB of an item that are begun, a write every 1 KB, and in a
 * transaction both count twice.
 */
const READ_BYTES = 4096;
const WRITE_BYTES = 1024;
/** Of a list or a map, and of each element in it. */
const NESTED = 3;
const ELEMENT = 1;

export type Item = Readonly<Record<string, AttributeValue>>;

/** The bytes of an item. Of numbers DynamoDB says "approximately": two digits take a byte, and one byte more. */
export function itemSize(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueSize(value), 0);
}

export function readUnits(bytes: number, how: "strong" | "eventual" | "transaction"): number {
  return Math.max(1, Math.ceil(bytes / READ_BYTES)) * { strong: 1, eventual: 0.5, transaction: 2 }[how];
}

export function writeUnits(bytes: number, how: "alone" | "transaction"): number {
  return Math.max(1, Math.ceil(bytes / WRITE_BYTES)) * { alone: 1, transaction: 2 }[how];
}

function valueSize(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return numberSize(value.N);
  if (value.BOOL !== undefined || value.NULL !== undefined) return 1;
  if (value.L !== undefined) return value.L.reduce((sum, element) => sum + ELEMENT + valueSize(element), NESTED);
  if (value.M !== undefined) return Object.values(value.M).reduce((sum) => sum + ELEMENT, NESTED + itemSize(value.M));
  throw new Error(`The table holds no attribute of type ${Object.keys(value).join()}`);
}

function numberSize(number: string): number {
  const digits = number.replace(/e.*$/i, "").replace(/[-+.]/g, "").replace(/^0+|0+$/g, "");
  return Math.ceil(digits.length / 2) + 1 + (number.startsWith("-") ? 1 : 0);
}
