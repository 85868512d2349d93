import * as z from "zod/mini";
import type { Answer } from "../http/reply.ts";

/** The schema of what stands under its name in an answer. `name` is its name in the document. */
export type Described = { readonly of: Represented; readonly name: string; readonly schema: z.ZodMiniType };
/** A representation, or an answer that writes in a way of its own. */
export type Represented = NonNullable<Answer<unknown>["as"]> | Pick<Answer<never>, "status" | "shape">;

/** Says what a representation of lib/http/represent looks like to those who read it. */
export function described(of: Represented, name: string, schema: z.ZodMiniType): Described {
  return { of, name, schema };
}

export const id = z.int().check(z.positive());
export const text = z.string();
export const flag = z.boolean();
export const time = z.string().register(z.globalRegistry, { type: "string", format: "date-time" });
export const date = z.string().register(z.globalRegistry, { type: "string", format: "date" });
export const url = z.string().register(z.globalRegistry, { type: "string", format: "uri" });
/** Amounts of money in whole units of the currency. */
export const money = z.number();
export const links = z.array(z.object({ rel: z.string(), href: url }));
export const stamps = { created_at: time, updated_at: time };
