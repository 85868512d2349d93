import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventFrom } from "../../lib/table/events.ts";
import { everyOperation } from "../api/wrong-input.ts";
import { createTestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { startFaultProxy, type FaultProxy } from "../support/fault-proxy.ts";
import { request } from "../support/request.ts";
import { everyRow } from "../support/rows.ts";
import { tried } from "../support/tried.ts";
import { startLane, type Lane } from "./lane.ts";
import { referenceOf, wrongAfter } from "./trial.ts";

/** What is not the database and fails: the keys that open service tokens, and the bus that events go to. */
/** KMS's own client makes three tries: so many failures outlast any request. */
const [ONE_FAILURE, NO_END] = [1, 1000];
const WITH_KEYS = ["createService", "revealServiceToken", "listProxyConfigs", "readProxyConfig", "promoteProxyConfig"];

let latchkey: Deployment;
let faults: FaultProxy;
let lane: Lane;
const operations = (await everyOperation()).filter(({ name }) => WITH_KEYS.includes(name));
beforeAll(async () => {
  faults = await startFaultProxy();
  latchkey = await startDeployment({ AWS_ENDPOINT_URL_DYNAMODB: faults.url });
  faults.sendTo(latchkey.proxy.url);
  lane = await startLane(latchkey, operations);
});
afterAll(async () => {
  await latchkey?.stop();
  await faults?.stop();
});

describe("while keys cannot be opened", () => {
  it.each(operations.map((operation) => [operation.name, operation] as const))("%s says so, changes nothing by halves, and is done when it is asked again", async (_name, operation) => {
    const reference = await referenceOf({ latchkey, faults }, lane, operation);
    for (const failures of [ONE_FAILURE, NO_END]) {
      const wrong = await wrongAfter({ latchkey, faults }, lane, reference, async ({ method, path, ...options }) => {
        const before = latchkey.aws.calls["kms:Decrypt"] ?? 0;
        latchkey.aws.failNext("kms", failures);
        const heard = await request(latchkey, method, path, { token: lane.token, ...options });
        latchkey.aws.failNext("kms", 0);
        expect(heard.status).toBe(failures === NO_END ? 503 : reference.status);
        return { heard, struck: (latchkey.aws.calls["kms:Decrypt"] ?? 0) > before + 1 };
      });
      expect(wrong).toEqual([]);
    }
  });

  it("an announced service waits, and is made with its token when it is announced again", async () => {
    const service = { id: 77, name: "Announced without keys" };
    const announce = () => latchkey.bus.put({ Source: "acme.catalogue", DetailType: "service.created", Detail: JSON.stringify({ account_id: lane.accountId, service }) });
    await lane.restore();
    latchkey.aws.failNext("kms", NO_END);
    await announce();
    latchkey.aws.failNext("kms", 0);
    expect([latchkey.bus.deadLetters.splice(0).length, await lane.changes()]).toEqual([1, []]);
    await announce();
    expect((await lane.changes()).filter((line) => /^new service/.test(line))).toEqual(["new service at ACCOUNT#n#SERVICES", "new service_token at ACCOUNT#n#SERVICE#77"]);
  });
});

describe("while the bus takes nothing", () => {
  it("what is done is done and told as done, and its events wait in the table until the bus takes them: each, in order", async () => {
    const account = await createTestAccount(latchkey);
    await latchkey.pump.drain();
    const before = latchkey.aws.events().length;
    const known = new Set((await everyRow(latchkey)).map(({ sk }) => sk));
    // Ten deliveries of the stream, each of three tries.
    latchkey.aws.failNext("events", 30);
    const act = (method: string, path: string, json?: object) => request(latchkey, method, `/admin/api${path}.json`, { token: account.admin.value, ...(json === undefined ? {} : { json }) });
    const services = await Promise.all(Array.from({ length: 5 }, (_, at) => act("POST", "/services", { name: `Unheard ${at}` })));
    expect(services.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    for (const { json } of services) expect((await act("DELETE", `/services/${json.service.id}`)).status).toBe(200);
    const stored = (await everyRow(latchkey)).filter(({ type, sk }) => type === "event" && !known.has(sk)).map(eventFrom);
    expect([stored.length, latchkey.aws.events().length]).toEqual([10, before]);

    await latchkey.pump.drain();
    const published = latchkey.aws.events().slice(before).map(({ Detail }) => (JSON.parse(Detail) as { readonly id: string }).id);
    expect(published.toSorted()).toEqual(stored.map((event) => event.id).toSorted());
    expect(latchkey.pump.deadLetters).toEqual([]);
    tried("events while the bus was down", { events: published.length, "failed calls": 30 });
  });
});
