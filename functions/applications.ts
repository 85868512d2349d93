import * as z from "zod/mini";
import { parseId, type ApplicationId, type ServiceId } from "../lib/domain/brands.ts";
import * as fields from "../lib/http/fields.ts";
import { operation } from "../lib/http/operation.ts";
import { pageWanted } from "../lib/http/paging.ts";
import { application } from "../lib/http/represent/application.ts";
import { many, one } from "../lib/http/reply.ts";
import { findApplicationFor, listApplicationsFor, type WantedService } from "../lib/operations/applications.ts";

const FORMATS = ["json", "xml"] as const;
const READ = { scopes: ["account_management"], effect: "read", about: "services" } as const;

export const listApplications = operation({
  name: "listApplications", methods: ["GET"], path: "/admin/api/applications", formats: FORMATS, requires: READ,
  input: z.object({ page: fields.page, per_page: fields.page, service_id: fields.filter }),
  answer: many(application),
  run: (call) => listApplicationsFor(call, call.principal, wantedService(call.input.service_id), pageWanted(call.input)),
});

export const findApplication = operation({
  name: "findApplication", methods: ["GET"], path: "/admin/api/applications/find", formats: FORMATS, requires: READ,
  input: z.object({ application_id: fields.filter, id: fields.filter, user_key: fields.filter, service_id: fields.filter }),
  answer: one(application),
  run: (call) => {
    const { id, application_id: wantedId = id, user_key: userKey, service_id } = call.input;
    return findApplicationFor(call, call.principal, {
      id: parseId<ApplicationId>(wantedId ?? ""), userKey, serviceId: wantedService(service_id),
    });
  },
});

/** A filter that names no service is still a filter, and matches nothing; so does a blank one, as in 3scale. */
function wantedService(text: string | undefined): WantedService {
  return text === undefined ? "any" : (parseId<ServiceId>(text) ?? "unknown");
}
