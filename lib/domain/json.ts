export type JsonObject = Readonly<Record<string, unknown>>;

/** Deeper than this nobody nests settings; what is written out again must not exhaust the stack. */
const MAX_DEPTH = 50;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value can be kept as JSON: not nested without end. */
export function isShallow(value: unknown, depth = MAX_DEPTH): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((each) => isShallow(each, depth - 1));
}

/** The value that a text says in JSON, or the value itself when it is no text; undefined for a text that is no JSON. */
export function jsonOrText(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}
