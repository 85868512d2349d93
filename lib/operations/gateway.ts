import { isDeepStrictEqual } from "node:util";
import type { AccountId, Id, ServiceId } from "../domain/brands.ts";
import type { Metric } from "../domain/catalogue.ts";
import { contentOf, deploymentOf, ENVIRONMENTS, hostsOf, type ConfigurationContent, type Environment, type ProxyConfig } from "../domain/configuration.ts";
import { invalid, notFound, refused } from "../domain/errors.ts";
import { actorOf, type DomainEvent } from "../domain/events.ts";
import type { Principal, Service } from "../domain/model.ts";
import { fits, type Proxy } from "../domain/proxy.ts";
import { reaches, serviceAccessOf } from "../domain/rights.ts";
import type { TrafficMetric } from "../domain/traffic.ts";
import { newId } from "../secrets/random.ts";
import { readTogether, type Table } from "../table/client.ts";
import { record } from "../table/events.ts";
import { keys } from "../table/model.ts";
import { proxies } from "../table/proxies.ts";
import { configFrom, configRow, latestConfigRow } from "../table/proxy-configs.ts";
import { serviceFrom, serviceTokenFrom } from "../table/services.ts";
import { transact, type Write } from "../table/transact.ts";
import { event, memberOf, untilStored, type Storage } from "./context.ts";
import { transactOnce } from "./once.ts";

/** A service, what its gateways are to be told, and, where it was asked for, what they were told last. */
export type Gateway = {
  readonly service: Service;
  readonly proxy: Proxy;
  readonly metrics: readonly TrafficMetric[];
  readonly latest: { readonly [K in Environment]?: ProxyConfig };
};

/** What becomes of the settings, what is recorded of it, and what else must hold. */
export type Change = {
  readonly proxy: Proxy;
  readonly record: Pick<DomainEvent, "type" | "subject" | "facts">;
  readonly checks?: readonly Write[];
  /** What it makes, when that is not to be made twice: kept with the change, within `once`. */
  readonly makes?: Id;
};

const proxyKey = (accountId: AccountId, id: ServiceId) => keys.entity(proxies.kind, accountId, id);

/** The gateway of a service that the principal reaches: one consistent read. A hidden one is not found (D4). */
export async function readGateway({ table }: Storage, principal: Principal, id: ServiceId, environments: readonly Environment[] = []): Promise<Gateway> {
  const member = memberOf(principal);
  const { accountId } = member;
  const [service, token, proxy, ...latest] = await readTogether(table, [
    keys.service(accountId, id), keys.serviceToken(accountId, id), proxyKey(accountId, id),
    ...environments.map((environment) => keys.latestConfig(accountId, id, environment)),
  ]);
  const stored = token === undefined ? undefined : serviceTokenFrom(token);
  if (service === undefined || stored === undefined || proxy === undefined || !reaches(serviceAccessOf(member), id)) throw notFound();
  return {
    service: serviceFrom(service), proxy: proxies.from(proxy), metrics: stored.traffic.metrics,
    latest: Object.fromEntries(latest.flatMap((row) => (row === undefined ? [] : [configFrom(row)])).map((config) => [config.environment, config])),
  };
}

/**
 * Stores a change of the settings, the record of it and, with `deploys`, the new version of the configuration that it
 * makes: one transaction. A change that answers undefined changes nothing; the same content again makes no version.
 */
export async function changeGateway(
  deps: Storage, principal: Principal, id: ServiceId, change: (gateway: Gateway) => Change | undefined, deploys: boolean,
): Promise<Gateway> {
  return untilStored(async () => {
    const gateway = await readGateway(deps, principal, id, deploys ? ENVIRONMENTS : []);
    const { service, proxy: before } = gateway;
    const { accountId } = service;
    const changed = change(gateway);
    const after = changed === undefined ? before : { ...changed.proxy, version: before.version + 1 };
    if (!fits(after)) throw invalid({ base: ["There are too many mapping rules and policies for one service"] });
    const made = deploys ? newConfigs(deps, { ...gateway, proxy: after }) : [];
    if (changed === undefined && made.length === 0) return gateway;

    const recorded = [
      ...(changed === undefined ? [] : [changed.record]),
      ...made.map((config) => ({
        type: config.environment === "sandbox" ? "proxy_config.created" as const : "proxy_config.promoted" as const,
        subject: { serviceId: id }, facts: { environment: config.environment, version: config.version },
      })),
    ];
    const writes = [
      changed === undefined ? { check: proxyKey(accountId, id), when: { version: before.version } } : { put: proxies.row(after), when: { version: before.version } },
      ...(changed?.checks ?? []),
      ...made.flatMap((config) => configWrites(config, gateway.latest[config.environment])),
      ...recorded.map((what) => record(event(deps, { accountId, actor: actorOf(principal), ...what }))),
    ];
    const outcome = changed?.makes === undefined ? await transact(deps.table, writes) : await transactOnce(deps, writes, changed.makes);
    return outcome.done ? { ...gateway, proxy: after } : undefined;
  });
}

/** The writes that make a version, and make it the latest unless a higher one is: refused when somebody was faster. */
export function configWrites(config: ProxyConfig, latest: ProxyConfig | undefined): readonly Write[] {
  const version: Write = { put: configRow(config), when: "absent" };
  if (latest !== undefined && latest.version > config.version) return [version];
  return [version, { put: latestConfigRow(config), when: latest === undefined ? "absent" : { version: latest.version } }];
}

/**
 * The write that ends the mapping rules of a metric with it, part of the metric's deletion. Refused while the latest
 * configurations count it: gateways would report what is not there (3scale: Metric, before_destroy).
 */
export async function endRulesOf({ table }: Storage, { accountId, serviceId, id, parentId }: Metric): Promise<Write> {
  const [row, ...latest] = await readTogether(table, [
    proxyKey(accountId, serviceId), ...ENVIRONMENTS.map((environment) => keys.latestConfig(accountId, serviceId, environment)),
  ]);
  if (row === undefined) throw notFound();
  if (latest.some((config) => config !== undefined && configFrom(config).content.proxy.proxy_rules.some((rule) => rule.metric_id === id))) {
    throw refused({ base: [`${parentId === undefined ? "Metric" : "Method"} is used by the latest gateway configuration and cannot be deleted`] });
  }
  const proxy = proxies.from(row);
  const when = { version: proxy.version };
  const rules = proxy.rules.filter(({ metricId }) => metricId !== id);
  if (rules.length === proxy.rules.length) return { check: proxyKey(accountId, serviceId), when };
  return { put: proxies.row({ ...proxy, rules, version: proxy.version + 1 }), when };
}

/** Whether some service of the account has this policy in its chain. */
export async function isChained(table: Table, accountId: AccountId, policy: { readonly name: string; readonly version: string }): Promise<boolean> {
  const all = await proxies.all(table, accountId, "account");
  return all.some(({ policies }) => policies.some(({ name, version }) => name === policy.name && version === policy.version));
}

function newConfigs(deps: Storage, { service, proxy, metrics, latest }: Gateway): readonly ProxyConfig[] {
  // As it will be read again: compared in any other form, nothing would ever be the same.
  const content = JSON.parse(JSON.stringify(contentOf(service, proxy, metrics))) as ConfigurationContent;
  if (isDeepStrictEqual(latest.sandbox?.content, content)) return [];
  const version = Math.max(latest.sandbox?.version ?? 0, latest.production?.version ?? 0) + 1;
  const { accountId, id: serviceId } = service;
  return deploymentOf(service, proxy).map((environment) => ({
    accountId, serviceId, id: newId(), environment, version, hosts: hostsOf(proxy), content, createdAt: deps.clock(),
  }));
}
