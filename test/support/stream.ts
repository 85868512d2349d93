import { setTimeout as sleep } from "node:timers/promises";
import { randomUUID } from "node:crypto";
import { DeleteItemCommand, DescribeTableCommand, DynamoDBClient, PutItemCommand, type AttributeValue } from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand, type _Record } from "@aws-sdk/client-dynamodb-streams";
import { ACCOUNT_ID, REGION } from "./aws.ts";
import type { Database } from "./database.ts";

type Item = Readonly<Record<string, unknown>>;

/** A record as Lambda hands it to a function (Lambda, "Using AWS Lambda with Amazon DynamoDB", example event). */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: "INSERT" | "MODIFY" | "REMOVE";
  readonly eventVersion: string;
  readonly eventSource: "aws:dynamodb";
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  readonly userIdentity?: { readonly type: "Service"; readonly principalId: "dynamodb.amazonaws.com" };
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Item;
    readonly NewImage?: Item;
    readonly OldImage?: Item;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: string;
  };
}

/** Items of this partition are the reader's own and are hidden from everyone who reads a stream through it. */
const MARKER = "STREAM-READER#";

export interface StreamReader {
  /** Every record written before the call and not read yet, oldest first. */
  read(): Promise<readonly StreamRecord[]>;
}

/**
 * Reads a table's stream from its beginning.
 *
 * A record appears in the stream a moment after its write, so "nothing more to read" is no proof. The reader therefore
 * writes an item of its own and reads until that comes by: what was written before it is then known to be read.
 * DynamoDB Local has one shard, hence one order; another number of shards throws.
 */
export function openStream({ database: connection, tableName }: { database: Database; tableName: string }): StreamReader {
  const database = new DynamoDBClient(connection);
  const streams = new DynamoDBStreamsClient(connection);
  let opened: Promise<Opened> | undefined;
  let iterator: string | undefined;

  async function open(): Promise<Opened> {
    const { Table } = await database.send(new DescribeTableCommand({ TableName: tableName }));
    const arn = Table?.LatestStreamArn;
    if (!arn) throw new Error(`The table ${tableName} has no stream.`);
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: arn }));
    const [shard, ...others] = StreamDescription?.Shards ?? [];
    if (!shard?.ShardId || others.length > 0) throw new Error(`Expected one shard, got ${others.length + 1}.`);
    const first = await streams.send(new GetShardIteratorCommand({ StreamArn: arn, ShardId: shard.ShardId, ShardIteratorType: "TRIM_HORIZON" }));
    iterator = first.ShardIterator;
    return { arn, keyNames: Table.KeySchema?.map(({ AttributeName }) => AttributeName!) ?? [] };
  }

  return {
    async read() {
      const { arn, keyNames } = await (opened ??= open());
      const partition = MARKER + randomUUID();
      const marker: Record<string, AttributeValue> = Object.fromEntries(keyNames.map((name) => [name, { S: partition }]));
      await database.send(new PutItemCommand({ TableName: tableName, Item: marker }));
      const records: StreamRecord[] = [];
      for (let arrived = false, polls = 0; !arrived; polls++) {
        // The emulator does one thing at a time: whoever asks without a pause keeps it from writing.
        if (polls > 0) await sleep(10);
        const page = await streams.send(new GetRecordsCommand({ ShardIterator: iterator! }));
        iterator = page.NextShardIterator;
        for (const raw of page.Records ?? []) {
          const owner = Object.values(raw.dynamodb?.Keys ?? {})[0]?.S ?? "";
          if (owner === partition) arrived = true;
          if (!owner.startsWith(MARKER)) records.push(asLambdaHasIt(raw, arn, keyNames));
        }
      }
      await database.send(new DeleteItemCommand({ TableName: tableName, Key: marker }));
      return records;
    },
  };
}

interface Opened {
  readonly arn: string;
  readonly keyNames: readonly string[];
}

/**
 * Puts right what DynamoDB Local 3.3.1 gets wrong: a TTL removal has no name and no identity and lists index keys
 * among its keys (DynamoDB, "Working with DynamoDB Streams and Time to Live", says what it should have), and ARNs
 * are of an account and a region that do not exist.
 */
function asLambdaHasIt({ eventID, eventName, eventVersion, dynamodb }: _Record, arn: string, keyNames: readonly string[]): StreamRecord {
  const expired = eventName !== "INSERT" && eventName !== "MODIFY" && eventName !== "REMOVE";
  const { ApproximateCreationDateTime, Keys = {}, NewImage, OldImage, SequenceNumber, SizeBytes, StreamViewType } = dynamodb!;
  const record: StreamRecord = {
    eventID: eventID!,
    eventName: expired ? "REMOVE" : eventName,
    eventVersion: eventVersion!,
    eventSource: "aws:dynamodb",
    awsRegion: REGION,
    eventSourceARN: arn.replace("ddblocal:000000000000", `${REGION}:${ACCOUNT_ID}`),
    ...(expired ? { userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" } } : {}),
    dynamodb: {
      ApproximateCreationDateTime: ApproximateCreationDateTime!.getTime() / 1000,
      Keys: Object.fromEntries(Object.entries(Keys).filter(([name]) => keyNames.includes(name))),
      ...(NewImage ? { NewImage } : {}),
      ...(OldImage ? { OldImage } : {}),
      SequenceNumber: SequenceNumber!,
      SizeBytes: SizeBytes!,
      StreamViewType: StreamViewType!,
    },
  };
  // Binary values travel as base64 in a Lambda event.
  return JSON.parse(JSON.stringify(record, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value)) as StreamRecord;
}
