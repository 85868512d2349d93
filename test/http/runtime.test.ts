import { afterEach, describe, expect, it, vi } from "vitest";
import { setting } from "../../lib/http/runtime.ts";

afterEach(() => void vi.unstubAllEnvs());

describe("a setting of the environment", () => {
  it("is what stands there", () => {
    vi.stubEnv("LATCHKEY_TEST", "value");
    expect(setting("LATCHKEY_TEST")).toBe("value");
  });

  it.each([[undefined], [""]])("that is %j is missed by its name", (value) => {
    vi.stubEnv("LATCHKEY_TEST", value);
    expect(() => setting("LATCHKEY_TEST")).toThrow("LATCHKEY_TEST is not set");
  });
});

it("what was made of settings once is kept, and of a failure nothing is", async () => {
  vi.resetModules();
  const { hashing } = await import("../../lib/http/runtime.ts");
  vi.stubEnv("PEPPERS", "");
  expect(() => hashing()).toThrow("PEPPERS");
  vi.stubEnv("PEPPERS", `1:${"a".repeat(64)}`);
  const made = hashing();
  expect(hashing()).toBe(made);
});
