import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";

/** The only address that anything local listens on: what runs on a laptop is not for its network. */
export const LOOPBACK = "127.0.0.1";

/** Listens on loopback, on any free port unless one is wanted, and returns the port. */
export function listenOnLoopback(server: Server, wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const busy = error.code === "EADDRINUSE";
      reject(busy ? new Error(`Port ${wanted} is in use by another program: stop it or choose another port.`) : error);
    });
    server.listen(wanted, LOOPBACK, () => resolve((server.address() as AddressInfo).port));
  });
}

/**
 * A port that is free now, for a program that must be told its port: the wanted one, or any.
 * It is let go again before the program takes it, so the caller must still notice when the program dies.
 */
export async function freePort(wanted?: number): Promise<number> {
  const probe = createServer();
  const port = await listenOnLoopback(probe, wanted);
  await new Promise((closed) => probe.close(closed));
  return port;
}
