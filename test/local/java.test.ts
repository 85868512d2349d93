import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hasJavaCompiler, requireJava } from "../../lib/local/java.ts";

/** A folder that is all of PATH, with the `java` that a test puts there. */
let bin: string;
beforeEach(() => {
  bin = mkdtempSync(path.join(tmpdir(), "latchkey-java-"));
  vi.stubEnv("PATH", bin);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(bin, { recursive: true });
});

function putJava(script: string): void {
  const file = path.join(bin, "java");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

const versionLine = (version: string) => `echo 'openjdk version "${version}" 2026-01-20' >&2`;

describe("requireJava", () => {
  it("a missing java is refused in one line that says what to install on each system", () => {
    expect(requireJava).toThrow(/^The local database needs Java 17 or later, but no working java is on PATH\. .*$/);
    expect(requireJava).toThrow(/apt-get install -y openjdk-\d+-jre-headless.*dnf install -y java-.*brew install/);
  });

  it.each([
    ["Java 8, which calls itself 1.8", "1.8.0_402", "8"],
    ["Java 11", "11.0.22", "11"],
    ["Java 16", "16", "16"],
  ])("%s is refused by its number", (_name, version, number) => {
    putJava(versionLine(version));
    expect(requireJava).toThrow(`the java on PATH is version ${number}.`);
  });

  it("a java that cannot run counts as missing (macOS has such a stub)", () => {
    putJava("echo 'Unable to locate a Java Runtime.' >&2; exit 1");
    expect(requireJava).toThrow("no working java is on PATH");
  });

  it.each([
    ["Java 17", versionLine("17.0.15")],
    ["an early-access release", versionLine("27-ea")],
    ["a java that first reports its options", `echo 'Picked up JAVA_TOOL_OPTIONS' >&2; ${versionLine("21.0.2")}`],
  ])("%s is accepted", (_name, script) => {
    putJava(script);
    expect(requireJava).not.toThrow();
  });
});

describe("hasJavaCompiler", () => {
  it.each([
    ["a full JDK has one", "echo java.base@21.0.2; echo jdk.compiler@21.0.2", true],
    ["a trimmed-down runtime has none", "echo java.base@21.0.2; echo java.compiler@21.0.2", false],
  ])("%s", (_name, script, expected) => {
    putJava(script);
    expect(hasJavaCompiler()).toBe(expected);
  });

  it("a missing java has none", () => {
    expect(hasJavaCompiler()).toBe(false);
  });
});
