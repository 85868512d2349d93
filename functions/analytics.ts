import * as z from "zod/mini";
import type { ApplicationId, ServiceId } from "../lib/domain/brands.ts";
import { DomainError, subjectNotFound } from "../lib/domain/errors.ts";
import * as fields from "../lib/http/fields.ts";
import { lambda } from "../lib/http/lambda.ts";
import { operation } from "../lib/http/operation.ts";
import { pathId } from "../lib/http/path.ts";
import { top, usage } from "../lib/http/represent/usage.ts";
import { document } from "../lib/http/reply.ts";
import { applicationUsage, serviceUsage, topApplications, type UsageAsked } from "../lib/operations/analytics.ts";

const FORMATS = ["json", "xml", "csv"] as const;
const READ = { scopes: ["stats"], effect: "read", about: "services" } as const;

const asked = {
  metric_name: described("System name of a metric or a method, as `hits`."),
  period: described("`year`, `month`, `week`, `day` or `eternity`: that long up to now, or from `since` on. Without it, `granularity`, `since` and `until` are needed."),
  granularity: described("`month`, `day`, `21600` (six hours) or `hour`."),
  since: described("A time, as `2026-01-31` or `2026-01-31 10:00:00`."),
  until: described("A time, as `since`."),
  timezone: described("The zone that times are told in, by its name in Rails or in the tz database; UTC without it."),
};
/** Only `false` asks for the comparison, as in 3scale. */
const skipChange = z.pipe(z.unknown(), z.transform((value) => value !== false && value !== "false")).register(z.globalRegistry, { type: "boolean", description: "`false`: also how it changed against the time before." });
const usageAsked = z.object({ ...asked, skip_change: z.optional(skipChange) });

const readServiceUsage = operation({
  name: "readServiceUsage", methods: ["GET"], path: "/stats/services/{service_id}/usage", formats: FORMATS, requires: READ, input: usageAsked,
  answer: document(usage),
  run: (call) => naming("Service", () =>
    serviceUsage(call, call.principal, pathId<ServiceId>(call, "service_id"), said(call.input), call.input.skip_change === false)),
});

const readApplicationUsage = operation({
  name: "readApplicationUsage", methods: ["GET"], path: "/stats/applications/{application_id}/usage", formats: FORMATS, requires: READ, input: usageAsked,
  answer: document(usage),
  run: (call) => naming("Application", () =>
    applicationUsage(call, call.principal, pathId<ApplicationId>(call, "application_id"), said(call.input), call.input.skip_change === false)),
});

const listTopApplications = operation({
  name: "listTopApplications", methods: ["GET"], path: "/stats/services/{service_id}/top_applications", formats: FORMATS, requires: READ, input: z.object(asked),
  answer: document(top),
  run: (call) => naming("Service", () => topApplications(call, call.principal, pathId<ServiceId>(call, "service_id"), said(call.input))),
});

function described(description: string) {
  return z.optional(fields.filter).register(z.globalRegistry, { type: "string", description });
}

/** A blank parameter is one that was not sent. */
function said(input: { readonly [Name in keyof typeof asked]?: string | undefined }): UsageAsked {
  const { metric_name: metricName, period, granularity, since, until, timezone } = input;
  return {
    metricName: metricName || undefined, period: period || undefined, granularity: granularity || undefined, since: since || undefined,
    until: until || undefined, timezone: timezone || undefined,
  };
}

/** Unlike its other APIs, 3scale's Analytics API says what it did not find. */
async function naming<T>(subject: "Service" | "Application", find: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    throw error instanceof DomainError && error.code === "not_found" ? subjectNotFound(subject) : error;
  }
}

export const read = lambda(readServiceUsage, readApplicationUsage, listTopApplications);
