import * as z from "zod/mini";
import { PERIODS } from "../../domain/periods.ts";
import { applicationPlan, limit, method, metric } from "../../http/represent/catalogue.ts";
import { described, flag, id, links, money, stamps, text } from "../described.ts";

const named = { id, name: text, system_name: text, friendly_name: text, description: text };

export const catalogue = [
  described(metric, "Metric", z.object({ ...named, unit: text, parent_id: z.optional(id), ...stamps, links })),
  described(method, "Method", z.object({ ...named, parent_id: id, ...stamps, links })),
  described(applicationPlan, "ApplicationPlan", z.object({
    id, name: text, state: z.enum(["published", "hidden"]), setup_fee: money, cost_per_month: money, trial_period_days: z.int(),
    cancellation_period: z.int(), approval_required: flag, default: flag, ...stamps, custom: flag, system_name: text, links,
  })),
  described(limit, "Limit", z.object({ id, period: z.enum(PERIODS), value: z.int(), metric_id: id, plan_id: id, ...stamps, links })),
];
