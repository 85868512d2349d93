
export type Level = "INFO" | "WARN" | "ERROR";

/**
 * Writes one line of JSON to the function's log. Logs hold ids and reasons: no event, no header and no body is ever given to it.
 * Straight to standard output, because what Lambda's console writes before each line would hide the JSON from the filters of
 * those who are subscribed (lib/http/use-log.ts).
 */
export function log(level: Level, message: string, { error, ...facts }: Readonly<Record<string, unknown>> = {}): void {
  const timestamp = new Date().toISOString();
  const told = error === undefined ? {} : { error: described(error) };
  process.stdout.write(`${JSON.stringify({ level, message, timestamp, function: process.env["AWS_LAMBDA_FUNCTION_NAME"], ...facts, ...told })}\n`);
}

/** So much of an error as says what happened and where. What else clients hang onto theirs may be a whole request. */
function described(error: unknown): unknown {
  if (!(error instanceof Error)) return { name: typeof error };
  const { name, message, stack, cause } = error;
  return { name, message, stack, ...(cause === undefined ? {} : { cause: described(cause) }) };
}
