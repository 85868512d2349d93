import { z } from "zod";
import { matches, type Pattern } from "./event-pattern.ts";
import type { StreamRecord } from "./stream.ts";
import type { EventSourceMapping } from "./template.ts";

/** How Lambda delivers a stream to a function: the settings of an AWS::Lambda::EventSourceMapping. */
export interface Delivery {
  readonly filters: readonly Pattern[];
  readonly batchSize: number;
  readonly retries: number;
  readonly bisect: boolean;
  readonly partialFailures: boolean;
  readonly onFailure: boolean;
}

/**
 * Reads a mapping strictly: a setting whose effect is not copied throws. So does an endless retry, Lambda's default,
 * with which "a bad record can block processing on the affected shard for up to one day".
 */
export function readMapping({ logicalId, properties }: EventSourceMapping): Delivery {
  const shape = MAPPING.parse(properties);
  if (shape.MaximumRetryAttempts < 0) throw new Error(`${logicalId} retries for ever, so one bad record blocks its shard for a day.`);
  return {
    filters: shape.FilterCriteria.Filters.map(({ Pattern: text }) => JSON.parse(text) as Pattern),
    batchSize: shape.BatchSize,
    retries: shape.MaximumRetryAttempts,
    bisect: shape.BisectBatchOnFunctionError,
    partialFailures: shape.FunctionResponseTypes.includes("ReportBatchItemFailures"),
    onFailure: shape.DestinationConfig !== undefined,
  };
}

/** One of the filters must match; a mapping without filters takes every record. */
export function wanted({ filters }: Delivery, record: StreamRecord): boolean {
  return filters.length === 0 || filters.some((filter) => matches(filter, record));
}

/**
 * Where Lambda goes on after an answer: the index of the first record that failed, `undefined` when none did (Lambda,
 * "Configuring partial batch response with DynamoDB and Lambda"). No list, or an empty one, is success; the lowest
 * sequence number reported is the checkpoint; an identifier that is empty, misnamed or not of this batch, or an answer of
 * another shape, fails the whole batch.
 */
export function firstFailure({ partialFailures }: Delivery, records: readonly StreamRecord[], answer: unknown): number | undefined {
  if (!partialFailures) return undefined;
  const { success, data } = ANSWER.safeParse(answer ?? {});
  if (!success) return 0;
  if (!data.batchItemFailures || data.batchItemFailures.length === 0) return undefined;
  const places = data.batchItemFailures.map(({ itemIdentifier }) =>
    records.findIndex((record) => record.dynamodb.SequenceNumber === itemIdentifier));
  return Math.max(0, Math.min(...places));
}

const ANSWER = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.unknown() })).nullish() });

const MAPPING = z.strictObject({
  EventSourceArn: z.unknown(),
  FunctionName: z.unknown(),
  Enabled: z.literal(true).default(true),
  StartingPosition: z.literal("TRIM_HORIZON"),
  BatchSize: z.number().default(100),
  MaximumRetryAttempts: z.number().default(-1),
  BisectBatchOnFunctionError: z.boolean().default(false),
  FunctionResponseTypes: z.array(z.literal("ReportBatchItemFailures")).default([]),
  FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string() })) }).default({ Filters: [] }),
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: z.unknown() }) }).optional(),
  // These change when records arrive, not whether or in which order a shard's records do.
  MaximumBatchingWindowInSeconds: z.number().optional(),
  MaximumRecordAgeInSeconds: z.number().optional(),
});
