import { randomUUID } from "node:crypto";
import { createServer } from "node:https";
import { request as httpRequest } from "node:http";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { generate } from "selfsigned";
import { listenOnLoopback } from "../../lib/local/ports.ts";

export type HttpsFront = { readonly host: string; readonly port: number; stop(): Promise<void> };

/** The deployment behind TLS, as API Gateway offers it: for programs that speak nothing else. This process trusts its certificate until it stops. */
export async function startHttps(url: string): Promise<HttpsFront> {
  // A name of its own: of two trusted ones by the same name, either may be taken for the one that signed.
  const { private: key, cert } = await generate([{ name: "commonName", value: randomUUID() }], {
    keyType: "ec", extensions: [{ name: "basicConstraints", cA: true }, { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });
  const trusted = getCACertificates();
  setDefaultCACertificates([...trusted, cert]);
  const upstream = new URL(url);
  const server = createServer({ key, cert }, (request, response) => {
    const { method, headers, url: path } = request;
    const forwarded = httpRequest({ hostname: upstream.hostname, port: upstream.port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    }).on("error", (error) => response.destroy(error));
    request.pipe(forwarded);
  });
  const port = await listenOnLoopback(server);
  return {
    host: "localhost", port,
    stop: () => new Promise((resolve) => {
      setDefaultCACertificates(trusted);
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
