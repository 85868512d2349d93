import { parseId, type Id } from "../domain/brands.ts";
import { notFound } from "../domain/errors.ts";

/** An id in a path. What is no id names nothing: 404, like an id that does not exist. */
export function pathId<T extends Id>(call: { readonly path: Readonly<Record<string, string>> }, name: string): T {
  const found = parseId<T>(call.path[name] ?? "");
  if (found === undefined) throw notFound();
  return found;
}
