import type { MetricId, ServiceId } from "../domain/brands.ts";
import { heldByMetric, HITS, type Metric } from "../domain/catalogue.ts";
import { invalid, notFound, refused } from "../domain/errors.ts";
import type { Principal } from "../domain/model.ts";
import { systemNameFrom } from "../domain/system-name.ts";
import { newHex } from "../secrets/random.ts";
import { metrics, ofService } from "../table/catalogue.ts";
import type { ServiceTraffic } from "../table/traffic.ts";
import type { Storage } from "./context.ts";
import { entities } from "./entities.ts";
import { endRulesOf } from "./gateway.ts";
import { readServiceFor } from "./services.ts";
import { trafficWrite } from "./traffic-view.ts";

export type NewMetric = Pick<Metric, "friendlyName" | "unit" | "description"> & { readonly systemName?: string | undefined };
export type MetricChanges = Partial<Pick<Metric, "friendlyName" | "unit" | "description">>;

const stored = entities<Metric>({
  collection: metrics,
  event: "metric",
  subject: ({ id, serviceId }) => ({ serviceId, metricId: id }),
  facts: ({ systemName }) => ({ system_name: systemName }),
  serviceOf: ({ serviceId }) => serviceId,
  names: heldByMetric,
  follow: async (deps, { before, after }) => {
    const metric = after ?? before;
    if (metric === undefined || (before !== undefined && after !== undefined)) return [];
    return [
      await trafficWrite(deps, metric.accountId, metric.serviceId, (traffic) => (after === undefined ? without(traffic, metric) : withNew(traffic, after))),
      ...(after === undefined ? [await endRulesOf(deps, metric)] : []),
    ];
  },
});

/** All metrics of a service and all its methods, which are told by their parent (3scale: GET …/metrics). */
export async function listMetrics(deps: Storage, principal: Principal, service: ServiceId): Promise<Metric[]> {
  await readServiceFor(deps, principal, service);
  return stored.all(deps, principal, ofService(service));
}

/** The methods of a metric. */
export async function listMethods(deps: Storage, principal: Principal, service: ServiceId, parent: MetricId): Promise<Metric[]> {
  await readMetric(deps, principal, service, parent);
  return (await stored.all(deps, principal, ofService(service))).filter(({ parentId }) => parentId === parent);
}

/** A metric or a method of a service; of a given metric when it is asked for as its method. */
export async function readMetric(deps: Storage, principal: Principal, service: ServiceId, id: MetricId, parent?: MetricId): Promise<Metric> {
  const metric = await stored.read(deps, principal, id);
  if (metric.serviceId !== service || (parent !== undefined && metric.parentId !== parent)) throw notFound();
  return metric;
}

/** A new metric, or, with a parent, a new method of it. Only hits has methods. */
export async function createMetric(deps: Storage, principal: Principal, serviceId: ServiceId, wanted: NewMetric, parentId?: MetricId): Promise<Metric> {
  await readServiceFor(deps, principal, serviceId);
  if (parentId !== undefined && (await readMetric(deps, principal, serviceId, parentId)).systemName !== HITS) {
    throw invalid({ parent_id: ["You can only create methods under 'hits'"] });
  }
  const { friendlyName, unit, description, systemName = systemNameFrom(friendlyName, `metric_${newHex(12)}`) } = wanted;
  return stored.create(deps, principal, { serviceId, systemName, friendlyName, unit, description, ...(parentId === undefined ? {} : { parentId }) });
}

/** Changes how a metric is described; its system name stays. */
export async function updateMetric(
  deps: Storage, principal: Principal, service: ServiceId, id: MetricId, changes: MetricChanges, parent?: MetricId,
): Promise<Metric> {
  await readMetric(deps, principal, service, id, parent);
  return stored.update(deps, principal, id, (before) => ({ ...before, ...changes }));
}

/** Deletes a metric; the limits on it and the mapping rules to it end with it. Hits stays, and so does what gateways count. */
export async function deleteMetric(deps: Storage, principal: Principal, service: ServiceId, id: MetricId, parent?: MetricId): Promise<void> {
  await readMetric(deps, principal, service, id, parent);
  await stored.remove(deps, principal, id, ({ systemName }) => {
    if (systemName === HITS) throw refused({ base: ["The Hits metric cannot be deleted"] });
  });
}

function withNew(traffic: ServiceTraffic, { id, systemName, parentId }: Metric): ServiceTraffic {
  return { ...traffic, metrics: [...traffic.metrics, { id, systemName, ...(parentId === undefined ? {} : { parentId }) }] };
}

function without(traffic: ServiceTraffic, { id }: Metric): ServiceTraffic {
  return {
    ...traffic,
    metrics: traffic.metrics.filter((metric) => metric.id !== id),
    plans: traffic.plans.map((plan) => ({ ...plan, limits: plan.limits.filter(({ metricId }) => metricId !== id) })),
  };
}
