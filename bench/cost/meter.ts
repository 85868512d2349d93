import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { listenOnLoopback, LOOPBACK } from "../../lib/local/ports.ts";
import type { Item } from "./item-size.ts";
import { unitsOf, type Touched } from "./written.ts";

/** One round trip to DynamoDB, and the units that it is billed for. */
export type Metered = { readonly action: string; readonly reads: number; readonly writes: number };
export type Meter = {
  readonly url: string;
  /** What has been asked since the last time that this was called. */
  taken(): readonly Metered[];
  stop(): Promise<void>;
};

type Place = { readonly TableName: string; readonly Key?: Item; readonly Item?: Item };
type Asked = Partial<Place> & {
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Item[]; readonly ConsistentRead?: boolean }>>;
  readonly TransactItems?: readonly Readonly<Record<string, Place>>[];
};
type Told = {
  readonly ConsumedCapacity?: { readonly CapacityUnits: number } | readonly { readonly CapacityUnits: number }[];
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
};

/**
 * A proxy in front of DynamoDB Local that counts what each call would be billed for. What is read the emulator tells, but for
 * keys of a batch that find nothing, which DynamoDB bills like an item. Of what is written it tells, in a transaction, one
 * item's units: here each item is looked at before and after. A call that fails, or is not done whole, throws: what is
 * measured must succeed. One call at a time.
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
    const touched = writes.map(({ kind }, at): Touched => ({ before: before[at], after: after[at], ...(kind === "ConditionCheck" ? { only: "checked" } : {}) }));
    const how = action === "TransactWriteItems" ? "transaction" : "alone";
    calls.push({
      action, writes: touched.reduce((sum, each) => sum + unitsOf(each, how), 0), reads: writes.length > 0 ? 0 : readUnits(asked, JSON.parse(body.toString()) as Told),
    });
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

function readUnits({ RequestItems = {} }: Asked, { ConsumedCapacity = [], Responses = {} }: Told): number {
  const units = [ConsumedCapacity].flat().reduce((sum, { CapacityUnits }) => sum + CapacityUnits, 0);
  return Object.entries(RequestItems).reduce((sum, [table, { Keys, ConsistentRead = false }]) =>
    sum + (Keys.length - (Responses[table]?.length ?? 0)) * (ConsistentRead ? 1 : 0.5), units);
}
