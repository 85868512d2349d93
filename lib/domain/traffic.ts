import type { Period } from "./periods.ts";

/** What a request uses of a metric: so many more, or, written `#5`, exactly so many. */
export type Amount = { readonly op: "add" | "set"; readonly value: number };
/** Amounts by the id of the metric. */
export type Usage = ReadonlyMap<number, Amount>;

/** A metric as traffic sees it. A method is a metric with a parent; what is used of it is used of the parent too. */
export type TrafficMetric = { readonly id: number; readonly systemName: string; readonly parentId?: number };
export type TrafficLimit = { readonly metricId: number; readonly period: Period; readonly value: number };

/** What cannot be counted: an unknown metric, or a value that is no number. The texts are 3scale's. */
export type UsageError = { readonly code: "metric_invalid" | "usage_value_invalid"; readonly message: string };

/**
 * Reads `usage[hits]=1` by the names of metrics, and adds what methods use to their parents (3scale: apisonator,
 * Metric::Collection#process_usage). `flat` leaves the parents alone.
 */
export function readUsage(raw: Readonly<Record<string, unknown>>, metrics: readonly TrafficMetric[], flat = false): Usage | UsageError {
  const own = new Map<number, Amount>();
  for (const [given, value] of Object.entries(raw)) {
    const name = given.trim();
    const amount = readAmount(value);
    if (amount === undefined) return { code: "usage_value_invalid", message: valueMessage(name, value) };
    const metric = metrics.find(({ systemName }) => systemName === name);
    if (metric === undefined) return { code: "metric_invalid", message: `metric "${name}" is invalid` };
    own.set(metric.id, amount);
  }
  return flat ? own : withParents(own, metrics);
}

export function isUsageError(usage: Usage | UsageError): usage is UsageError {
  return "code" in usage;
}

/** What a count becomes. */
export function applied(amount: Amount, current: number): number {
  return amount.op === "set" ? amount.value : current + amount.value;
}

function withParents(own: Usage, metrics: readonly TrafficMetric[]): Usage {
  const all = new Map(own);
  for (const [id, amount] of own) {
    for (let parent = parentOf(id, metrics); parent !== undefined; parent = parentOf(parent, metrics)) {
      const before = all.get(parent);
      all.set(parent, amount.op === "set" || before === undefined ? amount : { op: before.op, value: before.value + amount.value });
    }
  }
  return all;
}

function parentOf(id: number, metrics: readonly TrafficMetric[]): number | undefined {
  return metrics.find((metric) => metric.id === id)?.parentId;
}

function readAmount(value: unknown): Amount | undefined {
  const [, set, digits] = /^\s*(#?)(\d{1,15})\s*$/.exec(typeof value === "number" ? String(value) : typeof value === "string" ? value : "") ?? [];
  return digits === undefined ? undefined : { op: set === "#" ? "set" : "add", value: Number(digits) };
}

function valueMessage(name: string, value: unknown): string {
  return typeof value !== "string" || value.trim() === ""
    ? `usage value for metric "${name}" can not be empty`
    : `usage value "${value}" for metric "${name}" is invalid`;
}
