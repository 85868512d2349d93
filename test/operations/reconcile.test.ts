import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type AccountId, type ServiceId } from "../../lib/domain/brands.ts";
import type { Disagreement } from "../../lib/domain/reconciliation.ts";
import { createMetric, listMetrics } from "../../lib/operations/metrics.ts";
import { disagreements, repair, type Catalogue, type Found } from "../../lib/operations/reconcile.ts";
import { createService, deleteService, updateService } from "../../lib/operations/services.ts";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";
import { readRow } from "../../lib/table/client.ts";
import { keys, type Row } from "../../lib/table/model.ts";
import { readServiceToken } from "../../lib/table/services.ts";
import { transact } from "../../lib/table/transact.ts";
import { everyRow } from "../support/rows.ts";
import { meanwhile, through } from "../support/table.ts";
import { Workshop } from "../support/workshop.ts";

/** What is looked at to find services without a token and tokens without a service; and that only what is still wrong is put right. */
const w = new Workshop();
beforeAll(() => w.open());
afterAll(() => w.close());

const NOTHING: Catalogue = new Map();
const accountId = () => w.account.admin.member.accountId;
const serviceKey = (of: ServiceId) => keys.service(accountId(), of);
const tokenKey = (of: ServiceId) => keys.serviceToken(accountId(), of);
const found = (deps = w.operator, of: AccountId = accountId()): Promise<Found[]> => Array.fromAsync(disagreements(deps, of, NOTHING));
const repaired = (serviceId: ServiceId, disagreement: Disagreement, deps = w.operator) => repair(deps, accountId(), { serviceId, disagreement }, NOTHING);

describe("to find what is wrong", () => {
  it("needs an account that is there", async () => {
    await expect(found(w.operator, id<AccountId>(1))).rejects.toMatchObject({ code: "not_found" });
  });

  it("each service and its token are read once, whatever else is on record", async () => {
    const of = await w.serviceId();
    await w.lose(serviceKey(of));
    await createMetric(w.operator, w.admin, await w.serviceId(), { friendlyName: "Searches", unit: "search", description: "" });
    await w.memberId();
    const read: unknown[] = [];
    const table = through(w.operator.table, (operation, input: object, ask) => {
      if (operation === "BatchGetItem") read.push(...(input as { RequestItems: Record<string, { Keys: unknown[] }> }).RequestItems[w.operator.table.name]!.Keys);
      return ask();
    });
    expect(await found({ ...w.operator, table })).toEqual([{ serviceId: of, disagreement: "token_without_service" }]);
    const services = (await everyRow(w.latchkey)).filter(({ type }) => type === "service_token").map(({ serviceId }) => serviceId as ServiceId);
    expect(new Set(read.map((key) => JSON.stringify(key)))).toEqual(new Set(services.flatMap((service) => [serviceKey(service), tokenKey(service)]).map((key) => JSON.stringify(key))));
    expect(read).toHaveLength(2 * services.length);
    expect(await repaired(of, "token_without_service")).toBe(true);
  });
});

describe("what is put right", () => {
  it.each<[Disagreement, string]>([
    ["service_without_token", "service_token.created"], ["token_without_service", "service_token.deleted"], ["half_deleted", "service.deleted"],
  ])("is on record as the reconciler's doing: %s", async (disagreement, type) => {
    const of = await w.serviceId();
    const service = await readRow(w.operator.table, serviceKey(of)) as Row;
    if (disagreement === "half_deleted") await deleteService(w.operator, w.admin, of);
    await (disagreement === "service_without_token" ? w.lose(tokenKey(of)) : w.lose(serviceKey(of)));
    if (disagreement === "half_deleted") await transact(w.operator.table, [{ put: service }]);
    expect(await found()).toEqual([{ serviceId: of, disagreement }]);
    expect(await repaired(of, disagreement)).toBe(true);
    const records = (await everyRow(w.latchkey)).filter((row) => row["event"] === type && (row["subject"] as { serviceId: number }).serviceId === of);
    expect(records.map(({ actor }) => actor)).toContainEqual({ system: "reconcile" });
    expect(await found()).toEqual([]);
  });

  it("counts as before for metrics and their methods", async () => {
    const of = await w.serviceId();
    const [hits] = await listMetrics(w.operator, w.admin, of);
    await createMetric(w.operator, w.admin, of, { friendlyName: "Searches", unit: "search", description: "" }, hits!.id);
    const before = (await readServiceToken(w.operator.table, accountId(), of))?.traffic;
    await w.lose(tokenKey(of));
    expect(await repaired(of, "service_without_token")).toBe(true);
    const after = (await readServiceToken(w.operator.table, accountId(), of))?.traffic;
    expect(after).toEqual({ ...before, metrics: expect.arrayContaining([...before!.metrics]) as unknown });
    expect(after?.metrics).toHaveLength(2);
  });

  it("comes in the order of the ids, each once, however many there are", async () => {
    const all: ServiceId[] = [];
    while (all.length < 60) all.push(...await Promise.all(Array.from({ length: 10 }, () => w.serviceId())));
    // What is in the list is found first, and what is on record alone after it: here that is the lowest of them.
    const [lowest, ...others] = all.toSorted((a, b) => a - b);
    await w.lose(serviceKey(lowest!));
    for (const of of others) await w.lose(tokenKey(of));
    const wrong = await found();
    expect(wrong.map(({ serviceId }) => serviceId)).toEqual([lowest, ...others]);
    for (const { serviceId, disagreement } of wrong) expect(await repaired(serviceId, disagreement)).toBe(true);
  });
});

describe("what is not wrong any more is left alone", () => {
  const deleted = async () => {
    const of = await w.serviceId();
    await deleteService(w.operator, w.admin, of);
    return of;
  };
  const never = async () => id<ServiceId>(4711);

  it.each<[string, Disagreement, () => Promise<ServiceId>]>([
    ["a service with its token", "service_without_token", () => w.serviceId()],
    ["a service with its token", "token_without_service", () => w.serviceId()],
    ["a service that was deleted", "service_without_token", deleted],
    ["a service that was deleted", "token_without_service", deleted],
    ["a service that was deleted", "half_deleted", deleted],
    ["a service that never was", "service_without_token", never],
    ["a service that never was", "token_without_service", never],
    ["a service that never was", "half_deleted", never],
  ])("%s: %s", async (_what, disagreement, make) => {
    const of = await make();
    const before = await everyRow(w.latchkey);
    expect(await repaired(of, disagreement)).toBe(false);
    expect(await everyRow(w.latchkey)).toEqual(before);
  });
});

describe("what changes while it is put right is not touched", () => {
  it("a service that is changed gets no token now", async () => {
    const of = await w.serviceId();
    await w.lose(tokenKey(of));
    const deps = meanwhile(w.operator, () => updateService(w.operator, w.admin, of, () => ({ name: "Changed" })));
    expect(await repaired(of, "service_without_token", deps)).toBe(false);
    expect(await readRow(w.operator.table, tokenKey(of))).toBeUndefined();
    expect(await repaired(of, "service_without_token")).toBe(true);
  });

  it("a service that gets its token otherwise keeps that", async () => {
    const of = await w.serviceId();
    const token = await readRow(w.operator.table, tokenKey(of)) as Row;
    await w.lose(tokenKey(of));
    const deps = meanwhile(w.operator, () => transact(w.operator.table, [{ put: token }]));
    expect(await repaired(of, "service_without_token", deps)).toBe(false);
    expect(await readRow(w.operator.table, tokenKey(of))).toEqual(token);
  });

  it("a token whose service is put back lives on", async () => {
    const of = await w.serviceId();
    const service = await readRow(w.operator.table, serviceKey(of)) as Row;
    await w.lose(serviceKey(of));
    const deps = meanwhile(w.operator, () => transact(w.operator.table, [{ put: service }]));
    expect(await repaired(of, "token_without_service", deps)).toBe(false);
    expect(await readServiceToken(w.operator.table, accountId(), of)).toBeDefined();
  });

  it("a token that is counted on meanwhile is revoked next time", async () => {
    const of = await w.serviceId();
    await w.lose(serviceKey(of));
    const token = await readRow(w.operator.table, tokenKey(of)) as Row;
    const deps = meanwhile(w.operator, () => transact(w.operator.table, [{ put: { ...token, version: 2 } }]));
    expect(await repaired(of, "token_without_service", deps)).toBe(false);
    expect(await repaired(of, "token_without_service")).toBe(true);
    expect(await readRow(w.operator.table, tokenKey(of))).toMatchObject({ type: "deleted_service" });
  });
});

describe("an account that is gone", () => {
  it("has no keys for a token any more", async () => {
    const of = await createService(w.operator, w.admin, { name: "Left over", settings: BY_DEFAULT });
    const account = await readRow(w.operator.table, keys.account(accountId())) as Row;
    await w.lose(tokenKey(of.id));
    await w.lose(keys.account(accountId()));
    await expect(repaired(of.id, "service_without_token")).rejects.toMatchObject({ code: "not_found" });
    await transact(w.operator.table, [{ put: account }]);
  });
});
