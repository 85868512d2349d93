import * as z from "zod/mini";
import type { MetricId, ServiceId } from "../lib/domain/brands.ts";
import * as fields from "../lib/http/fields.ts";
import { operation, type Call } from "../lib/http/operation.ts";
import { pathId } from "../lib/http/path.ts";
import { method, metric } from "../lib/http/represent/catalogue.ts";
import { created, EMPTY, many, one } from "../lib/http/reply.ts";
import { createMetric, deleteMetric, listMethods, listMetrics, readMetric, updateMetric } from "../lib/operations/metrics.ts";

const READ = { scopes: ["account_management"], effect: "read", about: "services" } as const;
const WRITE = { scopes: ["account_management"], effect: "write", about: "services" } as const;
const METHOD_NAMES = ["metric", "method"] as const;
const nothing = z.object({});

const described = { friendly_name: fields.name, description: z.optional(fields.description), system_name: z.optional(fields.blankOr(fields.systemName)) };
const newMetric = z.object({ ...described, unit: fields.nameOrNumber });
const newMethod = z.object(described);
const changes = z.object({ friendly_name: z.optional(fields.name), unit: z.optional(fields.nameOrNumber), description: z.optional(fields.description) });

const serviceOf = (call: Call<unknown>) => pathId<ServiceId>(call, "service_id");
const metricOf = (call: Call<unknown>) => pathId<MetricId>(call, "metric_id");
const idOf = (call: Call<unknown>) => pathId<MetricId>(call, "id");

function changed({ friendly_name, unit, description }: z.output<typeof changes>) {
  return {
    ...(friendly_name === undefined ? {} : { friendlyName: friendly_name }), ...(unit === undefined ? {} : { unit }),
    ...(description === undefined ? {} : { description }),
  };
}

const listMetricsOperation = operation({
  name: "listMetrics", methods: ["GET"], path: "/admin/api/services/{service_id}/metrics", requires: READ, input: nothing,
  answer: many(metric),
  run: (call) => listMetrics(call, call.principal, serviceOf(call)),
});

const createMetricOperation = operation({
  name: "createMetric", methods: ["POST"], path: "/admin/api/services/{service_id}/metrics", requires: WRITE, wrapper: "metric", input: newMetric,
  answer: created(metric, (made) => `/admin/api/services/${made.serviceId}/metrics/${made.id}`),
  run: (call) => {
    const { friendly_name: friendlyName, unit, description = "", system_name: systemName } = call.input;
    return createMetric(call, call.principal, serviceOf(call), { friendlyName, unit, description, systemName: systemName || undefined });
  },
});

const readMetricOperation = operation({
  name: "readMetric", methods: ["GET"], path: "/admin/api/services/{service_id}/metrics/{id}", requires: READ, input: nothing,
  answer: one(metric),
  run: (call) => readMetric(call, call.principal, serviceOf(call), idOf(call)),
});

const updateMetricOperation = operation({
  name: "updateMetric", methods: ["PUT", "PATCH"], path: "/admin/api/services/{service_id}/metrics/{id}", requires: WRITE, wrapper: "metric", input: changes,
  answer: one(metric),
  run: (call) => updateMetric(call, call.principal, serviceOf(call), idOf(call), changed(call.input)),
});

const deleteMetricOperation = operation({
  name: "deleteMetric", methods: ["DELETE"], path: "/admin/api/services/{service_id}/metrics/{id}", requires: WRITE, input: nothing,
  answer: EMPTY,
  run: (call) => deleteMetric(call, call.principal, serviceOf(call), idOf(call)),
});

const listMethodsOperation = operation({
  name: "listMethods", methods: ["GET"], path: "/admin/api/services/{service_id}/metrics/{metric_id}/methods", requires: READ, input: nothing,
  answer: many(method),
  run: (call) => listMethods(call, call.principal, serviceOf(call), metricOf(call)),
});

const createMethod = operation({
  name: "createMethod", methods: ["POST"], path: "/admin/api/services/{service_id}/metrics/{metric_id}/methods", requires: WRITE, wrapper: METHOD_NAMES, input: newMethod,
  answer: created(method, (made) => `/admin/api/services/${made.serviceId}/metrics/${made.parentId}/methods/${made.id}`),
  run: (call) => {
    const { friendly_name: friendlyName, description = "", system_name: systemName } = call.input;
    const wanted = { friendlyName, unit: "hit", description, systemName: systemName || undefined };
    return createMetric(call, call.principal, serviceOf(call), wanted, metricOf(call));
  },
});

const readMethod = operation({
  name: "readMethod", methods: ["GET"], path: "/admin/api/services/{service_id}/metrics/{metric_id}/methods/{id}", requires: READ, input: nothing,
  answer: one(method),
  run: (call) => readMetric(call, call.principal, serviceOf(call), idOf(call), metricOf(call)),
});

const updateMethod = operation({
  name: "updateMethod", methods: ["PUT", "PATCH"], path: "/admin/api/services/{service_id}/metrics/{metric_id}/methods/{id}", requires: WRITE,
  wrapper: METHOD_NAMES, input: changes,
  answer: one(method),
  run: (call) => updateMetric(call, call.principal, serviceOf(call), idOf(call), changed(call.input), metricOf(call)),
});

const deleteMethod = operation({
  name: "deleteMethod", methods: ["DELETE"], path: "/admin/api/services/{service_id}/metrics/{metric_id}/methods/{id}", requires: WRITE, input: nothing,
  answer: EMPTY,
  run: (call) => deleteMetric(call, call.principal, serviceOf(call), idOf(call), metricOf(call)),
});

export const metricReads = [listMetricsOperation, readMetricOperation, listMethodsOperation, readMethod];
export const metricWrites = [createMetricOperation, updateMetricOperation, deleteMetricOperation, createMethod, updateMethod, deleteMethod];
