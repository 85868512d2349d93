import * as z from "zod/mini";
import type { ServiceId } from "../lib/domain/brands.ts";
import { environmentIn } from "../lib/domain/configuration.ts";
import { DomainError, missingParameter, noConfiguration } from "../lib/domain/errors.ts";
import * as fields from "../lib/http/fields.ts";
import { lambda } from "../lib/http/lambda.ts";
import { operation, type Call } from "../lib/http/operation.ts";
import { paged } from "../lib/http/paging.ts";
import { pathId } from "../lib/http/path.ts";
import { proxyConfig } from "../lib/http/represent/proxy-config.ts";
import { created, many, one } from "../lib/http/reply.ts";
import { sealing } from "../lib/http/runtime.ts";
import { listConfigs, listConfigsOf, promoteConfig, readConfig } from "../lib/operations/proxy-configs.ts";

const READ = { scopes: ["account_management"], effect: "read", about: "services" } as const;
const WRITE = { scopes: ["account_management"], effect: "write", about: "services" } as const;
const CONFIGS = "/admin/api/services/{service_id}/proxy/configs/{environment}";

const serviceOf = (call: Call<unknown>) => pathId<ServiceId>(call, "service_id");

/** 3scale answers a bad environment with 400 where it stands below a service, and with 422 where it does not. */
function environmentOf({ path }: Call<unknown>, code: "malformed_request" | "invalid_environment") {
  const found = environmentIn(path["environment"] ?? "");
  if (found === undefined) throw new DomainError(code, "invalid environment");
  return found;
}

function versionIn(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function versionOf({ path }: Call<unknown>): number {
  const found = versionIn(path["version"] ?? "");
  if (found === undefined) throw noConfiguration();
  return found;
}

const listConfigsOfService = operation({
  name: "listProxyConfigsOfService", methods: ["GET"], path: CONFIGS, requires: READ, input: z.object({}),
  answer: many(proxyConfig),
  run: (call) => listConfigsOf({ ...call, ...sealing() }, call.principal, serviceOf(call), environmentOf(call, "malformed_request")),
});

const readConfigOperation = operation({
  name: "readProxyConfig", methods: ["GET"], path: `${CONFIGS}/{version}`, requires: READ, input: z.object({}),
  answer: one(proxyConfig),
  run: async (call) => {
    const environment = environmentOf(call, "malformed_request");
    const version = call.path["version"] === "latest" ? "latest" : versionOf(call);
    return readConfig({ ...call, ...sealing() }, call.principal, serviceOf(call), environment, version);
  },
});

const promoteConfigOperation = operation({
  name: "promoteProxyConfig", methods: ["POST"], path: `${CONFIGS}/{version}/promote`, requires: WRITE, input: z.object({ to: fields.filter }),
  answer: created(proxyConfig, ({ serviceId, environment, version }) => `/admin/api/services/${serviceId}/proxy/configs/${environment}/${version}`),
  run: async (call) => {
    const environment = environmentOf(call, "malformed_request");
    const { to = "" } = call.input;
    if (to === "") throw missingParameter("to");
    return promoteConfig({ ...call, ...sealing() }, call.principal, serviceOf(call), environment, versionOf(call), to);
  },
});

/** What gateways ask for: all at their start, or, with `host`, one for every request that they know nothing about yet. */
const listConfigsOperation = operation({
  name: "listProxyConfigs", methods: ["GET"], path: "/admin/api/account/proxy_configs/{environment}", requires: READ,
  input: z.object({ host: fields.filter, version: fields.filter, ...fields.paging }),
  answer: many(proxyConfig),
  run: async (call) => {
    const environment = environmentOf(call, "invalid_environment");
    const { host, version = "" } = call.input;
    // No service has version 0: what is no version matches nothing.
    const wanted = version === "latest" ? "latest" : version === "" ? "any" : (versionIn(version) ?? 0);
    return paged(call, (page) => listConfigs({ ...call, ...sealing() }, call.principal, environment, { host: host || undefined, version: wanted }, page));
  },
});

export const read = lambda(listConfigsOperation, listConfigsOfService, readConfigOperation);
export const promote = lambda(promoteConfigOperation);
