import * as z from "zod/mini";
import type { ServiceId } from "../lib/domain/brands.ts";
import { BACKEND_VERSIONS, DEPLOYMENT_OPTIONS, SERVICE_FLAG_DEFAULTS, type Service, type ServiceFlag, type ServiceSettings } from "../lib/domain/model.ts";
import * as fields from "../lib/http/fields.ts";
import { lambda } from "../lib/http/lambda.ts";
import { operation } from "../lib/http/operation.ts";
import { paged } from "../lib/http/paging.ts";
import { pathId } from "../lib/http/path.ts";
import { service } from "../lib/http/represent/service.ts";
import { EMPTY, many, one } from "../lib/http/reply.ts";
import { deleteService, listServicesFor, readServiceFor, updateService } from "../lib/operations/services.ts";

export const FORMATS = ["json", "xml"] as const;
const READ = { scopes: ["account_management"], effect: "read", about: "services" } as const;
const WRITE = { scopes: ["account_management"], effect: "write", about: "services" } as const;
export const ADMIN_WRITE = { scopes: ["account_management"], effect: "write", about: "services", role: "admin" } as const;

const flag = z.optional(fields.flag);
export const settings = {
  description: z.optional(fields.blankOr(fields.description)),
  support_email: z.optional(fields.blankOr(fields.email)),
  backend_version: z.optional(fields.oneOf(BACKEND_VERSIONS)),
  deployment_option: z.optional(fields.oneOf(DEPLOYMENT_OPTIONS)),
  intentions_required: flag,
  buyers_manage_apps: flag,
  buyers_manage_keys: flag,
  referrer_filters_required: flag,
  custom_keys_enabled: flag,
  buyer_key_regenerate_enabled: flag,
  mandatory_app_key: flag,
  buyer_can_select_plan: flag,
} satisfies Record<ServiceFlag | "description" | "support_email" | "backend_version" | "deployment_option", z.ZodMiniType>;

const changes = z.object({
  ...settings,
  name: z.optional(fields.name),
  state_event: z.optional(fields.oneOf(["publish", "hide"])),
});

const STATE_AFTER = { publish: "published", hide: "hidden" } as const;

const deleteServiceOperation = operation({
  name: "deleteService", methods: ["DELETE"], path: "/admin/api/services/{id}", formats: FORMATS, requires: ADMIN_WRITE, input: z.object({}),
  answer: EMPTY,
  run: (call) => deleteService(call, call.principal, pathId<ServiceId>(call, "id")),
});

export const listServices = operation({
  name: "listServices", methods: ["GET"], path: "/admin/api/services", formats: FORMATS, requires: READ,
  input: z.object({ ...fields.paging }),
  answer: many(service),
  run: (call) => paged(call, (page) => listServicesFor(call, call.principal, page)),
});

export const readService = operation({
  name: "readService", methods: ["GET"], path: "/admin/api/services/{id}", formats: FORMATS, requires: READ, input: z.object({}),
  answer: one(service),
  run: (call) => readServiceFor(call, call.principal, pathId<ServiceId>(call, "id")),
});

/** Any member with `partners` who reaches the service may change it, as in 3scale. */
export const updateServiceOperation = operation({
  name: "updateService", methods: ["PUT", "PATCH"], path: "/admin/api/services/{id}", formats: FORMATS, requires: WRITE, wrapper: "service", input: changes,
  answer: one(service),
  run: (call) => {
    const { name, state_event: event } = call.input;
    return updateService(call, call.principal, pathId<ServiceId>(call, "id"), (before: Service) => ({
      name, settings: settingsAfter(before.settings, call.input), state: event === undefined ? undefined : STATE_AFTER[event],
    }));
  },
});

type GivenSettings = { readonly [K in keyof typeof settings]?: z.output<(typeof settings)[K]> };

export function settingsAfter(before: ServiceSettings, given: GivenSettings): ServiceSettings {
  const flagsAfter = Object.fromEntries(
    (Object.keys(SERVICE_FLAG_DEFAULTS) as ServiceFlag[]).map((name) => [name, given[name] ?? before.flags[name]]),
  ) as Record<ServiceFlag, boolean>;
  const description = given.description === undefined ? before.description : given.description;
  const supportEmail = given.support_email === undefined ? before.supportEmail : given.support_email;
  return {
    ...(description ? { description } : {}),
    ...(supportEmail ? { supportEmail } : {}),
    backendVersion: given.backend_version ?? before.backendVersion,
    deploymentOption: given.deployment_option ?? before.deploymentOption,
    flags: flagsAfter,
  };
}

export const remove = lambda(deleteServiceOperation);
