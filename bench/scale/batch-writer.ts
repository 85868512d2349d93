import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Row } from "../../lib/table/model.ts";

/** DynamoDB takes so many rows at a time. */
export const BATCH = 25;
/** DynamoDB Local looks for a signature and does not check it. */
const HEADERS = {
  "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.BatchWriteItem",
  authorization: "AWS4-HMAC-SHA256 Credential=bench/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
};

/** A large table makes DynamoDB Local give up on a lock now and then: it says so with a 500. */
const TRIES = 20;
const WAIT_MS = 200;

type Puts = readonly { readonly PutRequest: { readonly Item: object } }[];

/** Writes rows over connections that stay open, without an SDK: its processor time would be the limit. */
export function batchWriter(endpoint: string, table: string, connections: number): (rows: readonly Row[]) => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const post = (puts: Puts) => new Promise<{ readonly status: number | undefined; readonly body: string }>((resolve, reject) => {
    const sent = request(endpoint, { agent, method: "POST", headers: HEADERS }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    });
    sent.on("error", reject).end(JSON.stringify({ RequestItems: { [table]: puts } }));
  });
  async function put(puts: Puts): Promise<Puts> {
    for (let tries = 1; ; tries++) {
      const { status, body } = await post(puts);
      if (status === 200) return (JSON.parse(body) as { UnprocessedItems?: Record<string, Puts> }).UnprocessedItems?.[table] ?? [];
      if (status !== 500 || tries === TRIES) throw new Error(body);
      await sleep(WAIT_MS * tries);
    }
  }
  return async (rows) => {
    let left: Puts = rows.map((row) => ({ PutRequest: { Item: marshall(row, { removeUndefinedValues: true }) } }));
    while (left.length > 0) left = await put(left);
  };
}
