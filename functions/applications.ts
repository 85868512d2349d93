import * as z from "zod/mini";
import { parseId, type ApplicationId, type ServiceId } from "../lib/domain/brands.ts";
import * as fields from "../lib/http/fields.ts";
import { operation } from "../lib/http/operation.ts";
import { pageWanted } from "../lib/http/paging.ts";
import { application } from "../lib/http/represent/application.ts";
import { many, one } from "../lib/http/reply.ts";
import { findApplicationFor, listApplicationsFor } from "../lib/operations/applications.ts";

const FORMATS = ["json", "xml"] as const;
const READ = { scopes: ["account_management"], effect: "read", about: "services" } as const;

export const listApplications = operation({
  name: "listApplications", methods: ["GET"], path: "/admin/api/applications", formats: FORMATS, requires: READ,
  input: z.object({ page: fields.page, per_page: fields.page, service_id: fields.filter }),
  run: async (call) => {
    const { service_id: text } = call.input;
    const serviceId = text === undefined || text === "" ? "any" : (parseId<ServiceId>(text) ?? "unknown");
    return many(application, await listApplicationsFor(call, call.principal, serviceId, pageWanted(call.input)));
  },
});

export const findApplication = operation({
  name: "findApplication", methods: ["GET"], path: "/admin/api/applications/find", formats: FORMATS, requires: READ,
  input: z.object({ application_id: fields.filter, id: fields.filter, user_key: fields.filter, service_id: fields.filter }),
  run: async (call) => {
    const { application_id, id = application_id, user_key: userKey, service_id: service } = call.input;
    return one(application, await findApplicationFor(call, call.principal, {
      id: parseId<ApplicationId>(id ?? ""), userKey, serviceId: service === undefined ? "any" : (parseId<ServiceId>(service) ?? "unknown"),
    }));
  },
});
