import { randomBytes } from "node:crypto";
import { request } from "node:http";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { DecryptCommand, GenerateDataKeyCommand, KMSClient, ListKeysCommand } from "@aws-sdk/client-kms";
import type { DecryptCommandInput } from "@aws-sdk/client-kms";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startAwsDouble } from "../../lib/local/aws-double.ts";
import type { AwsDouble } from "../../lib/local/aws-double.ts";

const KeyId = "alias/latchkey";
const masterKey = randomBytes(32);

let double: AwsDouble;
beforeEach(async () => {
  double = await startAwsDouble({ masterKey, secrets: { pepper: "salted" } });
  for (const service of ["KMS", "SQS", "EVENTBRIDGE", "SECRETS_MANAGER"]) {
    vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, double.endpoint);
  }
  vi.stubEnv("AWS_REGION", "local");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await double.stop();
});

describe("KMS", () => {
  const EncryptionContext = { account: "1", purpose: "service tokens" };
  const generate = () =>
    new KMSClient().send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256", EncryptionContext }));
  const decrypt = (wanted: DecryptCommandInput) => new KMSClient().send(new DecryptCommand(wanted));
  const hex = (bytes: Uint8Array = Buffer.alloc(0)) => Buffer.from(bytes).toString("hex");

  it("a data key comes back from its blob under the same context, in whatever order", async () => {
    const { Plaintext, CiphertextBlob, KeyId: usedKey } = await generate();
    expect(Plaintext).toHaveLength(32);
    expect(usedKey).toBe(KeyId);
    const reordered = { purpose: "service tokens", account: "1" };
    const back = await decrypt({ CiphertextBlob, KeyId, EncryptionContext: reordered });
    expect(back.Plaintext).toEqual(Plaintext);
    expect(double.calls).toEqual({ "kms:GenerateDataKey": 1, "kms:Decrypt": 1 });
  });

  it("every data key is another, and no blob holds it in the clear", async () => {
    const [one, two] = [await generate(), await generate()];
    expect(one.Plaintext).not.toEqual(two.Plaintext);
    expect(hex(one.CiphertextBlob)).not.toContain(hex(one.Plaintext));
  });

  it.each([
    ["the context of another account", { ...EncryptionContext, account: "2" }],
    ["a context with a pair too few", { account: "1" }],
    ["a context with a pair too many", { ...EncryptionContext, extra: "" }],
    ["a context whose one value spells out the other pair", { account: "1,purpose,service tokens" }],
    ["no context", undefined],
  ])("%s is refused", async (_name, wrong) => {
    const { CiphertextBlob } = await generate();
    await expect(decrypt({ CiphertextBlob, EncryptionContext: wrong })).rejects.toMatchObject({
      name: "InvalidCiphertextException", $metadata: { httpStatusCode: 400 },
    });
  });

  it.each([
    ["garbage", () => randomBytes(80)],
    ["a blob that is too short to be one", () => Buffer.of(1)],
    ["a blob cut short", (blob: Buffer) => blob.subarray(0, -1)],
    ["a blob with one bit changed", (blob: Buffer) => blob.fill((blob[40] ?? 0) ^ 1, 40, 41)],
  ])("%s is refused", async (_name, spoil) => {
    const { CiphertextBlob } = await generate();
    const spoiled = spoil(Buffer.from(CiphertextBlob ?? []));
    await expect(decrypt({ CiphertextBlob: spoiled, EncryptionContext })).rejects.toMatchObject({
      name: "InvalidCiphertextException",
    });
  });

  it("a blob is bound to its key id", async () => {
    const { CiphertextBlob } = await generate();
    const attempt = decrypt({ CiphertextBlob, KeyId: "alias/other", EncryptionContext });
    await expect(attempt).rejects.toMatchObject({ name: "IncorrectKeyException" });
  });

  it("a blob outlives the double under the same master key, and under no other", async () => {
    const { CiphertextBlob, Plaintext } = await generate();
    const [same, other] = [await startAwsDouble({ masterKey }), await startAwsDouble({ masterKey: randomBytes(32) })];
    const decryptAt = ({ endpoint }: AwsDouble) =>
      new KMSClient({ endpoint }).send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    await expect(decryptAt(same)).resolves.toMatchObject({ Plaintext });
    await expect(decryptAt(other)).rejects.toMatchObject({ name: "InvalidCiphertextException" });
    await Promise.all([same.stop(), other.stop()]);
  });

  it("another kind of data key is refused", async () => {
    const attempt = new KMSClient().send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_128" }));
    await expect(attempt).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("SQS", () => {
  it("keeps what is sent, and the SDK accepts its digest", async () => {
    const queueUrl = `${double.endpoint}/000000000000/dead-letters`;
    const body = '{"name":"Zürich"}';
    const { MessageId } = await new SQSClient().send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
    expect(MessageId).toBeTruthy();
    expect(double.deadLetters()).toEqual([{ queueUrl, body }]);
  });
});

describe("EventBridge", () => {
  const good = { Source: "latchkey", DetailType: "service.created", Detail: '{"id":1}' };
  const put = (...Entries: PutEventsRequestEntry[]) => new EventBridgeClient().send(new PutEventsCommand({ Entries }));

  it("keeps every entry as it was sent", async () => {
    const result = await put({ ...good, EventBusName: "latchkey", Time: new Date(5_000) }, good);
    expect(result.FailedEntryCount).toBe(0);
    expect(new Set(result.Entries?.map((entry) => entry.EventId)).size).toBe(2);
    expect(double.events()).toEqual([{ ...good, EventBusName: "latchkey", Time: 5 }, good]);
  });

  it.each([
    ["a detail that is not JSON", { ...good, Detail: "{" }, "MalformedDetail"],
    ["a detail that is not an object", { ...good, Detail: "[1]" }, "MalformedDetail"],
    ["an entry without a source", { DetailType: "x", Detail: "{}" }, "InvalidArgument"],
    ["an entry without a detail type", { Source: "x", Detail: "{}" }, "InvalidArgument"],
    ["an entry without a detail", { Source: "x", DetailType: "x" }, "InvalidArgument"],
  ])("%s fails alone, in its place", async (_name, bad, ErrorCode) => {
    const result = await put(good, bad, good);
    expect(result.FailedEntryCount).toBe(1);
    expect(result.Entries?.map((entry) => entry.ErrorCode)).toEqual([undefined, ErrorCode, undefined]);
    expect(double.events()).toHaveLength(2);
  });

  it.each([
    ["eleven entries", Array(11).fill(good)],
    ["no entries", []],
    ["a megabyte in all", Array(2).fill({ ...good, Detail: JSON.stringify("x".repeat(524_288)) })],
  ])("%s are refused as a whole", async (_name, entries: PutEventsRequestEntry[]) => {
    await expect(put(...entries)).rejects.toMatchObject({ name: "ValidationException" });
    expect(double.events()).toEqual([]);
  });
});

describe("Secrets Manager", () => {
  const read = (SecretId: string) => new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId }));

  it("gives the secrets it was started with", async () => {
    await expect(read("pepper")).resolves.toMatchObject({ Name: "pepper", SecretString: "salted" });
  });

  it.each(["other", "constructor"])("a secret it was not given is not found: %s", async (name) => {
    await expect(read(name)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("failing on purpose", () => {
  const generate = () => new KMSClient().send(new GenerateDataKeyCommand({ KeyId, KeySpec: "AES_256" }));

  it("the SDK gets over a failure by trying again", async () => {
    double.failNext("kms", 1);
    await expect(generate()).resolves.toMatchObject({ KeyId });
    expect(double.calls["kms:GenerateDataKey"]).toBe(2);
  });

  it("a service fails as often as was asked, then works, and no other service fails", async () => {
    double.failNext("kms", 3);
    const other = new SecretsManagerClient().send(new GetSecretValueCommand({ SecretId: "pepper" }));
    await expect(other).resolves.toMatchObject({ $metadata: { attempts: 1 } });
    await expect(generate()).rejects.toMatchObject({
      name: "InternalFailure", $metadata: { httpStatusCode: 500, attempts: 3 },
    });
    await expect(generate()).resolves.toMatchObject({ $metadata: { attempts: 1 } });
  });
});

describe("the server", () => {
  it("an operation that has no stand-in is refused", async () => {
    await expect(new KMSClient().send(new ListKeysCommand())).rejects.toMatchObject({
      name: "UnknownOperationException", $metadata: { httpStatusCode: 400 },
    });
  });

  it.each([
    ["an unknown service", { "x-amz-target": "Logs_20140328.PutLogEvents" }, "{}", 400, "UnknownOperationException"],
    ["a request that names no operation", {}, "{}", 400, "UnknownOperationException"],
    ["a body that is not JSON", { "x-amz-target": "TrentService.Decrypt" }, "{", 400, "SerializationException"],
    ["a web page that rebound its name to loopback", { host: "evil.example" }, "{}", 403, "AccessDeniedException"],
  ])("%s is refused", async (_name, headers, body, status, code) => {
    expect(await post(headers, body)).toEqual({ status, code });
  });

  it("a busy port is refused in one line that names it", async () => {
    await expect(startAwsDouble({ port: double.port, masterKey })).rejects.toThrow(
      new Error(`Port ${double.port} is in use by another program: stop it or choose another port.`),
    );
  });

  it("a master key of the wrong length is refused at the start", async () => {
    await expect(startAwsDouble({ masterKey: Buffer.alloc(16) })).rejects.toThrow("must be 32 bytes");
  });
});

function post(headers: Record<string, string>, body: string): Promise<{ status: number | undefined; code: unknown }> {
  return new Promise((resolve, reject) => {
    const sent = request(double.endpoint, { method: "POST", headers, agent: false }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, code: response.headers["x-amzn-errortype"] });
    });
    sent.once("error", reject).end(body);
  });
}
