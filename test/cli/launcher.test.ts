import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listenOnLoopback } from "../../lib/local/ports.ts";
import { authenticate } from "../../lib/operations/authenticate.ts";
import { newTable, startAws, type Aws } from "./aws.ts";
import { LAUNCHER, run, without } from "./cli.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const folder = await mkdtemp(path.join(tmpdir(), "latchkey-cli-"));
afterAll(() => rm(folder, { recursive: true }));

/** Stands in for an older Node: it cannot run TypeScript. */
const OLDER_NODE = [process.execPath, "--no-strip-types"] as const;

/** A copy of the program in a folder of its own, so that `.local` and node_modules are the test's. */
async function copy(name: string, { installed }: { installed: boolean }): Promise<string> {
  const root = path.join(folder, name);
  await mkdir(root);
  await cp(path.join(ROOT, "lib"), path.join(root, "lib"), { recursive: true });
  await cp(path.join(ROOT, "package.json"), path.join(root, "package.json"));
  if (installed) await symlink(path.join(ROOT, "node_modules"), path.join(root, "node_modules"), "dir");
  return root;
}
const launcherOf = (root: string) => path.join(root, "lib/cli/latchkey.mjs");

const IMPORT = [
  "access-tokens", "import", "--account", "1", "--member", "a@acme.example", "--name", "x", "--scopes", "stats", "--permission", "ro",
] as const;

describe("the launcher", () => {
  it("under a Node that cannot run TypeScript hands over to the lockfile's, with arguments, input, output and exit code", async () => {
    const node = [...OLDER_NODE, LAUNCHER];
    expect(await run(["--version"], { node })).toEqual(await run(["--version"]));
    const wrong = ["access-tokens", "import", "--name", "two words", "--scopes", ""];
    const handedOver = await run(wrong, { node });
    expect(handedOver.code).toBe(2);
    expect(handedOver).toEqual(await run(wrong));
  });

  it("under whatever Node the shell finds it works", async () => {
    expect(await run(["--version"], { node: ["node", LAUNCHER] })).toMatchObject({ code: 0, stderr: "" });
  });

  it("passes a signal on, and ends as the command ended", async () => {
    // Each Node says when it is up; the second one waits for its standard input.
    const env = { PATH: process.env["PATH"], NODE_OPTIONS: "--import=data:text/javascript,console.error('up')" };
    const waiting = spawn(OLDER_NODE[0], [OLDER_NODE[1], LAUNCHER, ...IMPORT], { env, stdio: "pipe" });
    let said = "";
    waiting.stderr.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
    waiting.stdout.resume();
    await expect.poll(() => said, { timeout: 10_000 }).toBe("up\nup\n");
    waiting.kill("SIGTERM");
    // "close" comes when nobody holds the pipes any more: the command is gone too.
    expect(await once(waiting, "close")).toEqual([null, "SIGTERM"]);
  });

  it("without any Node that can run it says in one line what to install", async () => {
    const root = await copy("bare", { installed: false });
    const { code, stdout, stderr } = await run(["--help"], { node: [...OLDER_NODE, launcherOf(root)] });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: Latchkey runs on Node 24, this is v\d+\S+: install Node 24 or later .* or run `npm ci`.*\n$/);
  });

  it("without what it needs says in one line to run npm ci", async () => {
    const root = await copy("bare-with-24", { installed: false });
    expect(await run(["--help"], { node: [process.execPath, launcherOf(root)] })).toEqual({
      code: 1, signal: null, stdout: "", stderr: "error: What Latchkey needs is not installed: run `npm ci` in its folder.\n",
    });
    expect(existsSync(path.join(root, "node_modules"))).toBe(false);
  });

  it.each([["the Node it was started with", [process.execPath]], ["the one it hands over to", OLDER_NODE]])("keeps what Node has made of its TypeScript for the next command: %s", async (_which, node) => {
    const root = await copy(`kept-${node.length}`, { installed: false });
    await mkdir(path.join(root, "node_modules"));
    for (const each of await readdir(path.join(ROOT, "node_modules"))) await symlink(path.join(ROOT, "node_modules", each), path.join(root, "node_modules", each));
    await rm(path.join(root, "node_modules/.cache"), { force: true });
    expect(await run(["--version"], { node: [...node, launcherOf(root)] })).toMatchObject({ code: 0, stderr: "" });
    expect((await readdir(path.join(root, "node_modules/.cache/latchkey"), { recursive: true })).length).toBeGreaterThan(20);
  });

  it("a reader who goes away is told apart from success", async () => {
    const child = spawn(process.execPath, [LAUNCHER, "--help"], { env: { PATH: process.env["PATH"] }, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, "close") as Promise<[number]>]);
    expect(code).toBe(1);
    expect(said).toMatch(/^error: Standard output was closed before everything was printed/);
  });
});

describe("--local", () => {
  let aws: Aws;
  let root: string;
  const api = createServer((_request, response) => void response.writeHead(403).end());
  beforeAll(async () => {
    [aws, root] = await Promise.all([startAws(), copy("local", { installed: true })]);
    await mkdir(path.join(root, ".local"));
  });
  afterAll(async () => {
    api.close();
    await aws.stop();
  });

  const latchkey = (...args: readonly string[]) =>
    // Someone's own profile and session must not be mixed into the local system's.
    run(args, { env: { ...without(aws.env, "AWS_ENDPOINT_URL_DYNAMODB"), AWS_PROFILE: "mine", AWS_SESSION_TOKEN: "mine" }, node: [process.execPath, launcherOf(root)] });
  const write = (name: string, content: object) => writeFile(path.join(root, ".local", name), JSON.stringify(content));

  it.each<[string, () => Promise<void>]>([
    ["never started", async () => undefined],
    ["was killed", () => write("latchkey.json", { baseUrl: "http://127.0.0.1:1", pid: process.pid })],
  ])("says to start it when it %s", async (_what, arrange) => {
    await arrange();
    expect(await latchkey("accounts", "list", "--local")).toMatchObject({
      code: 1, stdout: "", stderr: "error: Latchkey is not running here: start it with npm start.\n",
    });
  });

  it("works on the table of the Latchkey that runs here, under its pepper", async () => {
    const table = await newTable("latchkey-local");
    await write("latchkey.json", { baseUrl: `http://127.0.0.1:${await listenOnLoopback(api)}`, pid: process.pid });
    await write("environment.json", { ...without(aws.env, "HOME"), LATCHKEY_PEPPERS: aws.peppers.toReversed().join(",") });

    const { stdout, stderr } = await latchkey("accounts", "create", "--local", "--name", "Here", "--admin-email", "a@acme.example", "--json");
    expect(stderr).toBe("");
    expect(await authenticate({ ...aws.deps, table }, JSON.parse(stdout).access_token.value)).toMatchObject({ kind: "access_token", owner: { email: "a@acme.example" } });
    expect((await latchkey("accounts", "list", "--local")).stdout).toContain("Here");
  });
});
