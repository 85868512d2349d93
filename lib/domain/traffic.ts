import type { MetricId } from "./brands.ts";
import type { Period } from "./periods.ts";
import { TrafficError } from "./traffic-errors.ts";

/** What a request uses of a metric: so many more, or, written `#5`, exactly so many. */
export type Amount = { readonly op: "add" | "set"; readonly value: number };
/** Amounts by the id of the metric. */
export type Usage = ReadonlyMap<MetricId, Amount>;

/** A metric as traffic sees it. A method is a metric with a parent; what is used of it is used of the parent too. */
export type TrafficMetric = { readonly id: MetricId; readonly systemName: string; readonly parentId?: MetricId };
export type TrafficLimit = { readonly metricId: MetricId; readonly period: Period; readonly value: number };

/**
 * Reads `usage[hits]=1` by the names of metrics, and adds what methods use to their parents (3scale: apisonator,
 * Metric::Collection#process_usage). Throws metric_invalid, or usage_value_invalid for what is no number.
 */
export function readUsage(raw: Readonly<Record<string, unknown>>, metrics: readonly TrafficMetric[]): Usage {
  const own = new Map<MetricId, Amount>();
  for (const [given, value] of Object.entries(raw)) {
    const name = given.trim();
    const amount = readAmount(value);
    const metric = metrics.find(({ systemName }) => systemName === name);
    if (metric === undefined) throw new TrafficError("metric_invalid", `metric "${name}" is invalid`);
    if (amount === undefined) throw new TrafficError("usage_value_invalid", valueMessage(name, value));
    own.set(metric.id, amount);
  }
  return withParents(own, metrics);
}

/** What a count becomes. */
export function applied(amount: Amount, current: number): number {
  return amount.op === "set" ? amount.value : current + amount.value;
}

/** Two amounts, one after the other, as one. */
export function folded(first: Amount, next: Amount): Amount {
  return next.op === "set" ? next : { op: first.op, value: first.value + next.value };
}

function withParents(own: Usage, metrics: readonly TrafficMetric[]): Usage {
  const all = new Map(own);
  for (const [id, amount] of own) {
    for (let parent = parentOf(id, metrics); parent !== undefined; parent = parentOf(parent, metrics)) {
      const before = all.get(parent);
      all.set(parent, before === undefined ? amount : folded(before, amount));
    }
  }
  return all;
}

function parentOf(id: MetricId, metrics: readonly TrafficMetric[]): MetricId | undefined {
  return metrics.find((metric) => metric.id === id)?.parentId;
}

function readAmount(value: unknown): Amount | undefined {
  const text = typeof value === "number" ? String(value) : value;
  const { set, digits } = (typeof text === "string" ? /^\s*(?<set>#?)(?<digits>\d{1,15})\s*$/.exec(text)?.groups : undefined) ?? {};
  return digits === undefined ? undefined : { op: set === "#" ? "set" : "add", value: Number(digits) };
}

function valueMessage(name: string, value: unknown): string {
  return typeof value !== "string" || value.trim() === ""
    ? `usage value for metric "${name}" can not be empty`
    : `usage value "${value}" for metric "${name}" is invalid`;
}
