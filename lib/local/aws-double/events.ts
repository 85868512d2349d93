import { randomUUID } from "node:crypto";
import { z } from "zod";
import { AwsError, parse } from "./operation.ts";
import type { Operations } from "./operation.ts";

const MOST_ENTRIES = 10;
const MOST_BYTES = 1024 * 1024;

const Entry = z.object({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: z.string().optional(),
  Resources: z.array(z.string()).optional(),
  Time: z.number().optional(),
});
type Entry = z.output<typeof Entry>;

/** An accepted event, in the words of PutEvents. `Time` is seconds since 1970, as it was sent. */
export type PutEvent = Entry & { readonly Source: string; readonly DetailType: string; readonly Detail: string };

const PutEvents = z.object({ Entries: z.array(Entry).min(1).max(MOST_ENTRIES) });

/** An event bus that keeps what it accepts. A bad entry fails alone, as in EventBridge: the answer is still a 200. */
export function events(accepted: PutEvent[]): Operations {
  return {
    "events:PutEvents"(input) {
      const { Entries } = parse(PutEvents, input);
      if (Entries.map(sizeInBytes).reduce((a, b) => a + b) >= MOST_BYTES) {
        throw new AwsError("ValidationException", "Total size of the entries in the request is over the limit.");
      }
      const results = Entries.map((entry) => accept(entry, accepted));
      return { FailedEntryCount: results.filter((result) => "ErrorCode" in result).length, Entries: results };
    },
  };
}

function accept(entry: Entry, accepted: PutEvent[]): { EventId: string } | { ErrorCode: string; ErrorMessage: string } {
  const { Source, DetailType, Detail } = entry;
  if (!Source) return missing("Source");
  if (!DetailType) return missing("DetailType");
  if (!Detail) return missing("Detail");
  if (!isJsonObject(Detail)) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  accepted.push({ ...entry, Source, DetailType, Detail });
  return { EventId: randomUUID() };
}

const missing = (name: string) => ({
  ErrorCode: "InvalidArgument",
  ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
});

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** As EventBridge counts: the text in UTF-8, and 14 bytes for a time. */
function sizeInBytes({ Source, DetailType, Detail, Resources, Time }: Entry): number {
  const texts = [Source, DetailType, Detail, ...(Resources ?? [])];
  return Buffer.byteLength(texts.join("")) + (Time === undefined ? 0 : 14);
}
