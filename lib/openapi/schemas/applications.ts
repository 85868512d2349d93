import * as z from "zod/mini";
import { APPLICATION_STATES } from "../../domain/model.ts";
import { application, applicationKey } from "../../http/represent/application.ts";
import { described, flag, id, links, stamps, text, time } from "../described.ts";

export const applications = [
  described(application, "Application", z.object({
    id, state: z.enum(APPLICATION_STATES), enabled: flag, ...stamps, service_id: id, service_name: text,
    plan_id: z.optional(id), plan_name: z.optional(text), account_id: z.optional(id), org_name: z.optional(text),
    first_traffic_at: z.nullable(time), first_daily_traffic_at: z.nullable(time),
    // Those that calls of its service are made with.
    user_key: z.optional(text), provider_verification_key: z.optional(text), application_id: z.optional(text), redirect_url: z.optional(text),
    client_id: z.optional(text), client_secret: z.optional(text),
    name: text, description: text, links,
  })),
  described(applicationKey, "ApplicationKey", z.object({ value: text, ...stamps, links })),
];
