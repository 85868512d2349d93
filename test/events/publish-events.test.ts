import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { json as readJson } from "node:stream/consumers";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import {
  BatchGetItemCommand, DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, ScanCommand, TransactWriteItemsCommand, UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DeleteCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type AccountId, type MemberId } from "../../lib/domain/brands.ts";
import { isoSeconds } from "../../lib/domain/time.ts";
import type { DomainEvent } from "../../lib/domain/events.ts";
import { listenOnLoopback, LOOPBACK } from "../../lib/local/ports.ts";
import { importAccessToken } from "../../lib/operations/access-tokens.ts";
import { newEventId } from "../../lib/secrets/random.ts";
import { threescaleDigest } from "../../lib/secrets/pepper.ts";
import { append, eventFrom } from "../../lib/table/events.ts";
import type { Row } from "../../lib/table/model.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { REGION } from "../support/aws.ts";
import { mappingTo, startDeployment, type Deployment } from "../support/deployment.ts";
import { startLambda, type Lambda } from "../support/lambda.ts";
import { createPump, type Pump } from "../support/pump.ts";
import { request } from "../support/request.ts";
import { everyRow } from "../support/rows.ts";
import { sample } from "../support/sample.ts";
import { openStream, type StreamRecord } from "../support/stream.ts";

let latchkey: Deployment;
let account: TestAccount;
let fn: Deployment["template"]["functions"][number];

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  fn = latchkey.template.functions.find(({ name }) => name === "publishEvents")!;
});
afterAll(() => latchkey?.stop());

type Accepted = { readonly DetailType: string; readonly Detail: string };
const numbersIn = (entries: readonly Pick<Accepted, "Detail">[]) => entries.map(({ Detail }) => (JSON.parse(Detail) as { facts: { number: number } }).facts.number);
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

/** An event that a test can recognise, as the operations write it. */
const numbered = (number: number): DomainEvent => ({
  id: newEventId(), accountId: account.admin.member.accountId, type: "member.updated", at: latchkey.operator.clock(),
  actor: { memberId: account.admin.member.id, tokenId: account.admin.token.id }, subject: { memberId: account.admin.member.id }, facts: { number },
});
async function appendAll(count: number): Promise<void> {
  for (const number of upTo(count)) await append(latchkey.operator.table, numbered(number));
}
/** What the function puts on the bus while this is done. */
async function published(act: () => Promise<unknown>): Promise<readonly Accepted[]> {
  const before = latchkey.aws.events().length;
  await act();
  return latchkey.aws.events().slice(before);
}

/** Records of the stream that are rows of events, newly written. */
function eventsIn(records: readonly StreamRecord[]): DomainEvent[] {
  return records
    .filter(({ eventName, dynamodb }) => eventName === "INSERT" && (dynamodb.NewImage?.["type"] as { S?: string })?.S === "event")
    .map(({ dynamodb }) => eventFrom(unmarshall(dynamodb.NewImage as Record<string, AttributeValue>) as Row));
}

/** Uses every operation that leaves a record, and gives back the secrets that were seen on the way. */
async function liveALittle(): Promise<{ readonly values: readonly string[] }> {
  const api = async (method: string, path: string, json?: unknown) => {
    const answer = await request(latchkey, method, `/admin/api${path}`, { token: account.admin.value, ...(json === undefined ? {} : { json }) });
    expect([200, 201]).toContain(answer.status);
    return answer.json;
  };
  const { user } = await api("POST", "/users.json", { email: "someone@example.com" });
  await api("PUT", `/users/${user.id}.json`, { username: "Someone" });
  await api("PUT", `/users/${user.id}/activate.json`);
  const { service } = await api("POST", "/services.json", { name: "Echo" });
  await api("PUT", `/services/${service.id}.json`, { name: "Echo 2" });
  const { service_token } = await api("GET", `/services/${service.id}/service_token.json`);
  await account.application(service.id, "App");
  await api("PUT", `/users/${user.id}/permissions.json`, { allowed_sections: ["partners"], allowed_service_ids: [service.id] });
  const { access_token } = await api("POST", "/personal/access_tokens.json", { name: "CI", scopes: ["account_management"], permission: "ro" });
  await api("PUT", `/personal/access_tokens/${access_token.id}.json`, { name: "CI 2" });
  await api("DELETE", `/personal/access_tokens/${access_token.id}.json`);
  const imported = randomBytes(48).toString("hex");
  await importAccessToken(latchkey.operator, account.admin.member, { name: "From 3scale", scopes: ["stats"], permission: "ro", expiresAt: "never" }, threescaleDigest(imported));
  await api("DELETE", `/services/${service.id}.json`);
  await api("DELETE", `/users/${user.id}.json`);
  return { values: [account.admin.value, access_token.value, service_token.value, imported] };
}

describe("what is published", () => {
  it("is every stored event, once and in order, with its ids and facts and nothing else", async () => {
    const stream = openStream({ database: latchkey.database, tableName: latchkey.operator.table.name });
    await stream.read();
    await latchkey.pump.drain();
    await liveALittle();
    const stored = eventsIn(await stream.read());
    const entries = await published(() => latchkey.pump.drain());

    expect(new Set(stored.map(({ type }) => type)).size).toBe(13);
    expect(entries.map(({ Detail, ...rest }) => ({ ...rest, Detail: JSON.parse(Detail) as unknown }))).toEqual(stored.map(({ id: eventId, accountId, type, at, actor, subject, facts }) => ({
      Source: "latchkey", EventBusName: "latchkey-test", DetailType: type,
      Detail: {
        id: eventId, account_id: accountId, at: isoSeconds(at), facts,
        actor: "system" in actor ? actor : { member_id: actor.memberId, ...(actor.tokenId === undefined ? {} : { token_id: actor.tokenId }) },
        subject: Object.fromEntries(Object.entries(subject).map(([name, value]) => [name.replace(/Id$/, "_id"), value])),
      },
    })));
    expect(await published(() => latchkey.pump.drain())).toEqual([]);
    expect([latchkey.pump.deadLetters, latchkey.aws.deadLetters()]).toEqual([[], []]);
  });

  it("has the spelling of the API", async () => {
    const one = numbered(7);
    const [entry] = await published(async () => {
      await append(latchkey.operator.table, { ...one, subject: { memberId: id(1), tokenId: id(2), serviceId: id(3), applicationId: id(4) } });
      await append(latchkey.operator.table, { ...one, id: newEventId(), actor: { system: "import" } });
      await append(latchkey.operator.table, { ...one, id: newEventId(), actor: { memberId: id<MemberId>(5) } });
      await latchkey.pump.drain();
    });
    expect(JSON.parse(entry?.Detail ?? "")).toEqual({
      id: one.id, account_id: one.accountId, at: isoSeconds(one.at), actor: { member_id: account.admin.member.id, token_id: account.admin.token.id },
      subject: { member_id: 1, token_id: 2, service_id: 3, application_id: 4 }, facts: { number: 7 },
    });
    expect(latchkey.aws.events().slice(-2).map(({ Detail }) => (JSON.parse(Detail) as { actor: unknown }).actor)).toEqual([{ system: "import" }, { member_id: 5 }]);
  });

  it("is in the order of what happened, over many batches, though the bus takes ten at a time", async () => {
    await appendAll(235);
    expect(numbersIn(await published(() => latchkey.pump.drain()))).toEqual(upTo(235));
  });

  it("has the same text when the stream is delivered again, under the same ids", async () => {
    await appendAll(12);
    const once = await published(() => latchkey.pump.drain());
    const again = await published(() => latchkey.pump.redeliver());
    expect(again.slice(-12)).toEqual(once);
  });

  it("has no secret in it: no token's value, no hash, no sealed value, in no encoding, neither on the bus nor in a log or a dead letter", async () => {
    const records: StreamRecord[] = [];
    const delivered: StreamRecord[] = [];
    const stream = openStream({ database: latchkey.database, tableName: latchkey.operator.table.name });
    account = await createTestAccount(latchkey);
    const { values } = await liveALittle();
    await latchkey.documents.send(new PutCommand({ TableName: latchkey.operator.table.name, Item: { pk: "EVENT#1#x", sk: "unreadable", type: "event" } }));
    await recordingPump(delivered).drain();
    await latchkey.pump.drain();
    await latchkey.bus.deliver();
    records.push(...(await stream.read()));

    const images = records.flatMap(({ dynamodb }) => [dynamodb.NewImage, dynamodb.OldImage]).filter((image) => image !== undefined).map((image) => unmarshall(image as Record<string, AttributeValue>));
    const derived = images.flatMap((row) => [row["hash"], row["sealed"], row["wrappedKey"]]).filter((text) => typeof text === "string");
    expect(values).toHaveLength(4);
    expect(new Set(derived).size).toBeGreaterThan(6);
    const inAnyForm = (text: string) => [text, ...(["base64", "base64url", "hex"] as const).map((encoding) => Buffer.from(text).toString(encoding).replace(/=+$/, ""))];
    const secretsOf = (value: string) => [value, value.slice(-49, -6)];

    const outside = JSON.stringify([latchkey.aws.events(), latchkey.aws.deadLetters(), latchkey.pump.deadLetters, latchkey.bus.deadLetters, delivered]) + latchkey.logs();
    const everywhere = JSON.stringify(records) + JSON.stringify(await everyRow(latchkey)) + outside;
    for (const secret of values.flatMap(secretsOf).flatMap(inAnyForm)) expect(everywhere.includes(secret)).toBe(false);
    for (const secret of derived.flatMap(inAnyForm)) expect(outside.includes(secret)).toBe(false);
    // The search itself finds: hashes are in the stream, for it carries whole rows.
    for (const secret of derived) expect(everywhere.includes(secret)).toBe(true);
  });
});

/** The function's own mapping, with a reader of ours at its end. */
function recordingPump(into: StreamRecord[]): Pump {
  return createPump({
    database: latchkey.database, tableName: latchkey.operator.table.name, mapping: mappingTo(latchkey.template, "publishEvents"),
    invoke: async (_function, event) => void into.push(...(event as { Records: StreamRecord[] }).Records),
  });
}

describe("what is delivered", () => {
  it("is rows of events that are new, and no other row, no change and no removal", async () => {
    const delivered: StreamRecord[] = [];
    const pump = recordingPump(delivered);
    await pump.drain();
    delivered.splice(0);
    const { documents: client, operator: { table: { name: TableName } } } = latchkey;
    const item = (pk: string, more: object) => ({ TableName, Item: { pk, sk: "x", ...more } });
    for (const pk of ["EVENT#1#2026-01", "OTHER#1"]) {
      for (const type of ["event", "member", "events", "Event"]) await client.send(new PutCommand(item(`${pk}#${type}`, { type })));
      await client.send(new PutCommand(item(pk, {})));
      await client.send(new PutCommand(item(`${pk}#list`, { type: ["event"] })));
      await client.send(new PutCommand(item(`${pk}#deep`, { facts: { type: "event" } })));
    }
    await client.send(new PutCommand(item("EVENT#1#2026-01#event", { type: "event", changed: true })));
    await client.send(new DeleteCommand({ TableName, Key: { pk: "EVENT#1#2026-01#event", sk: "x" } }));
    await pump.drain();
    expect(delivered.map(({ eventName, dynamodb }) => [eventName, (dynamodb.Keys["pk"] as { S: string }).S])).toEqual([["INSERT", "EVENT#1#2026-01#event"], ["INSERT", "OTHER#1#event"]]);
    for (const pk of ["EVENT#1#2026-01", "OTHER#1"]) await client.send(new DeleteCommand({ TableName, Key: { pk: `${pk}#event`, sk: "x" } }));
    await latchkey.pump.drain();
  });
});

/** A bus that takes only what it is told to, and the function before it. */
type PickyBus = { readonly url: string; readonly accepted: Accepted[]; calls: number; refuse: (entry: Accepted) => "entry" | "call" | undefined; stop(): Promise<void> };
async function pickyBus(): Promise<PickyBus> {
  const server = createServer((incoming, response) => {
    void readJson(incoming).then((body) => {
      const { Entries } = body as { Entries: Accepted[] };
      bus.calls++;
      const verdicts = Entries.map((entry) => bus.refuse(entry));
      const whole = verdicts.includes("call");
      if (!whole) bus.accepted.push(...Entries.filter((_, at) => verdicts[at] === undefined));
      response.writeHead(whole ? 500 : 200, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(whole ? { __type: "InternalFailure" } : {
        FailedEntryCount: verdicts.filter((verdict) => verdict !== undefined).length,
        Entries: verdicts.map((verdict) => (verdict === undefined ? { EventId: "e" } : { ErrorCode: "ThrottlingException", ErrorMessage: "Not now" })),
      }));
    });
  });
  const port = await listenOnLoopback(server);
  const bus: PickyBus = {
    accepted: [], refuse: () => undefined, calls: 0, url: `http://${LOOPBACK}:${port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((closed) => void server.close(() => closed()));
    },
  };
  return bus;
}

describe("a bus that does not take everything", () => {
  let bus: PickyBus;
  let lambda: Lambda;
  let pump: Pump;
  /** What the function was given at each invocation, by the numbers of the events, and what it answered. */
  let invocations: { readonly first: number; readonly count: number; readonly failedAt: number | undefined }[];
  const numberOf = ({ dynamodb }: StreamRecord) => (JSON.parse((dynamodb.NewImage?.["facts"] as { S: string } | undefined)?.S ?? "{}") as { number: number }).number;

  beforeAll(async () => {
    bus = await pickyBus();
    lambda = publisher({ EVENT_BUS_NAME: "latchkey-test", AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url });
    pump = createPump({
      database: latchkey.database, tableName: latchkey.operator.table.name, mapping: mappingTo(latchkey.template, "publishEvents"),
      invoke: async (_function, event) => {
        const { Records } = event as { Records: StreamRecord[] };
        const answer = (await lambda.invoke(event)) as { batchItemFailures: { itemIdentifier: string }[] };
        const failed = Records.find(({ dynamodb }) => dynamodb.SequenceNumber === answer.batchItemFailures[0]?.itemIdentifier);
        invocations.push({ first: numberOf(Records[0]!), count: Records.length, failedAt: failed === undefined ? undefined : numberOf(failed) });
        if (answer.batchItemFailures.length > 1) throw new Error("One place to begin again at is enough");
        return answer;
      },
    });
  });
  afterAll(async () => {
    await lambda?.stop();
    await bus?.stop();
  });

  /** The function of the template, with an environment of the test's. */
  function publisher(env: Readonly<Record<string, string>>): Lambda {
    return startLambda({
      zip: fn.zip, handler: fn.handler, timeoutMs: fn.timeoutMs,
      env: {
        AWS_REGION: REGION, AWS_ACCESS_KEY_ID: fn.logicalId, AWS_SECRET_ACCESS_KEY: "local", AWS_LAMBDA_FUNCTION_NAME: fn.functionName,
        AWS_ENDPOINT_URL_SQS: latchkey.aws.endpoint, DEAD_LETTER_QUEUE_URL: `${latchkey.aws.endpoint}/123456789012/DeadLetters`, ...env,
      },
    });
  }

  /** Drains so many new events into a bus that refuses these, and gives back their numbers as it accepted them. */
  async function drained(count: number, refuse: (number: number, call: number) => "entry" | "call" | undefined): Promise<number[]> {
    invocations = [];
    await pump.drain();
    await appendAll(count);
    invocations = [];
    bus.accepted.splice(0);
    bus.calls = 0;
    bus.refuse = (entry) => refuse(numbersIn([entry])[0] ?? 0, bus.calls);
    await pump.drain();
    bus.refuse = () => undefined;
    return numbersIn(bus.accepted);
  }
  const once = (accepted: readonly number[]) => [...new Set(accepted)].sort((a, b) => a - b);
  /** What a subscriber sees last of each is in order: whatever came again came with all that follows it. */
  const inTheEnd = (accepted: readonly number[]) => accepted.filter((number, at) => accepted.lastIndexOf(number) === at);

  it.each(sample("refused events", 3, [1, 5, 10, 11, 13, 20, 21, 25]))("begins again at the event that was refused, number %i of 25, and loses none", async (bad) => {
    let refusals = 2;
    const accepted = await drained(25, (number) => (number === bad && refusals-- > 0 ? "entry" : undefined));
    expect(invocations).toEqual([
      { first: 1, count: 25, failedAt: bad },
      { first: bad, count: 26 - bad, failedAt: bad },
      { first: bad, count: 26 - bad, failedAt: undefined },
    ]);
    expect(once(accepted)).toEqual(upTo(25));
    expect(inTheEnd(accepted)).toEqual(upTo(25));
    for (const number of upTo(bad - 1)) expect(accepted.filter((each) => each === number)).toHaveLength(1);
    expect(pump.deadLetters).toEqual([]);
  });

  it.each([1, 11, 21])("begins again at the first of the ten that could not be handed over at all, number %i of 25", async (from) => {
    let refusals = 3;
    const accepted = await drained(25, (number) => (number === from && refusals-- > 0 ? "call" : undefined));
    expect(invocations).toEqual([{ first: 1, count: 25, failedAt: from }, { first: from, count: 26 - from, failedAt: undefined }]);
    expect(accepted).toEqual(upTo(25));
  });

  it("tries a call again by itself before it gives it back to the stream", async () => {
    expect(await drained(5, (_number, call) => (call <= 2 ? "call" : undefined))).toEqual(upTo(5));
    expect(invocations).toEqual([{ first: 1, count: 5, failedAt: undefined }]);
    expect(bus.calls).toBe(3);
  });

  it("of several that were refused the first counts", async () => {
    const refused = new Set([4, 7, 8]);
    const accepted = await drained(9, (number) => (refused.delete(number) ? "entry" : undefined));
    expect(invocations.map(({ failedAt }) => failedAt)).toEqual([4, undefined]);
    expect(inTheEnd(accepted)).toEqual(upTo(9));
  });

  it("whatever it refuses, in whatever order: nothing is lost and the end is in order", async () => {
    // Deterministic, and different at every call.
    let state = 1;
    const chance = () => (state = (state * 48271) % 2147483647) / 2147483647;
    for (let round = 0; round < 5; round++) {
      const accepted = await drained(60, (_number, call) => (call < 40 && chance() < 0.1 ? "entry" : undefined));
      expect(once(accepted)).toEqual(upTo(60));
      expect(inTheEnd(accepted)).toEqual(upTo(60));
    }
    expect(pump.deadLetters).toEqual([]);
  });

  it("is the real one's double too: an outage of several invocations loses nothing", async () => {
    await latchkey.pump.drain();
    await appendAll(25);
    latchkey.aws.failNext("events", 7);
    expect(numbersIn(await published(() => latchkey.pump.drain()))).toEqual(upTo(25));
    expect(latchkey.pump.deadLetters).toEqual([]);
  });

  it("a function without the name of its bus hands nothing on and throws nothing away", async () => {
    const broken = publisher({ AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url });
    const before = [bus.calls, latchkey.aws.deadLetters().length];
    await appendAll(1);
    const [record] = await newest(1);
    expect(await broken.invoke({ Records: [record] })).toEqual({ batchItemFailures: [{ itemIdentifier: record?.dynamodb.SequenceNumber }] });
    expect([bus.calls, latchkey.aws.deadLetters().length]).toEqual(before);
    await broken.stop();
  });

  it("records without a number are failed all together, not passed over", async () => {
    await appendAll(1);
    const [record] = await newest(1);
    const { SequenceNumber: _, ...dynamodb } = record!.dynamodb;
    bus.refuse = () => "call";
    expect(await lambda.invoke({ Records: [{ ...record, dynamodb }] })).toEqual({ batchItemFailures: [{ itemIdentifier: "" }] });
    bus.refuse = () => undefined;
  });

  const newest = async (count: number) => (await openStream({ database: latchkey.database, tableName: latchkey.operator.table.name }).read()).slice(-count);
});

describe("a row that is no event", () => {
  const unreadable: Readonly<Record<string, object>> = {
    "of an unknown type": { event: "member.vanished" },
    "without a type": { event: undefined },
    "without an id": { id: undefined },
    "of no account": { accountId: "1" },
    "of account 0": { accountId: 0 },
    "at half a second": { at: 1.5 },
    "at a time that no calendar knows": { at: Number.MAX_SAFE_INTEGER },
    "without an actor": { actor: undefined },
    "whose subject is a text": { subject: "member" },
    "whose facts are no JSON": { facts: "{" },
    "whose facts are not text": { facts: { a: 1 } },
    "whose facts are no object": { facts: "null" },
  };
  const put = (number: number, wrong: object) => {
    const { type, facts, ...event } = numbered(number);
    const { documents: client, operator: { table: { name: TableName } } } = latchkey;
    return client.send(new PutCommand({
      TableName, Item: { pk: "EVENT#1#2026-01", sk: event.id, ...event, type: "event", event: type, facts: JSON.stringify(facts), ...wrong },
    }));
  };
  const letters = () => latchkey.aws.deadLetters().map(({ queueUrl, body }) => ({ queueUrl, ...(JSON.parse(body) as { keys: { pk: { S: string }; sk: { S: string } }; sequenceNumber: string }) }));

  it.each(Object.entries(unreadable))("%s lies in the dead-letter queue at once, and the others are published", async (_what, wrong) => {
    await latchkey.pump.drain();
    const before = letters().length;
    await append(latchkey.operator.table, numbered(1));
    await put(2, wrong);
    await append(latchkey.operator.table, numbered(3));
    expect(numbersIn(await published(() => latchkey.pump.drain()))).toEqual([1, 3]);
    expect(letters().slice(before)).toEqual([{
      queueUrl: expect.stringMatching(/\/DeadLetters$/), reason: "unreadable", eventID: expect.any(String), eventName: "INSERT",
      keys: { pk: { S: "EVENT#1#2026-01" }, sk: { S: expect.any(String) } }, sequenceNumber: expect.stringMatching(/^\d+$/),
    }]);
    expect(latchkey.pump.deadLetters).toEqual([]);
  });

  it("or many of them, at every place: each lies there once, and every event is published once and in order", async () => {
    await latchkey.pump.drain();
    const before = letters().length;
    const bad = new Set([1, 2, 10, 11, 12, 20, 29, 30]);
    for (const number of upTo(30)) await (bad.has(number) ? put(number, { event: "x" }) : append(latchkey.operator.table, numbered(number)));
    expect(numbersIn(await published(() => latchkey.pump.drain()))).toEqual(upTo(30).filter((number) => !bad.has(number)));
    expect(new Set(letters().slice(before).map(({ keys }) => keys.sk.S)).size).toBe(bad.size);
    expect(letters()).toHaveLength(before + bad.size);
  });

  it("and a whole batch of them is no failure", async () => {
    await latchkey.pump.drain();
    const [before, calls] = [letters().length, latchkey.aws.calls["events:PutEvents"]];
    for (const number of upTo(12)) await put(number, { event: "x" });
    expect(await published(() => latchkey.pump.drain())).toEqual([]);
    expect([letters().length - before, latchkey.aws.calls["events:PutEvents"]]).toEqual([12, calls]);
  });

  it("is not forgotten while the queue does not answer", async () => {
    await latchkey.pump.drain();
    const before = letters().length;
    await append(latchkey.operator.table, numbered(1));
    await put(2, { event: "x" });
    await append(latchkey.operator.table, numbered(3));
    latchkey.aws.failNext("sqs", 3);
    expect(numbersIn(await published(() => latchkey.pump.drain()))).toEqual([1, 3]);
    expect(letters()).toHaveLength(before + 1);
    expect(latchkey.pump.deadLetters).toEqual([]);
  });

  it("is told of in the log by its id, not by what it holds", async () => {
    await latchkey.pump.drain();
    await put(1, { facts: "not-for-the-log" });
    await latchkey.pump.drain();
    expect(latchkey.logs()).toContain("The event has a bad facts");
    expect(latchkey.logs()).not.toContain("not-for-the-log");
  });
});

describe("the function's role", () => {
  it("may read the stream, put events on the bus, send dead letters and write its log: nothing else", () => {
    const statements = latchkey.template.statements(fn.role) as { Effect: string; Action: string[]; Resource: unknown }[];
    expect(statements.flatMap(({ Action }) => Action).sort()).toEqual([
      "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams", "events:PutEvents",
      "logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage",
    ]);
    const stream = statements.filter(({ Action }) => Action.some((action) => action.startsWith("dynamodb:"))).map(({ Resource }) => Resource);
    expect(stream).toEqual([[{ "Fn::GetAtt": ["Table", "StreamArn"] }]]);
  });

  it("can do nothing to the table", async () => {
    const { name: TableName } = latchkey.operator.table;
    const Key = { pk: { S: `EVENT#${id<AccountId>(1)}#2026-01` }, sk: { S: "x" } };
    const client = new DynamoDBClient({ endpoint: latchkey.proxy.url, region: REGION, credentials: { accessKeyId: fn.logicalId, secretAccessKey: "local" }, maxAttempts: 1 });
    const before = await everyRow(latchkey);
    const attempts = [
      () => client.send(new GetItemCommand({ TableName, Key })),
      () => client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [Key] } } })),
      () => client.send(new QueryCommand({ TableName, KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": Key.pk } })),
      () => client.send(new ScanCommand({ TableName })),
      () => client.send(new PutItemCommand({ TableName, Item: Key })),
      () => client.send(new UpdateItemCommand({ TableName, Key, UpdateExpression: "SET a = :a", ExpressionAttributeValues: { ":a": { S: "a" } } })),
      () => client.send(new DeleteItemCommand({ TableName, Key })),
      () => client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item: Key } }] })),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ name: "AccessDeniedException" });
    expect(await everyRow(latchkey)).toEqual(before);
  });

  it("does not try to", async () => {
    latchkey.proxy.reset();
    await appendAll(3);
    await latchkey.pump.drain();
    expect(latchkey.proxy.calls.filter(({ principal }) => principal === fn.logicalId)).toEqual([]);
  });
});
