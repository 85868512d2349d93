import { EVENT_TYPES, type DomainEvent } from "../domain/events.ts";
import type { AccountId, Month } from "../domain/brands.ts";
import type { Table } from "./client.ts";
import { rowsBack } from "./list.ts";
import { keys, listings, sortable, type Row } from "./model.ts";
import { expectType, idIn, oneOf, text, time } from "./row.ts";
import type { Write } from "./transact.ts";

/** The row of an event: written with the change it tells of, never after it (D10). */
export function record(event: DomainEvent): Write {
  return { put: eventRow(event) };
}

/** Records something that changed nothing else, as that somebody looked at a secret. */
export async function append(table: Table, event: DomainEvent): Promise<void> {
  await table.call("PutItem", { TableName: table.name, Item: eventRow(event) });
}

/** An account's events of a month, the last first; with `before`, those whose place is before it. `atOnce` of them are fetched together, and some more. */
export async function* eventsBack(table: Table, account: AccountId, month: Month, before: number | undefined, atOnce: number): AsyncGenerator<DomainEvent> {
  const listing = listings.events(account, month);
  // An event's id begins with a number that grows with time; what follows it only tells two of one moment apart.
  const bounds = before === undefined ? {} : { between: [sortable(0), sortable(before)] as const };
  for await (const row of rowsBack(table, { ...listing, ...bounds }, atOnce + 1)) yield eventFrom(row);
}

/** Where an event stands among its account's: the number that its id begins with. */
export function placeOfEvent({ id }: DomainEvent): number {
  return Number(id.slice(0, id.indexOf("-")));
}

function eventRow(event: DomainEvent): Row {
  const month = new Date(event.at * 1000).toISOString().slice(0, 7);
  const { type, facts, ...rest } = event;
  // Facts are for people and subscribers, never for a condition: one text keeps them exactly as they were.
  return { ...keys.event(event.accountId, month, event.id), type: "event", event: type, ...rest, facts: JSON.stringify(facts) };
}

export function eventFrom(row: Row): DomainEvent {
  expectType(row, "event");
  return {
    id: text(row, "id"),
    accountId: idIn(row, "accountId"),
    type: oneOf(row, "event", EVENT_TYPES),
    at: time(row, "at"),
    actor: object<DomainEvent["actor"]>(row["actor"], "actor"),
    subject: object<DomainEvent["subject"]>(row["subject"], "subject"),
    facts: object<DomainEvent["facts"]>(parsed(text(row, "facts")), "facts"),
  };
}

function object<T>(value: unknown, attribute: string): T {
  if (typeof value !== "object" || value === null) throw new Error(`The event has a bad ${attribute}`);
  return value as T;
}

/** Undefined for what is no JSON: the parser's own error would quote it, and errors are logged. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
