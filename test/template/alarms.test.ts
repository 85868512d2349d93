import { describe, expect, inject, it } from "vitest";
import { loadTemplate } from "../support/template.ts";

/** What operators are told of, by the template that would be deployed. */
const template = loadTemplate(inject("packageDirectory"));
type Query = { readonly Id: string; readonly Expression?: string; readonly ReturnData: boolean; readonly MetricStat?: { readonly Metric: Metric; readonly Period: number; readonly Stat: string } };
type Metric = { readonly Namespace: string; readonly MetricName: string; readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[] };
type Alarm = { readonly Threshold: number; readonly EvaluationPeriods: number; readonly DatapointsToAlarm: number; readonly Metrics: readonly Query[] } & Record<string, unknown>;
const all = Object.entries(template.resources).filter(([, { Type }]) => Type === "AWS::CloudWatch::Alarm").map(([id, { Properties }]) => [id, Properties as Alarm] as const);

const metricsOf = ({ Metrics }: Alarm) => Metrics.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat]));
/** The alarms over a metric, by what its one dimension says. */
const over = (Namespace: string, MetricName: string) => all.filter(([, alarm]) => metricsOf(alarm).some(({ Metric }) => Metric.Namespace === Namespace && Metric.MetricName === MetricName));
const subjects = (alarms: typeof all) => new Set(alarms.flatMap(([, alarm]) => metricsOf(alarm).flatMap(({ Metric }) => Metric.Dimensions.map(({ Value }) => JSON.stringify(Value)))));
const fn = (name: string) => JSON.stringify({ Ref: template.functions.find((each) => each.name === name)?.logicalId });

describe("people are told when", () => {
  it.each(["Errors", "Throttles"])("an authorizer has %s: one is enough, twice in five minutes", (metric) => {
    const alarms = over("AWS/Lambda", metric);
    expect(subjects(alarms)).toEqual(new Set([fn("authorizer"), fn("sessionAuthorizer")]));
    for (const [, alarm] of alarms) expect(alarm).toMatchObject({ Threshold: 0, DatapointsToAlarm: 2, EvaluationPeriods: 5 });
  });

  it("decisions are slow", () => {
    const [[, alarm] = [], ...others] = over("AWS/Lambda", "Duration");
    expect([others, metricsOf(alarm!).map(({ Stat }) => Stat), alarm?.Threshold]).toEqual([[], ["p99"], 1000]);
  });

  it("a reader of the table's stream is behind, long before it gives up", () => {
    const alarms = over("AWS/Lambda", "IteratorAge");
    expect(subjects(alarms)).toEqual(new Set(template.eventSourceMappings.map((mapping) => JSON.stringify({ Ref: mapping.function }))));
    const givesUp = Math.min(...template.eventSourceMappings.map(({ properties }) => Number(properties["MaximumRecordAgeInSeconds"]) * 1000));
    for (const [, alarm] of alarms) expect(alarm.Threshold).toBeLessThan(givesUp / 10);
  });

  it("there is a dead letter", () => {
    const [[, alarm] = []] = over("AWS/SQS", "ApproximateNumberOfMessagesVisible");
    expect(alarm).toMatchObject({ Threshold: 0, DatapointsToAlarm: 1 });
    expect(subjects([["", alarm!]])).toEqual(new Set([JSON.stringify({ "Fn::GetAtt": ["DeadLetters", "QueueName"] })]));
  });

  it("the table is throttled", () => {
    expect(subjects([...over("AWS/DynamoDB", "ReadThrottleEvents"), ...over("AWS/DynamoDB", "WriteThrottleEvents")])).toEqual(new Set([JSON.stringify({ Ref: "Table" })]));
  });

  it("more than one request in a hundred is answered with 5xx", () => {
    const [[, alarm] = []] = over("AWS/ApiGateway", "5xx");
    expect(alarm?.Threshold).toBe(0.01);
    expect(alarm?.Metrics.map(({ Id, Expression, ReturnData, MetricStat }) => [Id, Expression ?? MetricStat?.Metric.MetricName, ReturnData]))
      .toEqual([["part", "5xx", false], ["whole", "Count", false], ["share", "part / whole", true]]);
  });
});

describe("every alarm", () => {
  it("is told to the topic, when it begins and when it is over, and says what is wrong", () => {
    expect(all.length).toBeGreaterThan(0);
    expect(template.resources["AlarmTopic"]?.Type).toBe("AWS::SNS::Topic");
    for (const [, alarm] of all) {
      expect(alarm).toMatchObject({ AlarmActions: [{ Ref: "AlarmTopic" }], OKActions: [{ Ref: "AlarmTopic" }], AlarmDescription: expect.stringMatching(/^Latchkey: .{20}/) });
    }
  });

  it("is quiet while nothing happens, and looks at what exists, minute by minute", () => {
    for (const [, alarm] of all) {
      expect(alarm["TreatMissingData"]).toBe("notBreaching");
      expect(alarm.Metrics.filter(({ ReturnData }) => ReturnData)).toHaveLength(1);
      for (const { Metric, Period } of metricsOf(alarm)) {
        expect(Period).toBe(60);
        for (const { Value } of Metric.Dimensions) {
          const { Ref, "Fn::GetAtt": attribute } = Value as { Ref?: string; "Fn::GetAtt"?: [string, string] };
          expect(template.resources[Ref ?? attribute?.[0] ?? ""]).toBeDefined();
        }
      }
    }
  });

  it("is worth its price: there are few", () => {
    expect(all.length).toBeLessThanOrEqual(15);
  });
});
