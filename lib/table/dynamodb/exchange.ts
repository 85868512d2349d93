import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { DynamoDbError } from "./error.ts";

/** What came back, whole. */
export type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Buffer };
export type Exchange = (headers: OutgoingHttpHeaders, body: string) => Promise<Answer>;

/** A call that hangs must fail before API Gateway gives up on an authorizer (10 s): three tries of two seconds. */
const CONNECT_MS = 1000;
const ANSWER_MS = 2000;
const MAX_CONNECTIONS = 50;

/**
 * Opens a way to send requests to one address, over connections that stay open. What fails on the way is a DynamoDbError
 * that may pass; what is answered is an answer, whatever its status.
 */
export function exchangeWith(endpoint: URL): Exchange {
  // Not imported: an ES module's view of node:http contains WebSocket, for which Node loads undici, and every cold start would wait for that.
  const http = endpoint.protocol === "https:" ? process.getBuiltinModule("node:https") : process.getBuiltinModule("node:http");
  const agent = new http.Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  const { hostname, port, pathname: path } = endpoint;

  return (headers, body) => new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, path, method: "POST", headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", broken);
      response.once("end", () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    const timer = setTimeout(() => fail(late(ANSWER_MS)), ANSWER_MS);
    request.on("error", broken);
    request.once("socket", (socket) => {
      if (!socket.connecting) return;
      const connecting = setTimeout(() => fail(late(CONNECT_MS)), CONNECT_MS);
      socket.once("connect", () => clearTimeout(connecting));
      request.once("close", () => clearTimeout(connecting));
    });
    request.end(body);

    function broken(error: NodeJS.ErrnoException): void {
      fail(new DynamoDbError(error.code ?? error.name, `DynamoDB could not be reached: ${error.message}`, { passing: true, cause: error }));
    }
    function fail(error: DynamoDbError): void {
      clearTimeout(timer);
      reject(error);
      request.destroy();
    }
  });
}

function late(ms: number): DynamoDbError {
  return new DynamoDbError("TimeoutError", `DynamoDB did not answer within ${ms} ms`, { passing: true });
}
