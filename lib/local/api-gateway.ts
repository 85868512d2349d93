import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { LOOPBACK } from "./ports.ts";

/**
 * Runs serverless-offline, with what its gateway leaves out of API Gateway, and programs written for 3scale use. Bodies of
 * GET requests reach the functions (the Python client's parameters are there), and paths reach them decoded and cut at an
 * escaped `?`, as on live HTTP APIs (keys of applications hold what has to be escaped). There is an access log: a line on
 * the output for each request that came with a token, whose it was. And whoever opens the portal under another name of this
 * machine is sent to the one under which they can sign in: that is where the provider leads back to.
 */
type Request = {
  readonly method: string; readonly path: string; readonly info: { readonly host: string }; readonly raw: { readonly req: IncomingMessage }; payload: unknown;
  readonly auth: { readonly credentials: { readonly context?: Readonly<Record<string, string>> } | null };
};
type Toolkit = { readonly continue: symbol; redirect(to: string): { takeover(): symbol } };
type HapiServer = {
  readonly events: { on(event: "response", heard: (request: Request) => void): void };
  start: (this: HapiServer) => Promise<void>;
  ext(point: "onRequest" | "onPreHandler", method: (request: Request, h: Toolkit) => Promise<symbol>): void;
};
type HttpEvent = { create: (this: HttpEvent) => { readonly rawPath: string } };

const offline = createRequire(import.meta.url).resolve("serverless-offline");
const { Server } = createRequire(offline)("@hapi/hapi") as { readonly Server: new () => HapiServer };
const eventFile = new URL("events/http/lambda-events/LambdaProxyIntegrationEventV2.js", pathToFileURL(offline));
const { default: { prototype: event } } = await import(eventFile.href) as { readonly default: { readonly prototype: HttpEvent } };

const server = Object.getPrototypeOf(new Server()) as HapiServer;
const { start } = server;
server.start = function () {
  this.ext("onRequest", async ({ method, path, info, raw: { req: { url } } }, h) => {
    const { port } = /^localhost:(?<port>\d+)$/.exec(info.host)?.groups ?? {};
    const isPage = method === "get" && (path === "/" || (path.startsWith("/p/") && !path.startsWith("/p/api/")));
    return port !== undefined && isPage ? h.redirect(`http://${LOOPBACK}:${port}${url}`).takeover() : h.continue;
  });
  this.ext("onPreHandler", async (request, h) => {
    // hapi reads the bodies of all other methods itself.
    if (request.method === "get") request.payload = await buffer(request.raw.req);
    return h.continue;
  });
  this.events.on("response", ({ auth: { credentials } }) => {
    const { accountId, memberId, tokenId } = credentials?.context ?? {};
    if (tokenId !== undefined) console.log(JSON.stringify({ time: new Date().toISOString(), accountId, memberId, tokenId }));
  });
  return start.call(this);
};

const { create } = event;
event.create = function () {
  const made = create.call(this);
  return { ...made, rawPath: decodeURIComponent(made.rawPath).split("?", 1)[0] ?? "" };
};

// From here, and not by `node --import` of this file: each thread of a function would load it once more, which takes twice as long as all else it begins with.
createRequire(import.meta.url)("serverless/bin/serverless.js");
