import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { bury } from "../lib/http/dead-letters.ts";
import { log } from "../lib/http/log.ts";
import { setting } from "../lib/http/runtime.ts";
import { busEvent, SOURCE } from "../lib/operations/bus-event.ts";
import { eventFrom } from "../lib/table/events.ts";
import type { Row } from "../lib/table/model.ts";

const bus = new EventBridgeClient({ maxAttempts: 3 });
/** EventBridge takes ten at a time. */
const BATCH = 10;

type Readable = { readonly sequence: string; readonly entry: PutEventsRequestEntry };

/**
 * The outbox's way out (D10): every event row that enters the table's stream goes onto the bus, in order. A record
 * that cannot be read now can never be read: it goes to the dead-letter queue at once and holds up nobody. When the
 * bus does not take an event, the stream is told to begin again there; subscribers may so see an event twice.
 */
export async function handler({ Records: records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  for (let at = 0; at < records.length; at += BATCH) {
    const failed = await publish(records.slice(at, at + BATCH));
    if (failed !== undefined) return { batchItemFailures: [{ itemIdentifier: failed }] };
  }
  return { batchItemFailures: [] };
}

/** The sequence number to begin again at, when not all could be handed on. */
async function publish(records: readonly DynamoDBRecord[]): Promise<string | undefined> {
  const [first] = records;
  try {
    // Outside of what makes a record unreadable: a function that was set up badly must not throw events away.
    const busName = setting("EVENT_BUS_NAME");
    const readable: Readable[] = [];
    for (const record of records) {
      const entry = entryOf(record, busName);
      if (entry === undefined) await bury(record);
      else readable.push({ sequence: record.dynamodb?.SequenceNumber ?? "", entry });
    }
    if (readable.length === 0) return undefined;
    const answer = await bus.send(new PutEventsCommand({ Entries: readable.map(({ entry }) => entry) }));
    return readable.find((_, position) => answer.Entries?.[position]?.ErrorCode !== undefined)?.sequence;
  } catch (error) {
    log("ERROR", "Events could not be handed on", { error });
    // Without a number, an empty one: all of the batch has failed then.
    return first?.dynamodb?.SequenceNumber ?? "";
  }
}

function entryOf(record: DynamoDBRecord, busName: string): PutEventsRequestEntry | undefined {
  try {
    const event = eventFrom(unmarshall((record.dynamodb?.NewImage ?? {}) as Record<string, AttributeValue>) as Row);
    return { EventBusName: busName, Source: SOURCE, DetailType: event.type, Detail: JSON.stringify(busEvent(event)) };
  } catch (error) {
    log("ERROR", "A record of the stream is not an event", { eventId: record.eventID, error });
    return undefined;
  }
}
