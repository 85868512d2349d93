import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { CloudWatchLogsDecodedData, CloudWatchLogsEvent } from "aws-lambda";

/** A line of a log, and when it was written (milliseconds since 1970). */
export type LogLine = { readonly message: string; readonly timestamp: number };

/** What CloudWatch Logs sends to a function that is subscribed to a group (Lambda, "Using Lambda with CloudWatch Logs"). */
export function logEvent(group: string, lines: readonly LogLine[], messageType = "DATA_MESSAGE"): CloudWatchLogsEvent {
  const data: CloudWatchLogsDecodedData = {
    messageType, owner: "123456789012", logGroup: group, logStream: "local", subscriptionFilters: ["local"],
    logEvents: lines.map((line) => ({ id: randomUUID(), ...line })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString("base64") } };
}
