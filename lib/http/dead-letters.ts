import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { DynamoDBRecord } from "aws-lambda";
import { setting } from "./runtime.ts";

const queue = new SQSClient({ maxAttempts: 3 });

/** Puts a record of the stream aside that nobody can read, now or later: where it was, never what it held. */
export async function bury({ eventID, eventName, dynamodb }: DynamoDBRecord): Promise<void> {
  const body = { reason: "unreadable", eventID, eventName, keys: dynamodb?.Keys, sequenceNumber: dynamodb?.SequenceNumber };
  await queue.send(new SendMessageCommand({ QueueUrl: setting("DEAD_LETTER_QUEUE_URL"), MessageBody: JSON.stringify(body) }));
}
