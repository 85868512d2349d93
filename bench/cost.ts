import { readFileSync } from "node:fs";
import process from "node:process";
import { marshall } from "@aws-sdk/util-dynamodb";
import { epochSeconds, id } from "../lib/domain/brands.ts";
import { accessTokenRow } from "../lib/table/access-tokens.ts";
import hosted from "./cost/hosted.json" with { type: "json" };
import { itemSize } from "./cost/item-size.ts";
import { startMeter } from "./cost/meter.ts";
import { bill, billedMs, keeping, overridden, total, type Line } from "./cost/money.ts";
import { operationsPaidFor, type Paid } from "./cost/operations.ts";
import listed from "./cost/prices.json" with { type: "json" };
import { usageOf } from "./cost/work.ts";
import { median, type Benchmark, type Row } from "./support/benchmark.ts";
import { startLatchkey } from "./support/latchkey.ts";
import { ROUNDS } from "./support/rounds.ts";

const own = process.env["LATCHKEY_PRICES"];
const { regions, assumed, asOf, say } = own === undefined ? listed : overridden(listed, JSON.parse(readFileSync(own, "utf8")) as object);
type Regional = (typeof regions)["eu-west-1"];
const MOST = 0.5;
/** The region of `serverless.yml`. Where a read costs more, the reads and the invocation alone may take nearly all of that. */
const WHERE = "us-east-1";
const MEMORIES = [128, 256, 512, 1024];
const INDEXES_OF_A_TOKEN = 2;
/** An id of fourteen digits, which all have. */
const LARGE = 244_885_908_909_686;

export default {
  about: "Dollars per million, from the units counted on the wire and the processor time measured here.",
  limits: { [`an authorization, ${WHERE}`]: { most: MOST } },
  async run() {
    const latchkey = await startLatchkey();
    const meter = await startMeter(latchkey.database.endpoint);
    try {
      const paid = await operationsPaidFor(latchkey, meter);
      console.log(`\nPrices of ${asOf}. ${say}\n`);
      for (const [region, prices] of Object.entries(regions)) {
        console.log(`${region}, dollars per million\n\n${tableOf(paid, (each) => billsOf(each, prices))}\n`);
        console.log(`An authorization, by the memory of its function: ${MEMORIES.map((memoryMb) => byMemory(paid, memoryMb, prices)).join("; ")}. ${floor(prices)}\n`);
      }
      console.log(`Published prices of hosted services. ${hosted.say}\n`);
      for (const { name, dollarsPerMillion, of, asOf: when, from } of hosted.hosted) console.log(`  ${String(dollarsPerMillion).padStart(6)}  ${name}: ${of} (${when}, ${from})`);
      const bytes = itemSize(marshall(aTokenRow()));
      return Object.entries(regions).flatMap(([region, prices]) => [
        ...paid.map((each): Row => ({ what: `${each.what}, ${region}`, unit: "$", rounds: billsOf(each, prices).map((lines) => total(lines, "latchkey")) })),
        { what: `a million tokens kept for a month, ${region}`, unit: "$", rounds: [keeping(bytes, INDEXES_OF_A_TOKEN, prices)] } satisfies Row,
      ]);
    } finally {
      await meter.stop();
      await latchkey.stop();
    }
  },
} satisfies Benchmark;

/** A token as long as tokens are. */
function aTokenRow() {
  const now = epochSeconds(1_800_000_000);
  return accessTokenRow({
    token: {
      accountId: id(LARGE), ownerId: id(LARGE), id: id(LARGE), name: "the name of a token", scopes: ["account_management", "finance", "stats"], permission: "rw",
      expiresAt: now, lastUsedAt: now, version: 1000, createdAt: now, updatedAt: now,
    },
    digest: { pepper: 1, hash: "h".repeat(43) }, imported: false,
  });
}

/** What an authorization would cost, and how long it would be billed for, with so much memory. */
function byMemory([authorization]: readonly Paid[], memoryMb: number, prices: Regional): string {
  const works = (authorization?.works ?? []).map(({ work, sharedBy }) => ({ work: { ...work, memoryMb }, sharedBy }));
  const usages = Array.from({ length: ROUNDS }, (_, round) => usageOf(works, round, assumed));
  const dollars = median(usages.map((usage) => total(bill(usage, prices, assumed), "latchkey")));
  return `${memoryMb} MB $${dollars.toFixed(3)} for ${median(usages.flatMap(({ invocations }) => invocations.map((each) => billedMs(each, assumed)))).toFixed(1)} ms`;
}

/** What no live decision can be cheaper than. */
function floor({ lambdaMillionRequests, dynamodbMillionReadUnits }: Regional): string {
  return `Its floor, an invocation and two strong reads: $${(lambdaMillionRequests + 2 * dynamodbMillionReadUnits).toFixed(3)}`;
}

/** The bill by the processor time of each round. */
function billsOf({ works, request }: Paid, prices: Regional): readonly (readonly Line[])[] {
  return Array.from({ length: ROUNDS }, (_, round) => bill(usageOf(works, round, assumed, request), prices, assumed));
}

/** What is paid for, part by part: the median of the rounds. */
function tableOf(paid: readonly Paid[], billsFor: (each: Paid) => readonly (readonly Line[])[]): string {
  const bills = paid.map(billsFor);
  const parts = bills[0]?.[0] ?? [];
  const figure = (rounds: readonly (readonly Line[])[], part: string) => median(rounds.map((lines) => lines.find(({ what }) => what === part)?.dollarsPerMillion ?? NaN));
  const sum = (rounds: readonly (readonly Line[])[], whose: Line["whose"]) => median(rounds.map((lines) => total(lines, whose)));
  const rows = [
    ["", ...parts.filter(({ whose }) => whose === "latchkey").map(({ what }) => what), "in all", ...parts.filter(({ whose }) => whose === "gateway").map(({ what }) => `beside it: ${what}`)],
    ...paid.map(({ what }, at) => {
      const rounds = bills[at] ?? [];
      const of = (whose: Line["whose"]) => parts.filter((part) => part.whose === whose).map((part) => told(figure(rounds, part.what)));
      return [what, ...of("latchkey"), told(sum(rounds, "latchkey")), ...of("gateway")];
    }),
  ];
  return rows.map((row) => `| ${row.join(" | ")} |`).toSpliced(1, 0, `|${"---|".repeat(rows[0]?.length ?? 0)}`).join("\n");
}

const told = (dollars: number) => (dollars === 0 ? "" : dollars.toFixed(3));
