/** How one resource of a template points at another. */
export type Resources = Readonly<Record<string, Resource>>;

export interface Resource {
  readonly Type: string;
  readonly DependsOn?: unknown;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** The logical ids that a value names by Ref, Fn::GetAtt or Fn::Sub, at any depth. */
export function referencesIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [...value.matchAll(/\$\{([^!}.]+)[^}]*\}/g)].map((match) => match[1] ?? "");
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    if (key === "Ref" && typeof item === "string") return [item];
    if (key === "Fn::GetAtt") return [Array.isArray(item) ? String(item[0]) : String(item).split(".", 1)[0] ?? ""];
    return referencesIn(item);
  });
}

/** The one resource of a type among those named; a view that would have to guess throws. */
export function theOne(logicalIds: readonly string[], type: string, resources: Resources): string {
  const [only, ...others] = new Set(logicalIds.filter((id) => resources[id]?.Type === type));
  if (others.length > 0) throw new Error(`Expected one ${type}, got ${[only, ...others].join(", ")}.`);
  return found(only, `a ${type} among ${JSON.stringify(logicalIds)}`);
}

export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The template does not have ${what}.`);
  return value;
}
