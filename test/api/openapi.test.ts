import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request } from "../support/request.ts";

let latchkey: Deployment;
beforeAll(async () => {
  latchkey = await startDeployment();
});
afterAll(() => latchkey?.stop());

it("the API describes itself to whoever asks, without a token", async () => {
  const { status, headers, json } = await request(latchkey, "GET", "/openapi.json");
  expect([status, headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
  expect(json.servers).toEqual([{ url: "https://latchkey01.execute-api.eu-west-1.amazonaws.com" }]);
  expect({ ...json, servers: [] }).toEqual({ ...JSON.parse(JSON.stringify(inject("openapi"))), servers: [] });
});

it("nothing of the database is read for it", async () => {
  const before = latchkey.proxy.calls.length;
  await request(latchkey, "GET", "/openapi.json");
  expect(latchkey.proxy.calls.length).toBe(before);
});
