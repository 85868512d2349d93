import type { AccountId, ServiceId } from "../domain/brands.ts";
import { HITS, type Metric } from "../domain/catalogue.ts";
import { ENVIRONMENTS } from "../domain/configuration.ts";
import { invalid, notFound } from "../domain/errors.ts";
import { actorOf, type Actor } from "../domain/events.ts";
import { reaches, serviceAccessOf } from "../domain/rights.ts";
import type { Principal, Service, ServiceSettings } from "../domain/model.ts";
import { newProxy } from "../domain/proxy.ts";
import { systemNameFrom } from "../domain/system-name.ts";
import { serviceTokenString } from "../domain/token-string.ts";
import { digest } from "../secrets/pepper.ts";
import { newHex, newId, newSecret } from "../secrets/random.ts";
import { seal } from "../secrets/seal.ts";
import { heldByMetric } from "../domain/catalogue.ts";
import { metrics } from "../table/catalogue.ts";
import { proxies } from "../table/proxies.ts";
import type { ServiceTraffic } from "../table/traffic.ts";
import { trafficWrite } from "./traffic-view.ts";
import { readAccount } from "../table/accounts.ts";
import { record } from "../table/events.ts";
import { keys } from "../table/model.ts";
import { releaseName, takeName } from "../table/members.ts";
import { pageIn, type Page, type PageWanted } from "../table/page.ts";
import { listServices, readService, readServices, serviceRow, serviceTokenRow, tombstoneRow } from "../table/services.ts";
import { transact, type Write } from "../table/transact.ts";
import { event, memberOf, untilStored, type Hashing, type Sealing, type Storage } from "./context.ts";
import { once, transactOnce } from "./once.ts";

export type NewService = { readonly name: string; readonly systemName?: string | undefined; readonly settings: ServiceSettings };
export type ServiceChanges = {
  readonly name?: string | undefined;
  readonly settings?: ServiceSettings | undefined;
  readonly state?: Service["state"] | undefined;
};

/** Makes a service, its token and its gateway settings, all or none (D9). */
export async function createService(deps: Storage & Hashing & Sealing, principal: Principal, wanted: NewService): Promise<Service> {
  const { accountId } = memberOf(principal);
  return once<Service, ServiceId>(deps, async () => {
    const { name, systemName = systemNameFrom(name, `service_${newHex(12)}`) } = wanted;
    const made = await bear(deps, accountId, newId(), wanted, [systemName], actorOf(principal));
    return typeof made === "string" ? undefined : made;
  }, (id) => readServiceFor(deps, principal, id));
}

/**
 * Makes the service that an existing catalogue announces, under the catalogue's id. Announced again, at the same time
 * or after its deletion, it stays what it is: one service and one token, or none (D9).
 */
export async function importService(deps: Storage & Hashing & Sealing, accountId: AccountId, id: ServiceId, wanted: NewService): Promise<void> {
  const derived = systemNameFrom(wanted.name, "service");
  // Nobody would be there to choose another: what was made from a name gives way when it is taken.
  const names = wanted.systemName === undefined ? [derived, `${derived}_${id.toString(36)}`] : [wanted.systemName];
  await untilStored(async () => {
    const made = await bear(deps, accountId, id, wanted, names, { system: "import" });
    return made === "drawn_taken" ? undefined : made;
  });
}

/** The services the principal reaches, one page of them. */
export async function listServicesFor(deps: Storage, principal: Principal, wanted: PageWanted): Promise<Page<Service>> {
  const member = memberOf(principal);
  const access = serviceAccessOf(member);
  if (access === "all") return listServices(deps.table, member.accountId, wanted);
  const page = pageIn([...access].sort((a, b) => a - b), wanted, (id) => id);
  const items: Service[] = [];
  for (let at = 0; at < page.items.length; at += 100) items.push(...(await readServices(deps.table, member.accountId, page.items.slice(at, at + 100))));
  return { ...page, items };
}

/** One service. A hidden one is read like a missing one and answers like it (D4). */
export async function readServiceFor(deps: Storage, principal: Principal, id: ServiceId): Promise<Service> {
  const member = memberOf(principal);
  const service = await readService(deps.table, member.accountId, id);
  if (service === undefined || !reaches(serviceAccessOf(member), id)) throw notFound();
  return service;
}

/** Changes a service; its id and system name stay (3scale: PUT /admin/api/services/{id}). */
export async function updateService(deps: Storage, principal: Principal, id: ServiceId, changes: (before: Service) => ServiceChanges): Promise<Service> {
  return untilStored(async () => {
    const before = await readServiceFor(deps, principal, id);
    const { name, settings, state } = changes(before);
    const service: Service = {
      ...before, name: name ?? before.name, settings: settings ?? before.settings, state: state ?? before.state,
      version: before.version + 1, updatedAt: deps.clock(),
    };
    const follows = JSON.stringify(trafficOf(before.settings)) === JSON.stringify(trafficOf(service.settings)) ? [] : [
      await trafficWrite(deps, service.accountId, id, (traffic) => ({ ...traffic, ...trafficOf(service.settings) })),
    ];
    const outcome = await transact(deps.table, [
      ...follows,
      { put: serviceRow(service), when: { version: before.version } },
      record(event(deps, {
        accountId: service.accountId, type: "service.updated", actor: actorOf(principal), subject: { serviceId: id }, facts: { name: service.name, state: service.state },
      })),
    ]);
    return outcome.done ? service : undefined;
  });
}

/** Deletes a service. Its token is replaced by a tombstone in the same transaction: invalid at once, and for good. Gateways no longer find it. */
export async function deleteService(deps: Storage, principal: Principal, id: ServiceId): Promise<void> {
  await untilStored(async () => {
    const service = await readServiceFor(deps, principal, id);
    const outcome = await transact(deps.table, deletionOf(deps, service, actorOf(principal)));
    return outcome.done || undefined;
  });
}

/** All that ends with a service, in one transaction. */
export function deletionOf(deps: Storage, { accountId, id, name, systemName, version }: Service, actor: Actor): Write[] {
  return [
    { remove: keys.service(accountId, id), when: { version } },
    { put: tombstoneRow(accountId, id, deps.clock()) },
    { remove: keys.entity(proxies.kind, accountId, id) },
    ...ENVIRONMENTS.map((environment) => ({ remove: keys.latestConfig(accountId, id, environment) })),
    releaseName(accountId, "system_name", systemName),
    record(event(deps, { accountId, type: "service.deleted", actor, subject: { serviceId: id }, facts: { name } })),
  ];
}

/** Under an id that is taken there is a service, or was one; that another holds an id which was drawn for a part of it says nothing of that. */
async function bear(
  deps: Storage & Hashing & Sealing, accountId: AccountId, id: ServiceId, wanted: NewService, systemNames: readonly string[], actor: Actor,
): Promise<Service | "id_taken" | "drawn_taken"> {
  const account = await readAccount(deps.table, accountId);
  if (account === undefined) throw notFound();
  const dataKey = await deps.keyring.unwrap(accountId, account.wrappedKey);
  const now = deps.clock();
  const value = serviceTokenString(accountId, id, newSecret());
  const stamp = { version: 1, createdAt: now, updatedAt: now };
  const hits: Metric = {
    ...stamp, accountId, id: newId(), serviceId: id, systemName: HITS, friendlyName: "Hits", description: "Number of API hits", unit: "hit",
  };
  // 3scale's words, by which the provider's own servers may know that a request came through a gateway.
  const secretToken = `Shared_secret_sent_from_proxy_to_API_backend_${newHex(16)}`;
  const proxy = newProxy(accountId, id, now, { ruleId: newId(), hits: hits.id, secretToken });
  const token = {
    token: { accountId, serviceId: id, createdAt: now }, digest: digest(deps.peppers, value), sealed: seal(dataKey, accountId, id, value),
    traffic: { ...trafficOf(wanted.settings), metrics: [{ id: hits.id, systemName: HITS }], plans: [] }, version: 1,
  };
  for (const systemName of systemNames) {
    const service: Service = {
      accountId, id, name: wanted.name, systemName, state: "incomplete", settings: wanted.settings, ...stamp,
    };
    const outcome = await transactOnce(deps, [
      { put: serviceRow(service), when: "absent" },
      { put: serviceTokenRow(token), when: "absent" },
      { put: proxies.row(proxy), when: "absent" },
      { put: metrics.row(hits), when: "absent" },
      takeName(accountId, "system_name", systemName),
      ...heldByMetric(hits).map(({ scope, field, value }) => takeName(accountId, `${scope}${field}`, value)),
      record(event(deps, {
        accountId, type: "service.created", actor, subject: { serviceId: id }, facts: { name: service.name, system_name: systemName },
      })),
    ], id);
    if (outcome.done) return service;
    if (outcome.refused.some((position) => position <= 2)) return "id_taken";
    if (outcome.refused.includes(3)) return "drawn_taken";
  }
  throw invalid({ system_name: ["has already been taken"] });
}

/** The settings that calls are judged by. */
export function trafficOf({ backendVersion, flags }: ServiceSettings): Pick<ServiceTraffic, "backendVersion" | "referrerFiltersRequired"> {
  return { backendVersion, referrerFiltersRequired: flags.referrer_filters_required };
}
