import { createHash } from "node:crypto";
import { epochSeconds, id, type Id } from "../../lib/domain/brands.ts";
import { HITS, type Metric } from "../../lib/domain/catalogue.ts";
import type { AccessToken, Application, Member, Service } from "../../lib/domain/model.ts";
import { newProxy } from "../../lib/domain/proxy.ts";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";
import { accessTokenString, base62Secret, SECRET_LENGTH, serviceTokenString } from "../../lib/domain/token-string.ts";
import { digest, type Peppers } from "../../lib/secrets/pepper.ts";
import { seal } from "../../lib/secrets/seal.ts";
import { accessTokenRow } from "../../lib/table/access-tokens.ts";
import { accountRow } from "../../lib/table/accounts.ts";
import { applications } from "../../lib/table/applications.ts";
import { metrics } from "../../lib/table/catalogue.ts";
import { memberRow } from "../../lib/table/members.ts";
import type { Row } from "../../lib/table/model.ts";
import { proxies } from "../../lib/table/proxies.ts";
import { serviceRow, serviceTokenRow } from "../../lib/table/services.ts";

/** How much there is: access tokens in the table, and of those in one account, which has so many services too. */
export type Size = { readonly tokens: number; readonly ofAccount: number; readonly services: number };

/** A tenth of the tokens are of one account, which has a service for every fifty; a small table is all of that account. */
export function sizeOf(tokens: number): Size {
  return tokens <= 1000 ? { tokens, ofAccount: tokens, services: tokens } : { tokens, ofAccount: tokens / 10, services: tokens / 50 };
}

/** Whose the rows are: what the product's own operations have made before anything is filled in. */
export type Ground = {
  readonly at: number;
  readonly accountId: number;
  readonly wrappedKey: string;
  readonly admin: string;
  readonly limited: string;
  /** The services that the limited member reaches. */
  readonly reached: readonly number[];
};

const TOKENS_EACH = 100;
const MEMBERS_EACH = 10;
const APPLICATIONS_REACHED = 300;
/** Ids before those that anything gets now, so that what is made meanwhile comes last. */
const FIRST = 100_000_000_000_000;
/** The id of the thing with a number, of whatever kind. */
export const idOf = <T extends Id>(number: number): T => id<T>(FIRST + number);

/** Where the token with a number stands in the whole: in which account, and whose. */
export function tokenAt({ ofAccount }: Size, { accountId }: Ground, number: number) {
  const members = ofAccount / TOKENS_EACH;
  const other = number - ofAccount;
  const account = number < ofAccount ? id<Member["accountId"]>(accountId) : idOf<Member["accountId"]>(Math.floor(other / (MEMBERS_EACH * TOKENS_EACH)));
  const owner = number < ofAccount ? number % members : members + Math.floor(other / (MEMBERS_EACH * TOKENS_EACH)) * MEMBERS_EACH + (other % MEMBERS_EACH);
  return { accountId: account, ownerId: idOf<Member["id"]>(owner), id: idOf<AccessToken["id"]>(number) };
}

/** The value of the token with a number: the same whenever it is asked for. */
export function valueAt(size: Size, ground: Ground, number: number): string {
  const { accountId, ownerId, id: tokenId } = tokenAt(size, ground, number);
  return accessTokenString(accountId, ownerId, tokenId, secretOf(`token ${number}`));
}

function secretOf(what: string): string {
  return base62Secret(SECRET_LENGTH, (count) => createHash("shake256", { outputLength: count }).update(what).digest());
}

/** Rows of one kind, by their numbers. */
export type Rows = { readonly what: string; readonly count: number; readonly at: (number: number) => Row };

/** All rows of a table of this size beyond its ground, as the product's own builders make them. */
export function rowsOf(size: Size, ground: Ground, peppers: Peppers, dataKey: Uint8Array): readonly Rows[] {
  const accountId = id<Member["accountId"]>(ground.accountId);
  const now = epochSeconds(ground.at);
  const stamp = { version: 1, createdAt: now, updatedAt: now };
  const others = (size.tokens - size.ofAccount) / TOKENS_EACH;

  const hits = (number: number): Metric => ({
    ...stamp, accountId, id: idOf(number), serviceId: idOf(number), systemName: HITS, friendlyName: "Hits", description: "Number of API hits", unit: "hit",
  });
  const service = (number: number): Service => ({
    ...stamp, accountId, id: idOf(number), name: `Service ${number}`, systemName: `service_${number}`, state: "incomplete", settings: BY_DEFAULT,
  });
  const application = (number: number, serviceId: number): Application => ({
    ...stamp, accountId, id: idOf(number), serviceId: id(serviceId), name: `Application ${number}`, description: "What it does", state: "live",
    userKey: secretOf(`key ${number}`), appId: String(number), keys: [], providerVerificationKey: "0".repeat(32),
  });
  const serviceToken = (number: number) => {
    const serviceId = idOf<Service["id"]>(number);
    const value = serviceTokenString(accountId, serviceId, secretOf(`service ${number}`));
    return serviceTokenRow({
      token: { accountId, serviceId, createdAt: now }, digest: digest(peppers, value), sealed: seal(dataKey, accountId, serviceId, value),
      traffic: { backendVersion: BY_DEFAULT.backendVersion, referrerFiltersRequired: false, metrics: [{ id: hits(number).id, systemName: HITS }], plans: [] }, version: 1,
    });
  };
  const member = (number: number, of: Member["accountId"]): Row => memberRow({
    ...stamp, accountId: of, id: idOf(number), username: `member${number}`, email: `member${number}@example.com`, role: "member", state: "active",
    sections: ["partners", "monitoring"], serviceAccess: "all",
  });

  return [
    { what: "services", count: size.services, at: (number) => serviceRow(service(number)) },
    { what: "service tokens", count: size.services, at: serviceToken },
    { what: "metrics", count: size.services, at: (number) => metrics.row(hits(number)) },
    { what: "proxies", count: size.services, at: (number) => proxies.row(newProxy(accountId, idOf(number), now, { ruleId: idOf(number), hits: idOf(number), secretToken: "Shared_secret" })) },
    { what: "applications", count: size.services, at: (number) => applications.row(application(APPLICATIONS_REACHED + number, FIRST + number)) },
    { what: "applications of reached services", count: APPLICATIONS_REACHED, at: (number) => applications.row(application(number, ground.reached[number % ground.reached.length] ?? 0)) },
    {
      what: "other accounts", count: others / MEMBERS_EACH,
      at: (number) => accountRow({ ...stamp, id: idOf(number), name: `Account ${number}`, wrappedKey: ground.wrappedKey }),
    },
    { what: "members of the account", count: size.ofAccount / TOKENS_EACH, at: (number) => member(number, accountId) },
    { what: "other members", count: others, at: (number) => member(size.ofAccount / TOKENS_EACH + number, idOf(Math.floor(number / MEMBERS_EACH))) },
    {
      what: "access tokens", count: size.tokens,
      at: (number) => accessTokenRow({
        token: { ...stamp, ...tokenAt(size, ground, number), name: `Token ${number}`, scopes: ["account_management", "stats"], permission: "rw", expiresAt: "never" },
        digest: digest(peppers, valueAt(size, ground, number)), imported: false,
      }),
    },
  ];
}
