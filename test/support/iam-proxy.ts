import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { listenOnLoopback, LOOPBACK } from "../../lib/local/ports.ts";
import { ACCOUNT_ID } from "./aws.ts";
import type { Database } from "./database.ts";
import { readRequest, type DynamoRequest } from "./dynamodb-request.ts";
import { forwarder, type Answer } from "./forward.ts";
import { permits, type Need, type Roles, type Statement } from "./iam-policy.ts";

/** One round trip to the database. */
export interface Call {
  readonly principal: string;
  readonly action: string;
  readonly table: string | undefined;
  readonly index: string | undefined;
  readonly keys: readonly Readonly<Record<string, string>>[];
  readonly consistent: boolean;
  readonly expressions: readonly string[];
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly status: number;
}

export interface IamProxy {
  readonly url: string;
  /** Every call since the last reset, in the order of their answers. */
  readonly calls: readonly Call[];
  reset(): void;
  stop(): Promise<void>;
}

/**
 * A proxy between the AWS SDK and DynamoDB Local that judges each call by the role of the function that makes it.
 *
 * DynamoDB Local knows no IAM. Here the access key id in the SigV4 header is the logical id of a function, and its
 * role in the template decides. An id that is no function's, such as "admin", is the test itself and may do all.
 *
 * @param upstream the database; whoever calls is passed on as the one that it belongs to.
 * @param allowed the roles of the deployment: `rolesOf(template, values)`.
 */
export async function startIamProxy({ upstream, allowed }: { upstream: Database; allowed: Roles }): Promise<IamProxy> {
  const calls: Call[] = [];
  const way = forwarder();
  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.destroy(error));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { principal, region } = credential(request);
    const action = actionOf(request);
    const asked = read(action, body, region);
    const result = denial(principal, allowed.get(principal), asked) ?? await way.forward(upstream.endpoint, asOwner(request), body);
    const { table, index, keys, consistent, expressions } = asked;
    calls.push({
      principal, action, table, index, keys, consistent, expressions, bytesIn: body.length, bytesOut: result.body.length, status: result.status,
    });
    response.writeHead(result.status, result.headers).end(result.body);
  }

  /** Whose database it is, the database knows by the access key too. */
  function asOwner({ method, headers, url }: IncomingMessage) {
    const authorization = headers.authorization!.replace(/Credential=[^/]+/, `Credential=${upstream.credentials.accessKeyId}`);
    return { method, url, headers: { ...headers, authorization } };
  }

  const port = await listenOnLoopback(server);
  return {
    url: `http://${LOOPBACK}:${port}`,
    calls,
    reset: () => void calls.splice(0),
    async stop() {
      way.stop();
      server.closeAllConnections();
      await new Promise<void>((closed) => void server.close(() => closed()));
    },
  };
}

/** SigV4: `Credential=<access key id>/<date>/<region>/<service>/aws4_request`. */
export function credential({ headers }: IncomingMessage): { readonly principal: string; readonly region: string } {
  const match = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(headers.authorization ?? "");
  if (!match) throw new Error("A request to DynamoDB without a SigV4 signature.");
  return { principal: match[1]!, region: match[2]! };
}

/** The SDK speaks JSON 1.0 to DynamoDB. Should a newer one speak CBOR, this says so instead of misreading it. */
export function actionOf({ headers }: IncomingMessage): string {
  const match = /^DynamoDB(?:Streams)?_20120810\.(\w+)$/.exec(String(headers["x-amz-target"]));
  if (!match || headers["content-type"] !== "application/x-amz-json-1.0") {
    throw new Error(`Not AWS JSON 1.0: ${headers["content-type"]}, ${String(headers["x-amz-target"])}.`);
  }
  return match[1]!;
}

/** What cannot be read needs a right that no role has: streams are for event source mappings, tables for the deployment. */
function read(action: string, body: Buffer, region: string): DynamoRequest {
  try {
    return readRequest(action, JSON.parse(body.toString()), region);
  } catch (error) {
    const needs = [{ action: `dynamodb:${action}`, resource: `(${(error as Error).message})`, leadingKeys: undefined }];
    return { table: undefined, index: undefined, keys: [], consistent: false, expressions: [], needs };
  }
}

function denial(principal: string, role: readonly Statement[] | undefined, { needs }: DynamoRequest): Answer | undefined {
  const missing = role && needs.find((need) => !permits(role, need));
  return missing && accessDenied(principal, missing);
}

function accessDenied(principal: string, { action, resource }: Need): Answer {
  const user = `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${principal}`;
  const Message = `User: ${user} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  const body = Buffer.from(JSON.stringify({ __type: "com.amazon.coral.service#AccessDeniedException", Message }));
  return { status: 400, headers: { "content-type": "application/x-amz-json-1.0", "content-length": String(body.length) }, body };
}
