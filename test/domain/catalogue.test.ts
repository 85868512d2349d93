import { describe, expect, it } from "vitest";
import { epochSeconds, id } from "../../lib/domain/brands.ts";
import { heldBy, HITS, type Metric } from "../../lib/domain/catalogue.ts";

const now = epochSeconds(1);
const metric: Metric = { accountId: id(1), id: id(3), serviceId: id(2), systemName: "Hits_1", friendlyName: "Hits Of All", description: "", unit: "hit", version: 1, createdAt: now, updatedAt: now };

describe("the names of a metric", () => {
  it("are hits, of the one that every service is born with", () => {
    expect(HITS).toBe("hits");
  });

  it("are its own within its service: what programs call it exactly, what people call it in any case", () => {
    expect(heldBy(metric)).toEqual([
      { scope: "METRICS_OF#2#", field: "system_name", value: "Hits_1" }, { scope: "METRICS_OF#2#", field: "friendly_name", value: "hits of all" },
    ]);
  });
});
