import type { MappingRuleId, MetricId, ServiceId } from "../domain/brands.ts";
import { invalid, notFound } from "../domain/errors.ts";
import type { DomainEvent } from "../domain/events.ts";
import { patternFaults, placed, type MappingRule } from "../domain/mapping-rules.ts";
import type { Principal } from "../domain/model.ts";
import { newId } from "../secrets/random.ts";
import { metrics as metricRows } from "../table/catalogue.ts";
import { keys } from "../table/model.ts";
import type { Write } from "../table/transact.ts";
import type { Storage } from "./context.ts";
import { changeGateway, readGateway, type Change, type Gateway } from "./gateway.ts";
import { once } from "./once.ts";

/** A rule, and where it stands among those of its service, from 1 on. */
export type ShownRule = MappingRule & { readonly serviceId: ServiceId; readonly position: number };
export type NewRule = Pick<MappingRule, "httpMethod" | "pattern" | "delta" | "last" | "metricId"> & { readonly position?: number };

/** The mapping rules of a service, in their order. */
export async function listRules(deps: Storage, principal: Principal, service: ServiceId): Promise<ShownRule[]> {
  const gateway = await readGateway(deps, principal, service);
  return gateway.proxy.rules.map((rule) => shown(gateway, rule));
}

export async function readRule(deps: Storage, principal: Principal, service: ServiceId, id: MappingRuleId): Promise<ShownRule> {
  const gateway = await readGateway(deps, principal, service);
  return shown(gateway, ruleOf(gateway, id));
}

/** Adds a rule. Gateways follow it from the next deployment on, like every change of rules (3scale: pending changes). */
export async function createRule(deps: Storage, principal: Principal, service: ServiceId, { position, ...wanted }: NewRule): Promise<ShownRule> {
  refuseBad(wanted.pattern);
  const now = deps.clock();
  const rule: MappingRule = { ...wanted, id: newId(), createdAt: now, updatedAt: now };
  const change = (gateway: Gateway): Change => {
    const { proxy } = gateway;
    return {
      proxy: { ...proxy, rules: placed(proxy.rules, rule, position) },
      record: recordOf("mapping_rule.created", service, rule),
      checks: [stillThere(gateway, wanted.metricId)],
      makes: rule.id,
    };
  };
  return once<ShownRule, MappingRuleId>(
    deps, async () => shown(await changeGateway(deps, principal, service, change, false), rule), (id) => readRule(deps, principal, service, id),
  );
}

export async function updateRule(deps: Storage, principal: Principal, service: ServiceId, id: MappingRuleId, changes: Partial<NewRule>): Promise<ShownRule> {
  if (changes.pattern !== undefined) refuseBad(changes.pattern);
  const { position, ...wanted } = changes;
  const change = (gateway: Gateway): Change => {
    const { proxy } = gateway;
    const rule = { ...ruleOf(gateway, id), ...wanted, updatedAt: deps.clock() };
    return {
      proxy: { ...proxy, rules: placed(proxy.rules, rule, position) },
      record: recordOf("mapping_rule.updated", service, rule),
      checks: [stillThere(gateway, rule.metricId)],
    };
  };
  const after = await changeGateway(deps, principal, service, change, false);
  return shown(after, ruleOf(after, id));
}

export async function deleteRule(deps: Storage, principal: Principal, service: ServiceId, id: MappingRuleId): Promise<void> {
  const change = (gateway: Gateway): Change => {
    const rule = ruleOf(gateway, id);
    const { proxy } = gateway;
    return { proxy: { ...proxy, rules: proxy.rules.filter((each) => each.id !== id) }, record: recordOf("mapping_rule.deleted", service, rule) };
  };
  await changeGateway(deps, principal, service, change, false);
}

function refuseBad(pattern: string): void {
  const faults = patternFaults(pattern);
  if (faults.length > 0) throw invalid({ pattern: faults });
}

/** A metric that is no metric of this service is not found, and one that is deleted meanwhile gets no rule. */
function stillThere({ service, metrics }: Gateway, id: MetricId): Write {
  if (!metrics.some((metric) => metric.id === id)) throw notFound();
  return { check: keys.entity(metricRows.kind, service.accountId, id), when: "present" };
}

function ruleOf({ proxy }: Gateway, id: MappingRuleId): MappingRule {
  const found = proxy.rules.find((rule) => rule.id === id);
  if (found === undefined) throw notFound();
  return found;
}

function recordOf(type: DomainEvent["type"], serviceId: ServiceId, { id, metricId, httpMethod, pattern }: MappingRule): Change["record"] {
  return { type, subject: { serviceId, metricId, mappingRuleId: id }, facts: { http_method: httpMethod, pattern } };
}

function shown({ service, proxy }: Gateway, rule: MappingRule): ShownRule {
  return { ...rule, serviceId: service.id, position: proxy.rules.findIndex(({ id }) => id === rule.id) + 1 };
}
