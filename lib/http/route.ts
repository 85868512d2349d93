import { DomainError, notFound } from "../domain/errors.ts";
import type { Format, Operation } from "./operation.ts";

/** The extensions that say a format. Others at the end of a path are not understood, as in 3scale. */
const EXTENSION = /\.([A-Za-z][A-Za-z0-9]{0,9})$/;

export type Located = { readonly operation: Operation; readonly path: Readonly<Record<string, string>>; readonly format: Format };

/** Splits a path from the format its extension asks for; JSON when it has none (design.md §6: never by `Accept`). */
export function formatOf(path: string): { readonly bare: string; readonly format: string } {
  const [, extension] = EXTENSION.exec(path) ?? [];
  return extension === undefined ? { bare: path, format: "json" } : { bare: path.slice(0, -extension.length - 1), format: extension.toLowerCase() };
}

/**
 * Finds the operation for a method and a path (decoded, with its extension). API Gateway's greedy routes hand a whole
 * API to one function, so that the function chooses. Throws not_found, or not_acceptable for a format it does not speak.
 */
export function locate(operations: readonly Operation[], method: string, rawPath: string): Located {
  const { bare, format } = formatOf(rawPath);
  for (const operation of operations) {
    if (!operation.methods.includes(method as never)) continue;
    const spoken = (operation.formats ?? ["json"]).find((each) => each === format);
    // A value that takes the rest of a path may hold dots: what is no format of the operation belongs to it.
    const isValue = spoken === undefined && takesRest(operation.path);
    const path = match(operation.path, isValue ? rawPath : bare);
    if (path === undefined) continue;
    if (spoken === undefined && !isValue) throw new DomainError("not_acceptable", `The server does not understand "${format}" request.`);
    return { operation, path, format: spoken ?? "json" };
  }
  throw notFound();
}

const takesRest = (template: string) => template.endsWith("+}");

function match(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split("/");
  const parts = path.split("/");
  const last = wanted.length - 1;
  const given = takesRest(template) && parts.length > wanted.length ? [...parts.slice(0, last), parts.slice(last).join("/")] : parts;
  if (wanted.length !== given.length) return undefined;
  const found: Record<string, string> = {};
  for (const [at, segment] of wanted.entries()) {
    const text = given[at];
    if (text === undefined || text === "" && at > 0) return undefined;
    if (segment.startsWith("{")) found[segment.replace(/^\{|\+?\}$/g, "")] = text;
    else if (segment !== text) return undefined;
  }
  return found;
}
