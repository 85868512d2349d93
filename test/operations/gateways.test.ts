import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type MetricId, type ServiceId } from "../../lib/domain/brands.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";
import { createRule, deleteRule, listRules, updateRule } from "../../lib/operations/mapping-rules.ts";
import { createMetric, deleteMetric } from "../../lib/operations/metrics.ts";
import { deployProxy, readProxy, updateOidcFlows, updatePolicies, updateProxy } from "../../lib/operations/proxies.ts";
import { listConfigs, listConfigsOf, promoteConfig, readConfig } from "../../lib/operations/proxy-configs.ts";
import { deleteService, updateService } from "../../lib/operations/services.ts";
import { readRow } from "../../lib/table/client.ts";
import type { Input } from "../../lib/table/dynamodb/operations.ts";
import { eventFrom } from "../../lib/table/events.ts";
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
const reaching = (serviceAccess: readonly ServiceId[]): Principal =>
  ({ kind: "member", member: { ...w.account.admin.member, role: "member", sections: ["partners"], serviceAccess } });
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

/** What is recorded with each transaction that this writes. */
async function recorded(act: (deps: Workshop["operator"]) => Promise<unknown>) {
  const written: (readonly [string, object])[][] = [];
  const table = through(w.operator.table, (operation, input, ask) => {
    if (operation === "TransactWriteItems") {
      const rows = (input as Input<"TransactWriteItems">).TransactItems.flatMap((item) => ("Put" in item ? [item.Put.Item as Row] : []));
      written.push(rows.filter(({ type }) => type === "event").map(eventFrom).map(({ type, facts }) => [type, facts]));
    }
    return ask();
  });
  await act({ ...w.operator, table });
  return written;
}

describe("a change", () => {
  const CHAIN = [{ name: "cors", version: "builtin", configuration: {}, enabled: true }];
  const NEXT = ["proxy_config.created", { environment: "sandbox", version: 2 }];

  it.each<[string, (deps: Workshop["operator"], of: ServiceId) => Promise<unknown>, unknown[]]>([
    ["policies", (deps, of) => updatePolicies(deps, w.admin, of, CHAIN), [["proxy.updated", { changed: ["policies_config"] }], NEXT]],
    ["flows", (deps, of) => updateOidcFlows(deps, w.admin, of, { implicit_flow_enabled: true, standard_flow_enabled: true }), [["proxy.updated", { changed: ["implicit_flow_enabled"] }]]],
    ["settings", (deps, of) => updateProxy(deps, w.admin, of, { secret_token: "another", api_backend: "https://echo.example.com:443" }), [["proxy.updated", { changed: ["secret_token"] }], NEXT]],
  ])("of %s is recorded with what has become another; once more, it is none and nothing is written", async (_what, change, records) => {
    const of = await w.deployed();
    expect(await recorded((deps) => change(deps, of))).toEqual([records]);
    expect(await recorded((deps) => change(deps, of))).toEqual([]);
    expect(await recorded((deps) => deployProxy(deps, w.admin, of))).toEqual([]);
  });

  it("of rules waits for a deployment", async () => {
    const { service: of, rule: { id } } = await w.ruled();
    await updateProxy(w.operator, w.admin, of, { api_backend: "https://echo.example.com" });
    expect(await recorded((deps) => updateRule(deps, w.admin, of, id, { delta: 7 }))).toEqual([[["mapping_rule.updated", expect.anything()]]]);
    expect(await recorded((deps) => deleteRule(deps, w.admin, of, id))).toEqual([[["mapping_rule.deleted", expect.anything()]]]);
    expect(await versions(of)).toEqual([1]);
  });

  it("of a rule to a pattern that is none is refused", async () => {
    const { service: of, rule: { id } } = await w.ruled();
    const before = await patterns(of);
    await expect(updateRule(w.operator, w.admin, of, id, { pattern: "no-slash" })).rejects.toMatchObject({ code: "invalid", fields: { pattern: [expect.stringContaining("has to start with '/'")] } });
    expect(await patterns(of)).toEqual(before);
  });
});

it("a rule that is asked for twice under a name is made once, and told as it is by now", async () => {
  const { service: of, metricId } = await w.ruled();
  const named = { ...w.operator, named: { key: keys.request(accountId(), w.account.admin.member.id, "token", `rule-${w.next()}`), asked: "x" } };
  const wanted = { ...RULE, pattern: "/named", metricId };
  const { id } = await createRule(named, w.admin, of, wanted);
  await updateRule(w.operator, w.admin, of, id, { delta: 7 });
  expect(await createRule(named, w.admin, of, wanted)).toMatchObject({ id, pattern: "/named", delta: 7 });
  expect((await patterns(of)).filter(([pattern]) => pattern === "/named")).toHaveLength(1);
});

it("a metric, or a method, that gateways count stays as long as they do, and is called what it is", async () => {
  const of = await w.serviceId();
  const [{ metricId: hits } = { metricId: undefined }] = await listRules(w.operator, w.admin, of);
  const method = await createMetric(w.operator, w.admin, of, { friendlyName: "Method", unit: "hit", description: "" }, hits);
  const counted = await metric(of);
  for (const on of [method.id, counted]) await rule(of, on);
  await updateProxy(w.operator, w.admin, of, { api_backend: "https://echo.example.com" });
  const refusal = (what: string) => ({ fields: { base: [`${what} is used by the latest gateway configuration and cannot be deleted`] } });
  await expect(deleteMetric(w.operator, w.admin, of, counted)).rejects.toMatchObject(refusal("Metric"));
  await expect(deleteMetric(w.operator, w.admin, of, method.id, hits)).rejects.toMatchObject(refusal("Method"));
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
    await expect(promoteConfig(named, reaching([]), of, "sandbox", 1, "production")).rejects.toMatchObject(NO_CONFIGURATION);
    await w.lose(keys.proxyConfig(accountId(), of, "production", 1));
    await expect(promote(of, 1, named)).rejects.toMatchObject(NO_CONFIGURATION);
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
    const by = reaching([three, one]);
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

  it("is of those that have a configuration, however many others they reach", async () => {
    const [one, other] = [await w.deployed(), await w.serviceId()];
    const gone = Array.from({ length: 120 }, (_, at) => id<ServiceId>(one - 200 + at));
    const { items } = await listConfigs(w.operator, reaching([...gone, other, one]), "sandbox", LATEST, WHOLE);
    expect(items.map(({ serviceId }) => serviceId)).toEqual([one]);
  });
});

it("a mesh has its changes in both environments under one number", async () => {
  const of = await w.deployed();
  await promoteConfig(w.operator, w.admin, of, "sandbox", 1, "production");
  await updateService(w.operator, w.admin, of, () => ({ settings: { ...BY_DEFAULT, deploymentOption: "service_mesh_istio" } }));
  expect(await recorded((deps) => deployProxy(deps, w.admin, of))).toEqual([[
    ["proxy_config.created", { environment: "sandbox", version: 2 }], ["proxy_config.promoted", { environment: "production", version: 2 }],
  ]]);
  expect([await versions(of), await versions(of, "production")]).toEqual([[1, 2], [1, 2]]);
});
