import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { expect } from "vitest";
import type { DomainEvent } from "../../../lib/domain/events.ts";
import { eventFrom } from "../../../lib/table/events.ts";
import type { Row } from "../../../lib/table/model.ts";
import type { Deployment } from "../../support/deployment.ts";
import { openStream, type StreamRecord } from "../../support/stream.ts";

/** What the store saw while something was done. */
export type Recorder = {
  /** Every change of a row, of whatever type. */
  readonly stored: (act: () => Promise<unknown>) => Promise<readonly StreamRecord[]>;
  /** The events that were stored, in order. */
  readonly recorded: (act: () => Promise<unknown>) => Promise<DomainEvent[]>;
};

export function recorderOf({ database, operator }: Deployment): Recorder {
  const stream = openStream({ database, tableName: operator.table.name });
  async function stored(act: () => Promise<unknown>): Promise<readonly StreamRecord[]> {
    await stream.read();
    await act();
    return stream.read();
  }
  return { stored, recorded: async (act) => eventsIn(await stored(act)) };
}

/** The events among what was stored. An event's row never changes. */
export function eventsIn(changes: readonly StreamRecord[]): DomainEvent[] {
  const records = changes.filter(({ dynamodb }) => (dynamodb.NewImage ?? dynamodb.OldImage)?.["type"]?.["S" as never] === "event");
  expect(records.map(({ eventName }) => eventName)).toEqual(records.map(() => "INSERT"));
  return records.map(({ dynamodb }) => eventFrom(unmarshall(dynamodb.NewImage as Record<string, AttributeValue>) as Row));
}
