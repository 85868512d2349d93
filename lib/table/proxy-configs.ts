import { gunzipSync, gzipSync } from "node:zlib";
import { ENVIRONMENTS, type ConfigurationContent, type ProxyConfig } from "../domain/configuration.ts";
import { inIndex, keys, listings, type Row } from "./model.ts";
import { expectType, idIn, number, oneOf, text, time } from "./row.ts";

/** A version, where it stays for good. */
export function configRow(config: ProxyConfig): Row {
  const { accountId, serviceId, environment, version, id } = config;
  return {
    ...keys.proxyConfig(accountId, serviceId, environment, version),
    ...inIndex(listings.configs(accountId, environment), id),
    ...inIndex(listings.configsOfVersion(accountId, environment, version), serviceId),
    ...attributesOf(config),
  };
}

/** The latest version, a second time: where gateways find it without reading any other, by its hosts or with those of all services. */
export function latestConfigRow(config: ProxyConfig): Row {
  const { accountId, serviceId, environment, hosts: [first, second] } = config;
  return {
    ...keys.latestConfig(accountId, serviceId, environment),
    ...(first === undefined ? {} : inIndex(listings.latestConfigsOfHost(accountId, environment, first, "gsi1"), serviceId)),
    ...(second === undefined ? {} : inIndex(listings.latestConfigsOfHost(accountId, environment, second, "gsi2"), serviceId)),
    ...attributesOf(config),
  };
}

export function configFrom(row: Row): ProxyConfig {
  expectType(row, "proxy_config");
  return {
    accountId: idIn(row, "accountId"),
    serviceId: idIn(row, "serviceId"),
    id: idIn(row, "id"),
    environment: oneOf(row, "environment", ENVIRONMENTS),
    version: number(row, "version"),
    hosts: row["hosts"] as readonly string[],
    content: JSON.parse(gunzipSync(Buffer.from(text(row, "content"), "base64")).toString("utf8")) as ConfigurationContent,
    createdAt: time(row, "createdAt"),
  };
}

/** Compressed, for there are many of them and gateways ask for all: one names the same few things over and over. */
function attributesOf(config: ProxyConfig) {
  return { type: "proxy_config", ...config, content: gzipSync(JSON.stringify(config.content)).toString("base64") };
}
