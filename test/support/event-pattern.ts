/**
 * EventBridge's pattern language, which Lambda's event filters share (EventBridge, "Creating event patterns"; Lambda,
 * "Filter rule syntax"). Only what we use: exact values, prefix, exists, anything-but, nesting. The rest throws.
 */
export type Pattern = Readonly<Record<string, unknown>>;

/** Every field of the pattern must match; of the values listed for a field, one. */
export function matches(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    if (name.startsWith("$")) throw new Error(`The pattern ${name} is not one that the tests can match.`);
    const value = isObject(event) ? event[name] : undefined;
    if (Array.isArray(wanted)) return wanted.some((rule) => leafMatches(rule, value));
    if (!isObject(wanted)) throw new Error(`The field ${name} of a pattern must be a list or an object.`);
    return matches(wanted, value);
  });
}

/** "exists" works on leaves only; of a list in the event, one element must match. */
function leafMatches(rule: unknown, value: unknown): boolean {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!isObject(rule)) return value !== undefined && values.includes(rule);
  const [[kind, argument], ...others] = Object.entries(rule) as [[string, unknown], ...unknown[]];
  if (others.length > 0) throw new Error(`A rule of a pattern is one comparison, not ${JSON.stringify(rule)}.`);
  switch (kind) {
    case "exists":
      return (value !== undefined && !isObject(value)) === argument;
    case "prefix":
      return values.some((item) => typeof item === "string" && item.startsWith(String(argument)));
    case "anything-but": {
      if (value === undefined) return false;
      const unwanted: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
      return values.some((item) => !unwanted.some((one) => leafMatches(one, item)));
    }
    default:
      throw new Error(`The comparison ${kind} is not one that the tests can match.`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
