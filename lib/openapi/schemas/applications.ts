import * as z from "zod/mini";
import { APPLICATION_STATES } from "../../domain/model.ts";
import { application } from "../../http/represent/application.ts";
import { described, flag, id, links, stamps, text, time } from "../described.ts";

export const applications = [
  described(application, "Application", z.object({
    id, state: z.enum(APPLICATION_STATES), enabled: flag, ...stamps, service_id: id, service_name: text,
    first_traffic_at: z.nullable(time), first_daily_traffic_at: z.nullable(time), user_key: text, name: text, description: text, links,
  })),
];
