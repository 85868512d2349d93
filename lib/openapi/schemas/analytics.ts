import * as z from "zod/mini";
import { APPLICATION_STATES } from "../../domain/model.ts";
import { top, usage } from "../../http/represent/usage.ts";
import { described, id, text, time, url } from "../described.ts";

const metric = z.object({ id, name: text, system_name: text, unit: text });
/** Times are those of the zone that was asked for, with its offset. */
const span = { since: time, until: time };
const named = z.object({ id, name: text });

export const analytics = [
  described(usage, "Usage", z.object({
    metric, period: z.object({
      name: z.nullable(z.enum(["year", "month", "week", "day", "eternity"])), ...span, timezone: text,
      granularity: z.union([z.enum(["eternity", "month", "day", "hour"]), z.literal(21600)]),
    }),
    total: z.int(), values: z.array(z.int()).register(z.globalRegistry, { description: "One for each cycle of the granularity." }),
    application: z.optional(z.object({
      id, name: text, state: z.enum(APPLICATION_STATES), link: url, description: text, plan: z.optional(named),
      account: z.optional(z.object({ id, name: text, link: url })), service: z.object({ id }),
    })),
    previous_total: z.optional(z.int()), change: z.optional(z.number().register(z.globalRegistry, { description: "In per cent." })),
  })),
  described(top, "TopApplications", z.object({
    applications: z.array(z.object({ name: text, id, value: z.int(), account: z.optional(named), plan: z.optional(named), service: z.object({ id }) })),
    metric, period: z.object({ name: z.enum(["year", "month", "week", "day", "eternity"]), ...span }),
  })),
];
