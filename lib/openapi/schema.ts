import * as z from "zod/mini";

/** A schema as OpenAPI 3.1 writes it: JSON Schema, draft 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** What a request may hold, from the very schema that parses it. What a field says of itself stands for all that it also tolerates. */
export function inputSchema(schema: z.ZodMiniType): JsonSchema {
  return written(schema, "input");
}

/** What an answer holds. It may gain attributes: nothing is said of those that are not named. */
export function outputSchema(schema: z.ZodMiniType): JsonSchema {
  return written(schema, "output");
}

function written(schema: z.ZodMiniType, io: "input" | "output"): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (z.globalRegistry.get(zodSchema)?.["type"] !== undefined) delete jsonSchema.anyOf;
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return rest;
}
