import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochSeconds, id, type MetricId } from "../../lib/domain/brands.ts";
import { PERIODS, type Period } from "../../lib/domain/periods.ts";
import { readUsage } from "../../lib/domain/traffic.ts";
import { isReporting, judgeTraffic, limitHeaders, usageReports, type TrafficApplication, type TrafficRequest, type TrafficService } from "../../lib/domain/verdict.ts";

const NOW = epochSeconds(Date.parse("2026-11-24T10:00:30Z") / 1000);
const [HITS, SEARCH] = [id<MetricId>(1), id<MetricId>(2)];
const METRICS = [{ id: HITS, systemName: "hits" }, { id: SEARCH, systemName: "search", parentId: HITS }];
const service = (backendVersion: TrafficService["backendVersion"] = "1"): TrafficService => ({ backendVersion, metrics: METRICS });
const app = (over: Partial<TrafficApplication> = {}): TrafficApplication => ({ state: "live", limits: [], keys: [], ...over });
const asked = (over: Partial<TrafficRequest> = {}): TrafficRequest => ({ kind: "authorize", appKey: undefined, redirect: undefined, usage: undefined, ...over });
const none = () => 0;
const codeOf = (...args: Parameters<typeof judgeTraffic>) => judgeTraffic(...args).refusal?.code;

describe("keys", () => {
  /** Who is let in, for every backend version, with and without keys of the application, and every way to send one. */
  const rows = (["1", "2", "oauth", "oidc"] as const).flatMap((version) => [[], ["secret"]].flatMap((keys) =>
    [undefined, "", "wrong", "secret"].flatMap((appKey) => (["authorize", "authrep", "oauth_authorize", "oauth_authrep"] as const).map((kind) => ({ version, keys, appKey, kind })))));

  it.each(rows)("$version with keys $keys, $kind by $appKey", ({ version, keys, appKey, kind }) => {
    const oauth = version === "oauth" || version === "oidc";
    const right = keys.length > 0 && appKey === "secret";
    const wanted = kind.startsWith("oauth") && !oauth ? "oauth_not_enabled"
      : (oauth ? appKey === undefined || right : version === "1" || keys.length === 0 || right) ? undefined : "application_key_invalid";
    expect(codeOf(service(version), app({ keys }), asked({ kind, appKey }), none)).toBe(wanted);
  });
});

describe("the first reason that counts", () => {
  const all = { keys: ["secret"], redirectUrl: "https://a", state: "suspended" as const, limits: [{ metricId: HITS, period: "day" as const, value: -1 }] };
  it.each<[string | undefined, Partial<TrafficApplication>, Partial<TrafficRequest>]>([
    ["application_key_invalid", all, { appKey: "wrong", redirect: { name: "redirect_uri", value: "https://b" } }],
    ["redirect_uri_invalid", all, { appKey: "secret", redirect: { name: "redirect_uri", value: "https://b" } }],
    ["application_not_active", all, { appKey: "secret", redirect: { name: "redirect_uri", value: "https://a" }, usage: { nothing: "1" } }],
    ["limits_exceeded", { ...all, state: "live" }, { appKey: "secret" }],
    [undefined, { ...all, state: "live", limits: [] }, { appKey: "secret" }],
  ])("%s", (code, application, request) => {
    expect(codeOf(service("oidc"), app(application), asked({ kind: "oauth_authorize", ...request }), none)).toBe(code);
  });
});

describe("the sentence of a refusal", () => {
  const refusalOf = (version: TrafficService["backendVersion"], application: Partial<TrafficApplication>, request: Partial<TrafficRequest>) =>
    judgeTraffic(service(version), app(application), asked(request), none).refusal;

  it.each<[string, ReturnType<typeof refusalOf>]>([
    ["application is not active", refusalOf("1", { state: "pending" }, {})],
    ["oauth is not enabled", refusalOf("1", {}, { kind: "oauth_authorize" })],
    ["application key is missing", refusalOf("2", { keys: ["secret"] }, {})],
    ["application key is missing", refusalOf("2", { keys: ["secret"] }, { appKey: "" })],
    ["application key is missing", refusalOf("2", { keys: ["secret"] }, { appKey: " \t" })],
    ['application key "wrong" is invalid', refusalOf("2", { keys: ["secret"] }, { appKey: "wrong" })],
    ['redirect_url "https://b" is invalid', refusalOf("oauth", { redirectUrl: "https://a" }, { kind: "oauth_authrep", redirect: { name: "redirect_url", value: "https://b" } })],
    ["usage limits are exceeded", refusalOf("1", { limits: [{ metricId: HITS, period: "day", value: -1 }] }, {})],
  ])("%s", (message, refusal) => {
    expect(refusal?.message).toBe(message);
  });

  it("is none where a redirect is blank, or is no business of the call", () => {
    expect(refusalOf("oauth", { redirectUrl: "https://a" }, { kind: "oauth_authrep", redirect: { name: "redirect_url", value: "" } })).toBeUndefined();
    expect(refusalOf("oauth", { redirectUrl: "https://a" }, { kind: "authrep", redirect: { name: "redirect_url", value: "https://b" } })).toBeUndefined();
  });
});

describe("a call counts what it uses", () => {
  it.each([["authorize", false], ["authrep", true], ["oauth_authorize", false], ["oauth_authrep", true]] as const)("by %s: %s", (kind, counts) => {
    expect(isReporting({ kind })).toBe(counts);
  });
});

const limit = fc.record({ metricId: fc.constantFrom(HITS, SEARCH), period: fc.constantFrom(...PERIODS), value: fc.nat(20) });
const limits = fc.uniqueArray(limit, { selector: ({ metricId, period }) => `${metricId} ${period}`, maxLength: 8 });
const counts = fc.dictionary(fc.constantFrom(...PERIODS.flatMap((period) => [HITS, SEARCH].map((metric) => `${metric} ${period}`))), fc.nat(25));
const usage = fc.option(fc.dictionary(fc.constantFrom("hits", "search"), fc.tuple(fc.constantFrom("", "#"), fc.nat(10)).map(([sign, number]) => `${sign}${number}`)), { nil: undefined });
const countOf = (of: Record<string, number>) => (metric: MetricId, period: Period) => of[`${metric} ${period}`] ?? 0;

describe("limits", () => {
  it("refuse exactly when a limit on what is used would be passed, or, when nothing is said of use, is passed already", () => {
    fc.assert(fc.property(limits, counts, usage, (given, stored, raw) => {
      const used = raw === undefined ? undefined : readUsage(raw, METRICS);
      const passed = given.some(({ metricId, period, value }) => {
        const amount = used?.get(metricId);
        const current = countOf(stored)(metricId, period);
        if (used === undefined) return current > value;
        return amount !== undefined && (amount.op === "set" ? amount.value : current + amount.value) > value;
      });
      expect(codeOf(service(), app({ limits: given }), asked({ usage: raw }), countOf(stored))).toBe(passed ? "limits_exceeded" : undefined);
    }));
  });

  it("are told one by one, hits first, the longest period first, with what a reporting call uses; exceeded is what is passed already", () => {
    const given = [{ metricId: SEARCH, period: "day" as const, value: 5 }, { metricId: HITS, period: "minute" as const, value: 5 }, { metricId: HITS, period: "eternity" as const, value: 5 }];
    const reports = usageReports(METRICS, given, readUsage({ search: "2" }, METRICS), (metric, period) => (metric === SEARCH ? 1 : period === "minute" ? 5 : 6), NOW);
    expect(reports.map(({ metric, period, max, current, exceeded, start, end }) => [metric.systemName, period, max, current, exceeded, start, end])).toEqual([
      ["hits", "eternity", 5, 8, true, 0, undefined], ["hits", "minute", 5, 7, false, NOW - 30, NOW + 30], ["search", "day", 5, 3, false, NOW - 36_030, NOW + 50_370],
    ]);
  });

  const headersOf = (given: readonly { metricId: MetricId; period: Period; value: number }[], raw: Record<string, string> | undefined, stored = 0) => {
    const used = raw === undefined ? undefined : readUsage(raw, METRICS);
    return limitHeaders(usageReports(METRICS, given, undefined, () => stored, NOW), used, NOW);
  };
  it.each<[string, ReturnType<typeof headersOf>, object]>([
    ["nothing limits", headersOf([], { hits: "1" }), { remaining: -1, reset: -1 }],
    ["a limit on something else", headersOf([{ metricId: SEARCH, period: "day", value: 1 }], { hits: "1" }), { remaining: -1, reset: -1 }],
    ["how many such calls", headersOf([{ metricId: HITS, period: "minute", value: 10 }], { hits: "3" }), { remaining: 3, reset: 30, maxValue: 10 }],
    ["the tightest", headersOf([{ metricId: HITS, period: "minute", value: 10 }, { metricId: SEARCH, period: "hour", value: 4 }], { search: "2" }), { remaining: 2, reset: 3570, maxValue: 4 }],
    ["of two as tight, the longer", headersOf([{ metricId: HITS, period: "minute", value: 9 }, { metricId: HITS, period: "hour", value: 9 }], { hits: "1" }), { remaining: 9, reset: 3570, maxValue: 9 }],
    ["of two as tight, the longer, whichever comes first", headersOf([{ metricId: HITS, period: "hour", value: 9 }, { metricId: HITS, period: "minute", value: 9 }], { hits: "1" }), { remaining: 9, reset: 3570, maxValue: 9 }],
    ["of two as tight of two metrics, the longer", headersOf([{ metricId: HITS, period: "minute", value: 9 }, { metricId: SEARCH, period: "hour", value: 9 }], { search: "1" }), { remaining: 9, reset: 3570, maxValue: 9 }],
    ["a use of nothing, and something left", headersOf([{ metricId: HITS, period: "minute", value: 5 }], { hits: "0" }), { remaining: -1, reset: -1 }],
    ["a use that names no metric: all of them", headersOf([{ metricId: HITS, period: "minute", value: 5 }], {}, 5), { remaining: 0, reset: 30, maxValue: 5 }],
    ["nothing left of what is not used", headersOf([{ metricId: SEARCH, period: "minute", value: 5 }, { metricId: HITS, period: "hour", value: 9 }], { hits: "1" }, 5), { remaining: 4, reset: 3570, maxValue: 9 }],
    ["nothing left", headersOf([{ metricId: HITS, period: "eternity", value: 5 }], { hits: "1" }, 7), { remaining: 0, reset: -1, maxValue: 5 }],
    ["no use, and something left", headersOf([{ metricId: HITS, period: "day", value: 5 }], undefined), { remaining: -1, reset: -1 }],
    ["no use, and nothing left", headersOf([{ metricId: HITS, period: "minute", value: 5 }], undefined, 5), { remaining: 0, reset: 30, maxValue: 5 }],
  ])("in headers: %s", (_what, headers, wanted) => {
    expect(headers).toEqual(wanted);
  });
});
