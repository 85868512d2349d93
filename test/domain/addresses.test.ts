import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostOf, isHostname, isLocalhost, parseAddress, withPort } from "../../lib/domain/addresses.ts";

const LABEL = "x".repeat(63);
/** As long as a host may be: 255 characters. */
const LONGEST = [LABEL, LABEL, LABEL, LABEL].join(".");

describe("an address", () => {
  it.each([
    ["http://a", "http", "a", 80, ""], ["https://echo.example.com", "https", "echo.example.com", 443, ""], ["ws://a", "ws", "a", 80, ""], ["wss://a", "wss", "a", 443, ""],
    ["http://a:1", "http", "a", 1, ""], ["http://a:65535", "http", "a", 65_535, ""], ["https://a:80", "https", "a", 80, ""],
    ["https://10.0.0.1:8443/v1", "https", "10.0.0.1", 8443, "/v1"], ["http://_a-b.c_d-e", "http", "_a-b.c_d-e", 80, ""], ["http://0", "http", "0", 80, ""], ["http://a.-", "http", "a.-", 80, ""],
    ["http://a/", "http", "a", 80, "/"], ["http://a/%2F%aF/~.!$&'()*+,;=:@-_9", "http", "a", 80, "/%2F%aF/~.!$&'()*+,;=:@-_9"], ["http://A.B", "http", "A.B", 80, ""],
    [`http://${LABEL}`, "http", LABEL, 80, ""], [`http://${LONGEST}`, "http", LONGEST, 80, ""],
  ])("%s is read", (text, scheme, host, port, path) => {
    expect(parseAddress(text)).toEqual({ scheme, host, port, path });
  });

  it.each([
    "", "a", "//a", "://a", "ftp://a", "HTTP://a", "http:/a", "http//a", "http://", "http:///path", "http://:80", "http://a:", "http://a:0", "http://a:65536", "http://a:100000", "http://a:8x",
    "http://-a", "http://.a", "http://a.", "http://a..b", "http://a b", "http://é", "http://a@b", "http://[::1]", `http://${LABEL}x`, `http://a.${LABEL}x`, `http://${LONGEST}.x`,
    "http://a?b", "http://a#b", "http://a/b?c", "http://a/%", "http://a/%2", "http://a/%2g", "http://a/%g2", "http://a/ ", "http://a/é", "http://a\n", " http://a", "http://a/\n", "xhttp://a", "constructor://a", "http://a:80:80",
  ])("%j is none", (text) => {
    expect(parseAddress(text)).toBeUndefined();
    expect(hostOf(text)).toBeUndefined();
  });

  it("is written with its port, and is the same address then", () => {
    expect(withPort({ scheme: "https", host: "echo.example.com", port: 443, path: "" })).toBe("https://echo.example.com:443");
    const addresses = fc.record({
      scheme: fc.constantFrom("http", "https", "ws", "wss"), host: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,9}(\.[A-Za-z0-9_-]{1,9}){0,3}$/),
      port: fc.integer({ min: 1, max: 65_535 }), path: fc.stringMatching(/^(\/[a-z%]{0})?(\/[\w.~-]{1,5}){0,3}$/),
    });
    fc.assert(fc.property(addresses, (address) => {
      expect(parseAddress(withPort(address))).toEqual(address);
    }));
  });

  it("has a host, which is compared in lower case", () => {
    expect(hostOf("https://Echo.EXAMPLE.com:8443/Path")).toBe("echo.example.com");
  });
});

describe("the machine itself", () => {
  it.each(["localhost", "LocalHost", "127.0.0.1", "127.255.0.12"])("is %s", (host) => {
    expect(isLocalhost(host)).toBe(true);
  });

  it.each(["", "localhost.example.com", "xlocalhost", "127.0.0", "127.0.0.1.example.com", "1127.0.0.1", "127.0.0.1234", "127.a.0.1", "128.0.0.1", "127x0x0x1"])("is not %j", (host) => {
    expect(isLocalhost(host)).toBe(false);
  });
});

describe("a host name", () => {
  it.each(["echo", "echo.example.com", "echo:80", "echo:65535", "a_b-c.d"])("is %s", (text) => {
    expect(isHostname(text)).toBe(true);
  });

  it.each(["", "http://echo", "echo/", "echo:", "echo:x", "echo:123456", ":80", " echo", "echo ", "-echo", "echo\n"])("is not %j", (text) => {
    expect(isHostname(text)).toBe(false);
  });
});
