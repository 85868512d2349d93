import { createServer } from "node:http";
import { LOOPBACK, listenOnLoopback } from "../../../lib/local/ports.ts";

export type OtherOrigin = { readonly sameSite: string; readonly otherSite: string; stop(): Promise<void> };

/** An empty page of somebody else: on another port of our host (to browsers the same site, so that all our cookies go along), and under another name. */
export async function startOtherOrigin(): Promise<OtherOrigin> {
  const server = createServer((_request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Somebody else</title>"));
  const port = await listenOnLoopback(server);
  return {
    sameSite: `http://${LOOPBACK}:${port}`, otherSite: `http://localhost:${port}`,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
