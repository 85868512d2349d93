import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type ServiceId } from "../../lib/domain/brands.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";
import { createAccount } from "../../lib/operations/accounts.ts";
import { authenticate } from "../../lib/operations/authenticate.ts";
import { createMetric } from "../../lib/operations/metrics.ts";
import { createLimit, createPlan } from "../../lib/operations/plans.ts";
import { createService, deleteService } from "../../lib/operations/services.ts";
import { revealServiceToken } from "../../lib/operations/service-tokens.ts";
import { readRow } from "../../lib/table/client.ts";
import { keys, type Key, type Row } from "../../lib/table/model.ts";
import { readService, readServiceToken } from "../../lib/table/services.ts";
import { transact } from "../../lib/table/transact.ts";
import { rounds } from "../support/rounds.ts";
import { sample } from "../support/sample.ts";
import { tried } from "../support/tried.ts";
import { startAws, type Aws } from "./aws.ts";
import { run } from "./cli.ts";

let aws: Aws;
let admin: Principal & { readonly kind: "member" };
const files = mkdtempSync(path.join(tmpdir(), "latchkey-catalogue-"));

beforeAll(async () => {
  aws = await startAws();
  admin = { kind: "member", member: (await createAccount(aws.deps, { name: "Acme", adminEmail: "admin@acme.example" })).admin };
});
afterAll(async () => {
  rmSync(files, { recursive: true });
  await aws.stop();
});

const account = () => admin.member.accountId;
const reconcile = (...args: readonly string[]) => run(["services", "reconcile", "--stage", aws.stage, "--account", String(account()), ...args], { env: aws.env });
const found = async (...args: readonly string[]) => {
  const { code, stdout, stderr } = await reconcile("--json", ...args);
  expect(stderr).toBe("");
  return { code, services: (JSON.parse(stdout) as { services: { id: number; disagreement: string; repaired: boolean }[] }).services };
};
let made = 0;
const service = async () => (await createService(aws.deps, admin, { name: `Service ${++made}`, settings: BY_DEFAULT })).id;
const lose = (...lost: readonly Key[]) => transact(aws.deps.table, lost.map((key) => ({ remove: key })));
const serviceKey = (of: ServiceId) => keys.service(account(), of);
const tokenKey = (of: ServiceId) => keys.serviceToken(account(), of);
const reveal = async (of: ServiceId) => (await revealServiceToken(aws.deps, admin, of)).value;
const catalogue = (content: unknown) => {
  const file = path.join(files, `${++made}.json`);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
};
const ALL_WELL = { code: 0, services: [] };

describe("services reconcile", () => {
  it("finds nothing where nothing is wrong: services that are there, and some that were deleted", async () => {
    await service();
    await deleteService(aws.deps, admin, await service());
    expect(await found()).toEqual(ALL_WELL);
    const { code, stdout } = await reconcile();
    expect([code, stdout]).toEqual([0, "Every service has its token, and every token its service.\n"]);
  });

  it("gives a service that lost its token another, by which its calls are judged as before", async () => {
    const of = await service();
    const { id: metricId } = await createMetric(aws.deps, admin, of, { friendlyName: "Searches", unit: "search", description: "" });
    const plan = await createPlan(aws.deps, admin, of, { name: "Basic", state: "hidden", approvalRequired: false, trialPeriodDays: 0, setupFeeCents: 0, costPerMonthCents: 0 });
    await createLimit(aws.deps, admin, plan.id, metricId, { period: "hour", value: 10 });
    const before = await readServiceToken(aws.deps.table, account(), of);
    const lost = await reveal(of);
    await lose(tokenKey(of));
    expect(await found()).toEqual({ code: 0, services: [{ id: of, disagreement: "service_without_token", repaired: true }] });
    const value = await reveal(of);
    expect(await authenticate(aws.deps, value)).toMatchObject({ kind: "service_token", token: { serviceId: of } });
    expect(await authenticate(aws.deps, lost)).toEqual({ kind: "unproved", reason: "wrong_secret" });
    expect((await readServiceToken(aws.deps.table, account(), of))?.traffic).toEqual(before?.traffic);
    expect(await found()).toEqual(ALL_WELL);
  });

  it("revokes the token of a service that is gone, for good", async () => {
    const of = await service();
    const value = await reveal(of);
    await lose(serviceKey(of));
    expect(await found()).toEqual({ code: 0, services: [{ id: of, disagreement: "token_without_service", repaired: true }] });
    expect(await authenticate(aws.deps, value)).toEqual({ kind: "unproved", reason: "unknown" });
    expect(await readRow(aws.deps.table, tokenKey(of))).toMatchObject({ type: "deleted_service" });
    expect(await found("--catalogue", catalogue([{ id: of, name: "Again" }]))).toEqual(ALL_WELL);
  });

  it("finishes the deletion of a service that came back without its token, as from a backup", async () => {
    const of = await service();
    const row = await readRow(aws.deps.table, serviceKey(of)) as Row;
    await deleteService(aws.deps, admin, of);
    await transact(aws.deps.table, [{ put: row }]);
    expect(await found()).toEqual({ code: 0, services: [{ id: of, disagreement: "half_deleted", repaired: true }] });
    expect(await readService(aws.deps.table, account(), of)).toBeUndefined();
    expect(await found()).toEqual(ALL_WELL);
  });

  it("makes the services that the catalogue has and Latchkey has not, and leaves the others", async () => {
    const [known, missing] = [await service(), id<ServiceId>(4711)];
    const value = await reveal(known);
    const file = catalogue([{ id: known, name: "Under another name" }, { id: missing, name: "Echo", system_name: "echo" }]);
    expect(await found("--catalogue", file)).toEqual({ code: 0, services: [{ id: missing, disagreement: "missing", repaired: true }] });
    expect(await readService(aws.deps.table, account(), missing)).toMatchObject({ name: "Echo", systemName: "echo" });
    expect(await reveal(known)).toBe(value);
    expect(await found("--catalogue", file)).toEqual(ALL_WELL);
  });

  it("--dry-run says what it finds and changes nothing", async () => {
    const of = await service();
    await lose(tokenKey(of));
    const { code, stdout } = await reconcile("--dry-run");
    expect([code, stdout]).toEqual([0, `SERVICE${" ".repeat(String(of).length - 5)}FOUND                  REPAIRED\n${of}  service_without_token  no\n`]);
    expect(await readRow(aws.deps.table, tokenKey(of))).toBeUndefined();
    expect(await found()).toEqual({ code: 0, services: [{ id: of, disagreement: "service_without_token", repaired: true }] });
  });

  it("after many lost events, of each kind: then every service has one token, and no token is without its service", async () => {
    const each = Math.ceil(rounds(60, 1000) / 3);
    const batches = async (make: () => Promise<ServiceId>) => {
      const all: ServiceId[] = [];
      while (all.length < each) all.push(...await Promise.all(Array.from({ length: Math.min(10, each - all.length) }, make)));
      return all;
    };
    const tokenless = await batches(service);
    const orphans = await batches(service);
    const announced = Array.from({ length: each }, (_, at) => ({ id: 900_000 + at, name: `Announced ${at}` }));
    for (const of of tokenless) await lose(tokenKey(of));
    for (const of of orphans) await lose(serviceKey(of));
    const { code, services } = await found("--catalogue", catalogue(announced));
    expect(code).toBe(0);
    expect(services.every(({ repaired }) => repaired)).toBe(true);
    const idsOf = (disagreement: string) => new Set(services.filter((each_) => each_.disagreement === disagreement).map(({ id: number }) => number));
    expect([idsOf("service_without_token"), idsOf("token_without_service"), idsOf("missing")]).toEqual([new Set(tokenless), new Set(orphans), new Set(announced.map(({ id: number }) => number))]);
    expect(await found()).toEqual(ALL_WELL);
    tried("reconciler", { "lost events": services.length });
  });
});

describe("wrong usage is 2, and says what is wrong", () => {
  it.each(sample<[string, () => readonly string[], string]>("wrong reconciliations", 2, [
    ["a catalogue that is not there", () => ["--catalogue", path.join(files, "nowhere")], "cannot be read"],
    ["a catalogue that is no JSON", () => ["--catalogue", catalogue("[")], "is no JSON"],
    ["a catalogue that is no list", () => ["--catalogue", catalogue({})], "must hold a JSON list of services"],
    ["a service without a name", () => ["--catalogue", catalogue([{ id: 1 }])], "0.name"],
    ["an id that is none", () => ["--catalogue", catalogue([{ id: 1.5, name: "Half" }])], "1.5 is no id"],
    ["an account that is no id", () => ["--account", "Acme"], "--account"],
  ]))("%s", async (_what, args, said) => {
    const { code, stdout, stderr } = await reconcile(...args());
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(said);
  });

  it("an unknown account is 1, and says how to find the right one", async () => {
    const { code, stderr } = await reconcile("--account", "1");
    expect([code, stderr]).toEqual([1, `error: There is no account 1 in latchkey-${aws.stage}: see latchkey accounts list.\n`]);
  });
});
