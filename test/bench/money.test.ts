import { describe, expect, it } from "vitest";
import listed from "../../bench/cost/prices.json" with { type: "json" };
import { bill, billedMs, keeping, overridden, total, type Assumed, type Invocation, type Prices, type Usage } from "../../bench/cost/money.ts";
import type { Metered } from "../../bench/cost/meter.ts";
import { usageOf, type Work } from "../../bench/cost/work.ts";

const ASSUMED: Assumed = {
  readMs: 5, writeMs: 6, transactionMs: 15, kmsMs: 10, eventBridgeMs: 20, mbOfWholeVcpu: 1000, invocationsPerColdStart: 100, coldMs: 50,
  platformLogBytes: 300, logLineOverheadBytes: 26,
};
const PRICES: Prices = {
  lambdaMillionRequests: 0.2, lambdaGbSecond: 0.00001, dynamodbMillionReadUnits: 0.1, dynamodbMillionWriteUnits: 0.7, dynamodbGbMonth: 0.3, dynamodbBackupGbMonth: 0.2,
  kmsMillionRequests: 3, eventBridgeMillionEvents: 1, logsGb: 0.5, httpApiMillionRequests: 1,
};
const INVOCATION: Invocation = { name: "f", memoryMb: 512, cpuMs: 1, waitMs: 5, logBytes: 0, sharedBy: 1 };
const NOTHING: Usage = { invocations: [], readUnits: 0, writeUnits: 0, kmsRequests: 0, events: 0, httpRequests: 0, accessLogBytes: 0 };

describe("what a function is billed for", () => {
  it.each([
    ["half a vCPU takes twice as long to compute, and waits no longer", { memoryMb: 500 }, 2 + 5 + 0.5 + 0.5],
    ["more than a whole one computes no faster than it was measured", { memoryMb: 4000 }, 1 + 5 + 0.5 + 0.5],
    ["nothing is still half a millisecond of one begun, and its part of cold starts", { cpuMs: 0, waitMs: 0 }, 0.5 + 0.5],
  ])("%s", (_guarantee, changes, expected) => {
    expect(billedMs({ ...INVOCATION, ...changes }, ASSUMED)).toBeCloseTo(expected, 10);
  });
});

describe("a bill", () => {
  const parts = (usage: Partial<Usage>) => Object.fromEntries(
    bill({ ...NOTHING, ...usage }, PRICES, ASSUMED).filter(({ dollarsPerMillion }) => dollarsPerMillion !== 0).map(({ what, dollarsPerMillion }) => [what, Number(dollarsPerMillion.toPrecision(10))]));

  it.each([
    ["two strong reads and nothing else", { readUnits: 2 }, { "DynamoDB, reads": 0.2 }],
    ["a write in a transaction", { writeUnits: 2 }, { "DynamoDB, writes": 1.4 }],
    ["a call of KMS and an event", { kmsRequests: 1, events: 1 }, { KMS: 3, EventBridge: 1 }],
    ["a request and its line in the access log", { httpRequests: 1, accessLogBytes: 1000 }, { "HTTP API, requests": 1, "HTTP API, access log": 0.5 }],
    // 8 ms of half a gigabyte, a million times: 4,000 GB-seconds.
    ["an invocation, its time by memory, and its log", { invocations: [{ ...INVOCATION, memoryMb: 512, cpuMs: 1.024, logBytes: 300 }] },
      { "Lambda, invocations": 0.2, "Lambda, time": 0.04, "logs of the functions": 0.15 }],
    ["the hundredth part of what a hundred share", { invocations: [{ ...INVOCATION, cpuMs: 1.024, logBytes: 300, sharedBy: 100 }] },
      { "Lambda, invocations": 0.002, "Lambda, time": 0.0004, "logs of the functions": 0.0015 }],
  ] as const)("is of %s", (_what, usage, expected) => {
    expect(parts(usage)).toEqual(expected);
  });

  it("of what is kept has each item in the table, in its indexes and once in the backup, with what is kept beside each", () => {
    expect(keeping(900, 2, PRICES)).toBeCloseTo(3 * 0.3 + 0.2, 10);
  });

  it("counts the gateway's own fee and log apart", () => {
    const lines = bill({ ...NOTHING, readUnits: 2, httpRequests: 1, accessLogBytes: 1000 }, PRICES, ASSUMED);
    expect([total(lines, "latchkey"), total(lines, "gateway")]).toEqual([0.2, 1.5]);
  });
});

describe("the usage of what several functions do", () => {
  const call = (action: string, reads: number, writes: number): Metered => ({ action, loads: [{ in: "table", pk: "p", sk: "s", reads, writes }] });
  const work = (changes: Partial<Work>): Work => ({
    name: "f", memoryMb: 512, writesPlatformLog: true, calls: [], kmsRequests: 0, busRequests: 0, events: 0, cpuMs: [1, 2], ...changes,
  });

  it("is theirs together, each by how many share it, with the processor time of one round", () => {
    const judging = work({ calls: [call("BatchGetItem", 3, 0), call("PutItem", 0, 1)], writesPlatformLog: false });
    const counting = work({ name: "g", calls: [call("BatchGetItem", 2, 0), call("TransactWriteItems", 0, 12)], kmsRequests: 1, busRequests: 1, events: 10 });
    expect(usageOf([{ work: judging, sharedBy: 1 }, { work: counting, sharedBy: 10 }], 1, ASSUMED, { accessLogBytes: 200 })).toEqual({
      invocations: [
        { name: "f", memoryMb: 512, cpuMs: 2, waitMs: 5 + 6, logBytes: 0, sharedBy: 1 },
        { name: "g", memoryMb: 512, cpuMs: 2, waitMs: 5 + 15 + 10 + 20, logBytes: 300, sharedBy: 10 },
      ],
      readUnits: 3.2, writeUnits: 2.2, kmsRequests: 0.1, events: 1, httpRequests: 1, accessLogBytes: 226,
    });
  });

  it("has no request of the gateway's when it is none", () => {
    expect(usageOf([], 0, ASSUMED)).toMatchObject({ httpRequests: 0, accessLogBytes: 0 });
  });
});

describe("prices", () => {
  it("may be one's own, some of them or all", () => {
    const own = overridden(listed, { asOf: "2030-01", regions: { "eu-west-1": { logsGb: 9 } }, assumed: { readMs: 3 } });
    expect(own.regions["eu-west-1"]).toEqual({ ...listed.regions["eu-west-1"], logsGb: 9 });
    expect([own.asOf, own.assumed.readMs, own.regions["us-east-1"]]).toEqual(["2030-01", 3, listed.regions["us-east-1"]]);
  });

  it.each([
    ["a name that is not there", { regions: { "eu-west-1": { logGb: 9 } } }, "regions.eu-west-1.logGb"],
    ["a region that is not there", { regions: { "eu-west-9": { logsGb: 9 } } }, "regions.eu-west-9"],
    ["nothing in the place of figures", { regions: { "eu-west-1": null } }, "regions.eu-west-1"],
    ["text for a number", { assumed: { readMs: "3" } }, "assumed.readMs"],
  ])("are refused with %s", (_what, own, named) => {
    expect(() => overridden(listed, own)).toThrow(named);
  });

  it("are figures, all of them, with a date", () => {
    expect(listed.asOf).toMatch(/^\d{4}-\d{2}$/);
    for (const region of Object.values(listed.regions)) for (const price of Object.values(region)) expect(price).toBeGreaterThan(0);
  });
});
