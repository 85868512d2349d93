import { randomUUID } from "node:crypto";
import { functionArn } from "./aws.ts";
import type { Database } from "./database.ts";
import { firstFailure, readMapping, wanted } from "./event-source.ts";
import type { Invoke } from "./lambda.ts";
import { openStream, type StreamRecord } from "./stream.ts";
import type { EventSourceMapping } from "./template.ts";

/** What Lambda sends to an on-failure destination: metadata only (Lambda, "Retain discarded records for a DynamoDB event source"). */
export interface DeadLetter {
  readonly version: "1.0";
  readonly timestamp: string;
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: "RetryAttemptsExhausted";
    readonly approximateInvokeCount: number;
  };
  readonly responseContext: { readonly statusCode: 200; readonly executedVersion: "$LATEST"; readonly functionError?: "Unhandled" };
  readonly DDBStreamBatchInfo: {
    readonly shardId: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    readonly approximateArrivalOfFirstRecord: string;
    readonly approximateArrivalOfLastRecord: string;
    readonly batchSize: number;
    readonly streamArn: string;
  };
}

export interface Pump {
  /** Delivers everything written so far, in order, until it is accepted or discarded. Resolves to the number of records delivered. */
  drain(): Promise<number>;
  /** Delivers every record of the past once more: Lambda promises "at least once", not once. */
  redeliver(): Promise<number>;
  /** What the on-failure destination received. */
  readonly deadLetters: readonly DeadLetter[];
}

/**
 * An event source mapping, driven by the test instead of by time.
 *
 * On a function error a batch is halved where the mapping says so, which costs no retry ("Splitting batches doesn't
 * consume the retry quota"), then retried, then discarded. On reported failures what comes before the lowest is done
 * and the rest is delivered again, which costs no retry where the batch is bisected at that point and made progress.
 * AWS does not say what is discarded when the same record is reported until the retries are used up: here the whole
 * rest of the batch is, the worst case, so a function that stops at a bad record is seen to lose the good ones after it.
 */
export function createPump({ database, tableName, mapping, invoke }: {
  readonly database: Database;
  readonly tableName: string;
  readonly mapping: EventSourceMapping;
  readonly invoke: Invoke;
}): Pump {
  const delivery = readMapping(mapping);
  const stream = openStream({ database, tableName });
  const past: StreamRecord[] = [];
  const deadLetters: DeadLetter[] = [];

  async function deliver(batch: readonly StreamRecord[], invocations = 0): Promise<void> {
    const outcome = await attempt(batch);
    const invoked = invocations + 1;
    if (outcome === "done") return;
    const rest = batch.slice(outcome.failedFrom);
    const progress = outcome.failedFrom > 0;
    if (delivery.bisect && outcome.threw && rest.length > 1) {
      const middle = Math.ceil(rest.length / 2);
      await deliver(rest.slice(0, middle), invocations);
      return await deliver(rest.slice(middle), invocations);
    }
    if (delivery.bisect && progress) return await deliver(rest, invocations);
    if (invoked <= delivery.retries) return await deliver(rest, invoked);
    if (delivery.onFailure) deadLetters.push(deadLetter(mapping.function, rest, invoked, outcome.threw));
  }

  async function attempt(batch: readonly StreamRecord[]): Promise<"done" | { readonly failedFrom: number; readonly threw: boolean }> {
    let answer: unknown;
    try {
      answer = await invoke(mapping.function, { Records: batch });
    } catch {
      return { failedFrom: 0, threw: true };
    }
    const failedFrom = firstFailure(delivery, batch, answer);
    return failedFrom === undefined ? "done" : { failedFrom, threw: false };
  }

  async function deliverAll(records: readonly StreamRecord[]): Promise<number> {
    const chosen = records.filter((record) => wanted(delivery, record));
    for (let start = 0; start < chosen.length; start += delivery.batchSize) {
      await deliver(chosen.slice(start, start + delivery.batchSize));
    }
    return chosen.length;
  }

  return {
    deadLetters,
    async drain() {
      const fresh = await stream.read();
      past.push(...fresh);
      return await deliverAll(fresh);
    },
    redeliver: () => deliverAll(past),
  };
}

function deadLetter(functionId: string, records: readonly StreamRecord[], invocations: number, threw: boolean): DeadLetter {
  const [first, last] = [records[0]!, records.at(-1)!];
  const arrival = ({ dynamodb }: StreamRecord) => new Date(dynamodb.ApproximateCreationDateTime * 1000).toISOString();
  return {
    version: "1.0",
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: randomUUID(),
      functionArn: functionArn(functionId),
      condition: "RetryAttemptsExhausted",
      approximateInvokeCount: invocations,
    },
    responseContext: { statusCode: 200, executedVersion: "$LATEST", ...(threw ? { functionError: "Unhandled" } : {}) },
    DDBStreamBatchInfo: {
      shardId: "shardId-00000000000000000000-00000000",
      startSequenceNumber: first.dynamodb.SequenceNumber,
      endSequenceNumber: last.dynamodb.SequenceNumber,
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(last),
      batchSize: records.length,
      streamArn: first.eventSourceARN,
    },
  };
}
