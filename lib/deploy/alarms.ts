import { idOf, type Resources } from "./subscriptions.ts";

type Function = { readonly name: string; readonly events?: readonly object[] };
type Dimensions = Readonly<Record<string, unknown>>;
type Metric = { readonly Namespace: string; readonly MetricName: string; readonly Dimensions: Dimensions; readonly Stat: "Sum" | "Maximum" | "p99" };
/** Something is wrong when the metric is above `above` in so many minutes of five. */
type Alarm = { readonly says: string; readonly above: number; readonly minutes: number } & (Metric | { readonly share: Metric; readonly of: Metric });

const TOPIC = "AlarmTopic";
const MINUTE_SECONDS = 60;
const OF_MINUTES = 5;

/**
 * What wakes people up, and the topic that it is said to. Few, because each costs money and attention: one for each way in which
 * decisions, events or reports can go wrong. Whoever is to be told subscribes to the topic (README, "Operate it").
 */
export function alarms(functions: Readonly<Record<string, Function>>): Resources {
  return {
    [TOPIC]: { Type: "AWS::SNS::Topic", Properties: { DisplayName: "Latchkey" } },
    ...Object.fromEntries(Object.entries(wanted(functions)).map(([id, alarm]) => [`${id}Alarm`, resourceOf(alarm)])),
  };
}

function wanted(functions: Readonly<Record<string, Function>>): Readonly<Record<string, Alarm>> {
  const lambda = (name: string, MetricName: string, Stat: Metric["Stat"] = "Sum"): Metric => {
    const fn = functions[name];
    if (fn === undefined) throw new Error(`There is no function ${name}`);
    return { Namespace: "AWS/Lambda", MetricName, Dimensions: { FunctionName: { Ref: `${idOf(name)}LambdaFunction` } }, Stat };
  };
  const api = (MetricName: string): Metric => ({ Namespace: "AWS/ApiGateway", MetricName, Dimensions: { ApiId: { Ref: "HttpApi" } }, Stat: "Sum" });
  const readers = Object.entries(functions).filter(([, { events = [] }]) => events.some((event) => "stream" in event)).map(([name]) => name);
  const authorizers = ["authorizer", "sessionAuthorizer"];

  return {
    ...named(authorizers, (name) => [`${idOf(name)}Errors`, { ...lambda(name, "Errors"), says: `${name} fails: nobody is let in who it should judge (5xx)`, above: 0, minutes: 2 }]),
    ...named(authorizers, (name) => [`${idOf(name)}Throttles`, { ...lambda(name, "Throttles"), says: `${name} is throttled: the account's concurrency is used up`, above: 0, minutes: 2 }]),
    AuthorizerSlow: { ...lambda("authorizer", "Duration", "p99"), says: "decisions are slow: one in a hundred takes longer than a second", above: 1000, minutes: 5 },
    ...named(readers, (name) => [`${idOf(name)}Age`, { ...lambda(name, "IteratorAge", "Maximum"), says: `${name} is behind the table's stream by more than five minutes; after six hours it gives up`, above: 5 * 60_000, minutes: 3 }]),
    ServerErrors: { share: api("5xx"), of: api("Count"), says: "more than one request in a hundred is answered with 5xx", above: 0.01, minutes: 3 },
    DeadLettersPresent: {
      Namespace: "AWS/SQS", MetricName: "ApproximateNumberOfMessagesVisible", Dimensions: { QueueName: { "Fn::GetAtt": ["DeadLetters", "QueueName"] } }, Stat: "Maximum",
      says: "something could not be done and lies in the dead-letter queue", above: 0, minutes: 1,
    },
    ...named(["ReadThrottleEvents", "WriteThrottleEvents"], (MetricName) => [`Table${MetricName}`, {
      Namespace: "AWS/DynamoDB", MetricName, Dimensions: { TableName: { Ref: "Table" } }, Stat: "Sum",
      says: "DynamoDB throttles the table: a key is hot, or traffic grew faster than its capacity", above: 0, minutes: 3,
    }]),
  };
}

function named(names: readonly string[], alarm: (name: string) => readonly [string, Alarm]): Readonly<Record<string, Alarm>> {
  return Object.fromEntries(names.map(alarm));
}

function resourceOf(alarm: Alarm) {
  return {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      AlarmDescription: `Latchkey: ${alarm.says}`,
      ComparisonOperator: "GreaterThanThreshold", Threshold: alarm.above, EvaluationPeriods: OF_MINUTES, DatapointsToAlarm: alarm.minutes,
      // Nothing was asked, or nothing was written: no harm.
      TreatMissingData: "notBreaching",
      AlarmActions: [{ Ref: TOPIC }], OKActions: [{ Ref: TOPIC }],
      Metrics: "share" in alarm
        ? [query("part", alarm.share), query("whole", alarm.of), { Id: "share", Expression: "part / whole", Label: "share", ReturnData: true }]
        : [query("value", alarm, true)],
    },
  };
}

function query(Id: string, { Namespace, MetricName, Dimensions, Stat }: Metric, ReturnData = false) {
  const dimensions = Object.entries(Dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Id, MetricStat: { Metric: { Namespace, MetricName, Dimensions: dimensions }, Period: MINUTE_SECONDS, Stat }, ReturnData };
}
