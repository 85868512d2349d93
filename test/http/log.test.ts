import { afterEach, describe, expect, it, vi } from "vitest";
import { log } from "../../lib/http/log.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What is written to standard output meanwhile. */
function written(act: () => void): string {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  act();
  return text;
}
const lineOf = (...told: Parameters<typeof log>) => JSON.parse(written(() => log(...told))) as Record<string, unknown>;

describe("a line of the log", () => {
  it("is one line of JSON, whatever it tells: what filters read is nothing but that", () => {
    const text = written(() => log("WARN", "Two\nlines", { reason: "a\r\nb", count: 2 }));
    expect(text.indexOf("\n")).toBe(text.length - 1);
    expect(JSON.parse(text)).toMatchObject({ level: "WARN", message: "Two\nlines", reason: "a\r\nb", count: 2 });
  });

  it("names the level, the time and the function, and has facts beside them under their own names", () => {
    vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "latchkey-dev-authorizer");
    const line = lineOf("INFO", "A token in the body", { tokenId: "7" });
    expect(Object.keys(line)).toEqual(["level", "message", "timestamp", "function", "tokenId"]);
    expect([line["level"], line["function"], line["tokenId"]]).toEqual(["INFO", "latchkey-dev-authorizer", "7"]);
    expect(new Date(String(line["timestamp"])).toISOString()).toBe(line["timestamp"]);
  });

  it("tells an error and what caused it by name, message and place, and nothing that hangs on them", () => {
    const cause = Object.assign(new TypeError("The inner one"), { request: { headers: { authorization: "Bearer secret" } } });
    const error = Object.assign(new Error("The outer one", { cause }), { config: { body: "secret" } });
    const line = lineOf("ERROR", "It failed", { error, requestId: "r-1" });
    expect(line).toMatchObject({ level: "ERROR", requestId: "r-1", error: { name: "Error", message: "The outer one", cause: { name: "TypeError", message: "The inner one" } } });
    expect((line["error"] as { stack: string }).stack).toContain("log.test.ts");
    expect(Object.keys((line["error"] as { cause: object }).cause)).toEqual(["name", "message", "stack"]);
    expect(JSON.stringify(line)).not.toContain("secret");
  });

  it("does not repeat what was thrown and is no error", () => {
    expect(lineOf("ERROR", "It failed", { error: "secret" })["error"]).toEqual({ name: "string" });
    expect(lineOf("ERROR", "It failed", { error: { token: "secret" } })["error"]).toEqual({ name: "object" });
  });
});
