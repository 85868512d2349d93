import { createHash } from "node:crypto";
import { epochSeconds, id, type AccountId, type ApplicationId, type EpochSeconds, type MetricId, type ServiceId } from "../domain/brands.ts";
import type { Report, ReportedUse, Share } from "../domain/reports.ts";
import { readRow, type Table } from "./client.ts";
import { isDynamoDbError } from "./dynamodb/error.ts";
import { keys, type Key, type Row } from "./model.ts";
import { expectType, idIn, text, time } from "./row.ts";
import type { Write } from "./transact.ts";

/** Kept this long after it was made: longer than the stream keeps a record, and any program repeats a request. */
const KEPT_SECONDS = 3 * 24 * 60 * 60;

/** A use in as few bytes as there can be: application, metric, time, number, and whether it is added or set. */
type Packed = readonly [application: number, metric: number, at: number, value: number, op: "add" | "set"];

/** The id of a report that may be repeated: the same for the same idempotency key of the same service. */
export function reportId(account: AccountId, service: ServiceId, idempotencyKey: string): string {
  return digestOf(`${account} ${service} ${idempotencyKey}`);
}

/** The row of a report. It never changes; the table's stream carries it to where it is counted (D10). */
function reportRow(report: Report, contents: string): Row {
  const { id: reportId, accountId, serviceId, at, uses } = report;
  return {
    ...keys.report(reportId), type: "report", id: reportId, accountId, serviceId, at, contents,
    uses: uses.map(({ applicationId, metricId, at: when, amount }): Packed => [applicationId, metricId, when, amount.value, amount.op]),
    ttl: at + KEPT_SECONDS,
  };
}

export function reportFrom(row: Row): Report {
  expectType(row, "report");
  return { id: text(row, "id"), accountId: idIn(row, "accountId"), serviceId: idIn(row, "serviceId"), at: time(row, "at"), uses: usesIn(row["uses"]) };
}

function usesIn(value: unknown): readonly ReportedUse[] {
  if (!Array.isArray(value)) throw new Error("The report has no uses");
  return (value as Packed[]).map(([application, metric, at, number, op]) => {
    if (!Number.isSafeInteger(number) || (op !== "add" && op !== "set")) throw new Error("The report has a bad use");
    return { applicationId: id<ApplicationId>(application), metricId: id<MetricId>(metric), at: epochSeconds(at), amount: { op, value: number } };
  });
}

/**
 * Stores a report, once: a request that is repeated under the same id finds it there. `asked` is what was asked:
 * "other" means that the id stands for something else.
 */
export async function storeReport(table: Table, report: Report, asked: string): Promise<"stored" | "known" | "other"> {
  const contents = digestOf(asked);
  try {
    await table.call("PutItem", { TableName: table.name, Item: reportRow(report, contents), ConditionExpression: "attribute_not_exists(pk)" });
    return "stored";
  } catch (error) {
    if (!isDynamoDbError(error, "ConditionalCheckFailedException")) throw error;
    // Our own first try may be what stands there, if its answer was lost.
    return (await readRow(table, keys.report(report.id)))?.["contents"] === contents ? "known" : "other";
  }
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

export function shareKey({ id: reportId, applicationId, part }: Share): Key {
  return keys.countedShare(reportId, applicationId, part);
}

/** Marks a part of a report as counted, on the condition that it was not. */
export function markCounted(share: Share, now: EpochSeconds): Write {
  return { put: { ...shareKey(share), type: "counted_share", ttl: now + KEPT_SECONDS }, when: "absent" };
}
