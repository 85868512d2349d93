import type { ServiceId } from "../../../lib/domain/brands.ts";
import { BY_DEFAULT } from "../../../lib/domain/service-settings.ts";
import { createRule, deleteRule, updateRule } from "../../../lib/operations/mapping-rules.ts";
import { createMetric, deleteMetric, updateMetric } from "../../../lib/operations/metrics.ts";
import { deployProxy, updateOidcFlows, updatePolicies, updateProxy } from "../../../lib/operations/proxies.ts";
import { promoteConfig } from "../../../lib/operations/proxy-configs.ts";
import { repair } from "../../../lib/operations/reconcile.ts";
import { createPolicy, deletePolicy, updatePolicy } from "../../../lib/operations/registry-policies.ts";
import { revealServiceToken } from "../../../lib/operations/service-tokens.ts";
import { createService, deleteService, importService, updateService } from "../../../lib/operations/services.ts";
import { newId } from "../../../lib/secrets/random.ts";
import { keys } from "../../../lib/table/model.ts";
import type { Changes } from "./changes.ts";
import { RULE, type Workshop } from "../../support/workshop.ts";

/** Changes of services, their tokens and metrics, and of what their gateways obey. */
export const ofServices = (w: Workshop) => ({
  "service.created": {
    "a service is created": async () => (deps) => createService(deps, w.admin, { name: `Service ${w.next()}`, settings: BY_DEFAULT }),
    "a service is imported": async () => {
      const service = newId<ServiceId>();
      return (deps) => importService(deps, w.account.admin.member.accountId, service, { name: `Service ${w.next()}`, settings: BY_DEFAULT });
    },
  },
  "service.updated": {
    "a service is renamed": async () => {
      const service = await w.serviceId();
      return (deps) => updateService(deps, w.admin, service, () => ({ name: "another name" }));
    },
  },
  "service.deleted": {
    "a service is deleted": async () => {
      const service = await w.serviceId();
      return (deps) => deleteService(deps, w.admin, service);
    },
  },
  "service_token.revealed": {
    "a service's token is revealed": async () => {
      const service = await w.serviceId();
      return (deps) => revealServiceToken(deps, w.admin, service);
    },
  },
  "service_token.created": {
    "a service that lost its token gets another": async () => {
      const service = await w.serviceId();
      await w.lose(keys.serviceToken(w.account.admin.member.accountId, service));
      return (deps) => repair(deps, w.account.admin.member.accountId, { serviceId: service, disagreement: "service_without_token" }, new Map());
    },
  },
  "service_token.deleted": {
    "the token of a service that is lost is revoked": async () => {
      const service = await w.serviceId();
      await w.lose(keys.service(w.account.admin.member.accountId, service));
      return (deps) => repair(deps, w.account.admin.member.accountId, { serviceId: service, disagreement: "token_without_service" }, new Map());
    },
  },
  "metric.created": {
    "a metric is made": async () => {
      const service = await w.serviceId();
      return (deps) => createMetric(deps, w.admin, service, { friendlyName: "Searches", unit: "search", description: "" });
    },
  },
  "metric.updated": {
    "a metric is described anew": async () => {
      const { serviceId: service, id } = await w.metric();
      return (deps) => updateMetric(deps, w.admin, service, id, { description: "new" });
    },
  },
  "metric.deleted": {
    "a metric is deleted": async () => {
      const { serviceId: service, id } = await w.metric();
      return (deps) => deleteMetric(deps, w.admin, service, id);
    },
  },
  "proxy.updated": {
    "a setting of the gateway changes": async () => {
      const service = await w.serviceId();
      return (deps) => updateProxy(deps, w.admin, service, { auth_user_key: `key-${service}` });
    },
    "the policy chain changes": async () => {
      const service = await w.serviceId();
      return (deps) => updatePolicies(deps, w.admin, service, [{ name: "cors", version: "builtin", configuration: {}, enabled: true }]);
    },
    "a flow is allowed": async () => {
      const service = await w.serviceId();
      return (deps) => updateOidcFlows(deps, w.admin, service, { implicit_flow_enabled: true });
    },
  },
  "mapping_rule.created": {
    "a mapping rule is added": async () => {
      const { serviceId: service, id: metricId } = await w.metric();
      return (deps) => createRule(deps, w.admin, service, { ...RULE, metricId });
    },
  },
  "mapping_rule.updated": {
    "a mapping rule is changed": async () => {
      const { service, rule } = await w.ruled();
      return (deps) => updateRule(deps, w.admin, service, rule.id, { pattern: "/b" });
    },
  },
  "mapping_rule.deleted": {
    "a mapping rule is deleted": async () => {
      const { service, rule } = await w.ruled();
      return (deps) => deleteRule(deps, w.admin, service, rule.id);
    },
  },
  "proxy_config.created": {
    "what is pending is deployed": async () => {
      const service = await w.pending();
      return (deps) => deployProxy(deps, w.admin, service);
    },
  },
  "proxy_config.promoted": {
    "a version is promoted": async () => {
      const service = await w.deployed();
      return (deps) => promoteConfig(deps, w.admin, service, "sandbox", 1, "production");
    },
  },
  "policy.created": {
    "a policy is registered": async () => (deps) => createPolicy(deps, w.admin, w.registered()),
  },
  "policy.updated": {
    "a policy is changed": async () => {
      const policy = w.registered();
      const { id: policyId } = await createPolicy(w.operator, w.admin, policy);
      return (deps) => updatePolicy(deps, w.admin, String(policyId), { schema: { ...policy.schema, summary: "Better" } });
    },
  },
  "policy.deleted": {
    "a policy is deleted": async () => {
      const { id: policyId } = await createPolicy(w.operator, w.admin, w.registered());
      return (deps) => deletePolicy(deps, w.admin, String(policyId));
    },
  },
}) satisfies Changes;
