import * as z from "zod/mini";
import type { ApplicationFilter, Wanted } from "../lib/domain/application-filter.ts";
import { parseId, type ApplicationId, type DeveloperAccountId, type Id, type ServiceId } from "../lib/domain/brands.ts";
import * as fields from "../lib/http/fields.ts";
import { operation } from "../lib/http/operation.ts";
import { paged } from "../lib/http/paging.ts";
import { pathId } from "../lib/http/path.ts";
import { application } from "../lib/http/represent/application.ts";
import { many, one } from "../lib/http/reply.ts";
import { findApplicationFor, listApplicationsFor, listApplicationsOf, type Sought } from "../lib/operations/find-applications.ts";

const FORMATS = ["json", "xml"] as const;
const READ = { scopes: ["account_management"], effect: "read", about: "services" } as const;

const filters = z.object({
  service_id: fields.filter, plan_id: fields.filter, account: fields.filter, state: fields.filter, name: fields.filter, user_key: fields.filter,
});
const criteria = z.object({ application_id: fields.filter, id: fields.filter, user_key: fields.filter, app_id: fields.filter, service_id: fields.filter });

const listApplications = operation({
  name: "listApplications", methods: ["GET"], path: "/admin/api/applications", formats: FORMATS, requires: READ,
  input: z.object({ ...fields.paging, ...filters.shape }),
  answer: many(application),
  run: (call) => paged(call, (page) => listApplicationsFor(call, call.principal, filterFrom(call.input), page)),
});

const findApplication = operation({
  name: "findApplication", methods: ["GET"], path: "/admin/api/applications/find", formats: FORMATS, requires: READ, input: criteria,
  answer: one(application),
  run: (call) => findApplicationFor(call, call.principal, soughtFrom(call.input)),
});

const listAccountApplications = operation({
  name: "listAccountApplications", methods: ["GET"], path: "/admin/api/accounts/{account_id}/applications", formats: FORMATS, requires: READ,
  input: z.object({ state: fields.filter }),
  answer: many(application),
  run: (call) => listApplicationsOf(call, call.principal, pathId<DeveloperAccountId>(call, "account_id"), call.input.state ?? "all"),
});

const findAccountApplication = operation({
  name: "findAccountApplication", methods: ["GET"], path: "/admin/api/accounts/{account_id}/applications/find", formats: FORMATS, requires: READ, input: criteria,
  answer: one(application),
  run: (call) => findApplicationFor(call, call.principal, { ...soughtFrom(call.input), account: pathId<DeveloperAccountId>(call, "account_id") }),
});

/** `find` is no id: these come before the one that reads an application. */
export const applicationSearches = [listApplications, findApplication, listAccountApplications, findAccountApplication];

/** 3scale's name filter looks for a user key when it says so: `user_key: abc`. */
function filterFrom({ service_id, plan_id, account, state = "all", name = "", user_key }: z.output<typeof filters>): ApplicationFilter {
  const [, keyInName] = /^user_key:\s*(.*)$/s.exec(name) ?? [];
  return {
    service: wanted(service_id), plan: wanted(plan_id), account: wanted(account), state,
    name: keyInName === undefined ? name : "", userKey: user_key ?? keyInName,
  };
}

function soughtFrom({ id, application_id: wantedId = id, user_key: userKey, app_id: appId, service_id }: z.output<typeof criteria>): Sought {
  return { userKey, appId, id: parseId<ApplicationId>(wantedId ?? ""), service: wanted<ServiceId>(service_id) };
}

/** A filter that names nothing is still a filter, and matches nothing; so does a blank one, as in 3scale. */
function wanted<T extends Id>(text: string | undefined): Wanted<T> {
  return text === undefined ? "any" : (parseId<T>(text) ?? "unknown");
}
