import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EVERY_APPLICATION, type ApplicationFilter } from "../../lib/domain/application-filter.ts";
import type { ApplicationId, DeveloperAccountId, PlanId, ServiceId } from "../../lib/domain/brands.ts";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";
import { addApplicationKey, listApplicationKeys, removeApplicationKey } from "../../lib/operations/application-keys.ts";
import {
  changeApplicationPlan, changeApplicationState, createApplication, deleteApplication, readApplicationOf, updateApplication, type NewApplication,
} from "../../lib/operations/applications.ts";
import { deleteDeveloperAccount } from "../../lib/operations/developer-accounts.ts";
import { findApplicationFor, listApplicationsFor, listApplicationsOf, type Sought } from "../../lib/operations/find-applications.ts";
import { createPlan, deletePlan } from "../../lib/operations/plans.ts";
import { deleteService, updateService } from "../../lib/operations/services.ts";
import { applications } from "../../lib/table/applications.ts";
import { applicationPlans } from "../../lib/table/catalogue.ts";
import { developerAccounts } from "../../lib/table/developers.ts";
import { keys } from "../../lib/table/model.ts";
import { everyRow } from "../support/rows.ts";
import { meanwhile, through } from "../support/table.ts";
import { PLAN, Workshop } from "../support/workshop.ts";

/** What becomes of an application when what it belongs to, or it itself, is changed between the reading and the writing. */
const w = new Workshop();
beforeAll(() => w.open());
afterAll(() => w.close());

const NOT_FOUND = { code: "not_found" };
const accountId = () => w.account.admin.member.accountId;
/** A developer account, and a service with a plan that it could use. */
async function place(): Promise<{ readonly serviceId: ServiceId; readonly planId: PlanId; readonly developerAccountId: DeveloperAccountId }> {
  const { serviceId, id: planId } = await w.plan();
  return { serviceId, planId, developerAccountId: (await w.account.developerAccount("Buyer")).id };
}
const wanted = (at: Awaited<ReturnType<typeof place>>, more: Partial<NewApplication> = {}): NewApplication => ({ ...at, name: "App", description: "", userKey: `key-${w.next()}`, ...more });
async function made(more: Partial<NewApplication> = {}) {
  const at = await place();
  return { ...at, ...(await createApplication(w.operator, w.admin, wanted(at, more))), developerAccountId: at.developerAccountId, planId: at.planId };
}
type Made = Awaited<ReturnType<typeof made>>;
const read = ({ developerAccountId, id }: Pick<Made, "developerAccountId" | "id">) => readApplicationOf(w.operator, w.admin, developerAccountId, id);
const secondPlan = async (of: ServiceId) => (await createPlan(w.operator, w.admin, of, { ...PLAN, name: `Plan ${w.next()}` })).id;

describe("an application is not made", () => {
  it.each<[string, (at: Awaited<ReturnType<typeof place>>) => Promise<unknown>]>([
    ["of a developer account", ({ developerAccountId }) => deleteDeveloperAccount(w.operator, w.admin, developerAccountId)],
    ["on a plan", ({ serviceId, planId }) => deletePlan(w.operator, w.admin, serviceId, planId)],
    ["of a service", ({ serviceId }) => deleteService(w.operator, w.admin, serviceId)],
  ])("%s that is deleted meanwhile, and leaves no credential", async (_what, goes) => {
    const at = await place();
    const app = wanted(at);
    await expect(createApplication(meanwhile(w.operator, () => goes(at)), w.admin, app)).rejects.toMatchObject(NOT_FOUND);
    expect((await everyRow(w.latchkey)).filter((row) => JSON.stringify(row).includes(String(app.userKey)))).toEqual([]);
  });

  it("with credentials that another gets meanwhile", async () => {
    const at = await place();
    const app = wanted(at);
    const deps = meanwhile(w.operator, () => createApplication(w.operator, w.admin, { ...app, name: "First" }));
    await expect(createApplication(deps, w.admin, app)).rejects.toMatchObject({ code: "invalid", fields: { user_key: ["has already been taken"] } });
  });
});

describe("an application that is changed meanwhile", () => {
  const described = (of: Made) => updateApplication(w.operator, w.admin, of.developerAccountId, of.id, { description: "Meanwhile" });

  it.each<[string, (of: Made) => Promise<unknown>, object]>([
    ["its name", (of) => updateApplication(meanwhile(w.operator, () => described(of)), w.admin, of.developerAccountId, of.id, { name: "Renamed" }), { name: "Renamed" }],
    ["its state", (of) => changeApplicationState(meanwhile(w.operator, () => described(of)), w.admin, of.developerAccountId, of.id, "suspend"), { state: "suspended" }],
    ["its keys", (of) => addApplicationKey(meanwhile(w.operator, () => described(of)), w.admin, of.developerAccountId, of.id, "second-key"), { keys: [{ value: "second-key" }] }],
  ])("keeps that beside another change of %s", async (_what, change, after) => {
    const of = await made();
    await change(of);
    expect(await read(of)).toMatchObject({ description: "Meanwhile", version: 3, ...after });
  });

  it("comes to another plan all the same, and to none that is deleted meanwhile", async () => {
    const of = await made();
    const [other, gone] = [await secondPlan(of.serviceId), await secondPlan(of.serviceId)];
    await changeApplicationPlan(meanwhile(w.operator, () => described(of)), w.admin, of.developerAccountId, of.id, other);
    expect(await read(of)).toMatchObject({ description: "Meanwhile", planId: other });
    const deps = meanwhile(w.operator, () => deletePlan(w.operator, w.admin, of.serviceId, gone));
    await expect(changeApplicationPlan(deps, w.admin, of.developerAccountId, of.id, gone)).rejects.toMatchObject(NOT_FOUND);
    expect((await read(of)).planId).toBe(other);
  });

  it("is deleted all the same, and with it the key that it got meanwhile", async () => {
    const of = await made();
    const userKey = `late-${w.next()}`;
    const deps = meanwhile(w.operator, () => updateApplication(w.operator, w.admin, of.developerAccountId, of.id, { userKey }));
    await deleteApplication(deps, w.admin, of.developerAccountId, of.id);
    expect((await everyRow(w.latchkey)).filter((row) => [userKey, of.userKey].some((key) => JSON.stringify(row).includes(key)))).toEqual([]);
  });

  it("and is deleted, is not there for this change", async () => {
    for (const change of [
      ({ developerAccountId, id }: Made, deps: typeof w.operator) => updateApplication(deps, w.admin, developerAccountId, id, { name: "Late" }),
      ({ developerAccountId, id }: Made, deps: typeof w.operator) => addApplicationKey(deps, w.admin, developerAccountId, id, "late-key"),
      ({ developerAccountId, id }: Made, deps: typeof w.operator) => deleteApplication(deps, w.admin, developerAccountId, id),
    ]) {
      const of = await made();
      await expect(change(of, meanwhile(w.operator, () => deleteApplication(w.operator, w.admin, of.developerAccountId, of.id)))).rejects.toMatchObject(NOT_FOUND);
    }
  });

  it("is suspended once", async () => {
    const of = await made();
    const suspend = (deps = w.operator) => changeApplicationState(deps, w.admin, of.developerAccountId, of.id, "suspend");
    await expect(suspend(meanwhile(w.operator, () => suspend()))).rejects.toMatchObject({ code: "invalid", fields: { state: ["cannot transition via \"suspend\""] } });
  });

  it("loses what leads elsewhere only when that is taken away", async () => {
    const of = await made({ redirectUrl: "https://app.example.com/" });
    const change = (redirectUrl?: string | null) => updateApplication(w.operator, w.admin, of.developerAccountId, of.id, { name: "Renamed", redirectUrl });
    expect((await change()).redirectUrl).toBe("https://app.example.com/");
    expect((await change("https://other.example.com/")).redirectUrl).toBe("https://other.example.com/");
    expect(await change(null)).not.toHaveProperty("redirectUrl");
  });
});

it("an application whose plan has gone can still be changed", async () => {
  const of = await made();
  await w.lose(keys.entity(applicationPlans.kind, accountId(), of.planId));
  expect((await updateApplication(w.operator, w.admin, of.developerAccountId, of.id, { name: "Renamed" })).name).toBe("Renamed");
});

describe("keys of an application", () => {
  const values = async ({ developerAccountId, id }: Made) => (await listApplicationKeys(w.operator, w.admin, developerAccountId, id)).map(({ value }) => value);
  const add = ({ developerAccountId, id }: Made, value: string, deps = w.operator) => addApplicationKey(deps, w.admin, developerAccountId, id, value);
  const remove = ({ developerAccountId, id }: Made, value: string, deps = w.operator) => removeApplicationKey(deps, w.admin, developerAccountId, id, value);

  it("that come at once are both there, and the same one once", async () => {
    const of = await made();
    await add(of, "second-key", meanwhile(w.operator, () => add(of, "first-key")));
    expect(await values(of)).toEqual(["first-key", "second-key"]);
    await expect(add(of, "third-key", meanwhile(w.operator, () => add(of, "third-key")))).rejects.toMatchObject({ code: "invalid", fields: { value: ["has already been taken"] } });
    expect(await values(of)).toEqual(["first-key", "second-key", "third-key"]);
  });

  it("are no more than five, whoever comes last", async () => {
    const of = await made({ keys: ["key-1", "key-2", "key-3", "key-4"] });
    await expect(add(of, "key-6", meanwhile(w.operator, () => add(of, "key-5")))).rejects.toMatchObject({ code: "invalid", fields: { base: ["Limit reached"] } });
    expect(await values(of)).toEqual(["key-1", "key-2", "key-3", "key-4", "key-5"]);
  });

  it("are taken away once, and no other with them", async () => {
    const of = await made({ keys: ["key-1", "key-2"] });
    await expect(remove(of, "key-1", meanwhile(w.operator, () => remove(of, "key-1")))).rejects.toMatchObject(NOT_FOUND);
    expect(await values(of)).toEqual(["key-2"]);
  });
});

describe("an application is shown", () => {
  it("without its plan when that is gone, and not at all when its service or its developer account is", async () => {
    const [planless, homeless, orphan] = [await made(), await made(), await made()];
    await w.lose(keys.entity(applicationPlans.kind, accountId(), planless.planId));
    expect(await read(planless)).not.toHaveProperty("plan");
    await w.lose(keys.service(accountId(), homeless.serviceId));
    await expect(read(homeless)).rejects.toMatchObject(NOT_FOUND);
    expect(await listApplicationsOf(w.operator, w.admin, homeless.developerAccountId, "all")).toEqual([]);
    await w.lose(keys.entity(developerAccounts.kind, accountId(), orphan.developerAccountId));
    await expect(read(orphan)).rejects.toMatchObject(NOT_FOUND);
    await expect(listApplicationsOf(w.operator, w.admin, orphan.developerAccountId, "all")).rejects.toMatchObject(NOT_FOUND);
  });

  it("once for each that a developer account has, each with what is its own", async () => {
    const [at, other] = [await place(), await place()];
    const one = await createApplication(w.operator, w.admin, wanted(at, { name: "One" }));
    const two = await createApplication(w.operator, w.admin, wanted({ ...other, developerAccountId: at.developerAccountId }, { name: "Two" }));
    const all = await listApplicationsOf(w.operator, w.admin, at.developerAccountId, "all");
    expect(all.map(({ id, plan, service, developerAccount }) => [id, plan?.id, service.id, developerAccount?.id])).toEqual([
      [one.id, at.planId, at.serviceId, at.developerAccountId], [two.id, other.planId, other.serviceId, at.developerAccountId],
    ]);
  });
});

describe("an application is found", () => {
  const found = async (by: Omit<Sought, "service"> & Partial<Sought>): Promise<ApplicationId | undefined> =>
    findApplicationFor(w.operator, w.admin, { service: "any", ...by }).then(({ id }) => id, (error: { readonly code: string }) => (error.code === "not_found" ? undefined : Promise.reject(error)));

  it("by what its service's calls are made with, and by its id", async () => {
    const keyed = await made();
    const paired = await made({ userKey: "shared-key", appId: "paired-id" });
    await updateService(w.operator, w.admin, paired.serviceId, () => ({ settings: { ...BY_DEFAULT, backendVersion: "2" } }));
    expect([await found({ userKey: keyed.userKey }), await found({ appId: keyed.appId }), await found({ id: keyed.id })]).toEqual([keyed.id, undefined, keyed.id]);
    expect([await found({ userKey: "shared-key" }), await found({ appId: "paired-id" }), await found({ id: paired.id })]).toEqual([undefined, paired.id, paired.id]);
  });

  it("by the first that is given alone", async () => {
    const [one, other] = [await made(), await made()];
    expect(await found({ userKey: one.userKey, appId: other.appId, id: other.id })).toBe(one.id);
    expect(await found({ userKey: "nobody's", id: other.id })).toBeUndefined();
    expect(await found({})).toBeUndefined();
  });

  it("of the service and the developer account that are named, and of no other", async () => {
    const [one, other] = [await made(), await made()];
    expect(await found({ id: one.id, service: one.serviceId, account: one.developerAccountId })).toBe(one.id);
    expect([await found({ id: one.id, service: other.serviceId }), await found({ id: one.id, account: other.developerAccountId }), await found({ id: one.id, service: "unknown" })]).toEqual([undefined, undefined, undefined]);
  });
});

describe("a list of applications", () => {
  const listed = (filter: Partial<ApplicationFilter>, deps = w.operator) => listApplicationsFor(deps, w.admin, { ...EVERY_APPLICATION, ...filter }, { perPage: 10, page: 1, withTotal: false });

  it.each([{ account: "unknown" }, { service: "unknown" }] as const)("of %o is empty, and nothing is read for it", async (filter) => {
    await made();
    const table = through(w.operator.table, () => Promise.reject(new Error("The database was asked")));
    expect((await listed(filter, { ...w.operator, table })).items).toEqual([]);
  });

  it("by a user key has pages too", async () => {
    const userKey = `shared-${w.next()}`;
    const [one, two] = [await made({ userKey }), await made({ userKey })];
    expect((await listed({ userKey })).items.map(({ id }) => id)).toEqual([one.id, two.id]);
    const first = await listApplicationsFor(w.operator, w.admin, { ...EVERY_APPLICATION, userKey }, { perPage: 1, after: 0 });
    expect([first.items.map(({ id }) => id), first.next]).toEqual([[one.id], one.id]);
  });
});

it("a deleted application's row is gone, and nobody else's", async () => {
  const [gone, kept] = [await made(), await made()];
  await deleteApplication(w.operator, w.admin, gone.developerAccountId, gone.id);
  expect(await applications.read(w.operator.table, accountId(), gone.id)).toBeUndefined();
  expect((await read(kept)).id).toBe(kept.id);
});
