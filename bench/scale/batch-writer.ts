import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Row } from "../../lib/table/model.ts";

/** DynamoDB takes so many rows at a time. */
export const BATCH = 25;
/** DynamoDB Local looks for a signature and does not check it. */
const HEADERS = {
  "content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.BatchWriteItem",
  authorization: "AWS4-HMAC-SHA256 Credential=bench/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
};

type Puts = readonly { readonly PutRequest: { readonly Item: object } }[];

/** Writes rows over connections that stay open, without an SDK: its processor time would be the limit. */
export function batchWriter(endpoint: string, table: string, connections: number): (rows: readonly Row[]) => Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const post = (puts: Puts) => new Promise<string>((resolve, reject) => {
    const sent = request(endpoint, { agent, method: "POST", headers: HEADERS }, (response) => {
      text(response).then((body) => (response.statusCode === 200 ? resolve(body) : reject(new Error(body))), reject);
    });
    sent.on("error", reject).end(JSON.stringify({ RequestItems: { [table]: puts } }));
  });
  return async (rows) => {
    let left: Puts = rows.map((row) => ({ PutRequest: { Item: marshall(row, { removeUndefinedValues: true }) } }));
    while (left.length > 0) left = (JSON.parse(await post(left)) as { UnprocessedItems?: Record<string, Puts> }).UnprocessedItems?.[table] ?? [];
  };
}
