import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import { listenOnLoopback, LOOPBACK } from "../../lib/local/ports.ts";
import { forwarder, type Answer } from "./forward.ts";
import { actionOf, credential } from "./iam-proxy.ts";

/** What may become of a call to the database, by whether the database has done what it was asked. */
const NOT_DONE = ["refused", "hung", "throttled", "failed", "conflict", "unprocessed", "partly"] as const;
const DONE = ["lost", "late", "belied", "cut"] as const;
/**
 * `refused`, `lost`: the connection is reset, before or after. `hung`, `late`: no answer comes, until the client gives up.
 * `failed`, `belied`: 500. `cut`: half an answer. `unprocessed`, `partly`: of a batch all keys, or all but the first, are left for later.
 */
export type Fault = (typeof NOT_DONE)[number] | (typeof DONE)[number];

/** A call, with all tries of it: the same client asks for the same again after it got no good answer. */
export type SeenCall = { readonly principal: string; readonly action: string; readonly place: number; tries: number; struck: number };
/** What is done to a try. `meanwhile` runs when the database has done its part or is known never to, and before the client hears of it. */
export type Strike = { readonly fault: Fault; readonly meanwhile?: () => Promise<void> };

export type Watch = {
  /** The calls so far, in the order in which they were first made: `place` is the position here. */
  readonly calls: readonly SeenCall[];
  end(): void;
};

export type FaultProxy = {
  readonly url: string;
  /** Where calls go on to: known only when whoever uses this has been deployed. */
  sendTo(upstream: string): void;
  /** Looks at the calls in whose text `about` stands, such as the id of an account, and strikes those that it is told to. */
  watch(about: string, strike?: (call: SeenCall) => Strike | undefined): Watch;
  stop(): Promise<void>;
};

type Watching = { readonly about: string; readonly strike: (call: SeenCall) => Strike | undefined; readonly calls: (SeenCall & { readonly body: string; settled: boolean })[] };

/** The faults that a call may meet. Nothing but a write conflicts, and to a reader it is one whether an answer was made or not. */
export function faultsOf(action: string): readonly Fault[] {
  const writes = !/^(BatchGet|Get|Query)/.test(action);
  return [...NOT_DONE, ...DONE].filter((fault) =>
    fault === "unprocessed" || fault === "partly" ? action === "BatchGetItem" : fault === "conflict" || fault === "late" || fault === "belied" ? writes : true);
}

/** Whether a fault costs the client its patience, which is seconds. */
export const isSlow = (fault: Fault): boolean => fault === "hung" || fault === "late";

/** A proxy between functions and their database that does to calls what networks and databases do. */
export async function startFaultProxy(): Promise<FaultProxy> {
  const way = forwarder();
  const watching = new Set<Watching>();
  let upstream = "";
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.destroy(error));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const text = body.toString();
    const action = actionOf(request);
    const watcher = [...watching].find(({ about }) => text.includes(about));
    const call = watcher && seen(watcher, { principal: credential(request).principal, action, text });
    const strike = call && watcher.strike(call);
    if (call === undefined || strike === undefined) {
      const result = await way.forward(upstream, request, body);
      // Whoever has gone has not heard it, and will ask again.
      if (call) call.settled = result.status === 200 && !response.destroyed;
      response.writeHead(result.status, result.headers).end(result.body);
      return;
    }
    call.struck++;
    const done = (DONE as readonly Fault[]).includes(strike.fault);
    const asked = strike.fault === "partly" ? firstOfSeveral(text) : done ? body : undefined;
    const result = asked && (await way.forward(upstream, request, asked));
    await strike.meanwhile?.();
    await spoil(strike.fault, { action, text, result, response });
  }

  const port = await listenOnLoopback(server);
  return {
    url: `http://${LOOPBACK}:${port}`,
    sendTo: (next) => void (upstream = next),
    watch(about, strike = () => undefined) {
      const watcher: Watching = { about, strike, calls: [] };
      watching.add(watcher);
      return { calls: watcher.calls, end: () => void watching.delete(watcher) };
    },
    async stop() {
      way.stop();
      server.closeAllConnections();
      await new Promise<void>((closed) => void server.close(() => closed()));
    },
  };
}

/** The call that this is a try of: a new one, unless its like was made before and not answered well. */
function seen({ calls }: Watching, { principal, action, text }: { readonly principal: string; readonly action: string; readonly text: string }) {
  const again = calls.find((each) => !each.settled && each.principal === principal && each.body === text);
  if (again !== undefined) {
    again.tries++;
    return again;
  }
  const call = { principal, action, place: calls.length, tries: 1, struck: 0, body: text, settled: false };
  calls.push(call);
  return call;
}

type Spoiled = { readonly action: string; readonly text: string; readonly result: Answer | undefined; readonly response: ServerResponse };

async function spoil(fault: Fault, { action, text, result, response }: Spoiled): Promise<void> {
  switch (fault) {
    case "refused":
    case "lost":
      response.socket?.resetAndDestroy();
      return;
    case "hung":
    case "late":
      if (!response.destroyed) await once(response, "close");
      return;
    case "failed":
    case "belied":
      return say(response, 500, { __type: "com.amazonaws.dynamodb.v20120810#InternalServerError", message: "Internal server error" });
    case "throttled":
      return say(response, 400, { __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", message: "The level of configured provisioned throughput for the table was exceeded." });
    case "conflict":
      return say(response, 400, conflictOf(action, text));
    case "unprocessed":
    case "partly":
      return say(response, 200, withUnprocessed(text, result));
    case "cut": {
      const { status, headers, body } = known(result);
      // The whole length is announced, so that what is missing is missed.
      response.writeHead(status, { ...headers, "content-length": body.length });
      await new Promise<void>((sent) => void response.write(body.subarray(0, Math.floor(body.length / 2)), () => sent()));
      response.socket?.destroy();
    }
  }
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(body));
}

/** DynamoDB, "TransactWriteItems": a reason for every action; a single write has an exception of its own. */
function conflictOf(action: string, text: string): object {
  const TransactionConflict = { Code: "TransactionConflict", Message: "Transaction is ongoing for the item" };
  if (action !== "TransactWriteItems") return { __type: "com.amazonaws.dynamodb.v20120810#TransactionConflictException", message: TransactionConflict.Message };
  const { TransactItems } = JSON.parse(text) as { readonly TransactItems: readonly unknown[] };
  const reasons = TransactItems.map((_item, at) => (at === 0 ? TransactionConflict : { Code: "None" }));
  return {
    __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", CancellationReasons: reasons,
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(", ")}]`,
  };
}

type Batch = { readonly RequestItems: Readonly<Record<string, { readonly Keys: readonly unknown[] }>> };

/** What of a batch is asked after all: the first key, where there are others; nothing where it is alone. */
function firstOfSeveral(text: string): Buffer | undefined {
  const { RequestItems, ...rest } = JSON.parse(text) as Batch;
  const [[table, { Keys, ...how }]] = Object.entries(RequestItems) as [[string, Batch["RequestItems"][string]]];
  return Keys.length < 2 ? undefined : Buffer.from(JSON.stringify({ ...rest, RequestItems: { [table]: { ...how, Keys: Keys.slice(0, 1) } } }));
}

function withUnprocessed(text: string, result: Answer | undefined): object {
  const [[table, { Keys, ...how }]] = Object.entries((JSON.parse(text) as Batch).RequestItems) as [[string, Batch["RequestItems"][string]]];
  const answered = result === undefined ? { Responses: { [table]: [] } } : JSON.parse(result.body.toString()) as object;
  return { ...answered, UnprocessedKeys: { [table]: { ...how, Keys: result === undefined ? Keys : Keys.slice(1) } } };
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("There is no answer to spoil");
  return value;
}
