import type { AccountId, ServiceId } from "../domain/brands.ts";
import { ENVIRONMENTS, type Environment, type ProxyConfig } from "../domain/configuration.ts";
import { invalid, noConfiguration } from "../domain/errors.ts";
import { actorOf } from "../domain/events.ts";
import { reaches, serviceAccessOf } from "../domain/rights.ts";
import type { Principal, ServiceAccess } from "../domain/model.ts";
import { newId } from "../secrets/random.ts";
import { unseal } from "../secrets/seal.ts";
import { accountFrom } from "../table/accounts.ts";
import { readTogether, type Table } from "../table/client.ts";
import { record } from "../table/events.ts";
import { placeIn, rowsOf } from "../table/list.ts";
import { keys, listings, type Key, type Row } from "../table/model.ts";
import { pageIn, pageOf, type Page, type PageWanted } from "../table/page.ts";
import { configFrom } from "../table/proxy-configs.ts";
import { serviceTokenFrom } from "../table/services.ts";
import { event, memberOf, type Sealing, type Storage } from "./context.ts";
import { configWrites } from "./gateway.ts";
import { once, transactOnce } from "./once.ts";

/** A configuration with the value of its service's token, as gateways need it. */
export type ServedConfig = ProxyConfig & { readonly tokenValue: string };
export type WantedVersion = number | "latest" | "any";

const BATCH = 100;

/** All versions of a service's configuration in an environment. */
export async function listConfigsOf(deps: Storage & Sealing, principal: Principal, service: ServiceId, environment: Environment): Promise<readonly ServedConfig[]> {
  const { accountId } = memberOf(principal);
  await expectReachable(deps.table, principal, service);
  const rows = await Array.fromAsync(rowsOf(deps.table, listings.configsOfService(accountId, service, environment)));
  return withTokens(deps, accountId, rows.map(configFrom));
}

/** One version, or the one with the highest number. */
export async function readConfig(
  deps: Storage & Sealing, principal: Principal, service: ServiceId, environment: Environment, version: number | "latest",
): Promise<ServedConfig> {
  const { accountId } = memberOf(principal);
  await expectReachable(deps.table, principal, service);
  const [row] = await readTogether(deps.table, [keyOf(accountId, service, environment, version)]);
  return served(await withTokens(deps, accountId, row === undefined ? [] : [configFrom(row)]));
}

/**
 * Brings a version to another environment, under the same number and unchanged. It is the latest there, unless a
 * higher one is.
 */
export async function promoteConfig(
  deps: Storage & Sealing, principal: Principal, service: ServiceId, from: Environment, version: number, to: string,
): Promise<ServedConfig> {
  const member = memberOf(principal);
  const { accountId } = member;
  if (!reaches(serviceAccessOf(member), service)) throw noConfiguration();
  const environment = ENVIRONMENTS.find((each) => each === to);
  const promoted = await once<ProxyConfig, Environment>(deps, async () => {
    const [home, source, latest] = await readTogether(deps.table, [
      keys.service(accountId, service), keys.proxyConfig(accountId, service, from, version), keys.latestConfig(accountId, service, environment ?? from),
    ]);
    if (home === undefined || source === undefined) throw noConfiguration();
    if (environment === undefined) throw invalid({ environment: ["is not included in the list"] });
    const config: ProxyConfig = { ...configFrom(source), id: newId(), environment, createdAt: deps.clock() };
    const outcome = await transactOnce(deps, [
      ...configWrites(config, latest === undefined ? undefined : configFrom(latest)),
      { check: keys.service(accountId, service), when: "present" },
      record(event(deps, {
        accountId, type: "proxy_config.promoted", actor: actorOf(principal), subject: { serviceId: service }, facts: { environment, version },
      })),
    ], environment);
    if (outcome.done) return config;
    if (outcome.refused.includes(0)) throw invalid({ version: ["has already been taken"] });
    return undefined;
  }, async (made) => {
    const [row] = await readTogether(deps.table, [keys.proxyConfig(accountId, service, made, version)]);
    if (row === undefined) throw noConfiguration();
    return configFrom(row);
  });
  return served(await withTokens(deps, accountId, [promoted]));
}

/**
 * The configurations of every service that the principal reaches, one page: the latest in the order of the services,
 * others in the order of their ids. What gateways ask for reads no more than it shows.
 */
export async function listConfigs(
  deps: Storage & Sealing, principal: Principal, environment: Environment,
  { host, version }: { readonly host: string | undefined; readonly version: WantedVersion }, wanted: PageWanted,
): Promise<Page<ServedConfig>> {
  const member = memberOf(principal);
  const { accountId } = member;
  const access = serviceAccessOf(member);
  const listing = listingOf(accountId, environment, version);
  const page = host === undefined && access === "all"
    ? await pageOf(deps.table, [listing], wanted)
    : pageIn((await rowsFor(deps.table, accountId, environment, { host, version }, access)).filter((row) =>
        reaches(access, row["serviceId"] as ServiceId) && (host === undefined || (row["hosts"] as readonly string[]).includes(host))), wanted, placeIn(listing));
  return { ...page, items: await withTokens(deps, accountId, page.items.map(configFrom)) };
}

function listingOf(accountId: AccountId, environment: Environment, version: WantedVersion) {
  if (version === "latest") return listings.latestConfigs(accountId, environment);
  return version === "any" ? listings.configs(accountId, environment) : listings.configsOfVersion(accountId, environment, version);
}

/** The rows among which those of a host, or of a few services, are to be found: of the latest, none but those. */
async function rowsFor(
  table: Table, accountId: AccountId, environment: Environment, { host, version }: { readonly host: string | undefined; readonly version: WantedVersion }, access: ServiceAccess,
): Promise<readonly Row[]> {
  if (version === "latest" && host !== undefined) {
    const found = await Promise.all((["gsi1", "gsi2"] as const).map((index) => Array.fromAsync(rowsOf(table, listings.latestConfigsOfHost(accountId, environment, host, index)))));
    return found.flat().sort((one, other) => (one.sk < other.sk ? -1 : 1));
  }
  if (version !== "any" && access !== "all") {
    const rows = await readMany(table, [...access].sort((a, b) => a - b).map((service) => keyOf(accountId, service, environment, version)));
    return rows.filter((row) => row !== undefined);
  }
  return Array.fromAsync(rowsOf(table, listingOf(accountId, environment, version)));
}

/** Opens the tokens of these configurations' services: one call to KMS, however many there are (D8). A service that is gone is left out. */
async function withTokens(deps: Storage & Sealing, accountId: AccountId, configs: readonly ProxyConfig[]): Promise<readonly ServedConfig[]> {
  const services = [...new Set(configs.map(({ serviceId }) => serviceId))];
  if (services.length === 0) return [];
  const [accountRow, ...tokenRows] = await readMany(deps.table, [keys.account(accountId), ...services.map((service) => keys.serviceToken(accountId, service))]);
  if (accountRow === undefined) throw noConfiguration();
  const dataKey = await deps.keyring.unwrap(accountId, accountFrom(accountRow).wrappedKey);
  const values = new Map(services.map((service, at) => {
    const row = tokenRows[at];
    const stored = row === undefined ? undefined : serviceTokenFrom(row);
    return [service, stored === undefined ? undefined : unseal(dataKey, accountId, service, stored.sealed)] as const;
  }));
  return configs.flatMap((config) => {
    const tokenValue = values.get(config.serviceId);
    return tokenValue === undefined ? [] : [{ ...config, tokenValue }];
  });
}

async function readMany(table: Table, wanted: readonly Key[]): Promise<(Row | undefined)[]> {
  const batches = Array.from({ length: Math.ceil(wanted.length / BATCH) }, (_, at) => wanted.slice(at * BATCH, (at + 1) * BATCH));
  return (await Promise.all(batches.map((batch) => readTogether(table, batch)))).flat();
}

function keyOf(accountId: AccountId, service: ServiceId, environment: Environment, version: number | "latest"): Key {
  return version === "latest" ? keys.latestConfig(accountId, service, environment) : keys.proxyConfig(accountId, service, environment, version);
}

function served([config]: readonly ServedConfig[]): ServedConfig {
  if (config === undefined) throw noConfiguration();
  return config;
}

async function expectReachable(table: Table, principal: Principal, service: ServiceId): Promise<void> {
  const member = memberOf(principal);
  const [row] = await readTogether(table, [keys.service(member.accountId, service)]);
  if (row === undefined || !reaches(serviceAccessOf(member), service)) throw noConfiguration();
}
