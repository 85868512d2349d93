import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MetricId, ServiceId } from "../../lib/domain/brands.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";
import { createRule, deleteRule, listRules, updateRule } from "../../lib/operations/mapping-rules.ts";
import { createMetric, deleteMetric } from "../../lib/operations/metrics.ts";
import { deployProxy, readProxy, updateOidcFlows, updatePolicies, updateProxy } from "../../lib/operations/proxies.ts";
import { listConfigs, listConfigsOf, promoteConfig, readConfig } from "../../lib/operations/proxy-configs.ts";
import { deleteService, updateService } from "../../lib/operations/services.ts";
import { readRow } from "../../lib/table/client.ts";
import { keys, type Key, type Row } from "../../lib/table/model.ts";
import { WHOLE } from "../../lib/table/page.ts";
import { proxies } from "../../lib/table/proxies.ts";
import { transact } from "../../lib/table/transact.ts";
import { meanwhile, through } from "../support/table.ts";
import { RULE, Workshop } from "../support/workshop.ts";

/** What gateways are told when something of a service is missing, or is changed between the reading and the writing. */
const w = new Workshop();
beforeAll(() => w.open());
afterAll(() => w.close());

const NOT_FOUND = { code: "not_found" };
const NO_CONFIGURATION = { code: "no_configuration" };
const LATEST = { host: undefined, version: "latest" } as const;
const accountId = () => w.account.admin.member.accountId;
const proxyKey = (of: ServiceId) => keys.entity(proxies.kind, accountId(), of);
const metric = async (of: ServiceId) => (await createMetric(w.operator, w.admin, of, { friendlyName: `Metric ${w.next()}`, unit: "hit", description: "" })).id;
const rule = (of: ServiceId, metricId: MetricId, deps = w.operator) => createRule(deps, w.admin, of, { ...RULE, pattern: `/${w.next()}`, metricId });
const patterns = async (of: ServiceId) => (await listRules(w.operator, w.admin, of)).map(({ pattern, position }) => [pattern, position]);
const versions = async (of: ServiceId, environment: "sandbox" | "production" = "sandbox") =>
  (await listConfigsOf(w.operator, w.admin, of, environment)).map(({ version }) => version).toSorted((a, b) => a - b);
const told = (of: ServiceId, environment: "sandbox" | "production" = "sandbox") => readConfig(w.operator, w.admin, of, environment, "latest");
/** While this is not there. */
async function without(key: Key, act: () => Promise<unknown>): Promise<void> {
  const row = await readRow(w.operator.table, key) as Row;
  await w.lose(key);
  await act();
  await transact(w.operator.table, [{ put: row }]);
}

describe("a service of which something is missing", () => {
  it.each<[string, (of: ServiceId) => Key]>([
    ["itself", (of) => keys.service(accountId(), of)], ["its token", (of) => keys.serviceToken(accountId(), of)], ["its settings", proxyKey],
  ])("is not found: %s", async (_what, keyOf) => {
    const { service: of, metricId } = await w.ruled();
    await without(keyOf(of), async () => {
      await expect(readProxy(w.operator, w.admin, of)).rejects.toMatchObject(NOT_FOUND);
      await expect(updateProxy(w.operator, w.admin, of, { api_backend: "https://other.example.com" })).rejects.toMatchObject(NOT_FOUND);
      await expect(rule(of, metricId)).rejects.toMatchObject(NOT_FOUND);
    });
  });

  it("when its settings are, loses no metric: the rules to it could not end with it", async () => {
    const of = await w.serviceId();
    const on = await metric(of);
    await without(proxyKey(of), () => expect(deleteMetric(w.operator, w.admin, of, on)).rejects.toMatchObject(NOT_FOUND));
    await expect(deleteMetric(w.operator, w.admin, of, on)).resolves.toBeUndefined();
  });

  it("when its token is, has no configuration, and stands in no gateway's way to others", async () => {
    const [of, other] = [await w.deployed(), await w.deployed()];
    const listed = async () => (await listConfigs(w.operator, w.admin, "sandbox", LATEST, WHOLE)).items.map(({ serviceId }) => serviceId);
    expect(await listed()).toEqual(expect.arrayContaining([of, other]));
    await without(keys.serviceToken(accountId(), of), async () => {
      await expect(told(of)).rejects.toMatchObject(NO_CONFIGURATION);
      expect(await listed()).toContain(other);
      expect(await listed()).not.toContain(of);
    });
  });

  it("when its account is, has no configuration: nothing opens its token", async () => {
    const of = await w.deployed();
    await without(keys.account(accountId()), async () => {
      await expect(told(of)).rejects.toMatchObject(NO_CONFIGURATION);
      await expect(listConfigs(w.operator, w.admin, "sandbox", LATEST, WHOLE)).rejects.toMatchObject(NO_CONFIGURATION);
    });
  });

  it("when it is itself, has no configuration to read, to list or to promote", async () => {
    const of = await w.deployed();
    await without(keys.service(accountId(), of), async () => {
      await expect(told(of)).rejects.toMatchObject(NO_CONFIGURATION);
      await expect(listConfigsOf(w.operator, w.admin, of, "sandbox")).rejects.toMatchObject(NO_CONFIGURATION);
      await expect(promoteConfig(w.operator, w.admin, of, "sandbox", 1, "production")).rejects.toMatchObject(NO_CONFIGURATION);
    });
    expect(await versions(of, "production")).toEqual([]);
  });
});

describe("rules, of which one is made meanwhile,", () => {
  it("are both there, in an order", async () => {
    const of = await w.serviceId();
    const on = await metric(of);
    const deps = meanwhile(w.operator, () => rule(of, on));
    const late = await rule(of, on, deps);
    const all = await patterns(of);
    // A new service has one already.
    expect(all.map(([, position]) => position)).toEqual([1, 2, 3]);
    expect(all[2]).toEqual([late.pattern, 3]);
  });

  it("keep that one when another is changed or deleted", async () => {
    const { service: of, metricId, rule: first } = await w.ruled();
    const changed = await updateRule(meanwhile(w.operator, () => rule(of, metricId)), w.admin, of, first.id, { pattern: "/changed" });
    expect(changed).toMatchObject({ pattern: "/changed", position: 2 });
    expect(await patterns(of)).toHaveLength(3);
    await deleteRule(meanwhile(w.operator, () => rule(of, metricId)), w.admin, of, first.id);
    expect(await patterns(of)).toHaveLength(3);
    expect((await patterns(of)).flat()).not.toContain("/changed");
  });

  it("are none to a metric that is deleted meanwhile", async () => {
    const of = await w.serviceId();
    const [hits] = await listRules(w.operator, w.admin, of);
    const [on, other] = [await metric(of), await metric(of)];
    await expect(rule(of, on, meanwhile(w.operator, () => deleteMetric(w.operator, w.admin, of, on)))).rejects.toMatchObject(NOT_FOUND);
    const { id } = await rule(of, other);
    const [gone, deps] = [await metric(of), (from: MetricId) => meanwhile(w.operator, () => deleteMetric(w.operator, w.admin, of, from))];
    await expect(updateRule(deps(gone), w.admin, of, id, { metricId: gone })).rejects.toMatchObject(NOT_FOUND);
    expect((await listRules(w.operator, w.admin, of)).map(({ metricId }) => metricId)).toEqual([hits?.metricId, other]);
  });

  it("end with their metric, that one too", async () => {
    const { service: of, metricId } = await w.ruled();
    await deleteMetric(meanwhile(w.operator, () => rule(of, metricId)), w.admin, of, metricId);
    expect(await patterns(of)).toEqual([["/", 1]]);
  });

  it("are another version of the settings when they end, and the settings are as they were where a metric had none", async () => {
    const { service: of, metricId } = await w.ruled();
    const other = await metric(of);
    const version = async () => (await proxies.read(w.operator.table, accountId(), of))?.version;
    const before = (await version())!;
    await deleteMetric(w.operator, w.admin, of, other);
    expect(await version()).toBe(before);
    await deleteMetric(w.operator, w.admin, of, metricId);
    expect(await version()).toBe(before + 1);
  });

  it("are not those of a service that is deleted meanwhile", async () => {
    const { service: of, metricId } = await w.ruled();
    await expect(rule(of, metricId, meanwhile(w.operator, () => deleteService(w.operator, w.admin, of)))).rejects.toMatchObject(NOT_FOUND);
    expect(await readRow(w.operator.table, proxyKey(of))).toBeUndefined();
  });
});

describe("settings that are changed meanwhile", () => {
  const other = (of: ServiceId) => updateProxy(w.operator, w.admin, of, { secret_token: "meanwhile" });

  it.each<[string, (of: ServiceId) => Promise<unknown>, object]>([
    ["settings", (of) => updateProxy(meanwhile(w.operator, () => other(of)), w.admin, of, { api_backend: "https://late.example.com" }), { settings: { api_backend: "https://late.example.com:443" } }],
    ["policies", (of) => updatePolicies(meanwhile(w.operator, () => other(of)), w.admin, of, [{ name: "cors", version: "builtin", configuration: {}, enabled: true }]), { policies: [{ name: "cors" }, { name: "apicast" }] }],
    ["flows", (of) => updateOidcFlows(meanwhile(w.operator, () => other(of)), w.admin, of, { implicit_flow_enabled: true }), { oidcFlows: { implicit_flow_enabled: true } }],
  ])("stay so beside other %s", async (_what, change, wanted) => {
    const of = await w.deployed();
    await change(of);
    const after = await readProxy(w.operator, w.admin, of);
    expect(after).toMatchObject(wanted);
    expect(after.settings.secret_token).toBe("meanwhile");
  });

  it("are told to gateways once for each change, and last as they are", async () => {
    const of = await w.deployed();
    await updateProxy(meanwhile(w.operator, () => other(of)), w.admin, of, { api_backend: "https://late.example.com" });
    expect(await versions(of)).toEqual([1, 2, 3]);
    expect((await told(of)).content.proxy).toMatchObject({ secret_token: "meanwhile", api_backend: "https://late.example.com:443" });
  });
});

it("only gateways of one's own may be called at localhost", async () => {
  const of = await w.serviceId();
  const local = () => updateProxy(w.operator, w.admin, of, { endpoint: "http://localhost:3000" });
  await expect(local()).rejects.toMatchObject({ code: "invalid", fields: { endpoint: ["can't be localhost"] } });
  await updateService(w.operator, w.admin, of, () => ({ settings: { ...BY_DEFAULT, deploymentOption: "self_managed" } }));
  expect((await local()).settings.endpoint).toBe("http://localhost:3000");
});

describe("a deployment", () => {
  it("is none when the flows of OpenID Connect change: gateways are not told of them, nor of what waits", async () => {
    const of = await w.pending();
    const before = await versions(of);
    await updateOidcFlows(w.operator, w.admin, of, { implicit_flow_enabled: true });
    expect(await versions(of)).toEqual(before);
    await deployProxy(w.operator, w.admin, of);
    expect(await versions(of)).toHaveLength(before.length + 1);
  });

  it("of what somebody deploys meanwhile makes no second version of it", async () => {
    const of = await w.pending();
    const before = await versions(of);
    await deployProxy(meanwhile(w.operator, () => deployProxy(w.operator, w.admin, of)), w.admin, of);
    expect(await versions(of)).toEqual([...before, before.length + 1]);
  });

  it("of a service that is renamed meanwhile tells gateways what is true when it is asked again", async () => {
    const of = await w.pending();
    await deployProxy(meanwhile(w.operator, () => updateService(w.operator, w.admin, of, () => ({ name: "Renamed" }))), w.admin, of);
    await deployProxy(w.operator, w.admin, of);
    expect((await told(of)).content.name).toBe("Renamed");
  });
});

describe("a promotion", () => {
  const promote = (of: ServiceId, version: number, deps = w.operator) => promoteConfig(deps, w.admin, of, "sandbox", version, "production");
  const second = async (of: ServiceId) => updateProxy(w.operator, w.admin, of, { secret_token: `second-${w.next()}` });

  it("that somebody else makes meanwhile is taken", async () => {
    const of = await w.deployed();
    await expect(promote(of, 1, meanwhile(w.operator, () => promote(of, 1)))).rejects.toMatchObject({ code: "invalid", fields: { version: ["has already been taken"] } });
    expect(await versions(of, "production")).toEqual([1]);
  });

  it("of a version does not come before a higher one that is promoted meanwhile", async () => {
    const of = await w.deployed();
    await second(of);
    const low = await promote(of, 1, meanwhile(w.operator, () => promote(of, 2)));
    expect([low.version, low.environment]).toEqual([1, "production"]);
    expect(await versions(of, "production")).toEqual([1, 2]);
    expect((await told(of, "production")).version).toBe(2);
  });

  it("of a higher version comes before a lower one that is promoted meanwhile", async () => {
    const of = await w.deployed();
    await second(of);
    await promote(of, 2, meanwhile(w.operator, () => promote(of, 1)));
    expect((await told(of, "production")).version).toBe(2);
  });

  it("under a name is told again only to whoever reaches the service then: it comes with the service's token", async () => {
    const of = await w.deployed();
    const named = { ...w.operator, named: { key: keys.request(accountId(), w.account.admin.member.id, "token", `promotion-${w.next()}`), asked: "x" } };
    const { tokenValue } = await promote(of, 1, named);
    expect((await promote(of, 1, named)).tokenValue).toBe(tokenValue);
    const limited: Principal = { kind: "member", member: { ...w.account.admin.member, role: "member", sections: ["partners"], serviceAccess: [] } };
    await expect(promoteConfig(named, limited, of, "sandbox", 1, "production")).rejects.toMatchObject(NO_CONFIGURATION);
  });

  it("of a service that is deleted meanwhile leaves nothing", async () => {
    const of = await w.deployed();
    await expect(promote(of, 1, meanwhile(w.operator, () => deleteService(w.operator, w.admin, of)))).rejects.toMatchObject(NO_CONFIGURATION);
    expect(await readRow(w.operator.table, keys.proxyConfig(accountId(), of, "production", 1))).toBeUndefined();
    expect(await readRow(w.operator.table, keys.latestConfig(accountId(), of, "production"))).toBeUndefined();
  });
});

describe("what a gateway is told by whoever reaches some services", () => {
  it("is theirs alone, in the order of their ids, in whichever order they are named", async () => {
    const [one, two, three] = [await w.deployed(), await w.deployed(), await w.deployed()].toSorted((a, b) => a - b) as [ServiceId, ServiceId, ServiceId];
    const by: Principal = { kind: "member", member: { ...w.account.admin.member, role: "member", sections: ["partners"], serviceAccess: [three, one] } };
    for (const version of ["latest", 1, "any"] as const) {
      const { items } = await listConfigs(w.operator, by, "sandbox", { host: undefined, version }, WHOLE);
      expect(items.map(({ serviceId }) => serviceId)).toEqual([one, three]);
    }
    const asked: string[] = [];
    const table = through(w.operator.table, (operation, _input, ask) => (asked.push(operation), ask()));
    await listConfigs({ ...w.operator, table }, by, "sandbox", LATEST, WHOLE);
    // The rows of their services, then the tokens: no list that others are in.
    expect(asked).toEqual(["BatchGetItem", "BatchGetItem"]);
    const { items } = await listConfigs(w.operator, by, "sandbox", LATEST, { perPage: 1, page: 2, withTotal: false });
    expect(items.map(({ serviceId }) => serviceId)).toEqual([three]);
    expect(two).not.toBe(one);
  });
});

it("a mesh has its changes in both environments under one number", async () => {
  const of = await w.deployed();
  await promoteConfig(w.operator, w.admin, of, "sandbox", 1, "production");
  await updateService(w.operator, w.admin, of, () => ({ settings: { ...BY_DEFAULT, deploymentOption: "service_mesh_istio" } }));
  await deployProxy(w.operator, w.admin, of);
  expect([await versions(of), await versions(of, "production")]).toEqual([[1, 2], [1, 2]]);
});
