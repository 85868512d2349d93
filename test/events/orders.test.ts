import { isDeepStrictEqual } from "node:util";
import { BatchGetCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type AccountId, type ServiceId } from "../../lib/domain/brands.ts";
import { keys, type Row } from "../../lib/table/model.ts";
import { stateAfter, type Happening } from "../model/announcements.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { newSeed, randomFrom } from "../support/random.ts";
import { request } from "../support/request.ts";
import { rounds } from "../support/rounds.ts";
import { everyRow } from "../support/rows.ts";
import { snapshotOf, type Difference } from "../support/snapshot.ts";
import { tried } from "../support/tried.ts";
import { endsOf, type Trial } from "./every-order.ts";

/** Whatever order announcements, deletions and clean-ups come in, and however often: in the end it is as the model says. */
let latchkey: Deployment;
let account: TestAccount;
let accountId: AccountId;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  ({ accountId } = account.admin.member);
});
afterAll(() => latchkey?.stop());

const SOME = rounds(6, 2000);
const STREAMS = rounds(8, 2000);
/** Five things that get into each other's way: one id announced twice in other words, one name for two ids, a deletion, its clean-up. */
const FIVE: readonly Happening[] = [
  { kind: "announced", id: 1, name: "Echo" }, { kind: "announced", id: 1, name: "Other", systemName: "echo" }, { kind: "announced", id: 2, name: "Echo" },
  { kind: "deleted", id: 1 }, { kind: "cleaned up", id: 1 },
];
const MOST_DUPLICATES = 3;

let begun = 0;
/** The same things under ids and names that no other sequence has. */
function apart(happenings: readonly Happening[]): readonly Happening[] {
  const [base, prefix] = [1_000_000 + 1000 * ++begun, `s${begun}`];
  return happenings.map((each) => (each.kind !== "announced" ? { ...each, id: base + each.id } : {
    ...each, id: base + each.id, name: `${prefix} ${each.name}`, ...(each.systemName === undefined ? {} : { systemName: `${prefix}_${each.systemName}` }),
  }));
}

async function happen(happening: Happening): Promise<void> {
  switch (happening.kind) {
    case "announced": {
      const { id: service, name, systemName } = happening;
      const announced = { id: service, name, ...(systemName === undefined ? {} : { system_name: systemName }) };
      await latchkey.bus.put({ Source: "acme.catalogue", DetailType: "service.created", Detail: JSON.stringify({ account_id: accountId, service: announced }) });
      return;
    }
    case "deleted":
      await request(latchkey, "DELETE", `/admin/api/services/${happening.id}.json`, { token: account.admin.value });
      return;
    case "cleaned up":
      await latchkey.invoke("cleanUp", { source: "latchkey", "detail-type": "service.deleted", detail: { account_id: accountId, subject: { service_id: happening.id } } });
  }
}

type Found = Readonly<Record<number, { readonly service?: { readonly name: unknown; readonly systemName: unknown }; readonly token?: unknown }>>;
/** What is stored of these ids. */
async function found(ids: readonly number[]): Promise<Found> {
  const { documents, operator: { table: { name } } } = latchkey;
  const wanted = ids.flatMap((each) => [keys.service(accountId, id<ServiceId>(each)), keys.serviceToken(accountId, id<ServiceId>(each))]);
  const { Responses } = await documents.send(new BatchGetCommand({ RequestItems: { [name]: { Keys: wanted, ConsistentRead: true } } }));
  const rows = (Responses?.[name] ?? []) as Row[];
  return Object.fromEntries(ids.map((each) => {
    const [serviceKey, tokenKey] = [keys.service(accountId, id<ServiceId>(each)), keys.serviceToken(accountId, id<ServiceId>(each))];
    const rowAt = ({ pk, sk }: { pk: string; sk: string }) => rows.find((row) => row.pk === pk && row.sk === sk);
    const [service, token] = [rowAt(serviceKey), rowAt(tokenKey)];
    return [each, {
      ...(service === undefined ? {} : { service: { name: service["name"], systemName: service["systemName"] } }), ...(token === undefined ? {} : { token: token["type"] }),
    }];
  }));
}

/** What the model says of it. */
function expectedOf(sequence: readonly Happening[]) {
  const { services, deleted, refused } = stateAfter(sequence);
  const ids = [...new Set(sequence.map((each) => each.id))];
  return { ids, refused, found: Object.fromEntries(ids.map((each) => [each, {
    ...(services.has(each) ? { service: services.get(each) } : {}), ...(services.has(each) ? { token: "service_token" } : deleted.has(each) ? { token: "deleted_service" } : {}),
  }])) };
}

/** Lets it happen, and compares: with the model, and the refused announcements with those in the dead-letter queue. */
async function expectAsTheModel(happenings: readonly Happening[]): Promise<void> {
  const sequence = apart(happenings);
  const before = latchkey.bus.deadLetters.length;
  for (const each of sequence) await happen(each);
  const { ids, found: expected, refused } = expectedOf(sequence);
  expect({ sequence, found: await found(ids), refused: latchkey.bus.deadLetters.length - before }).toEqual({ sequence, found: expected, refused });
}

/** Every order of these, each as often as it stands there; equal things are not told apart. */
function* ordersOf<T>(things: readonly T[]): Generator<readonly T[]> {
  if (things.length === 0) return yield [];
  for (const first of new Set(things)) {
    const rest = [...things];
    rest.splice(rest.indexOf(first), 1);
    for (const order of ordersOf(rest)) yield [first, ...order];
  }
}

/** Every multiset of so many of these. */
function* picks<T>(things: readonly T[], count: number, from = 0): Generator<readonly T[]> {
  if (count === 0) return yield [];
  for (let at = from; at < things.length; at++) for (const rest of picks(things, count - 1, at)) yield [things[at]!, ...rest];
}

/** The subsets of the five, with up to three of their members once more, in every order. */
function* everySequence(five: readonly Happening[]): Generator<readonly Happening[]> {
  for (let chosen = 1; chosen < 1 << five.length; chosen++) {
    const some = five.filter((_, at) => (chosen >> at) % 2 === 1);
    for (let more = 0; more <= MOST_DUPLICATES; more++) for (const repeated of picks(some, more)) yield* ordersOf([...some, ...repeated]);
  }
}

describe("the orders that are tried", () => {
  it("are all: of two things, one of them twice, three", () => {
    const [a, b] = ["a", "b"];
    expect([...ordersOf([a, b, a])].map((each) => each.join(""))).toEqual(["aba", "aab", "baa"]);
    expect([...picks([a, b], 2)].map((each) => each.join(""))).toEqual(["aa", "ab", "bb"]);
  });
});

/** A table in which things can happen again and again: all its rows come back as they were. */
async function again(ids: readonly number[]): Promise<Trial<Happening, Found>> {
  const snapshot = () => snapshotOf(latchkey, () => everyRow(latchkey));
  const { differences } = await snapshot();
  return {
    keep: async () => (await snapshot()).restore,
    async happen(happening) {
      const before = latchkey.bus.deadLetters.length;
      await happen(happening);
      return latchkey.bus.deadLetters.length - before;
    },
    look: async () => ({ stored: (await differences()).map(withoutChance).toSorted().join("\n"), seen: await found(ids) }),
  };
}

/** A change of a row without what is drawn or read off a clock: long numbers, and words of so many letters that nobody chose. */
function withoutChance({ key: { pk, sk }, after }: Difference): string {
  const sorted = (value: unknown) => (typeof value !== "object" || value === null || Array.isArray(value) ? value : Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))));
  return JSON.stringify({ pk, sk, after }, (_name, value: unknown) => sorted(value)).replaceAll(/[\w-]{24,}/g, "<word>").replaceAll(/\b0*\d{10,}\b/g, "<number>");
}

it("five things with up to three duplicates, and fewer of them, in every order", async () => {
  const things = apart(FIVE);
  const ends = await endsOf(things, await again([...new Set(things.map((each) => each.id))]));
  const seen = { orders: 0, states: ends.states };
  const wrong: unknown[] = [];
  for (const order of everySequence(things)) {
    const { ids, found: wanted, refused: refusals } = expectedOf(order);
    const { seen: all, refused } = ends.endOf(order);
    const got = Object.fromEntries(ids.map((each) => [each, all[each]]));
    if (refused !== refusals || !isDeepStrictEqual(got, wanted)) wrong.push({ order, wanted, got, refused, refusals });
    seen.orders++;
  }
  tried("every order of events", seen);
  expect(wrong.slice(0, 3)).toEqual([]);
}, 300_000);

// oxlint-disable-next-line vitest/expect-expect -- in expectAsTheModel
it("some of these orders, lived through one by one", async () => {
  const seed = newSeed();
  const random = randomFrom(seed);
  const all = [...everySequence(FIVE)];
  const chosen = Array.from({ length: SOME }, () => random.of(all));
  for (const sequence of chosen) await expectAsTheModel(sequence);
  tried("orders of events", { sequences: chosen.length, "there are": all.length, happenings: chosen.reduce((sum, { length }) => sum + length, 0) }, seed);
}, SOME * 3000 + 30_000);

// oxlint-disable-next-line vitest/expect-expect -- in expectAsTheModel
it("random streams over several services that want each other's names", async () => {
  const seed = newSeed();
  const random = randomFrom(seed);
  let happenings = 0;
  for (let stream = 0; stream < STREAMS; stream++) {
    const sequence = Array.from({ length: 3 + random.number(10) }, (): Happening => {
      const service = 1 + random.number(4);
      const kind = random.of(["announced", "announced", "announced", "deleted", "cleaned up"] as const);
      if (kind !== "announced") return { kind, id: service };
      return { kind, id: service, name: random.of(["Echo", "Ping", "Echo 2"]), ...(random.chance(0.4) ? { systemName: random.of(["echo", "ping"]) } : {}) };
    });
    await expectAsTheModel(sequence);
    happenings += sequence.length;
  }
  tried("streams of events", { streams: STREAMS, happenings }, seed);
}, STREAMS * 2000 + 30_000);
