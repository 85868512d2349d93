import * as z from "zod/mini";
import { parseId, toId, type MappingRuleId, type MetricId, type ServiceId } from "../lib/domain/brands.ts";
import { notFound } from "../lib/domain/errors.ts";
import { HTTP_METHODS } from "../lib/domain/mapping-rules.ts";
import { OIDC_FLOWS } from "../lib/domain/proxy.ts";
import { OPTIONAL_SETTINGS, REQUIRED_SETTINGS, STATUS_SETTINGS, type SettingName } from "../lib/domain/proxy-settings.ts";
import * as fields from "../lib/http/fields.ts";
import { operation, type Call } from "../lib/http/operation.ts";
import { pathId } from "../lib/http/path.ts";
import { mappingRule, oidcConfiguration, policyChain, proxy } from "../lib/http/represent/proxy.ts";
import { created, EMPTY, many, one } from "../lib/http/reply.ts";
import { createRule, deleteRule, listRules, readRule, updateRule } from "../lib/operations/mapping-rules.ts";
import { deployProxy, readProxy, updateOidcFlows, updatePolicies, updateProxy } from "../lib/operations/proxies.ts";

const READ = { scopes: ["account_management"], effect: "read", about: "services" } as const;
const WRITE = { scopes: ["account_management"], effect: "write", about: "services" } as const;
const POLICIES_READ = { ...READ, scopes: ["account_management", "policy_registry"] } as const;
const POLICIES_WRITE = { ...WRITE, scopes: ["account_management", "policy_registry"] } as const;
const nothing = z.object({});
const PROXY = "/admin/api/services/{service_id}/proxy";
const OIDC = `${PROXY}/oidc_configuration`;
const RULES = `${PROXY}/mapping_rules`;
/** Programs send the whole entity back, its policies included, or these alone. */
const WITH_POLICIES_BYTES = 1024 * 1024;

const setting = z.optional(z.pipe(z.nullable(z.union([z.string(), z.number()], { error: "invalid" })), z.transform((value) => String(value ?? ""))));
const settings = z.object(Object.fromEntries(
  [...REQUIRED_SETTINGS, ...STATUS_SETTINGS, ...OPTIONAL_SETTINGS].map((name) => [name, setting]),
) as Record<SettingName, typeof setting>);
const flows = z.object(Object.fromEntries(OIDC_FLOWS.map((flow) => [flow, z.optional(fields.flag)])) as Record<(typeof OIDC_FLOWS)[number], z.ZodMiniOptional<typeof fields.flag>>);

const metricId = z.pipe(
  z.union([z.string(), z.number()], { error: "can't be blank" }).check(z.refine((value) => value !== "", "can't be blank")),
  // What is no id is the id of no metric.
  z.transform((value) => (typeof value === "number" ? toId<MetricId>(value) : parseId<MetricId>(value)) ?? "unknown" as const),
);
const delta = z.union([z.string(), z.number()], { error: "is not a number" }).check(
  z.refine((value) => /^-?\d{1,15}(?:\.\d+)?$/.test(String(value)), { error: "is not a number", abort: true }),
  z.refine((value) => Number.isInteger(Number(value)), { error: "must be an integer", abort: true }),
  z.refine((value) => Number(value) > 0, "must be greater than 0"),
);
const pattern = z.nullable(z.string({ error: "invalid" }));
const position = z.optional(fields.count);
const newRule = z.object({
  http_method: fields.oneOf(HTTP_METHODS), pattern: z._default(pattern, ""), delta, metric_id: metricId, position, last: z._default(fields.flag, false),
});
const ruleChanges = z.object({
  http_method: z.optional(fields.oneOf(HTTP_METHODS)), pattern: z.optional(pattern), delta: z.optional(delta), metric_id: z.optional(metricId), position,
  last: z.optional(fields.flag),
});

const serviceOf = (call: Call<unknown>) => pathId<ServiceId>(call, "service_id");
const ruleOf = (call: Call<unknown>) => pathId<MappingRuleId>(call, "id");

function known(id: MetricId | "unknown"): MetricId {
  if (id === "unknown") throw notFound();
  return id;
}

const readProxyOperation = operation({
  name: "readProxy", methods: ["GET"], path: PROXY, requires: READ, input: nothing,
  answer: one(proxy),
  run: (call) => readProxy(call, call.principal, serviceOf(call)),
});

const updateProxyOperation = operation({
  name: "updateProxy", methods: ["PUT", "PATCH"], path: PROXY, requires: WRITE, wrapper: "proxy", maxBodyBytes: WITH_POLICIES_BYTES, input: settings,
  answer: one(proxy),
  run: (call) => updateProxy(call, call.principal, serviceOf(call), call.input),
});

const deployProxyOperation = operation({
  name: "deployProxy", methods: ["POST"], path: `${PROXY}/deploy`, requires: WRITE, input: nothing,
  answer: created(proxy, ({ id }) => `/admin/api/services/${id}/proxy`),
  run: (call) => deployProxy(call, call.principal, serviceOf(call)),
});

const readPolicyChain = operation({
  name: "readPolicyChain", methods: ["GET"], path: `${PROXY}/policies`, requires: POLICIES_READ, input: nothing,
  answer: policyChain,
  run: (call) => readProxy(call, call.principal, serviceOf(call)),
});

const updatePolicyChain = operation({
  name: "updatePolicyChain", methods: ["PUT", "PATCH"], path: `${PROXY}/policies`, requires: POLICIES_WRITE, wrapper: "proxy",
  maxBodyBytes: WITH_POLICIES_BYTES, input: z.object({ policies_config: z.optional(z.unknown()) }),
  answer: policyChain,
  run: (call) => updatePolicies(call, call.principal, serviceOf(call), call.input.policies_config),
});

const readOidc = operation({
  name: "readOidcConfiguration", methods: ["GET"], path: OIDC, requires: READ, input: nothing,
  answer: one(oidcConfiguration),
  run: (call) => readProxy(call, call.principal, serviceOf(call)),
});

const updateOidc = operation({
  name: "updateOidcConfiguration", methods: ["PUT", "PATCH"], path: OIDC, requires: WRITE, wrapper: "oidc_configuration", input: flows,
  answer: one(oidcConfiguration),
  run: (call) => updateOidcFlows(call, call.principal, serviceOf(call), fields.given(call.input)),
});

const listRulesOperation = operation({
  name: "listMappingRules", methods: ["GET"], path: RULES, requires: READ, input: nothing,
  answer: many(mappingRule),
  run: (call) => listRules(call, call.principal, serviceOf(call)),
});

const createRuleOperation = operation({
  name: "createMappingRule", methods: ["POST"], path: RULES, requires: WRITE, wrapper: "mapping_rule", input: newRule,
  answer: created(mappingRule, ({ serviceId, id }) => `/admin/api/services/${serviceId}/proxy/mapping_rules/${id}`),
  run: (call) => {
    const { http_method: httpMethod, pattern: given, delta: times, metric_id: metric, last } = call.input;
    const place = call.input.position;
    return createRule(call, call.principal, serviceOf(call), {
      httpMethod, pattern: given ?? "", delta: Number(times), metricId: known(metric), last, ...(place === undefined ? {} : { position: place }),
    });
  },
});

const readRuleOperation = operation({
  name: "readMappingRule", methods: ["GET"], path: `${RULES}/{id}`, requires: READ, input: nothing,
  answer: one(mappingRule),
  run: (call) => readRule(call, call.principal, serviceOf(call), ruleOf(call)),
});

const updateRuleOperation = operation({
  name: "updateMappingRule", methods: ["PUT", "PATCH"], path: `${RULES}/{id}`, requires: WRITE, wrapper: "mapping_rule", input: ruleChanges,
  answer: one(mappingRule),
  run: (call) => {
    const { http_method: httpMethod, pattern: given, delta: times, metric_id: metric, last } = call.input;
    return updateRule(call, call.principal, serviceOf(call), ruleOf(call), fields.given({
      httpMethod, pattern: given === null ? "" : given, delta: times === undefined ? undefined : Number(times),
      metricId: metric === undefined ? undefined : known(metric), last, position: call.input.position,
    }));
  },
});

const deleteRuleOperation = operation({
  name: "deleteMappingRule", methods: ["DELETE"], path: `${RULES}/{id}`, requires: WRITE, input: nothing,
  answer: EMPTY,
  run: (call) => deleteRule(call, call.principal, serviceOf(call), ruleOf(call)),
});

export const proxyReads = [readProxyOperation, readPolicyChain, readOidc, listRulesOperation, readRuleOperation];
export const proxyWrites = [
  updateProxyOperation, deployProxyOperation, updatePolicyChain, updateOidc, createRuleOperation, updateRuleOperation, deleteRuleOperation,
];
