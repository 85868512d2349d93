import type { HttpEvent } from "./gateway-event.ts";

/** A request that reached a route, and how it ended. */
export interface Served {
  readonly event: HttpEvent;
  readonly status: number;
  readonly latencyMs: number;
}

/**
 * The line that API Gateway writes of a request (API Gateway, "Customize HTTP API access logs"): the stage's format with its
 * variables replaced, "-" for what there is not. A variable that is not known here throws.
 */
export function accessLogLine(format: string, { event: { requestContext }, status, latencyMs }: Served): string {
  const found = requestContext.authorizer?.lambda as Readonly<Record<string, unknown>> | null | undefined;
  const values: Readonly<Record<string, unknown>> = {
    requestId: requestContext.requestId, requestTime: requestContext.time, routeKey: requestContext.routeKey, status, responseLatency: latencyMs,
  };
  return format.replaceAll(/\$context\.([\w.]+)/g, (variable, name: string) => {
    const [, property] = /^authorizer\.(\w+)$/.exec(name) ?? [];
    if (property === undefined && !(name in values)) throw new Error(`The access log has ${variable}, which this gateway does not know.`);
    const value = property === undefined ? values[name] : found?.[property];
    return value === undefined || value === null ? "-" : String(value as string | number | boolean);
  });
}
