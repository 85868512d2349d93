import { crc32 } from "node:zlib";
import { DynamoDbError } from "./error.ts";
import { exchangeWith, type Answer } from "./exchange.ts";
import { signedHeaders, type Credentials } from "./sign.ts";
import { decoded, encoded, type Input, type Operation, type Output } from "./operations.ts";

/** Asks DynamoDB for one operation. Throws a DynamoDbError when that was not done, or may not have been. */
export type Call = <Name extends Operation>(operation: Name, input: Input<Name>) => Promise<Output<Name>>;

/** Where DynamoDB is, and as whom to ask it; that is read again for each call, because it changes while a container lives. */
export type Access = { readonly endpoint: URL; readonly region: string; readonly credentials: () => Credentials | Promise<Credentials> };

const TRIES = 3;
const FIRST_WAIT_MS = 50;
/** What DynamoDB calls it when the same may be done a moment later (DynamoDB, "Error handling"). Conflicts of transactions are lib/table/transact.ts's. */
const PASSING = new Set(["ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException", "InternalServerError"]);

/** A client for DynamoDB: what may pass is tried three times, each time after a random wait that may be twice as long. */
export function dynamoDb({ endpoint, region, credentials }: Access): Call {
  const exchange = exchangeWith(endpoint);
  return async <Name extends Operation>(operation: Name, input: Input<Name>) => {
    const body = JSON.stringify(encoded(input));
    for (let tried = 1; ; tried++) {
      try {
        const answer = await exchange(signedHeaders({ host: endpoint.host, region, target: `DynamoDB_20120810.${operation}`, body }, await credentials(), new Date()), body);
        return decoded<Name>(contentOf(answer));
      } catch (error) {
        if (!(error instanceof DynamoDbError) || !error.passing || tried === TRIES) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** (tried - 1) * Math.random()));
    }
  };
}

/** DynamoDB as Lambda's environment names it, or, with `AWS_ENDPOINT_URL_DYNAMODB`, what stands in for it. */
export function accessFromEnvironment(): Access {
  const region = given("AWS_REGION");
  return {
    region, endpoint: endpointIn(region),
    credentials: () => {
      const sessionToken = process.env["AWS_SESSION_TOKEN"];
      return { accessKeyId: given("AWS_ACCESS_KEY_ID"), secretAccessKey: given("AWS_SECRET_ACCESS_KEY"), ...(sessionToken === undefined ? {} : { sessionToken }) };
    },
  };
}

/** Where DynamoDB is in a region, unless the environment names what stands in for it. */
export function endpointIn(region: string): URL {
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  return new URL(process.env["AWS_ENDPOINT_URL_DYNAMODB"] ?? `https://dynamodb.${region}.${domain}`);
}

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`${name} is not set`);
  return value;
}

/** What an answer says. Throws what DynamoDB refused; an answer that is not whole says nothing, and may come whole the next time. */
function contentOf({ status, headers, body }: Answer): object {
  const checksum = headers["x-amz-crc32"];
  if (checksum !== undefined && Number(checksum) !== crc32(body)) throw damaged("with another checksum");
  const content = parsed(body);
  if (status !== 200) throw refusal(status, content ?? {});
  if (content === undefined) throw damaged("with what is no JSON");
  return content;
}

function refusal(status: number, { __type, message, Message, CancellationReasons }: Refusal): DynamoDbError {
  const name = __type?.split("#").at(-1) ?? "UnknownAnswer";
  return new DynamoDbError(name, message ?? Message ?? `DynamoDB answered with status ${status}`, {
    passing: status >= 500 || PASSING.has(name), reasons: CancellationReasons?.map(({ Code }) => Code ?? "None") ?? [],
  });
}

type Refusal = { readonly __type?: string; readonly message?: string; readonly Message?: string; readonly CancellationReasons?: readonly { readonly Code?: string }[] };

const damaged = (how: string) => new DynamoDbError("DamagedAnswer", `DynamoDB's answer came ${how}`, { passing: true });

/** Undefined for what is no JSON object: the parser's own error would quote it, and errors are logged. */
function parsed(body: Buffer): object | undefined {
  try {
    const content: unknown = JSON.parse(body.toString("utf8"));
    return typeof content === "object" && content !== null ? content : undefined;
  } catch {
    return undefined;
  }
}
