import { describe, expect, it } from "vitest";
import { epochSeconds, id } from "../../lib/domain/brands.ts";
import { heldByLimit, heldByMetric, heldByPlan, HITS, type Metric } from "../../lib/domain/catalogue.ts";

const now = epochSeconds(1);
const metric: Metric = { accountId: id(1), id: id(3), serviceId: id(2), systemName: "Hits_1", friendlyName: "Hits Of All", description: "", unit: "hit", version: 1, createdAt: now, updatedAt: now };

describe("the names of a metric", () => {
  it("are hits, of the one that every service is born with", () => {
    expect(HITS).toBe("hits");
  });

  it("are its own within its service: what programs call it exactly, what people call it in any case", () => {
    expect(heldByMetric(metric)).toEqual([
      { scope: "METRICS_OF#2#", field: "system_name", value: "Hits_1" }, { scope: "METRICS_OF#2#", field: "friendly_name", value: "hits of all" },
    ]);
  });
});

describe("the names of plans and limits", () => {
  it("are a plan's own within its service, and a limit's within the plan and the metric", () => {
    expect(heldByPlan({ serviceId: id(2), systemName: "Basic" })).toEqual([{ scope: "PLANS_OF#2#", field: "system_name", value: "Basic" }]);
    expect(heldByLimit({ planId: id(4), metricId: id(3), period: "day" })).toEqual([{ scope: "LIMITS_OF#4#3#", field: "period", value: "day" }]);
  });
});
