import { randomBytes, randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { systemClock } from "../../lib/domain/brands.ts";
import { startAwsDouble, type AwsDouble } from "../../lib/local/aws-double.ts";
import { createTable } from "../../lib/local/create-table.ts";
import type { Hashing, Sealing, Storage } from "../../lib/operations/context.ts";
import { kmsKeyring } from "../../lib/secrets/keyring.ts";
import { parsePeppers } from "../../lib/secrets/pepper.ts";
import { answerChecker, type OpenApi } from "./answers.ts";
import { PSEUDO_PARAMETERS, REGION, tableArn } from "./aws.ts";
import { createBus, type Bus } from "./bus.ts";
import { newDatabase, type Database } from "./database.ts";
import { environmentOf } from "./environment.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { rolesOf } from "./iam-policy.ts";
import { startIamProxy, type IamProxy } from "./iam-proxy.ts";
import { startLambda } from "./lambda.ts";
import { createLogSubscriptions, type LogSubscriptions } from "./log-subscriptions.ts";
import { createPump, type Pump } from "./pump.ts";
import { documentsIn, tableIn } from "./table.ts";
import { loadTemplate, type LambdaFunction, type Template } from "./template.ts";

/** Latchkey as it would be deployed: a table and functions of its own, behind the strict gateway. */
export type Deployment = {
  readonly url: string;
  readonly template: Template;
  readonly gateway: Gateway;
  /** Every call of the functions to the database, judged by their roles. */
  readonly proxy: IamProxy;
  readonly aws: AwsDouble;
  /** How a test connects to this deployment's own database, past the proxy. */
  readonly database: Database;
  /** The table's stream to those who read it: the publisher of events, and the counter of traffic. */
  readonly pump: Pump;
  readonly counter: Pump;
  readonly bus: Bus;
  /** What the logs tell to whoever is subscribed to them. */
  readonly subscriptions: LogSubscriptions;
  /** What operations need, with the rights of an operator: for what a test prepares and inspects. */
  readonly operator: Storage & Hashing & Sealing;
  /** The same rights without the product's code between: AWS's own client at this deployment's database. */
  readonly documents: DynamoDBDocumentClient;
  /** The key behind the cookies of the portal. */
  readonly sessionKey: string;
  /** The environment of a function, by its name in serverless.yml. */
  environment(functionName: string): Readonly<Record<string, string>>;
  /** Invokes a function by its name in serverless.yml, past the gateway. */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Everything the functions have written to their logs. */
  logs(): string;
  /** Throws when an answer was not as the OpenAPI document says. */
  stop(): Promise<void>;
};

const SEALING_KEY = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000";
const SESSION_KEY = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:session-key-AbCdEf";
/** What functions take themselves to be reached at. */
export const PUBLIC_URL = `https://latchkey01.execute-api.${REGION}.amazonaws.com`;
const PEPPER = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pepper-AbCdEf";

/**
 * @param packaged the directory with the template and the zips, and the document that every answer is held against.
 * @param emulator where a DynamoDB Local with separate databases listens.
 * @param settings takes the place of variables that the template gives to functions; nobody gets one that they did not have.
 */
export async function deploy(
  packaged: { readonly packageDirectory: string; readonly openapi: OpenApi }, emulator: string, settings: Readonly<Record<string, string>> = {},
): Promise<Deployment> {
  const template = loadTemplate(packaged.packageDirectory);
  const tableName = `t-${randomUUID()}`;
  const [pepper, sessionKey] = [randomBytes(32).toString("hex"), randomBytes(32).toString("hex")];
  const database = newDatabase(emulator);
  const aws = await startAwsDouble({ masterKey: randomBytes(32) });
  const values = {
    ...PSEUDO_PARAMETERS,
    Table: tableName, "Table.Arn": tableArn(tableName), "Table.StreamArn": `${tableArn(tableName)}/stream/now`,
    Pepper: PEPPER, [`secretsmanager:${PEPPER}`]: pepper,
    SessionKey: SESSION_KEY, [`secretsmanager:${SESSION_KEY}`]: sessionKey,
    "SealingKey.Arn": SEALING_KEY,
    EventBus: "latchkey-test", "EventBus.Arn": "arn:aws:events:eu-west-1:123456789012:event-bus/latchkey-test",
    DeadLetters: `${aws.endpoint}/123456789012/DeadLetters`, "DeadLetters.Arn": "arn:aws:sqs:eu-west-1:123456789012:DeadLetters",
    HttpApi: "latchkey01",
    "UserPool.ProviderURL": `https://cognito-idp.${REGION}.amazonaws.com/${REGION}_pool`, UserPoolClient: "client",
  };

  const proxy = await startIamProxy({ upstream: database, allowed: rolesOf(template, values) });
  await createTable(tableName, new DynamoDBClient(database));

  const environment = (fn: LambdaFunction) => {
    const given = environmentOf(fn, values, {
      AWS_ENDPOINT_URL_DYNAMODB: proxy.url, AWS_ENDPOINT_URL_KMS: aws.endpoint, AWS_ENDPOINT_URL_SQS: aws.endpoint, AWS_ENDPOINT_URL_EVENTBRIDGE: aws.endpoint,
    });
    return { ...given, ...Object.fromEntries(Object.entries(settings).filter(([name]) => name in given)) };
  };
  const lambdas = new Map(template.functions.map((fn) =>
    [fn.logicalId, startLambda({ zip: fn.zip, handler: fn.handler, env: environment(fn), timeoutMs: fn.timeoutMs })]));
  const invoke = async (logicalId: string, event: unknown) => known(lambdas.get(logicalId), logicalId).invoke(event);
  const answers = answerChecker(packaged.openapi);
  const subscriptions = createLogSubscriptions({ template, invoke, logOf: (id) => known(lambdas.get(id), id).logs() });
  const gateway = await startGateway({ template, invoke, seen: answers.seen, log: subscriptions.write });

  const pumpTo = (name: string) => createPump({ database, tableName, mapping: mappingTo(template, name), invoke });
  return {
    url: gateway.url, sessionKey, template, gateway, proxy, aws, database,
    pump: pumpTo("publishEvents"),
    counter: pumpTo("countTraffic"),
    bus: createBus({ template, aws, invoke }),
    subscriptions,
    documents: documentsIn(database),
    operator: {
      table: tableIn(database, tableName),
      clock: systemClock,
      peppers: parsePeppers(`1:${pepper}`),
      keyring: kmsKeyring(SEALING_KEY, new KMSClient({ ...database, endpoint: aws.endpoint })),
    },
    environment: (name) => environment(known(template.functions.find((fn) => fn.name === name), name)),
    invoke: (name, event) => invoke(known(template.functions.find((fn) => fn.name === name), name).logicalId, event),
    logs: () => [...lambdas.values()].map((lambda) => lambda.logs()).join(""),
    async stop() {
      await gateway.stop();
      await Promise.all([...lambdas.values()].map((lambda) => lambda.stop()));
      await Promise.all([proxy.stop(), aws.stop()]);
      answers.throwIfWrong();
    },
  };
}

/** How the table's stream reaches a function, by the function's name in serverless.yml. */
export function mappingTo(template: Template, name: string) {
  const { logicalId } = known(template.functions.find((fn) => fn.name === name), name);
  return known(template.eventSourceMappings.find((mapping) => mapping.function === logicalId), `event source mapping of ${name}`);
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`There is no ${what}`);
  return value;
}
