import { describe, expect, inject, it } from "vitest";
import { mappingTo } from "../support/deployment.ts";
import { loadTemplate, logGroupName } from "../support/template.ts";

/** What happens to events that cannot be handled: they are tried again, not for ever, and never lost without a trace. */
const template = loadTemplate(inject("packageDirectory"));
const every = (type: string) => Object.entries(template.resources).filter(([, { Type }]) => Type === type).map(([id, { Properties }]) => [id, Properties] as const);
const DEAD_LETTERS = { "Fn::GetAtt": ["DeadLetters", "Arn"] };
const DAY_SECONDS = 24 * 60 * 60;

/** Who reads the table's stream, and which rows are theirs. */
const READERS = [["publishEvents", "event"], ["countTraffic", "report"]] as const;

describe("the table's stream", () => {
  it("has two readers and no more: DynamoDB slows down those who come after", () => {
    const names = template.eventSourceMappings.map((mapping) => template.functions.find(({ logicalId }) => logicalId === mapping.function)?.name);
    expect(new Set(names)).toEqual(new Set(READERS.map(([name]) => name)));
    expect(names).toHaveLength(READERS.length);
  });
});

describe.each(READERS)("the table's stream, read by %s", (name, type) => {
  const { properties } = mappingTo(template, name);

  it("in order: one batch of a shard at a time", () => {
    expect(properties).toMatchObject({ EventSourceArn: { "Fn::GetAtt": ["Table", "StreamArn"] }, Enabled: true });
    expect(properties["ParallelizationFactor"] ?? 1).toBe(1);
  });

  it("misses nothing that was written before the reader came", () => {
    expect(properties["StartingPosition"]).toBe("TRIM_HORIZON");
  });

  it("does not stand still for a bad record: bisect, partial answers, finite retries and age", () => {
    expect(properties).toMatchObject({ BisectBatchOnFunctionError: true, FunctionResponseTypes: ["ReportBatchItemFailures"] });
    // AWS's -1, and its absence, mean "until the record leaves the stream, a day later".
    expect(properties["MaximumRetryAttempts"]).toSatisfy((times: unknown) => Number.isInteger(times) && Number(times) > 0 && Number(times) <= 10_000);
    expect(properties["MaximumRecordAgeInSeconds"]).toSatisfy((age: unknown) => Number.isInteger(age) && Number(age) >= 60 && Number(age) < DAY_SECONDS);
  });

  it("says where records went that were given up", () => {
    expect(properties["DestinationConfig"]).toEqual({ OnFailure: { Destination: DEAD_LETTERS } });
  });

  it(`hands on each new ${type} and no other row`, () => {
    const { Filters } = properties["FilterCriteria"] as { Filters: { Pattern: string }[] };
    expect(Filters.map(({ Pattern }) => JSON.parse(Pattern) as unknown)).toEqual([
      { eventName: ["INSERT"], dynamodb: { NewImage: { type: { S: [type] } } } },
    ]);
  });
});

describe("the rules of the event bus", () => {
  const rules = every("AWS::Events::Rule");

  it.each(rules)("%s: every target has finite retries and a dead-letter queue", (_id, { Targets }) => {
    const targets = Targets as { DeadLetterConfig?: unknown; RetryPolicy?: { MaximumRetryAttempts: number; MaximumEventAgeInSeconds: number } }[];
    expect(targets).toHaveLength(1);
    for (const { DeadLetterConfig, RetryPolicy } of targets) {
      expect(DeadLetterConfig).toEqual({ Arn: DEAD_LETTERS });
      expect(RetryPolicy?.MaximumRetryAttempts).toBeLessThanOrEqual(185);
      expect(RetryPolicy?.MaximumEventAgeInSeconds).toBeLessThanOrEqual(DAY_SECONDS);
    }
  });

  it.each(rules)("%s: listens on Latchkey's own bus, and is on", (_id, properties) => {
    expect(properties).toMatchObject({ EventBusName: { Ref: "EventBus" }, State: "ENABLED" });
  });

  it("tell our own events from those of others: nothing that we announce makes us import it", () => {
    const patterns = Object.fromEntries(template.rules.map((rule) => [template.functions.find(({ logicalId }) => logicalId === rule.function)?.name, rule.pattern]));
    expect(patterns).toEqual({
      importService: { source: [{ "anything-but": "latchkey" }], "detail-type": ["service.created"] },
      cleanUp: { source: ["latchkey"], "detail-type": ["member.deleted", "service.deleted", "metric.deleted", "application_plan.deleted", "developer_account.deleted"] },
    });
  });
});

describe("the logs that tell of a token's use", () => {
  const reader = template.functions.find(({ name }) => name === "recordUse")!;
  const [tokens] = every("AWS::ApiGatewayV2::Authorizer").filter(([id]) => id === "HttpApiAuthorizerTokens").map(([id]) => id);
  const behindTokens = new Set(template.routes.filter(({ authorizer }) => authorizer === tokens).map((route) => route.function));
  const writers = template.functions.filter(({ logicalId }) => behindTokens.has(logicalId));
  const permissions = every("AWS::Lambda::Permission").filter(([, { Principal }]) => Principal === "logs.amazonaws.com");
  const sourceOf = (id: unknown) => permissions.find(([each]) => each === id)?.[1]["SourceArn"];

  it("are the API's access log and those of the functions that find tokens in bodies, each read by recordUse alone", () => {
    const wanted = [["/aws/http-api/latchkey-dev", '{ $.tokenId != "-" }'], ...writers.map(({ functionName }) => [`/aws/lambda/${functionName}`, "{ $.tokenId = * }"])];
    const found = template.logSubscriptions.map(({ group, pattern, function: by }) => [logGroupName(template, group), pattern, by]);
    expect(writers.length).toBeGreaterThan(10);
    expect(new Set(found.map(String))).toEqual(new Set(wanted.map((each) => String([...each, reader.logicalId]))));
    expect(found).toHaveLength(wanted.length);
  });

  it.each(template.logSubscriptions.map((subscription) => [subscription.logicalId, subscription] as const))("%s: waits for its log, and for the right to hand on its lines", (id, { group }) => {
    // A reference is waited for; the name alone would not be.
    expect(template.resources[id]?.Properties["LogGroupName"]).toEqual({ Ref: group });
    const [permission, ...others] = [template.resources[id]?.DependsOn].flat() as unknown[];
    expect(others).toEqual([]);
    const source = sourceOf(permission);
    const ofFunctions = { "Fn::Sub": "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/latchkey-dev-*" };
    expect(source).toEqual(group === "HttpApiLogGroup" ? { "Fn::GetAtt": ["HttpApiLogGroup", "Arn"] } : ofFunctions);
    expect(permissions.map(([, { FunctionName }]) => FunctionName)).toEqual(permissions.map(() => ({ "Fn::GetAtt": [reader.logicalId, "Arn"] })));
  });

  it("do not tell of the reader's own: it would never come to an end", () => {
    expect(template.logSubscriptions.map(({ group }) => logGroupName(template, group))).not.toContain(`/aws/lambda/${reader.functionName}`);
  });

  it("are a hint: what fails is tried again for an hour at most, and then lost", () => {
    const [[, properties], ...others] = every("AWS::Lambda::EventInvokeConfig").filter(([, { FunctionName }]) => JSON.stringify(FunctionName).includes(`"${reader.logicalId}"`)) as [[string, object]];
    expect(others).toEqual([]);
    expect(properties).toMatchObject({ MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 3600 });
    expect(properties).toHaveProperty("DestinationConfig", {});
  });
});

describe("functions that nobody waits for", () => {
  const invoked = template.rules.map((rule) => template.functions.find(({ logicalId }) => logicalId === rule.function)!);

  it.each(invoked.map((fn) => [fn.name, fn] as const))("%s: finite retries, then the dead-letter queue", (_name, fn) => {
    const found = every("AWS::Lambda::EventInvokeConfig").filter(([, { FunctionName }]) => JSON.stringify(FunctionName).includes(`"${fn.logicalId}"`));
    expect(found.map(([, properties]) => properties)).toEqual([expect.objectContaining({
      MaximumRetryAttempts: expect.toSatisfy((times: unknown) => times === 0 || times === 1 || times === 2),
      DestinationConfig: { OnFailure: { Destination: DEAD_LETTERS } },
    })]);
  });

  it.each([...invoked, ...template.functions.filter(({ name }) => name === "publishEvents")].map((fn) => [fn.name, fn] as const))("%s: may send there, or its failures would be dropped", (_name, fn) => {
    expect(template.statements(fn.role)).toContainEqual({ Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [DEAD_LETTERS] });
  });
});

describe("the dead-letter queue", () => {
  const [, queue = {}] = every("AWS::SQS::Queue").find(([id]) => id === "DeadLetters") ?? [];

  it("is a standard queue, encrypted, and keeps letters for the two weeks that SQS can", () => {
    expect(queue).toMatchObject({ MessageRetentionPeriod: 14 * DAY_SECONDS, SqsManagedSseEnabled: true });
    expect(queue["FifoQueue"]).toBeUndefined();
  });

  it("takes letters from EventBridge of this account, and otherwise from roles that may send", () => {
    const [[, policy]] = every("AWS::SQS::QueuePolicy") as [[string, { PolicyDocument: { Statement: unknown[] } }]];
    expect(policy.PolicyDocument.Statement).toEqual([{
      Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: ["sqs:SendMessage"], Resource: DEAD_LETTERS,
      Condition: { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } },
    }]);
  });
});
