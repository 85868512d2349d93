import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { id, type ServiceId } from "../../lib/domain/brands.ts";
import { idNumber, IDS_PER_MS } from "../../lib/domain/ids.ts";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";
import { importService } from "../../lib/operations/services.ts";
import { metrics } from "../../lib/table/catalogue.ts";
import { keys } from "../../lib/table/model.ts";
import { transact } from "../../lib/table/transact.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request } from "../support/request.ts";
import { everyRow } from "../support/rows.ts";
import { rounds } from "../support/rounds.ts";
import { sample } from "../support/sample.ts";

let latchkey: Deployment;
let account: TestAccount;
let accountId: number;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  ({ accountId } = account.admin.member);
});
afterAll(() => latchkey?.stop());

type Wanted = { readonly id: number; readonly name: string; readonly system_name?: string };
/** An existing catalogue announces a service. */
const announce = (service: Wanted, account_id: number = accountId) =>
  latchkey.bus.put({ Source: "acme.catalogue", DetailType: "service.created", Detail: JSON.stringify({ account_id, service }) });
const admin = (method: string, path: string, token = account.admin.value) => request(latchkey, method, `/admin/api${path}`, { token });

let made = 0;
/** An announcement of a service that nobody knows yet, under a number of the catalogue's. */
const fresh = () => ({ id: id<ServiceId>(1000 + ++made), name: `Imported ${made}` });

/** What is stored about a service: itself, its token or its tombstone, and the records of its birth. */
async function rowsAbout(service: number, owner = accountId) {
  const rows = await everyRow(latchkey);
  const { pk } = keys.serviceToken(id(owner), id(service));
  return {
    services: rows.filter((row) => row["type"] === "service" && row["id"] === service && row["accountId"] === owner),
    tokens: rows.filter((row) => row.pk === pk),
    births: rows.filter((row) => row["event"] === "service.created" && row["accountId"] === owner && (row["subject"] as { serviceId?: number }).serviceId === service),
  };
}

/** How a service is there: what is stored of it, what the API shows of it and its token, and whom the token is taken for. */
async function stateOf({ id: service }: Wanted, { token = account.admin.value, owner = accountId } = {}) {
  const { services, tokens, births } = await rowsAbout(service, owner);
  const [read, revealed] = [await admin("GET", `/services/${service}.json`, token), await admin("GET", `/services/${service}/service_token.json`, token)];
  const authorized = await latchkey.invoke("authorizer", { headers: { authorization: `Bearer ${revealed.json.service_token?.value}` } });
  return {
    services: services.map((row) => row["name"]), tokens: tokens.map((row) => row["type"]), births: births.length,
    shown: [read.status, read.json.service?.id, read.json.service?.name],
    revealed: [revealed.status, revealed.json.service_token?.service_id, revealed.json.service_token?.service_name], authorized,
  };
}
/** Exactly one service of this name and one token, which is shown to whoever may see it and is known to the authorizer. */
const oneOf = ({ id: service, name }: Wanted, owner = accountId) => ({
  services: [name], tokens: ["service_token"], births: 1, shown: [200, service, name], revealed: [200, service, name],
  authorized: { isAuthorized: true, context: { kind: "service_token", accountId: String(owner), serviceId: String(service) } },
});

describe("a service that is announced", () => {
  it("is made with its token, as a service of the API is", async () => {
    const wanted = { ...fresh(), system_name: "from_catalogue" };
    await announce(wanted);
    expect(await stateOf(wanted)).toEqual(oneOf(wanted));
    const { json } = await admin("GET", `/services/${wanted.id}.json`);
    const { json: other } = await request(latchkey, "POST", "/admin/api/services.json", { token: account.admin.value, json: { name: "By hand" } });
    const { id: _id, name: _name, system_name, created_at: _created, updated_at: _updated, links: _links, ...settings } = json.service;
    expect(system_name).toBe("from_catalogue");
    expect(other.service).toMatchObject(settings);
    expect(latchkey.bus.deadLetters).toEqual([]);
  });

  it("is listed to whoever reaches all services, and to nobody who is limited to others", async () => {
    const wanted = fresh();
    const all = await account.member({ sections: ["partners"] });
    const limited = await account.member({ sections: ["partners"], serviceAccess: [] });
    await announce(wanted);
    expect((await admin("GET", `/services/${wanted.id}.json`, all.value)).status).toBe(200);
    expect((await admin("GET", `/services/${wanted.id}.json`, limited.value)).status).toBe(403);
  });

  it("gets its system name from its name, and another when that is taken", async () => {
    const all = [fresh(), fresh(), fresh()].map((wanted) => ({ ...wanted, name: "Écho API" }));
    for (const wanted of all) await announce(wanted);
    const names = await Promise.all(all.map(async (wanted) => {
      expect(await stateOf(wanted)).toEqual(oneOf(wanted));
      return (await admin("GET", `/services/${wanted.id}.json`)).json.service.system_name as string;
    }));
    expect(names[0]).toBe("echo_api");
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^echo_api/);
    for (const wanted of all) await announce(wanted);
    for (const wanted of all) expect(await stateOf(wanted)).toEqual(oneOf(wanted));
  });

  it("keeps to its account: another may have the same id", async () => {
    const other = await createTestAccount(latchkey);
    const wanted = fresh();
    await announce(wanted);
    await announce(wanted, other.admin.member.accountId);
    expect(await stateOf(wanted)).toEqual(oneOf(wanted));
    const owner = other.admin.member.accountId;
    expect(await stateOf(wanted, { token: other.admin.value, owner })).toEqual(oneOf(wanted, owner));
    const values = await Promise.all([account, other].map(async ({ admin: { value } }) => (await admin("GET", `/services/${wanted.id}/service_token.json`, value)).json.service_token.value));
    expect(values[0]).not.toBe(values[1]);
  });

  it.each([1, 42, Number.MAX_SAFE_INTEGER])("may have the id %i", async (number) => {
    const wanted = { ...fresh(), id: id<ServiceId>(number) };
    await announce(wanted);
    expect(await stateOf(wanted)).toEqual(oneOf(wanted));
  });

  it("may be one of many kinds of name", async () => {
    for (const name of ["x", "名前", "\u{1F511}".repeat(255), "a/b#c?d&e", "  padded  ", "__proto__", "<b>"]) {
      const wanted = { ...fresh(), name };
      await announce(wanted);
      expect(await stateOf(wanted)).toEqual(oneOf(wanted));
    }
    expect(latchkey.bus.deadLetters).toEqual([]);
  });
});

describe("announced again, there is one service and one token", () => {
  it("twice in a row: the first value stays", async () => {
    const wanted = fresh();
    await announce(wanted);
    const before = await rowsAbout(wanted.id);
    await announce(wanted);
    expect(await rowsAbout(wanted.id)).toEqual(before);
    expect(await stateOf(wanted)).toEqual(oneOf(wanted));
  });

  it("with an explicit system name, which it holds itself", async () => {
    const wanted = { ...fresh(), system_name: "twice_explicit" };
    await announce(wanted);
    await announce(wanted);
    expect(await stateOf(wanted)).toEqual(oneOf(wanted));
    expect(latchkey.bus.deadLetters).toEqual([]);
  });

  it("fifty times at once, in several rounds", async () => {
    for (let round = 0; round < rounds(1, 20); round++) {
      const wanted = fresh();
      await Promise.all(Array.from({ length: 50 }, () => announce(wanted)));
      expect(await stateOf(wanted)).toEqual(oneOf(wanted));
    }
  });

  it("at once under different names: one of them wins", async () => {
    for (let round = 0; round < rounds(1, 20); round++) {
      const { id: service } = fresh();
      const names = Array.from({ length: 10 }, () => `Contender ${++made}`);
      await Promise.all(names.map((name) => announce({ id: service, name })));
      const { services } = await rowsAbout(service);
      const [name] = names.filter((each) => each === services[0]?.["name"]);
      expect(await stateOf({ id: service, name: name! })).toEqual(oneOf({ id: service, name: name! }));
    }
  });

  it("of many services with one name at once, each is made", async () => {
    const all = Array.from({ length: 10 }, () => ({ ...fresh(), name: "Crowded" }));
    await Promise.all(all.map((wanted) => announce(wanted)));
    const names = new Set<unknown>();
    for (const wanted of all) {
      expect(await stateOf(wanted)).toEqual(oneOf(wanted));
      names.add((await rowsAbout(wanted.id)).services[0]?.["systemName"]);
    }
    expect(names.size).toBe(10);
  });

  it("under another name: the service keeps its own", async () => {
    const wanted = fresh();
    await announce(wanted);
    await announce({ ...wanted, name: "Renamed by the catalogue", system_name: "renamed" });
    expect(await stateOf(wanted)).toEqual(oneOf(wanted));
  });

  it("with the id of a service that was made by hand: that stays what it is", async () => {
    const { id: service, name } = await account.service("By hand, then announced");
    await announce({ id: service, name: "Announced" });
    expect(await stateOf({ id: service, name })).toEqual(oneOf({ id: service, name }));
  });

  it("after it was changed and its token shown: nothing is undone", async () => {
    const wanted = fresh();
    await announce(wanted);
    await request(latchkey, "PUT", `/admin/api/services/${wanted.id}.json`, { token: account.admin.value, json: { name: "Changed", description: "by hand" } });
    const before = await rowsAbout(wanted.id);
    await announce(wanted);
    expect(await rowsAbout(wanted.id)).toEqual(before);
  });

  it("in every order among others, and each of them twice", async () => {
    const permutations = <T>(items: readonly T[]): T[][] => (items.length === 0 ? [[]] : items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest])));
    for (const order of permutations([0, 1, 2])) {
      const all = [fresh(), fresh(), fresh()];
      for (const at of [...order, ...order.toReversed()]) await announce(all[at]!);
      for (const wanted of all) expect(await stateOf(wanted)).toEqual(oneOf(wanted));
    }
  });
});

describe("after its deletion it stays deleted", () => {
  const GONE = { services: [], tokens: ["deleted_service"], births: 1, shown: [404, undefined, undefined], revealed: [404, undefined, undefined], authorized: { isAuthorized: false } };

  it("announced late, again and again, and at once", async () => {
    const wanted = fresh();
    await announce(wanted);
    const { value } = (await admin("GET", `/services/${wanted.id}/service_token.json`)).json.service_token;
    await admin("DELETE", `/services/${wanted.id}.json`);
    expect(await stateOf(wanted)).toEqual(GONE);
    await announce(wanted);
    await Promise.all(Array.from({ length: 10 }, () => announce({ ...wanted, name: `Risen ${++made}` })));
    expect(await stateOf(wanted)).toEqual(GONE);
    expect(await latchkey.invoke("authorizer", { headers: { authorization: `Bearer ${value}` } })).toEqual({ isAuthorized: false });
    expect(latchkey.bus.deadLetters).toEqual([]);
  });

  it("when it was made by hand", async () => {
    const { id: service } = await account.service("Made and deleted by hand");
    await admin("DELETE", `/services/${service}.json`);
    await announce({ id: service, name: "Announced" });
    expect(await stateOf({ id: service, name: "Announced" })).toEqual(GONE);
  });

  it("announced while it is being deleted", async () => {
    for (let round = 0; round < rounds(2, 50); round++) {
      const wanted = fresh();
      await announce(wanted);
      const [deleted] = await Promise.all([admin("DELETE", `/services/${wanted.id}.json`), announce(wanted), announce(wanted)]);
      expect(deleted.status).toBe(200);
      expect(await stateOf(wanted)).toEqual(GONE);
    }
  });

  it("its names are free for others", async () => {
    const wanted = { ...fresh(), system_name: "inherited" };
    await announce(wanted);
    await admin("DELETE", `/services/${wanted.id}.json`);
    const heir = { ...fresh(), system_name: "inherited" };
    await announce(heir);
    expect(await stateOf(heir)).toEqual(oneOf(heir));
    await announce(wanted);
    expect(await stateOf(wanted)).toEqual(GONE);
    expect(await stateOf(heir)).toEqual(oneOf(heir));
  });
});

describe("an announcement that cannot be followed", () => {
  const good = { id: 7, name: "Good" };
  it.each(sample<[string, object | ((account_id: number) => object)]>("announcements that cannot be followed", 7, [
    ["without an account", { service: good }],
    ["of an account that is unknown", { account_id: 4242, service: good }],
    ["of account 0", { account_id: 0, service: good }],
    ["of an account given as text", (account_id) => ({ account_id: String(account_id), service: good })],
    ["of half an account", { account_id: 1.5, service: good }],
    ["without a service", (account_id) => ({ account_id })],
    ["without an id", (account_id) => ({ account_id, service: { name: "Bad" } })],
    ["with the id 0", (account_id) => ({ account_id, service: { ...good, id: 0 } })],
    ["with the id -1", (account_id) => ({ account_id, service: { ...good, id: -1 } })],
    ["with the id 1.5", (account_id) => ({ account_id, service: { ...good, id: 1.5 } })],
    ["with the id 2^53", (account_id) => ({ account_id, service: { ...good, id: 2 ** 53 } })],
    ["with an id of text", (account_id) => ({ account_id, service: { ...good, id: "7" } })],
    ["with the id null", (account_id) => ({ account_id, service: { ...good, id: null } })],
    ["without a name", (account_id) => ({ account_id, service: { id: 7 } })],
    ["with a blank name", (account_id) => ({ account_id, service: { id: 7, name: " " } })],
    ["with a name of 256 code points", (account_id) => ({ account_id, service: { id: 7, name: "x".repeat(256) } })],
    ["with control characters in its name", (account_id) => ({ account_id, service: { id: 7, name: "a\u0000b" } })],
    ["with a line break in its name", (account_id) => ({ account_id, service: { id: 7, name: "a\nb" } })],
    ["with half a character in its name", (account_id) => ({ account_id, service: { id: 7, name: "a\ud83d" } })],
    ["with a system name that is none", (account_id) => ({ account_id, service: { ...good, system_name: "a b" } })],
    ["that is empty", {}],
  ]))("%s is tried three times and then lies in the dead-letter queue, and no other is held up", async (_what, detail) => {
    const [before, rows] = [latchkey.bus.deadLetters.length, await everyRow(latchkey)];
    const Detail = JSON.stringify(typeof detail === "function" ? detail(accountId) : detail);
    await latchkey.bus.put({ Source: "acme.catalogue", DetailType: "service.created", Detail });
    expect(await everyRow(latchkey)).toEqual(rows);
    expect(latchkey.bus.deadLetters.slice(before)).toEqual([{
      requestPayload: expect.objectContaining({ "detail-type": "service.created", source: "acme.catalogue", detail: JSON.parse(Detail) as unknown }),
      function: latchkey.template.functions.find(({ name }) => name === "importService")?.logicalId,
    }]);
    const next = fresh();
    await announce(next);
    expect(await stateOf(next)).toEqual(oneOf(next));
    expect(latchkey.bus.deadLetters).toHaveLength(before + 1);
  });

  it("because another service holds its system name, or because KMS is away for long, lies there too; for a moment is no harm", async () => {
    const before = latchkey.bus.deadLetters.length;
    const holder = { ...fresh(), system_name: "held" };
    await announce(holder);
    const rival = { ...fresh(), system_name: "held" };
    await announce(rival);
    expect(latchkey.bus.deadLetters).toHaveLength(before + 1);
    expect((await rowsAbout(rival.id)).services).toEqual([]);

    const patient = fresh();
    latchkey.aws.failNext("kms", 8);
    await announce(patient);
    expect(await stateOf(patient)).toEqual(oneOf(patient));
    const unlucky = fresh();
    latchkey.aws.failNext("kms", 9);
    await announce(unlucky);
    expect(latchkey.bus.deadLetters).toHaveLength(before + 2);
    expect(await rowsAbout(unlucky.id)).toEqual({ services: [], tokens: [], births: [] });
    await announce(unlucky);
    expect(await stateOf(unlucky)).toEqual(oneOf(unlucky));
  });

  it("is never taken for one that was followed before: an id that was drawn for its metric and is another's is drawn again", async () => {
    const { operator } = latchkey;
    const wanted = fresh();
    const follow = () => importService(operator, id(accountId), id(wanted.id), { name: wanted.name, settings: BY_DEFAULT });
    const now = Date.now();
    for (let drawn = 0; drawn < IDS_PER_MS; drawn++) {
      await transact(operator.table, [{ put: { ...keys.entity(metrics.kind, id(accountId), id(idNumber(now, drawn))), type: "another's" } }]);
    }
    vi.useFakeTimers({ toFake: ["Date"], now });
    try {
      await expect(follow()).rejects.toMatchObject({ code: "busy" });
    } finally {
      vi.useRealTimers();
    }
    await follow();
    expect(await stateOf(wanted)).toEqual(oneOf(wanted));
  });

  it("among good ones, all at once: each of those is made", async () => {
    const before = latchkey.bus.deadLetters.length;
    const all = Array.from({ length: 20 }, fresh);
    await Promise.all(all.flatMap((wanted, at) => [announce(wanted), ...(at % 4 === 0 ? [announce({ ...wanted, id: 1.5 })] : [])]));
    for (const wanted of all) expect(await stateOf(wanted)).toEqual(oneOf(wanted));
    expect(latchkey.bus.deadLetters).toHaveLength(before + 5);
  });
});

describe("what is not for it", () => {
  it.each([
    ["our own announcement", { Source: "latchkey", DetailType: "service.created" }],
    ["another event of the catalogue", { Source: "acme.catalogue", DetailType: "service.updated" }],
  ])("%s makes nothing", async (_what, envelope) => {
    const rows = await everyRow(latchkey);
    await latchkey.bus.put({ ...envelope, Detail: JSON.stringify({ account_id: accountId, service: fresh() }) });
    expect(await everyRow(latchkey)).toEqual(rows);
  });

  it("a service that was imported is announced by us once, and that makes no further one", async () => {
    await latchkey.pump.drain();
    await latchkey.bus.deliver();
    const wanted = fresh();
    await announce(wanted);
    await latchkey.pump.drain();
    const rows = await everyRow(latchkey);
    const entries = await latchkey.bus.deliver();
    expect(entries.filter(({ DetailType }) => DetailType === "service.created").map(({ Source, Detail }) => [Source, (JSON.parse(Detail) as { subject: unknown }).subject]))
      .toEqual([["latchkey", { service_id: wanted.id }]]);
    expect(await latchkey.pump.drain()).toBe(0);
    expect(await everyRow(latchkey)).toEqual(rows);
    expect(await latchkey.bus.deliver()).toEqual([]);
  });

  it("its role reads and writes rows and opens data keys, and that is used: nothing is denied to it", () => {
    expect(latchkey.logs()).not.toMatch(/AccessDenied|not authorized to perform/);
  });
});
