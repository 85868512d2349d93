import { randomBytes } from "node:crypto";
import process from "node:process";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { marshall } from "@aws-sdk/util-dynamodb";
import { epochSeconds, id, systemClock, type MetricId } from "../lib/domain/brands.ts";
import { startAwsDouble } from "../lib/local/aws-double.ts";
import { createTable } from "../lib/local/create-table.ts";
import { startDynamoDbLocal } from "../lib/local/dynamodb-local.ts";
import { kmsKeyring } from "../lib/secrets/keyring.ts";
import { parsePeppers } from "../lib/secrets/pepper.ts";
import { serviceTokenRow } from "../lib/table/services.ts";
import { openTable } from "../lib/table/client.ts";
import { newDatabase } from "../test/support/database.ts";
import { documentsIn } from "../test/support/table.ts";
import { itemSize, readUnits } from "./cost/item-size.ts";
import { startMeter } from "./cost/meter.ts";
import { loadsOf, PAGE, TOGETHER, type Loads } from "./hot-keys/loads.ts";
import { PARTITION } from "./hot-keys/partitions.ts";
import { ratesOf, type Spread } from "./hot-keys/rate.ts";
import type { Benchmark, Row } from "./support/benchmark.ts";

const TABLE = "latchkey-hot-keys";
const MANY = 200;
const PLANS = 20;
const LIMITS = 10;

/** What is done, how far it is spread, and how many of what is counted a call does. */
type Case = { readonly what: string; readonly loads: keyof Loads; readonly spread: Spread; readonly times?: number };
const CASES: readonly Case[] = [
  { what: "authorizations of one token", loads: "authorization", spread: {} },
  { what: "authorizations of one member", loads: "authorization", spread: { token: MANY } },
  { what: "authorizations of one account", loads: "authorization", spread: { member: MANY, token: MANY } },
  { what: "calls judged of one application", loads: "authorize", spread: {} },
  { what: "calls judged of one service", loads: "authorize", spread: { application: MANY } },
  { what: "calls judged of one account", loads: "authorize", spread: { service: MANY, application: MANY } },
  { what: "reports stored of one application", loads: "authrep", spread: {} },
  { what: "reports counted alone of one application", loads: "count", spread: {} },
  { what: "reports counted alone of one service", loads: "count", spread: { application: MANY } },
  { what: "reports counted together of one application", loads: "count of many", spread: {}, times: TOGETHER },
  { what: "reports counted together of one service", loads: "count of many", spread: { application: MANY }, times: TOGETHER },
  { what: "tokens created by one member", loads: "creation", spread: {} },
  { what: "tokens created in one account", loads: "creation", spread: { member: MANY } },
  { what: "tokens created in many accounts", loads: "creation", spread: { account: MANY, member: MANY } },
  { what: "tokens deleted in one account", loads: "deletion", spread: { member: MANY, token: MANY } },
  { what: "last uses noted in one account", loads: "note", spread: { member: MANY, token: MANY } },
  { what: "service tokens revealed in one account", loads: "reveal", spread: { service: MANY } },
  { what: `pages of ${PAGE} tokens of one account`, loads: "page", spread: { member: MANY } },
];

/** What one key must bear, for a provider to live with. */
const LEAST: Readonly<Record<string, number>> = { "authorizations of one token": 2900, "authorizations of one member": 2900, "calls judged of one service": 2900, "tokens created in one account": 350 };

export default {
  about: "At which rate which key meets a limit of DynamoDB's, from the rows that each operation is seen to touch, in a simulation of partitions.",
  limits: Object.fromEntries(Object.entries(LEAST).map(([what, least]) => [what, { least }])),
  async run() {
    const loads = await measuredLoads();
    const bytes = itemSize(marshall(largeService()));
    const rows = CASES.flatMap(({ what, loads: name, spread, times = 1 }): readonly Row[] => {
      const { atOnce, settled, first } = ratesOf(loads[name], spread);
      console.log(`${what}: ${Math.floor(atOnce * times)} a second at once, ${Math.floor(settled * times)} when the hot partitions have been cut; then ${first} is full`);
      return [{ what: `${what}, at once`, unit: "/s", rounds: [Math.floor(atOnce * times)] }, { what, unit: "/s", rounds: [Math.floor(settled * times)] }];
    });
    return [
      ...rows,
      { what: `the row of a service with ${PLANS} plans of ${LIMITS} limits`, unit: "B", rounds: [bytes] },
      { what: "calls judged of such a service", unit: "/s", rounds: [PARTITION.reads / readUnits(bytes, "strong")] },
    ];
  },
} satisfies Benchmark;

/** What calls are judged by is in the row of the service's token: it grows with the plans and their limits. */
function largeService() {
  const number = id<MetricId>(244_885_908_909_686);
  const many = <T>(length: number, each: T) => Array.from({ length }, () => each);
  return serviceTokenRow({
    token: { accountId: id(number), serviceId: id(number), createdAt: epochSeconds(1_800_000_000) }, digest: { pepper: 1, hash: "h".repeat(43) }, sealed: "s".repeat(150), version: 100,
    traffic: {
      backendVersion: "1", referrerFiltersRequired: false, metrics: many(LIMITS, { id: number, systemName: "the_name_of_a_metric" }),
      plans: many(PLANS, { id: id(number), name: "The name of a plan", limits: many(LIMITS, { metricId: number, period: "minute" as const, value: 10_000 }) }),
    },
  });
}

async function measuredLoads(): Promise<Loads> {
  const [aws, emulator] = await Promise.all([startAwsDouble({ masterKey: randomBytes(32) }), startDynamoDbLocal({ separate: true })]);
  const meter = await startMeter(emulator.endpoint);
  try {
    const database = newDatabase(emulator.endpoint);
    await createTable(TABLE, new DynamoDBClient(database));
    const { accessKeyId, secretAccessKey } = database.credentials;
    Object.assign(process.env, { AWS_ENDPOINT_URL_DYNAMODB: meter.url, AWS_REGION: database.region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey });
    const deps = {
      table: openTable(TABLE), clock: systemClock, peppers: parsePeppers(`1:${randomBytes(32).toString("hex")}`),
      keyring: kmsKeyring("alias/hot-keys", new KMSClient({ ...database, endpoint: aws.endpoint })),
    };
    return await loadsOf({ operator: deps, documents: documentsIn(database) }, async (act) => {
      meter.taken();
      await act();
      return meter.taken().flatMap((call) => call.loads);
    });
  } finally {
    await Promise.all([meter.stop(), aws.stop(), emulator.stop()]);
  }
}
