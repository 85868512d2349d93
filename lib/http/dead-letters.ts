import type { DynamoDBRecord } from "aws-lambda";
import { setting } from "./runtime.ts";

/** Puts a record of the stream aside that nobody can read, now or later: where it was, never what it held. */
export async function bury({ eventID, eventName, dynamodb }: DynamoDBRecord): Promise<void> {
  const body = { reason: "unreadable", eventID, eventName, keys: dynamodb?.Keys, sequenceNumber: dynamodb?.SequenceNumber };
  // Hardly ever: whoever starts does not wait for AWS's client.
  const { send } = await import("./queue.ts");
  await send(setting("DEAD_LETTER_QUEUE_URL"), JSON.stringify(body));
}
