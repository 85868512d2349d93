import { CreateTableCommand, DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { PSEUDO_PARAMETERS, tableArn } from "../support/aws.ts";
import { newDatabase } from "../support/database.ts";
import { environmentOf } from "../support/environment.ts";
import { startGateway, type Gateway } from "../support/gateway.ts";
import { rolesOf } from "../support/iam-policy.ts";
import { startIamProxy, type IamProxy } from "../support/iam-proxy.ts";
import { startLambda, type Lambda } from "../support/lambda.ts";
import { createPump } from "../support/pump.ts";
import type { Template } from "../support/template.ts";
import { packageService, scratch } from "./packages.ts";

/** The whole rig at once: what osls packaged, run by our gateway, containers, IAM proxy and pump. */
const values = {
  ...PSEUDO_PARAMETERS,
  Table: "notes",
  "Table.Arn": tableArn("notes"),
  "Table.StreamArn": `${tableArn("notes")}/stream/now`,
  "DeadLetters.Arn": "arn:aws:sqs:eu-west-1:123456789012:dead",
  Pepper: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pepper-AbCdEf",
  "secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:pepper-AbCdEf": '{"v1":"hot"}',
};

const place = scratch();
let template: Template;
const database = newDatabase(inject("dynamoEndpoint"));
let proxy: IamProxy;
let gateway: Gateway;
const lambdas = new Map<string, Lambda>();
const invoke = (id: string, event: unknown) => lambdas.get(id)!.invoke(event);

beforeAll(async () => {
  template = await packageService(place.directory);
  await admin().send(new CreateTableCommand({
    TableName: "notes", BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }, { AttributeName: "sk", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }, { AttributeName: "sk", KeyType: "RANGE" }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  }));
  proxy = await startIamProxy({ upstream: database, allowed: rolesOf(template, values) });
  for (const fn of template.functions) {
    const env = environmentOf(fn, values, { AWS_ENDPOINT_URL_DYNAMODB: proxy.url });
    lambdas.set(fn.logicalId, startLambda({ zip: fn.zip, handler: fn.handler, env, timeoutMs: fn.timeoutMs }));
  }
  gateway = await startGateway({ template, invoke });
}, 60_000);

afterAll(async () => {
  await gateway?.stop();
  await Promise.all([...lambdas.values()].map((lambda) => lambda.stop()));
  await proxy?.stop();
  place.remove();
});

const admin = () => new DynamoDBClient(database);
const request = (method: string, path: string, body?: unknown, token = "good") => fetch(gateway.url + path, {
  method, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, ...(body ? { body: JSON.stringify(body) } : {}),
});

describe("a template that osls packaged", () => {
  it("names functions as in serverless.yml, with their code, role and limits", () => {
    const shape = template.functions.map(({ logicalId, name, handler, role, timeoutMs, memoryMb }) =>
      [logicalId, name, handler, role, timeoutMs, memoryMb]);
    expect(shape).toEqual([
      ["AuthorizerLambdaFunction", "authorizer", "dist/authorizer.handler", "ReaderRole", 6000, 1024],
      ["NoteDashreadLambdaFunction", "note-read", "dist/note-read.handler", "ReaderRole", 6000, 1024],
      ["NoteDashwriteLambdaFunction", "note-write", "dist/note-write.handler", "WriterRole", 5000, 512],
      ["ProjectorLambdaFunction", "projector", "dist/projector.handler", "IamRoleLambdaExecution", 6000, 1024],
    ]);
  });

  it("has routes with their function and authorizer", () => {
    expect(template.routes).toEqual([
      ["GET /notes/{id}", "HttpApiAuthorizerBearer", "NoteDashreadLambdaFunction"],
      ["DELETE /notes/{id}", "HttpApiAuthorizerBearer", "NoteDashreadLambdaFunction"],
      ["POST /notes", "HttpApiAuthorizerBearer", "NoteDashwriteLambdaFunction"],
      ["GET /health", undefined, "NoteDashwriteLambdaFunction"],
    ].map(([routeKey, authorizer, fn]) => ({ routeKey, authorizer, function: fn, timeoutMs: 30_000 })));
  });

  it("has an authorizer that caches nothing", () => {
    expect(template.authorizers).toEqual([{
      logicalId: "HttpApiAuthorizerBearer", function: "AuthorizerLambdaFunction", type: "REQUEST",
      ttlSeconds: 0, identitySources: [], payloadVersion: "2.0", simpleResponses: true,
    }]);
  });

  it("has the event sources and rules of the projector", () => {
    expect(template.eventSourceMappings.map((mapping) => mapping.function)).toEqual(["ProjectorLambdaFunction"]);
    expect(template.rules).toMatchObject([{ pattern: { source: ["elsewhere"] }, schedule: undefined, function: "ProjectorLambdaFunction" }]);
  });

  it("gives osls' own role the rights to the stream, and a role of ours only what it says", () => {
    const actions = (role: string) => template.statements(role).flatMap((statement) => (statement as { Action: string | string[] }).Action);
    expect(actions("IamRoleLambdaExecution")).toContain("dynamodb:GetRecords");
    expect(actions("ReaderRole")).toEqual(["dynamodb:GetItem"]);
  });
});

describe("the packaged service behind the gateway", () => {
  it("writes with the writer's role and reads with the reader's, in one round trip each", async () => {
    proxy.reset();
    expect((await request("POST", "/notes", { id: "1", text: "first" })).status).toBe(201);
    const read = await request("GET", "/notes/1");
    expect([read.status, await read.text()]).toEqual([200, "first"]);
    expect(proxy.calls.map(({ principal, action, keys, consistent }) => ({ principal, action, keys, consistent }))).toEqual([
      {
        principal: "NoteDashwriteLambdaFunction", action: "TransactWriteItems", consistent: true,
        keys: [{ pk: "NOTE#1", sk: "NOTE" }, { pk: "OWNER#ada", sk: "1" }],
      },
      { principal: "NoteDashreadLambdaFunction", action: "GetItem", consistent: true, keys: [{ pk: "NOTE#1", sk: "NOTE" }] },
    ]);
  });

  it("does not let the reading function write, whatever its code tries", async () => {
    await request("POST", "/notes", { id: "2", text: "stays" });
    expect((await request("DELETE", "/notes/2")).status).toBe(500);
    expect(gateway.failures.at(-1)?.message).toContain("not authorized to perform: dynamodb:DeleteItem");
    expect(await (await request("GET", "/notes/2")).text()).toBe("stays");
  });

  it("turns away whom the authorizer does not know", async () => {
    const response = await request("GET", "/notes/1", undefined, "bad");
    expect([response.status, await response.json()]).toEqual([403, { message: "Forbidden" }]);
  });

  it("resolves a secret of the template into the environment of the functions", async () => {
    const authorizer = lambdas.get("AuthorizerLambdaFunction")!;
    expect(await authorizer.invoke({ headers: {} })).toMatchObject({ context: { pepper: "hot" } });
  });

  it("serves a route without an authorizer", async () => {
    expect(await (await fetch(`${gateway.url}/health`)).text()).toBe("well");
  });

  it("delivers the stream to the projector, past a poisoned record", async () => {
    const put = (id: string, text: string) => admin().send(new PutItemCommand({
      TableName: "notes", Item: { pk: { S: `NOTE#${id}` }, sk: { S: "NOTE" }, text: { S: text } },
    }));
    for (const [id, text] of [["a", "before"], ["b", "poison"], ["c", "after"]] as const) await put(id, text);
    const pump = createPump({ database, tableName: "notes", mapping: template.eventSourceMappings[0]!, invoke });
    await pump.drain();
    const logs = lambdas.get("ProjectorLambdaFunction")!.logs();
    expect(logs).toMatch(/projected before\n(.*\n)*projected after/);
    expect(pump.deadLetters).toMatchObject([{ DDBStreamBatchInfo: { batchSize: 1 } }]);
    const { Items } = await admin().send(new ScanCommand({ TableName: "notes" }));
    expect(Items?.filter(({ pk }) => pk?.S?.startsWith("STREAM-READER#"))).toEqual([]);
  });
});
