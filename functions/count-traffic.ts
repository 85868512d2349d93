import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import type { Report } from "../lib/domain/reports.ts";
import { bury } from "../lib/http/dead-letters.ts";
import { log } from "../lib/http/log.ts";
import { storage } from "../lib/http/runtime.ts";
import { countReports } from "../lib/operations/count-traffic.ts";
import type { Row } from "../lib/table/model.ts";
import { reportFrom } from "../lib/table/reports.ts";

/**
 * Counts the reports that enter the table's stream. A record that cannot be read goes to the dead-letter queue and
 * holds up nobody; when the table does not answer, the whole batch comes again, and nothing is counted twice.
 */
export async function handler({ Records: records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  try {
    const reports: Report[] = [];
    for (const record of records) {
      const report = readable(record);
      if (report === undefined) await bury(record);
      else reports.push(report);
    }
    await countReports(storage(), reports);
    return { batchItemFailures: [] };
  } catch (error) {
    log("ERROR", "Reports could not be counted", { error });
    // Without a number, an empty one: all of the batch has failed then.
    return { batchItemFailures: [{ itemIdentifier: records[0]?.dynamodb?.SequenceNumber ?? "" }] };
  }
}

function readable(record: DynamoDBRecord): Report | undefined {
  try {
    return reportFrom(unmarshall((record.dynamodb?.NewImage ?? {}) as Record<string, AttributeValue>) as Row);
  } catch (error) {
    log("ERROR", "A record of the stream is not a report", { eventId: record.eventID, error });
    return undefined;
  }
}
