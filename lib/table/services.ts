import type { AccountId, EpochSeconds, ServiceId } from "../domain/brands.ts";
import {
  BACKEND_VERSIONS, DEPLOYMENT_OPTIONS, SERVICE_FLAG_DEFAULTS, SERVICE_STATES, type Digest, type Service, type ServiceFlag, type ServiceSettings, type ServiceToken,
} from "../domain/model.ts";
import { readRow, readTogether, type Table } from "./client.ts";
import { keys, listings, type Row } from "./model.ts";
import { pageOf, type Page, type PageWanted } from "./page.ts";
import type { ServiceTraffic } from "./traffic.ts";
import { expectType, idIn, number, oneOf, text, time, versioned } from "./row.ts";

export function serviceRow(service: Service): Row {
  return { ...keys.service(service.accountId, service.id), type: "service", ...service };
}

export function serviceFrom(row: Row): Service {
  expectType(row, "service");
  return {
    accountId: idIn(row, "accountId"),
    id: idIn(row, "id"),
    name: text(row, "name"),
    systemName: text(row, "systemName"),
    state: oneOf(row, "state", SERVICE_STATES),
    settings: settingsFrom(row["settings"] as Row),
    ...versioned(row),
  };
}

function settingsFrom(row: Row): ServiceSettings {
  const flags = row["flags"] as Readonly<Record<string, unknown>>;
  return {
    ...(row["description"] === undefined ? {} : { description: text(row, "description") }),
    ...(row["supportEmail"] === undefined ? {} : { supportEmail: text(row, "supportEmail") }),
    backendVersion: oneOf(row, "backendVersion", BACKEND_VERSIONS),
    deploymentOption: oneOf(row, "deploymentOption", DEPLOYMENT_OPTIONS),
    flags: Object.fromEntries(
      Object.entries(SERVICE_FLAG_DEFAULTS).map(([flag, byDefault]) => [flag, typeof flags[flag] === "boolean" ? flags[flag] : byDefault]),
    ) as Record<ServiceFlag, boolean>,
  };
}

export async function readService(table: Table, account: AccountId, service: ServiceId): Promise<Service | undefined> {
  const row = await readRow(table, keys.service(account, service));
  return row === undefined ? undefined : serviceFrom(row);
}

/** Services by id, in the order asked for, without those that do not exist. At most 100 at once. */
export async function readServices(table: Table, account: AccountId, ids: readonly ServiceId[]): Promise<Service[]> {
  if (ids.length === 0) return [];
  const rows = await readTogether(table, ids.map((service) => keys.service(account, service)));
  return rows.filter((row) => row !== undefined).map(serviceFrom);
}

/** Those of these services that are there, however many are asked for. */
export async function existingServices(table: Table, account: AccountId, ids: Iterable<ServiceId>): Promise<ServiceId[]> {
  const asked = [...new Set(ids)];
  const found: ServiceId[] = [];
  for (let at = 0; at < asked.length; at += 100) found.push(...(await readServices(table, account, asked.slice(at, at + 100))).map(({ id }) => id));
  return found;
}

export async function listServices(table: Table, account: AccountId, wanted: PageWanted): Promise<Page<Service>> {
  const page = await pageOf(table, [listings.services(account)], wanted);
  return { ...page, items: page.items.map(serviceFrom) };
}

/** A service token as the table keeps it: a digest to check it by, and its sealed value to reveal it from (D8). */
export type StoredServiceToken = {
  readonly token: ServiceToken;
  readonly digest: Digest;
  readonly sealed: string;
  /** What calls are judged by, read with the token in one go; `version` counts its changes. */
  readonly traffic: ServiceTraffic;
  readonly version: number;
};

export function serviceTokenRow({ token, digest, sealed, traffic, version }: StoredServiceToken): Row {
  return { ...keys.serviceToken(token.accountId, token.serviceId), type: "service_token", ...token, ...digest, sealed, traffic, version };
}

/** What stands where a deleted service's token stood, so that the service's id is never used again (D9). */
export function tombstoneRow(account: AccountId, service: ServiceId, deletedAt: EpochSeconds): Row {
  return { ...keys.serviceToken(account, service), type: "deleted_service", deletedAt };
}

/** Reads a service token's row; undefined when it is a tombstone. */
export function serviceTokenFrom(row: Row): StoredServiceToken | undefined {
  if (row["type"] === "deleted_service") return undefined;
  expectType(row, "service_token");
  return {
    token: { accountId: idIn(row, "accountId"), serviceId: idIn(row, "serviceId"), createdAt: time(row, "createdAt") },
    digest: { pepper: number(row, "pepper"), hash: text(row, "hash") },
    sealed: text(row, "sealed"),
    traffic: row["traffic"] as ServiceTraffic,
    version: number(row, "version"),
  };
}

export async function readServiceToken(table: Table, account: AccountId, service: ServiceId): Promise<StoredServiceToken | undefined> {
  const row = await readRow(table, keys.serviceToken(account, service));
  return row === undefined ? undefined : serviceTokenFrom(row);
}
