import type { AccountId, ServiceId } from "../domain/brands.ts";
import { notFound } from "../domain/errors.ts";
import type { Service } from "../domain/model.ts";
import { disagreementOf, type Disagreement } from "../domain/reconciliation.ts";
import { serviceTokenString } from "../domain/token-string.ts";
import { digest } from "../secrets/pepper.ts";
import { newSecret } from "../secrets/random.ts";
import { seal } from "../secrets/seal.ts";
import { readAccount } from "../table/accounts.ts";
import { applicationPlans, limits, metrics, ofPlan, ofService } from "../table/catalogue.ts";
import { readTogether } from "../table/client.ts";
import { eventFrom, record } from "../table/events.ts";
import { rowsOf } from "../table/list.ts";
import { keys, listings, type Key, type Row } from "../table/model.ts";
import { idIn } from "../table/row.ts";
import { serviceFrom, serviceTokenFrom, serviceTokenRow, tombstoneRow, type StoredServiceToken } from "../table/services.ts";
import type { ServiceTraffic } from "../table/traffic.ts";
import { transact, type Write } from "../table/transact.ts";
import { monthsBack } from "../domain/audit.ts";
import { event, type Hashing, type Sealing, type Storage } from "./context.ts";
import { deletionOf, importService, trafficOf, type NewService } from "./services.ts";

type Deps = Storage & Hashing & Sealing;
/** A service that is not as it should be, and what is wrong. */
export type Found = { readonly serviceId: ServiceId; readonly disagreement: Disagreement };
/** The services that an existing catalogue knows, by its ids. */
export type Catalogue = ReadonlyMap<ServiceId, NewService>;

/** A service and its token are two keys, and a hundred are read together. */
const AT_ONCE = 50;

/**
 * Looks at every service of an account that there is, that was ever made, or that the catalogue knows, and finds those whose row
 * and token do not agree. Reads the list of services and the account's whole record: for an operator, not for a request.
 * Throws `not_found` when there is no such account.
 */
export async function* disagreements({ table, clock }: Storage, accountId: AccountId, catalogue: Catalogue): AsyncGenerator<Found> {
  const account = await readAccount(table, accountId);
  if (account === undefined) throw notFound();
  const known = new Set<ServiceId>(catalogue.keys());
  for await (const row of rowsOf(table, listings.services(accountId))) known.add(idIn(row, "id"));
  // Tokens are in no list, but what happened to services is on record, their birth at least.
  for (const month of monthsBack(clock(), account.createdAt)) {
    for await (const row of rowsOf(table, listings.events(accountId, month))) {
      const { subject: { serviceId } } = eventFrom(row);
      if (serviceId !== undefined) known.add(serviceId);
    }
  }
  const ids = [...known].sort((a, b) => a - b);
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE);
    const rows = await readTogether(table, some.flatMap((id): Key[] => [keys.service(accountId, id), keys.serviceToken(accountId, id)]));
    for (const [position, serviceId] of some.entries()) {
      const [service, token] = [rows[2 * position], rows[2 * position + 1]];
      const standing = { service: service !== undefined, token: token === undefined ? "none" as const : serviceTokenFrom(token) === undefined ? "deleted" as const : "live" as const };
      const disagreement = disagreementOf(standing, catalogue.has(serviceId));
      if (disagreement !== undefined) yield { serviceId, disagreement };
    }
  }
}

/**
 * Puts right what `disagreements` found, unless it has changed meanwhile: then nothing happens, and the next run looks again.
 * Each repair is one transaction and is recorded, so that what follows from it happens by itself. True when it was done.
 */
export async function repair(deps: Deps, accountId: AccountId, { serviceId, disagreement }: Found, catalogue: Catalogue): Promise<boolean> {
  if (disagreement === "missing") {
    await importService(deps, accountId, serviceId, catalogue.get(serviceId)!);
    return true;
  }
  const [service, token] = await readTogether(deps.table, [keys.service(accountId, serviceId), keys.serviceToken(accountId, serviceId)]);
  const writes = await writesFor(deps, accountId, serviceId, disagreement, service, token);
  return writes !== undefined && (await transact(deps.table, writes)).done;
}

async function writesFor(
  deps: Deps, accountId: AccountId, serviceId: ServiceId, disagreement: Exclude<Disagreement, "missing">, service: Row | undefined, token: Row | undefined,
): Promise<Write[] | undefined> {
  const recorded = (type: "service_token.created" | "service_token.deleted") => record(event(deps, { accountId, type, actor: { system: "reconcile" }, subject: { serviceId }, facts: {} }));
  switch (disagreement) {
    case "service_without_token": {
      if (service === undefined || token !== undefined) return undefined;
      const stored = serviceFrom(service);
      return [
        { check: keys.service(accountId, serviceId), when: { version: stored.version } },
        { put: serviceTokenRow(await newToken(deps, stored)), when: "absent" },
        recorded("service_token.created"),
      ];
    }
    case "token_without_service": {
      const live = token === undefined ? undefined : serviceTokenFrom(token);
      if (service !== undefined || live === undefined) return undefined;
      return [
        { check: keys.service(accountId, serviceId), when: "absent" },
        { put: tombstoneRow(accountId, serviceId, deps.clock()), when: { version: live.version } },
        recorded("service_token.deleted"),
      ];
    }
    case "half_deleted":
      return service === undefined ? undefined : deletionOf(deps, serviceFrom(service), { system: "reconcile" });
  }
}

/** A token for a service that lost its own. What its calls are judged by is gathered from where it comes from. */
async function newToken(deps: Deps, { accountId, id, settings }: Service): Promise<StoredServiceToken> {
  const account = await readAccount(deps.table, accountId);
  if (account === undefined) throw notFound();
  const dataKey = await deps.keyring.unwrap(accountId, account.wrappedKey);
  const value = serviceTokenString(accountId, id, newSecret());
  return {
    token: { accountId, serviceId: id, createdAt: deps.clock() }, digest: digest(deps.peppers, value), sealed: seal(dataKey, accountId, id, value),
    traffic: { ...trafficOf(settings), ...(await judgedBy(deps, accountId, id)) }, version: 1,
  };
}

async function judgedBy({ table }: Storage, accountId: AccountId, id: ServiceId): Promise<Pick<ServiceTraffic, "metrics" | "plans">> {
  const plans = (await applicationPlans.all(table, accountId, ofService(id))).map(async (plan) => ({
    id: plan.id, name: plan.name,
    limits: (await limits.all(table, accountId, ofPlan(plan.id))).map(({ metricId, period, value }) => ({ metricId, period, value })),
  }));
  return {
    metrics: (await metrics.all(table, accountId, ofService(id))).map(({ id: metricId, systemName, parentId }) => ({ id: metricId, systemName, ...(parentId === undefined ? {} : { parentId }) })),
    plans: await Promise.all(plans),
  };
}
