import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { crc32 } from "node:zlib";
import { listenOnLoopback, LOOPBACK } from "../../lib/local/ports.ts";

/** How one request is met. */
export type Meeting = (response: ServerResponse, request: IncomingMessage) => void;
export type Heard = { readonly headers: IncomingMessage["headers"]; readonly body: string };
export type BadDatabase = { readonly endpoint: string; readonly heard: Heard[]; readonly stop: () => Promise<void> };

/** A server that meets one request after the other as it is told, and every one after those as the last. */
export async function badDatabase(...meetings: readonly Meeting[]): Promise<BadDatabase> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      heard.push({ headers: request.headers, body });
      meetings[Math.min(heard.length, meetings.length) - 1]?.(response, request);
    });
  });
  const port = await listenOnLoopback(server);
  return {
    endpoint: `http://${LOOPBACK}:${port}`, heard,
    async stop() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Answers as DynamoDB does, with a checksum. */
export const answers = (content: unknown, status = 200): Meeting => (response) => {
  const body = typeof content === "string" ? content : JSON.stringify(content);
  response.writeHead(status, { "content-type": "application/x-amz-json-1.0", "x-amz-crc32": crc32(body) }).end(body);
};
export const refuses = (name: string, status = 400, more: object = {}): Meeting =>
  answers({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: "Because", ...more }, status);
/** An answer of another checksum than it has. */
export const garbles = (content: object): Meeting => (response) => response.writeHead(200, { "x-amz-crc32": 1 }).end(JSON.stringify(content));
/** The beginning of an answer, and then nothing. */
export const cuts = (content: object): Meeting => (response) => {
  const body = JSON.stringify(content);
  response.writeHead(200, { "content-length": body.length }).write(body.slice(0, -1), () => response.destroy());
};
export const hangsUp: Meeting = (_response, request) => request.socket.destroy();
export const hangs: Meeting = () => {};
/** Begins an answer and never ends it. */
export const stalls: Meeting = (response) => void response.writeHead(200).write("{");
