import * as z from "zod/mini";
import * as fields from "./fields.ts";

/** A service as an existing catalogue tells of it: `{"id": 42, "name": "Echo", "system_name": "echo"}`. */
export const announcedService = z.object({ id: z.number(), name: fields.name, system_name: z.optional(fields.systemName) });
