import aws4 from "aws4";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signedHeaders } from "../../lib/table/dynamodb/sign.ts";

/** Our signature is the one that a signer of any request makes of the same: DynamoDB Local takes every signature, AWS does not. */
const NOW = new Date("2026-11-29T23:59:59.123Z");
const REQUEST = { host: "dynamodb.eu-west-1.amazonaws.com", region: "eu-west-1", target: "DynamoDB_20120810.BatchGetItem", body: "{}" };
const CREDENTIALS = { accessKeyId: "AKID", secretAccessKey: "secret" };
type Request = typeof REQUEST;

/** Header names in capitals or not say the same. */
function theirs({ host, region, target, body }: Request, credentials: Parameters<typeof signedHeaders>[1], now: Date) {
  const date = now.toISOString().replaceAll(/[:-]|\.\d{3}/g, "");
  const headers = { Host: host, "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target, "X-Amz-Date": date };
  const signed = aws4.sign({ service: "dynamodb", region, method: "POST", path: "/", headers, body }, credentials).headers ?? {};
  return Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
const ours = (...asked: Parameters<typeof signedHeaders>) => Object.fromEntries(Object.entries(signedHeaders(...asked)).map(([name, value]) => [name.toLowerCase(), value]));

describe("a signature is what aws4 signs", () => {
  it("of any body, at any time, in any region, with and without a session", () => {
    const text = fc.string({ minLength: 1, maxLength: 40 }).filter((each) => /^[\x21-\x7e]+$/.test(each));
    const request = fc.record({
      host: fc.constantFrom("dynamodb.eu-west-1.amazonaws.com", "127.0.0.1:8000", "localhost"), region: fc.constantFrom("eu-west-1", "us-east-1", "cn-north-1"),
      target: fc.constantFrom("DynamoDB_20120810.BatchGetItem", "DynamoDB_20120810.TransactWriteItems"), body: fc.string({ unit: "binary", minLength: 1 }),
    });
    const credentials = fc.record({ accessKeyId: text, secretAccessKey: text, sessionToken: text }, { requiredKeys: ["accessKeyId", "secretAccessKey"] });
    fc.assert(fc.property(request, credentials, fc.date({ min: new Date("2020-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }), (...asked) => {
      expect(ours(...asked)).toEqual(theirs(...asked));
    }));
  });

  it("when the day changes, the keys, or the region: no key is used beyond its own", () => {
    const requests: readonly Parameters<typeof signedHeaders>[] = [
      [REQUEST, CREDENTIALS, NOW], [REQUEST, CREDENTIALS, new Date(NOW.getTime() + 1000)], [REQUEST, { ...CREDENTIALS, secretAccessKey: "another" }, NOW],
      [{ ...REQUEST, region: "eu-central-1" }, CREDENTIALS, NOW], [REQUEST, CREDENTIALS, NOW],
    ];
    expect(requests.map((asked) => ours(...asked))).toEqual(requests.map((asked) => theirs(...asked)));
  });
});

it("the secret is in no header", () => {
  expect(JSON.stringify(signedHeaders(REQUEST, CREDENTIALS, NOW))).not.toContain(CREDENTIALS.secretAccessKey);
});
