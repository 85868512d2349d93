import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type AccountId, type ServiceId } from "../../lib/domain/brands.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";
import { createService, deleteService, importService, listServicesFor, updateService } from "../../lib/operations/services.ts";
import { revealServiceToken } from "../../lib/operations/service-tokens.ts";
import { readRow } from "../../lib/table/client.ts";
import { keys, type Row } from "../../lib/table/model.ts";
import { WHOLE } from "../../lib/table/page.ts";
import { readService, readServiceToken } from "../../lib/table/services.ts";
import { transact } from "../../lib/table/transact.ts";
import { everyRow } from "../support/rows.ts";
import { meanwhile } from "../support/table.ts";
import { Workshop } from "../support/workshop.ts";

/** What becomes of what is asked of a service when something of it is missing, or is changed between the reading and the writing. */
const w = new Workshop();
beforeAll(() => w.open());
afterAll(() => w.close());

const accountId = () => w.account.admin.member.accountId;
const tokenKey = (of: ServiceId) => keys.serviceToken(accountId(), of);
const read = (of: ServiceId) => readService(w.operator.table, accountId(), of);
const NOT_FOUND = { code: "not_found" };

describe("a service token is shown to nobody, and that is not on record,", () => {
  it.each<[string, (of: ServiceId) => Promise<unknown>]>([
    ["its service lost it", (of) => w.lose(tokenKey(of))],
    ["it was deleted, and the service came back as from a backup", async (of) => {
      const row = await readRow(w.operator.table, keys.service(accountId(), of)) as Row;
      await deleteService(w.operator, w.admin, of);
      await transact(w.operator.table, [{ put: row }]);
    }],
    ["the service is gone and it is not", (of) => w.lose(keys.service(accountId(), of))],
    ["the account is gone, whose key it is sealed under", () => w.lose(keys.account(accountId()))],
  ])("when %s", async (_what, happens) => {
    const of = await w.serviceId();
    const account = await readRow(w.operator.table, keys.account(accountId())) as Row;
    await happens(of);
    const before = await everyRow(w.latchkey);
    await expect(revealServiceToken(w.operator, w.admin, of)).rejects.toMatchObject(NOT_FOUND);
    expect(await everyRow(w.latchkey)).toEqual(before);
    await transact(w.operator.table, [{ put: account }]);
  });
});

describe("a member's services", () => {
  const listed = async (serviceAccess: readonly ServiceId[], wanted: Parameters<typeof listServicesFor>[2] = WHOLE) => {
    const by: Principal = { kind: "member", member: { ...(await w.member()).member, serviceAccess } };
    return (await listServicesFor(w.operator, by, wanted)).items.map((service) => service.id);
  };

  it("come in the order of their ids, in whichever order they are named", async () => {
    const ids = [await w.serviceId(), await w.serviceId(), await w.serviceId()].toSorted((a, b) => a - b);
    const [one, two, three] = ids as [ServiceId, ServiceId, ServiceId];
    expect(await listed([three, one, two])).toEqual(ids);
    expect(await listed([two, three, one])).toEqual(ids);
    expect(await listed([three, one, two], { perPage: 1, after: one })).toEqual([two]);
  });

  it("of which one is gone are the others", async () => {
    const [gone, kept] = [await w.serviceId(), await w.serviceId()];
    await deleteService(w.operator, w.admin, gone);
    expect(await listed([gone, kept])).toEqual([kept]);
  });
});

describe("an announced service without a system name", () => {
  const announced = async (number: number, name: string) => {
    await importService(w.operator, accountId(), id<ServiceId>(number), { name, settings: BY_DEFAULT });
    return (await read(id<ServiceId>(number)))?.systemName;
  };

  it("gets one that is made of its name, or of its id too when that is taken", async () => {
    expect([await announced(40_001, "Écho API"), await announced(40_002, "Echo api")]).toEqual(["echo_api", `echo_api_${(40_002).toString(36)}`]);
  });

  it("of whose name nothing can stand in one, is called a service", async () => {
    expect([await announced(40_003, "サービス"), await announced(40_004, "服务")]).toEqual(["service", `service_${(40_004).toString(36)}`]);
  });

  it("is not made in an account that is not there", async () => {
    await expect(importService(w.operator, id<AccountId>(1), id<ServiceId>(40_005), { name: "Nobody's", settings: BY_DEFAULT })).rejects.toMatchObject(NOT_FOUND);
  });
});

describe("how a service's calls are authenticated", () => {
  const token = async (of: ServiceId) => (await readServiceToken(w.operator.table, accountId(), of))!;

  it("is known to its token in the transaction that changes it", async () => {
    const of = await w.serviceId();
    const settings = { ...BY_DEFAULT, backendVersion: "2", flags: { ...BY_DEFAULT.flags, referrer_filters_required: true } } as const;
    const before = await token(of);
    await updateService(w.operator, w.admin, of, () => ({ settings }));
    expect(await token(of)).toEqual({ ...before, version: before.version + 1, traffic: { ...before.traffic, backendVersion: "2", referrerFiltersRequired: true } });
  });

  it("costs its token nothing when it stays as it was", async () => {
    const of = await w.serviceId();
    const before = await token(of);
    await updateService(w.operator, w.admin, of, () => ({ name: "Renamed", settings: { ...BY_DEFAULT, description: "Described" } }));
    expect(await token(of)).toEqual(before);
  });
});

describe("a service that is changed meanwhile", () => {
  const renamed = (of: ServiceId) => updateService(w.operator, w.admin, of, () => ({ name: "Renamed" }));

  it("keeps that change beside this one", async () => {
    const of = await w.serviceId();
    const settings = { ...BY_DEFAULT, description: "Described" };
    await updateService(meanwhile(w.operator, () => renamed(of)), w.admin, of, ({ name }) => ({ name, settings }));
    expect(await read(of)).toMatchObject({ name: "Renamed", settings, version: 3 });
  });

  it("is deleted all the same, and recorded under the name that it had then", async () => {
    const of = await w.serviceId();
    await deleteService(meanwhile(w.operator, () => renamed(of)), w.admin, of);
    expect([await read(of), await readServiceToken(w.operator.table, accountId(), of)]).toEqual([undefined, undefined]);
    const deletions = (await everyRow(w.latchkey)).filter(({ event, subject }) => event === "service.deleted" && (subject as { serviceId: number }).serviceId === of);
    expect(deletions).toEqual([expect.objectContaining({ facts: JSON.stringify({ name: "Renamed" }) })]);
  });

  it("and is deleted, is not there for this change, nor for another deletion", async () => {
    for (const act of [updateService, deleteService]) {
      const of = await w.serviceId();
      const deps = meanwhile(w.operator, () => deleteService(w.operator, w.admin, of));
      await expect(act(deps, w.admin, of, () => ({ name: "Late" }))).rejects.toMatchObject(NOT_FOUND);
      expect(await read(of)).toBeUndefined();
    }
  });
});

it("of two who want one system name at once, one gets it, and the other is told", async () => {
  const wanted = { name: "Wanted", systemName: `wanted_${w.next()}`, settings: BY_DEFAULT };
  const deps = meanwhile(w.operator, () => createService(w.operator, w.admin, wanted));
  await expect(createService(deps, w.admin, wanted)).rejects.toMatchObject({ code: "invalid", fields: { system_name: ["has already been taken"] } });
});
