import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Application } from "../../lib/domain/model.ts";
import { createTestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { rounds } from "../support/rounds.ts";
import { everyRow } from "../support/rows.ts";
import { tried } from "../support/tried.ts";
import { gatewayOf, type Gateway } from "../support/traffic.ts";
import { send, strangersIn } from "./wrong-input.ts";

/** Calls and reports that no gateway would make. The seed is fixed: a failure comes again. */
const SEED = 20_261_124;
const RUNS = rounds(400, 20_000);

let latchkey: Deployment;
let gateway: Gateway;
let application: Application;
beforeAll(async () => {
  latchkey = await startDeployment();
  const account = await createTestAccount(latchkey);
  gateway = await gatewayOf(latchkey, account.admin, (await account.service("Echo")).id);
  application = await gateway.application();
});
afterAll(() => latchkey?.stop());

const oddText = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom("", " ", "0", "1", "#5", "-1", "1e3", "\0", "\uD800", "a".repeat(300), "hits", "__proto__", "constructor", "2026-11-24 10:00:00", "9".repeat(40)) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 30 }) },
);
const escaped = (text: string) => encodeURIComponent(text.toWellFormed());
const name = fc.constantFrom(
  "usage[hits]", "usage[]", "usage", "usage[hits][x]", "[usage][hits]", "usage[__proto__]", "app_id", "app_key", "user_key", "user_key[]", "service_id[]", "service_token[a]", "redirect_uri", "user_id", "no_body", "log[code]",
  "transactions", "transactions[]", "transactions[0]", "transactions[0][user_key]", "transactions[0][usage]", "transactions[0][usage][hits]", "transactions[0][usage][hits][]", "transactions[0][timestamp]", "transactions[a][app_id]",
  "transactions[__proto__][usage][hits]", "transactions[0][service_token]", "transactions[1][usage][hits]", "access_token", "",
);
const pairs = fc.array(fc.tuple(name, fc.oneof({ weight: 8, arbitrary: oddText.map(escaped) }, { weight: 1, arbitrary: fc.constantFrom("%", "%zz", "%FF") })), { maxLength: 8 })
  .map((given) => given.map(([key, value]) => `${key.replaceAll("[", "%5B").replaceAll("]", "%5D")}=${value}`));
const call = fc.record({
  target: fc.constantFrom("GET authorize", "GET authrep", "GET oauth_authorize", "GET oauth_authrep", "POST report", "POST report"),
  proved: fc.constantFrom("yes", "yes", "yes", "no"), named: fc.boolean(), query: pairs, body: pairs,
  options: fc.option(oddText, { nil: undefined, freq: 3 }), key: fc.option(fc.constantFrom("k", "two words", "x".repeat(300), "\u00ff"), { nil: undefined, freq: 5 }),
});

describe("generated calls and reports", () => {
  const statuses: number[] = [];

  it(`${RUNS} of them: never a 5xx, and every refusal in the API's own words`, async () => {
    await fc.assert(fc.asyncProperty(call, async ({ target, proved, named, query, body, options, key }) => {
      const [method = "GET", what] = target.split(" ");
      const proof = proved === "yes" ? [`service_token=${gateway.serviceToken}`, `service_id=${gateway.serviceId}`] : [];
      const path = method === "POST" ? "/transactions.xml" : `/transactions/${what}.xml`;
      const naming = !named ? [] : method === "POST" ? [`transactions%5B0%5D%5Buser_key%5D=${application.userKey}`] : [`user_key=${application.userKey}`];
      const answer = await send(latchkey.url, {
        method, target: `${path}?${[...proof, ...naming, ...query].join("&")}`, ...(method === "POST" ? { type: "application/x-www-form-urlencoded", body: body.join("&") } : {}),
        headers: { ...(options === undefined ? {} : { "3scale-options": escaped(options) }), ...(key === undefined ? {} : { "idempotency-key": key }) },
      });
      statuses.push(answer.status);
      expect([200, 202, 400, 403, 404, 409, 422]).toContain(answer.status);
      expect(answer.text).toMatch(/^$|^<\?xml version="1\.0" encoding="UTF-8"\?><(error code="[a-z_]+">[^]*<\/error|status>[^]*<\/status)>$/);
      expect(answer.text).not.toContain(gateway.serviceToken);
    }), { seed: SEED, numRuns: RUNS, endOnFailure: true });
    tried("malformed calls and reports", { requests: statuses.length }, SEED);
  }, RUNS * 300);

  it("reach into the rules: some are allowed, some reported, some refused for each kind of fault", () => {
    expect(statuses).toEqual(expect.arrayContaining([200, 202, 400, 403, 404, 422]));
  });

  it("let no function fail, are counted to the end, and leave nothing in the table that does not belong there", async () => {
    // One that is right, so that there are counts to look at however few of the others were.
    expect((await gateway.report({ "transactions[0][user_key]": application.userKey, "transactions[0][usage][hits]": "1" })).status).toBe(202);
    await latchkey.counter.drain();
    expect(latchkey.gateway.failures).toEqual([]);
    expect(latchkey.logs()).not.toContain('"level":"ERROR"');
    expect(latchkey.counter.deadLetters).toEqual([]);
    const rows = await everyRow(latchkey);
    expect(rows.filter(({ type }) => type === "application_usage").map(({ counts }) => Object.keys(counts as object).length)).toContain(1);
    expect(rows.filter((row) => strangersIn(row).length > 0).map((row) => [row["pk"], ...strangersIn(row)])).toEqual([]);
  });
});
