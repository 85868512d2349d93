import type { z } from "zod/mini";

/** What a field makes of a value: the value itself, or what is told about it. */
export function read(field: z.ZodMiniType, value: unknown): { readonly is: unknown } | readonly string[] {
  const parsed = field.safeParse(value);
  return parsed.success ? { is: parsed.data } : parsed.error.issues.map((issue) => issue.message);
}
