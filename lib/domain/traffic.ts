import type { Period } from "./periods.ts";

/** A metric as traffic sees it. A method is a metric with a parent; what is used of it is used of the parent too. */
export type TrafficMetric = { readonly id: number; readonly systemName: string; readonly parentId?: number };
export type TrafficLimit = { readonly metricId: number; readonly period: Period; readonly value: number };
