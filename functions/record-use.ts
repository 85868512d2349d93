import { gunzipSync } from "node:zlib";
import type { CloudWatchLogsDecodedData, CloudWatchLogsEvent } from "aws-lambda";
import type { TokenUse } from "../lib/domain/last-used.ts";
import { log } from "../lib/http/log.ts";
import { storage } from "../lib/http/runtime.ts";
import { useIn } from "../lib/http/use-log.ts";
import { recordUses, type Recorded } from "../lib/operations/record-use.ts";

const recorded: Recorded = new Map();

/**
 * Notes when tokens were last used, from what the logs tell of requests, after those were answered: no decision waits for
 * a write. What fails is tried again twice and then lost, for it is no more than a hint.
 */
export async function handler(event: CloudWatchLogsEvent): Promise<void> {
  await recordUses({ ...storage(), recorded }, usesIn(event));
}

function usesIn({ awslogs }: CloudWatchLogsEvent): readonly TokenUse[] {
  const { messageType, logEvents } = JSON.parse(gunzipSync(Buffer.from(awslogs.data, "base64")).toString("utf8")) as CloudWatchLogsDecodedData;
  // The other kind only tries whether somebody is here.
  if (messageType !== "DATA_MESSAGE") return [];
  const uses = logEvents.flatMap(({ message, timestamp }) => useIn(message, timestamp) ?? []);
  if (uses.length < logEvents.length) log("WARN", "Lines of the logs tell of no use", { lines: logEvents.length - uses.length });
  return uses;
}
