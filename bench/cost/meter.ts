import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { listenOnLoopback, LOOPBACK } from "../../lib/local/ports.ts";
import { itemSize, readUnits, type Item } from "./item-size.ts";
import { loadsOf, TABLE, type Load, type Touched } from "./written.ts";

/** One round trip to DynamoDB, and what it is billed for, row by row. */
export type Metered = { readonly action: string; readonly loads: readonly Load[] };
export type Meter = {
  readonly url: string;
  /** What has been asked since the last time that this was called. */
  taken(): readonly Metered[];
  stop(): Promise<void>;
};

type Place = { readonly TableName: string; readonly Key?: Item; readonly Item?: Item };
type Consistency = { readonly ConsistentRead?: boolean };
type Asked = Partial<Place> & Consistency & {
  readonly RequestItems?: Readonly<Record<string, Consistency & { readonly Keys: readonly Item[] }>>;
  readonly TransactItems?: readonly Readonly<Record<string, Place>>[];
  readonly IndexName?: string; readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>; readonly ExpressionAttributeValues?: Item;
};
type Told = {
  readonly ConsumedCapacity?: { readonly CapacityUnits: number };
  readonly Item?: Item;
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
};

/**
 * A proxy in front of DynamoDB Local that counts what each call would be billed for, by the sizes of the items that it reads, and
 * of those that it writes, as they are before and after. A key that finds nothing is billed like an item. What a query reads
 * the emulator tells; what it tells of a transaction is one item's units, and of a batch's missing keys nothing. A call that
 * fails throws: what is measured must succeed. One call at a time.
 */
export async function startMeter(database: string): Promise<Meter> {
  const agent = new Agent({ keepAlive: true });
  let calls: Metered[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.destroy(error));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const action = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    const asked = JSON.parse((await buffer(request)).toString()) as Asked;
    const done = async (what: string, body: object) => forward(request, what, body);
    const writes = placesIn(action, asked);
    const before = await itemsAt(done, writes);
    const body = await done(action, { ...asked, ReturnConsumedCapacity: "TOTAL" });
    const after = await itemsAt(done, writes);
    const touched = writes.map(({ kind, key }, at): Touched => (
      { key, before: before[at], after: after[at], ...(kind === "ConditionCheck" ? { only: "checked" } : {}) }));
    const how = action === "TransactWriteItems" ? "transaction" : "alone";
    const loads = writes.length > 0 ? touched.flatMap((each) => loadsOf(each, how)) : readLoads(asked, JSON.parse(body.toString()) as Told);
    calls.push({ action, loads });
    response.writeHead(200, { "content-type": "application/x-amz-json-1.0", "content-length": body.length }).end(body);
  }

  async function forward({ headers }: IncomingMessage, action: string, asked: object): Promise<Buffer> {
    const body = Buffer.from(JSON.stringify(asked));
    const sent = { ...headers, "x-amz-target": `DynamoDB_20120810.${action}`, "content-length": body.length };
    const incoming = await new Promise<IncomingMessage>((answered, failed) => {
      httpRequest(database, { method: "POST", headers: sent, agent }, answered).on("error", failed).end(body);
    });
    const told = await buffer(incoming);
    if (incoming.statusCode !== 200) throw new Error(`${action} failed: ${told.toString()}`);
    return told;
  }

  const port = await listenOnLoopback(server);
  return {
    url: `http://${LOOPBACK}:${port}`,
    taken() {
      const taken = calls;
      calls = [];
      return taken;
    },
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise<void>((closed) => void server.close(() => closed()));
    },
  };
}

type Written = { readonly kind: string; readonly table: string; readonly key: Item };
const READS = new Set(["GetItem", "BatchGetItem", "Query"]);
const WRITES = new Set(["PutItem", "UpdateItem", "DeleteItem"]);

/** The items that a call writes or checks; none when it reads. */
function placesIn(action: string, asked: Asked): readonly Written[] {
  if (READS.has(action)) return [];
  const kinds = action === "TransactWriteItems" ? (asked.TransactItems ?? []) : WRITES.has(action) ? [{ [action]: asked as Place }] : undefined;
  if (kinds === undefined) throw new Error(`Nobody knows what ${action} costs`);
  return kinds.flatMap((each) => Object.entries(each).map(([kind, { TableName, Key, Item }]) => ({ kind, table: TableName, key: keyOf(Key ?? Item ?? {}) })));
}

const keyOf = ({ pk, sk }: Item): Item => (pk === undefined || sk === undefined ? {} : { pk, sk });

async function itemsAt(done: (action: string, asked: object) => Promise<Buffer>, places: readonly Written[]): Promise<readonly (Item | undefined)[]> {
  return Promise.all(places.map(async ({ table, key }) =>
    (JSON.parse((await done("GetItem", { TableName: table, Key: key, ConsistentRead: true })).toString()) as { Item?: Item }).Item));
}

function readLoads(asked: Asked, told: Told): readonly Load[] {
  if (asked.KeyConditionExpression !== undefined) return [queryLoad(asked, told)];
  const found = [...Object.values(told.Responses ?? {}).flat(), ...(told.Item === undefined ? [] : [told.Item])];
  const batches = asked.Key === undefined ? Object.values(asked.RequestItems ?? {}) : [{ Keys: [asked.Key], ...asked }];
  return batches.flatMap(({ Keys, ConsistentRead = false }) => Keys.map((key): Load => {
    const item = found.find(({ pk, sk }) => pk?.S === key["pk"]?.S && sk?.S === key["sk"]?.S);
    const reads = readUnits(item === undefined ? 0 : itemSize(item), ConsistentRead ? "strong" : "eventual");
    return { in: TABLE, pk: key["pk"]?.S ?? "", sk: key["sk"]?.S ?? "", reads, writes: 0 };
  }));
}

/** A query has one partition, and no row more than another. */
function queryLoad({ IndexName = TABLE, KeyConditionExpression = "", ExpressionAttributeNames = {}, ExpressionAttributeValues = {} }: Asked, told: Told): Load {
  const [, name = "", value = ""] = [...KeyConditionExpression.matchAll(/([#\w]+) = (:\w+)/g)].find(([, name = ""]) => (ExpressionAttributeNames[name] ?? name).endsWith("pk")) ?? [];
  if (name === "") throw new Error(`Which partition is read by "${KeyConditionExpression}"?`);
  return { in: IndexName, pk: ExpressionAttributeValues[value]?.S ?? "", sk: "", reads: told.ConsumedCapacity?.CapacityUnits ?? NaN, writes: 0 };
}

/** The units of calls together. */
export function unitsOf(calls: readonly Metered[], of: "reads" | "writes"): number {
  return calls.flatMap(({ loads }) => loads).reduce((sum, load) => sum + load[of], 0);
}
