import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";

/** What a server answered, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

export interface Forwarder {
  /** Sends a request on, with this body. @param upstream e.g. `http://127.0.0.1:8000`. */
  forward(upstream: string, request: Pick<IncomingMessage, "method" | "url" | "headers">, body: Buffer): Promise<Answer>;
  stop(): void;
}

/** The way on for a proxy, over connections that are kept. */
export function forwarder(): Forwarder {
  const agent = new Agent({ keepAlive: true });
  return {
    async forward(upstream, { method, headers, url }, body) {
      const incoming = await new Promise<IncomingMessage>((answered, failed) => {
        httpRequest(new URL(url!, upstream), { method: method!, headers: { ...headers, "content-length": body.length }, agent }, answered).on("error", failed).end(body);
      });
      return { status: incoming.statusCode!, headers: incoming.headers, body: await buffer(incoming) };
    },
    stop: () => agent.destroy(),
  };
}
