/** What stands at a place of the document, with all it refers to put in. */
export function resolvedAt(document: object, place: readonly string[]): unknown {
  return resolved(document, place.reduce<unknown>(step, document));
}

/** A part of the document, with all it refers to put in. */
export function resolved(document: object, part: unknown): unknown {
  if (Array.isArray(part)) return part.map((item) => resolved(document, item));
  if (typeof part !== "object" || part === null) return part;
  const { $ref } = part as { readonly $ref?: unknown };
  if (typeof $ref === "string" && $ref.startsWith("#/")) return resolvedAt(document, $ref.slice(2).split("/").map((each) => each.replaceAll("~1", "/").replaceAll("~0", "~")));
  return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, resolved(document, item)]));
}

function step(at: unknown, key: string): unknown {
  return typeof at === "object" && at !== null && Object.hasOwn(at, key) ? (at as Readonly<Record<string, unknown>>)[key] : undefined;
}
