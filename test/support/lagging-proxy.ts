import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { listenOnLoopback, LOOPBACK } from "../../lib/local/ports.ts";
import { forwarder, type Answer } from "./forward.ts";
import { actionOf } from "./iam-proxy.ts";

export type LaggingProxy = {
  readonly url: string;
  /** Where calls go on to: known only when whoever uses this has been deployed. */
  sendTo(upstream: string): void;
  stop(): Promise<void>;
};

/**
 * A database with replicas, which DynamoDB Local has not: a read that does not ask for consistency is answered with what
 * was true at some moment of the last `lagMs`, the earliest that is known (DynamoDB, "Read consistency": "the response
 * might not reflect the results of a recently completed write operation").
 */
export async function startLaggingProxy(lagMs: number): Promise<LaggingProxy> {
  const way = forwarder();
  /** What each read was answered of late. */
  const past = new Map<string, { readonly at: number; readonly answer: Answer }[]>();
  let upstream = "";
  const server = createServer((request, response) => {
    serve(request, response).catch((error: Error) => response.destroy(error));
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const now = await way.forward(upstream, request, body);
    const { status, headers, body: told } = isLagging(actionOf(request), body.toString()) ? earlier(body.toString(), now) : now;
    response.writeHead(status, headers).end(told);
  }

  function earlier(read: string, answer: Answer): Answer {
    const at = performance.now();
    const known = [...(past.get(read) ?? []).filter((each) => at - each.at <= lagMs), { at, answer }];
    past.set(read, known);
    return known[0]!.answer;
  }

  const port = await listenOnLoopback(server);
  return {
    url: `http://${LOOPBACK}:${port}`,
    sendTo: (next) => void (upstream = next),
    async stop() {
      way.stop();
      server.closeAllConnections();
      await new Promise<void>((closed) => void server.close(() => closed()));
    },
  };
}

/** Of an index nothing else is ever read. */
function isLagging(action: string, text: string): boolean {
  return ["GetItem", "BatchGetItem", "Query"].includes(action) && !/"ConsistentRead":\s*true/.test(text);
}
