import * as z from "zod/mini";
import { BACKEND_VERSIONS, DEPLOYMENT_OPTIONS, SERVICE_STATES, type ServiceFlag } from "../../domain/model.ts";
import { service } from "../../http/represent/service.ts";
import { maskedServiceToken, revealedServiceToken } from "../../http/represent/service-token.ts";
import { described, flag, id, links, stamps, text, time } from "../described.ts";

const flags = {
  intentions_required: flag, buyers_manage_apps: flag, buyers_manage_keys: flag, referrer_filters_required: flag, custom_keys_enabled: flag,
  buyer_key_regenerate_enabled: flag, mandatory_app_key: flag, buyer_can_select_plan: flag,
} satisfies Record<ServiceFlag, z.ZodMiniType>;

const token = { service_id: id, service_name: text, scope: text, permission: z.literal("rw"), created_at: time, value: text };

export const services = [
  described(service, "Service", z.object({
    id, name: text, state: z.enum(SERVICE_STATES), system_name: text, backend_version: z.enum(BACKEND_VERSIONS),
    deployment_option: z.enum(DEPLOYMENT_OPTIONS), support_email: z.optional(text), description: z.optional(text), ...flags,
    annotations: z.object({}), ...stamps, links,
  })),
  described(revealedServiceToken, "ServiceToken", z.object(token)),
  described(maskedServiceToken, "MaskedServiceToken", z.object({ ...token, links })),
];
