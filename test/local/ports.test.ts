import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { freePort, listenOnLoopback } from "../../lib/local/ports.ts";

const holder = createServer();
afterEach(() => new Promise((closed) => holder.close(closed)));

describe("ports", () => {
  it("listens on loopback only", async () => {
    await listenOnLoopback(holder);
    expect(holder.address()).toMatchObject({ address: "127.0.0.1" });
  });

  it("a free port can be taken", async () => {
    const port = await freePort();
    await expect(listenOnLoopback(holder, port)).resolves.toBe(port);
  });

  it.each(["127.0.0.1", "0.0.0.0"])("a port that is busy on %s is refused in one line that names it", async (host) => {
    const port = await freePort();
    await new Promise<void>((listening) => holder.listen(port, host, listening));
    await expect(freePort(port)).rejects.toThrow(
      new Error(`Port ${port} is in use by another program: stop it or choose another port.`),
    );
  });
});
