import { Agent, request } from "node:http";
import { buffer } from "node:stream/consumers";
import aws4 from "aws4";
import type { Deployment } from "../../test/support/deploy.ts";
import type { Key } from "../../lib/table/model.ts";

/**
 * Nothing but the read that an authorization cannot do without: one strongly consistent, signed BatchGetItem of these keys over
 * connections that stay open. What is asked is written down once; the answer is waited for whole and not looked into.
 *
 * @param rows how many must come back: any other answer throws.
 */
export async function bareRead({ database, operator }: Deployment, keys: readonly Key[], connections: number): Promise<() => Promise<void>> {
  const { name } = operator.table;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port, host } = new URL(database.endpoint);
  const Keys = keys.map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } }));
  const body = JSON.stringify({ RequestItems: { [name]: { Keys, ConsistentRead: true } } });
  const asked = { Host: host, "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810.BatchGetItem" };
  const { region, credentials } = database;

  const read = async (): Promise<Buffer> => new Promise((resolve, reject) => {
    const { headers = {} } = aws4.sign({ service: "dynamodb", region, method: "POST", path: "/", headers: { ...asked }, body }, credentials);
    request({ hostname, port, path: "/", method: "POST", headers, agent }, (response) => {
      if (response.statusCode === 200) buffer(response).then(resolve, reject);
      else reject(new Error(`The bare read was answered with ${response.statusCode}`));
    }).on("error", reject).end(body);
  });

  const { Responses } = JSON.parse((await read()).toString()) as { Responses: Readonly<Record<string, readonly unknown[]>> };
  if (Responses[name]?.length !== keys.length) throw new Error("The bare read does not find what the authorization reads");
  return async () => void (await read());
}
