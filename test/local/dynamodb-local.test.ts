import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import path from "node:path";
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { DescribeStreamCommand, DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { startDynamoDbLocal } from "../../lib/local/dynamodb-local.ts";
import type { DynamoDbLocal } from "../../lib/local/dynamodb-local.ts";
import { sample } from "../support/sample.ts";

const A_JVM_STARTS_MS = 30_000;
vi.setConfig({ testTimeout: A_JVM_STARTS_MS, hookTimeout: A_JVM_STARTS_MS });

const TableName = "things";
const Item = { pk: { S: "a" }, text: { S: "kept" } } satisfies Record<string, AttributeValue>;
const sdkConfig = ({ endpoint }: DynamoDbLocal) =>
  ({ endpoint, region: "local", credentials: { accessKeyId: "local", secretAccessKey: "local" } });

const folder = mkdtempSync(path.join(tmpdir(), "latchkey-dynamodb-"));
afterAll(() => rmSync(folder, { recursive: true }));

// That it keeps its data on disk is what `npm start -- --data` is tried with (test/start).
describe("in memory", () => {
  let local: DynamoDbLocal;
  beforeAll(async () => {
    local = await startDynamoDbLocal();
  });
  afterAll(() => local.stop());

  it("serves the SDK: a table, an item, a stream", async () => {
    const client = new DynamoDBClient(sdkConfig(local));
    const StreamArn = await createTable(client);
    await client.send(new PutItemCommand({ TableName, Item }));
    expect((await client.send(new GetItemCommand({ TableName, Key: { pk: Item.pk } }))).Item).toEqual(Item);

    const streams = new DynamoDBStreamsClient(sdkConfig(local));
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
    expect(StreamDescription?.Shards).toHaveLength(1);
  });

  it("a port in use is refused in one line, although the other server would answer", async () => {
    await expect(startDynamoDbLocal({ port: local.port })).rejects.toThrow(
      new Error(`Port ${local.port} is in use by another program: stop it or choose another port.`),
    );
  });

  const outside = Object.values(networkInterfaces()).flatMap((it) => it ?? []).filter((it) => !it.internal);
  it.skipIf(outside.length === 0)("the network cannot reach it", async () => {
    expect(local.loopbackOnly).toBe(true);
    const reached: string[] = [];
    for (const { address } of outside) if (await connects(address, local.port)) reached.push(address);
    expect(reached).toEqual([]);
  });
});

describe("a trimmed-down Java", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("without a compiler it starts all the same, and says that the network can reach it", async () => {
    putJava('[ "$1" = --list-modules ] && exec echo java.base@17; PATH=$LATCHKEY_TEST_PATH exec java "$@"');
    const local = await startDynamoDbLocal();
    expect(local.loopbackOnly).toBe(false);
    expect(await connects("127.0.0.1", local.port)).toBe(true);
    await local.stop();
  });

  it("one that dies at once is reported in one line with its own reason", async () => {
    putJava('[ "$1" = -version ] && { echo \'version "17"\' >&2; exit; }; echo "Out of luck" >&2; exit 1');
    await expect(startDynamoDbLocal()).rejects.toThrow(new Error("DynamoDB Local did not start: Out of luck"));
  });
});

describe("the end of the process that started it", () => {
  const LAUNCHED = `import { startDynamoDbLocal } from "./lib/local/dynamodb-local.ts";
    console.log((await startDynamoDbLocal()).port);
    process.once("SIGTERM", () => process.exit());`;

  // Only the kernel can see to SIGKILL, so only where there is setpriv.
  const signals: NodeJS.Signals[] = existsSync("/usr/bin/setpriv") ? ["SIGTERM", "SIGKILL"] : ["SIGTERM"];
  it.each(sample("ends of its parent", 1, signals))("%s leaves no database behind", async (signal) => {
    const command = ["--input-type=module", "--eval", LAUNCHED];
    const parent = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const port = Number(line.toString());
    expect(await connects("127.0.0.1", port)).toBe(true);

    parent.kill(signal);
    await vi.waitUntil(async () => !(await connects("127.0.0.1", port)), { timeout: 5_000 });
  });
});

async function createTable(client: DynamoDBClient): Promise<string | undefined> {
  const { TableDescription } = await client.send(new CreateTableCommand({
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  }));
  return TableDescription?.LatestStreamArn;
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const answer = (value: boolean) => () => {
      socket.destroy();
      resolve(value);
    };
    socket.once("connect", answer(true)).once("error", answer(false)).once("timeout", answer(false));
  });
}

/** Puts a script in front of the real java. */
function putJava(script: string): void {
  const file = path.join(folder, "java");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  vi.stubEnv("LATCHKEY_TEST_PATH", process.env["PATH"]);
  vi.stubEnv("PATH", `${folder}${path.delimiter}${process.env["PATH"]}`);
}
