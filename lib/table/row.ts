import { epochSeconds, toId, type EpochSeconds, type Id } from "../domain/brands.ts";
import type { Versioned } from "../domain/model.ts";
import type { Row } from "./model.ts";

/**
 * Readers of a row's attributes. A row that is not what its place says is a fault of ours, not an answer: they throw,
 * and the request ends in a 5xx instead of a decision made from half a row (D12). Messages name attributes, never values.
 */
function broken(row: Row, attribute: string): Error {
  return new Error(`The row of type ${String(row["type"])} has a bad ${attribute}`);
}

export function expectType(row: Row, type: string): void {
  if (row["type"] !== type) throw broken(row, `type (expected ${type})`);
}

export function text(row: Row, attribute: string): string {
  const value = row[attribute];
  if (typeof value !== "string") throw broken(row, attribute);
  return value;
}

export function number(row: Row, attribute: string): number {
  const value = row[attribute];
  if (typeof value !== "number") throw broken(row, attribute);
  return value;
}

export function idIn<T extends Id>(row: Row, attribute: string): T {
  const value = toId<T>(row[attribute]);
  if (value === undefined) throw broken(row, attribute);
  return value;
}

export function time(row: Row, attribute: string): EpochSeconds {
  return epochSeconds(row[attribute]);
}

export function oneOf<const T extends string>(row: Row, attribute: string, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === row[attribute]);
  if (found === undefined) throw broken(row, attribute);
  return found;
}

export function someOf<const T extends string>(row: Row, attribute: string, allowed: readonly T[]): readonly T[] {
  const value = row[attribute];
  if (!Array.isArray(value)) throw broken(row, attribute);
  const found = allowed.filter((each) => value.includes(each));
  if (found.length !== value.length) throw broken(row, attribute);
  return found;
}

export function idsIn<T extends Id>(row: Row, attribute: string): readonly T[] {
  const value = row[attribute];
  if (!Array.isArray(value)) throw broken(row, attribute);
  return value.map((each) => {
    const found = toId<T>(each);
    if (found === undefined) throw broken(row, attribute);
    return found;
  });
}

export function versioned(row: Row): Versioned {
  return { version: number(row, "version"), createdAt: time(row, "createdAt"), updatedAt: time(row, "updatedAt") };
}
