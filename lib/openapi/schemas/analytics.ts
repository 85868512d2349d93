import * as z from "zod/mini";
import { APPLICATION_STATES } from "../../domain/model.ts";
import { top, usage } from "../../http/represent/usage.ts";
import { described, id, text, time, url } from "../described.ts";

const PERIODS = ["eternity", "year", "month", "week", "day"] as const;
const metric = z.object({ id, name: text, system_name: text, unit: text });
const named = z.object({ id, name: text });
const service = z.object({ id });

export const analytics = [
  described(usage, "Usage", z.object({
    metric,
    period: z.object({
      name: z.nullable(z.enum(PERIODS)), since: time, until: time, timezone: text,
      granularity: z.union([z.enum(["eternity", "month", "day", "hour"]), z.literal(21600)]),
    }),
    total: z.int(), values: z.array(z.int()),
    application: z.optional(z.object({
      id, name: text, state: z.enum(APPLICATION_STATES), link: url, description: text,
      plan: z.optional(named), account: z.optional(z.object({ id, name: text, link: url })), service,
    })),
    // With skip_change=false.
    previous_total: z.optional(z.int()), change: z.optional(z.number()),
  })),
  described(top, "TopApplications", z.object({
    applications: z.array(z.object({ name: text, id, value: z.int(), account: z.optional(named), plan: z.optional(named), service })),
    metric,
    period: z.object({ name: z.enum(PERIODS), since: time, until: time }),
  })),
];
