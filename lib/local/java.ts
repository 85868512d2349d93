import { spawnSync } from "node:child_process";

const OLDEST_JAVA = 17;
const HOW_TO_INSTALL = [
  "Debian/Ubuntu: sudo apt-get install -y openjdk-21-jre-headless (on Debian 12: openjdk-17-jre-headless)",
  "Fedora: sudo dnf install -y java-latest-openjdk-headless",
  "macOS: brew install --cask temurin",
].join("; ");

/** Refuses to go on without the Java that DynamoDB Local needs, and says what to install. */
export function requireJava(): void {
  const found = majorVersionOnPath();
  if (found !== undefined && found >= OLDEST_JAVA) return;
  const instead = found === undefined ? "no working java is on PATH" : `the java on PATH is version ${found}`;
  throw new Error(`The local database needs Java ${OLDEST_JAVA} or later, but ${instead}. ${HOW_TO_INSTALL}.`);
}

/** Whether this Java can run a single source file: some trimmed-down runtimes come without the compiler. */
export function hasJavaCompiler(): boolean {
  const { stdout } = spawnSync("java", ["--list-modules"], { encoding: "utf8" });
  return /^jdk\.compiler\b/m.test(stdout ?? "");
}

/** `java -version` writes to stderr, maybe below a line about JAVA_TOOL_OPTIONS. Java 8 calls itself "1.8". */
function majorVersionOnPath(): number | undefined {
  const { status, stderr } = spawnSync("java", ["-version"], { encoding: "utf8" });
  const [, major, minor] = /version "(\d+)(?:\.(\d+))?/.exec(status === 0 ? stderr : "") ?? [];
  if (major === undefined) return undefined;
  return Number(major === "1" ? minor : major);
}
