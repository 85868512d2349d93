import { createHash } from "node:crypto";
import type { AccessTokenId, AccountId, ApplicationId, Id, MemberId, MetricId, Month, ServiceId, SessionId } from "../domain/brands.ts";
import type { Environment } from "../domain/configuration.ts";

/**
 * |  # | access pattern                              | index | keys                                                              |
 * |  1 | read an account, list accounts (operator)   | table | pk=ACCOUNTS                          sk=ACCOUNT#a                  |
 * |  2 | read a member (every request)               | table | pk=ACCOUNT#a#MEMBER#m                sk=MEMBER         consistent  |
 * |  3 | list an account's members                   | gsi1  | gsi1pk=ACCOUNT#a#MEMBERS             gsi1sk=m                      |
 * |  4 | read an access token (every request)        | table | pk=ACCOUNT#a#MEMBER#m#TOKEN#t        sk=ACCESS_TOKEN   consistent  |
 * |  5 | list a member's access tokens               | gsi1  | gsi1pk=ACCOUNT#a#MEMBER#m#TOKENS     gsi1sk=t                      |
 * |  6 | read a service, list an account's services  | table | pk=ACCOUNT#a#SERVICES                sk=s              consistent  |
 * |  7 | read a service's token, or its tombstone    | table | pk=ACCOUNT#a#SERVICE#s               sk=SERVICE_TOKEN  consistent  |
 * |  8 | read an application, list an account's      | table | pk=ACCOUNT#a#APPLICATION             sk=p              consistent  |
 * |  9 | list a service's, a developer's applications| gsi1/2| gsi1pk=ACCOUNT#a#SERVICE#s#APPLICATION   gsi1sk=p                  |
 * | 10 | find applications by user key or app id     | gsi2  | gsi2pk=ACCOUNT#a#CREDENTIAL#h        gsi2sk=p                      |
 * | 11 | a value is taken once per account           | table | pk=ACCOUNT#a#UNIQUE#field#h          sk=UNIQUE                     |
 * | 12 | the record of what happened, and the outbox | table | pk=EVENT#a#yyyy-mm                   sk=event id                   |
 * | 13 | find what was imported from 3scale          | table | pk=IMPORTED#h                        sk=IMPORTED       consistent  |
 * | 14 | read a thing of a kind, list an account's   | table | pk=ACCOUNT#a#KIND                    sk=id             consistent  |
 * | 15 | list the things of a parent                 | gsi1/2| gsi1pk=ACCOUNT#a#PARENT#p#KIND       gsi1sk=id                     |
 * | 16 | judge a call: an application by credential  | table | pk=ACCOUNT#a#SERVICE#s#CREDENTIAL#h  sk=APPLICATION    consistent  |
 * | 17 | judge a call: what it has used              | table | pk=ACCOUNT#a#SERVICE#s#CREDENTIAL#h  sk=USAGE          consistent  |
 * | 18 | what was used of a metric, hour by hour     | table | pk=ACCOUNT#a#SUBJECT#u#USED#METRIC#m[#k] sk=yyyy-mm-dd             |
 * | 19 | a report, and which of its parts are counted| table | pk=REPORT#h                          sk=REPORT | COUNTED#p#n       |
 * | 20 | the last invoice number given for a month   | table | pk=ACCOUNT#a#INVOICE_NUMBERS         sk=yyyy-mm        consistent  |
 * | 21 | read a configuration, list a service's      | table | pk=ACCOUNT#a#SERVICE#s#CONFIGS#env   sk=version        consistent  |
 * | 22 | the latest configuration of every service   | table | pk=ACCOUNT#a#CONFIGS#env             sk=s              consistent  |
 * | 23 | the latest configurations for a host        | gsi1/2| gsi1pk=ACCOUNT#a#CONFIGS#env#HOST#h  gsi1sk=s                      |
 * | 24 | list an account's configurations            | gsi1  | gsi1pk=ACCOUNT#a#CONFIGS#env#ALL     gsi1sk=id                     |
 * | 25 | list an account's configurations, a version | gsi2  | gsi2pk=ACCOUNT#a#CONFIGS#env#VERSION#n  gsi2sk=s                   |
 * | 26 | read a session (every request of the portal)| table | pk=ACCOUNT#a#MEMBER#m#SESSION#h      sk=SESSION        consistent  |
 * | 27 | list a member's sessions, to remove them    | gsi1  | gsi1pk=ACCOUNT#a#MEMBER#m#SESSIONS   gsi1sk=expiry                 |
 * | 28 | list an account's access tokens             | gsi2  | gsi2pk=ACCOUNT#a#TOKENS              gsi2sk=t                      |
 * | 29 | find an issuer's subject as members         | table | pk=IDENTITY#h                        sk=ACCOUNT#a      consistent  |
 * | 30 | whom a member is bound to, of an issuer     | table | pk=ACCOUNT#a#MEMBER#m#ISSUER#h       sk=BINDING        consistent  |
 * | 31 | list a member's identities, to remove them  | gsi1  | gsi1pk=ACCOUNT#a#MEMBER#m#IDENTITIES gsi1sk=m                      |
 * | 32 | find members by e-mail, in all accounts     | gsi2  | gsi2pk=MEMBER_EMAIL#h                gsi2sk=a                      |
 * | 33 | what was made by a request that has a name  | table | pk=ACCOUNT#a#MEMBER#m#REQUEST#h     sk=REQUEST[#part] consistent |
 *
 * Ids in sort keys are padded, so that text sorts as numbers do; `h` is a hash, so that no name becomes a key.
 * Patterns 2, 4 and 26 own a partition key each, because every request reads them and a partition serves 3,000 strong
 * reads a second; they are never read from an index, because a GSI cannot be read consistently and a deleted token
 * or session must stop at once. `ttl` is the TTL attribute; DynamoDB deletes late, so readers compare the expiry themselves.
 */
export const keys = {
  account: (a: AccountId) => ({ pk: ACCOUNTS, sk: `ACCOUNT#${sortable(a)}` }),
  member: (a: AccountId, m: MemberId) => ({ pk: `ACCOUNT#${a}#MEMBER#${m}`, sk: "MEMBER" }),
  accessToken: (a: AccountId, m: MemberId, t: AccessTokenId) => ({ pk: `ACCOUNT#${a}#MEMBER#${m}#TOKEN#${t}`, sk: "ACCESS_TOKEN" }),
  /** `speaker` is the token or the session that sends it: the names of one say nothing to another. */
  request: (a: AccountId, m: MemberId, speaker: string, name: string) => ({ pk: `ACCOUNT#${a}#MEMBER#${m}#REQUEST#${hashOf(JSON.stringify([speaker, name]))}`, sk: "REQUEST" }),
  session: (a: AccountId, m: MemberId, id: SessionId) => ({ pk: `ACCOUNT#${a}#MEMBER#${m}#SESSION#${hashOf(id)}`, sk: "SESSION" }),
  identity: (issuer: string, subject: string, a: AccountId) => ({ pk: identityPartition(issuer, subject), sk: `ACCOUNT#${sortable(a)}` }),
  binding: (a: AccountId, m: MemberId, issuer: string) => ({ pk: `ACCOUNT#${a}#MEMBER#${m}#ISSUER#${hashOf(issuer)}`, sk: "BINDING" }),
  service: (a: AccountId, s: ServiceId) => ({ pk: `ACCOUNT#${a}#SERVICES`, sk: sortable(s) }),
  serviceToken: (a: AccountId, s: ServiceId) => ({ pk: `ACCOUNT#${a}#SERVICE#${s}`, sk: "SERVICE_TOKEN" }),
  unique: (a: AccountId, field: UniqueField, value: string) => ({ pk: `ACCOUNT#${a}#UNIQUE#${field}#${hashOf(value)}`, sk: "UNIQUE" }),
  event: (a: AccountId, month: string, eventId: string) => ({ pk: eventsPartition(a, month), sk: eventId }),
  entity: (kind: string, a: AccountId, id: Id) => ({ pk: `ACCOUNT#${a}#${kind}`, sk: sortable(id) }),
  credentialApplication: (a: AccountId, s: ServiceId, credential: Credential) => ({ pk: credentialPartition(a, s, credential), sk: "APPLICATION" }),
  credentialUsage: (a: AccountId, s: ServiceId, credential: Credential) => ({ pk: credentialPartition(a, s, credential), sk: "USAGE" }),
  usedOnDay: (used: Used, shard: number | undefined, day: string) => ({ pk: usedPartition(used, shard), sk: day }),
  report: (reportId: string) => ({ pk: `REPORT#${reportId}`, sk: "REPORT" }),
  countedShare: (reportId: string, p: ApplicationId, part: number) => ({ pk: `REPORT#${reportId}`, sk: `COUNTED#${p}#${part}` }),
  invoiceNumber: (a: AccountId, month: Month) => ({ pk: `ACCOUNT#${a}#INVOICE_NUMBERS`, sk: month }),
  proxyConfig: (a: AccountId, s: ServiceId, env: Environment, version: number) => ({ pk: configsOfService(a, s, env), sk: sortable(version) }),
  latestConfig: (a: AccountId, s: ServiceId, env: Environment) => ({ pk: latestConfigs(a, env), sk: sortable(s) }),
  imported: (digest: string) => ({ pk: `IMPORTED#${digest}`, sk: "IMPORTED" }),
} as const;

/** Where lists are read: a partition of the table or of an index, in the order of the ids. */
export const listings = {
  accounts: () => ({ pk: ACCOUNTS }),
  members: (a: AccountId) => ({ index: "gsi1", pk: `ACCOUNT#${a}#MEMBERS` }),
  accessTokens: (a: AccountId, m: MemberId) => ({ index: "gsi1", pk: `ACCOUNT#${a}#MEMBER#${m}#TOKENS` }),
  sessions: (a: AccountId, m: MemberId) => ({ index: "gsi1", pk: `ACCOUNT#${a}#MEMBER#${m}#SESSIONS` }),
  accessTokensOfAccount: (a: AccountId) => ({ index: "gsi2", pk: `ACCOUNT#${a}#TOKENS` }),
  identities: (issuer: string, subject: string) => ({ pk: identityPartition(issuer, subject) }),
  identitiesOf: (a: AccountId, m: MemberId) => ({ index: "gsi1", pk: `ACCOUNT#${a}#MEMBER#${m}#IDENTITIES` }),
  /** Of all accounts: whoever signs in has not said yet in which. `email` is folded. */
  membersByEmail: (email: string) => ({ index: "gsi2", pk: `MEMBER_EMAIL#${hashOf(email)}` }),
  events: (a: AccountId, month: Month) => ({ pk: eventsPartition(a, month) }),
  services: (a: AccountId) => ({ pk: `ACCOUNT#${a}#SERVICES` }),
  applicationsByCredential: (a: AccountId, { kind, value }: Credential) => ({ index: "gsi2", pk: `ACCOUNT#${a}#CREDENTIAL#${kind}#${hashOf(value)}` }),
  used: (used: Used, shard: number | undefined) => ({ pk: usedPartition(used, shard) }),
  configsOfService: (a: AccountId, s: ServiceId, env: Environment) => ({ pk: configsOfService(a, s, env) }),
  latestConfigs: (a: AccountId, env: Environment) => ({ pk: latestConfigs(a, env) }),
  /** A service may have two hosts: each has an index of its own. */
  latestConfigsOfHost: (a: AccountId, env: Environment, host: string, index: "gsi1" | "gsi2") => ({ index, pk: `${latestConfigs(a, env)}#HOST#${hashOf(host)}` }),
  configs: (a: AccountId, env: Environment) => ({ index: "gsi1", pk: `${latestConfigs(a, env)}#ALL` }),
  configsOfVersion: (a: AccountId, env: Environment, version: number) => ({ index: "gsi2", pk: `${latestConfigs(a, env)}#VERSION#${version}` }),
  entities: (kind: string, a: AccountId) => ({ pk: `ACCOUNT#${a}#${kind}` }),
  entitiesOf: (parent: { readonly kind: string; readonly id: Id | string; readonly index: "gsi1" | "gsi2" }, kind: string, a: AccountId) => ({
    index: parent.index, pk: `ACCOUNT#${a}#${parent.kind}#${parent.id}#${kind}`,
  }),
} as const satisfies Record<string, (...ids: never[]) => Listing>;

/** What a request to a service names its application by. */
export type Credential = { readonly kind: "user_key" | "app_id"; readonly value: string };

/** Whose use of which metric is counted. */
export type Used = { readonly accountId: AccountId; readonly subject: "SERVICE" | "APPLICATION"; readonly id: Id; readonly metricId: MetricId };

export type Key = { readonly pk: string; readonly sk: string };
/** A partition, or, with `between`, the rows in it whose sort keys are neither before the first nor after the second. */
export type Listing = { readonly index?: "gsi1" | "gsi2"; readonly pk: string; readonly between?: readonly [string, string] };
/** A field whose values are unique: in the account, or, with the name of a scope before it, within that. */
export type UniqueField = string;
/** A row as DynamoDB holds it. Only `type` says what the rest is. */
export type Row = Key & Readonly<Record<string, unknown>>;

const ACCOUNTS = "ACCOUNTS";

/** An id as sort key: 16 digits hold every safe integer. */
export function sortable(number: number): string {
  return String(number).padStart(16, "0");
}

/** No id comes after this as a sort key. */
export const LAST_ID = "9".repeat(16);

/** The keys that put a row into a listing of an index, under its id. */
export function inIndex(listing: Listing & { readonly index: "gsi1" | "gsi2" }, id: number): Record<string, string> {
  return { [`${listing.index}pk`]: listing.pk, [`${listing.index}sk`]: sortable(id) };
}

function credentialPartition(a: AccountId, s: ServiceId, { kind, value }: Credential): string {
  return `ACCOUNT#${a}#SERVICE#${s}#CREDENTIAL#${kind}#${hashOf(value)}`;
}

const eventsPartition = (a: AccountId, month: string) => `EVENT#${a}#${month}`;
const configsOfService = (a: AccountId, s: ServiceId, env: Environment) => `ACCOUNT#${a}#SERVICE#${s}#CONFIGS#${env}`;
const latestConfigs = (a: AccountId, env: Environment) => `ACCOUNT#${a}#CONFIGS#${env}`;

/** A service is counted in several places at once, because one row takes a thousand writes a second and no more. */
function usedPartition({ accountId, subject, id, metricId }: Used, shard: number | undefined): string {
  return `ACCOUNT#${accountId}#${subject}#${id}#USED#METRIC#${metricId}${shard === undefined ? "" : `#${shard}`}`;
}

/** Two texts as one: neither can pass for a part of the other. */
function identityPartition(issuer: string, subject: string): string {
  return `IDENTITY#${hashOf(JSON.stringify([issuer, subject]))}`;
}

export function hashOf(value: string): string {
  return createHash("sha256").update(value).digest("base64url");
}
