import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Member, Service } from "../../lib/domain/model.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { fromPage, signIn } from "../support/portal.ts";
import { request } from "../support/request.ts";
import { everyRow } from "../support/rows.ts";

/** What whoever is signed in may do whatever their sections: look after their own tokens, and see the service tokens they reach. */
const RIGHTS = "/p/api/admin/api/personal/rights.json";
const TOKENS = "/p/api/admin/api/personal/access_tokens.json";
const ALL_TOKENS = "/p/api/admin/api/access_tokens.json";
const SERVICE_TOKENS = "/p/api/admin/api/service_tokens.json";

let latchkey: Deployment;
let account: TestAccount;
let service: Service;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  service = await account.service("Petstore");
});
afterAll(() => latchkey?.stop());

/** The pages of somebody who is signed in. */
async function pagesOf(member: Member) {
  const { cookie } = await signIn(latchkey, member);
  return (method: string, path: string, json?: object) => fromPage(latchkey, cookie, method, path, json === undefined ? {} : { json });
}
const without = async (sections: Member["sections"], serviceAccess: Member["serviceAccess"] = "all") => pagesOf((await account.member({ sections, serviceAccess }, { scopes: [] })).member);

describe("somebody without any section", () => {
  it("learns what they may not give to a token, and which section each scope takes", async () => {
    const pages = await without([]);
    const { status, json } = await pages("GET", RIGHTS);
    expect([status, json.rights]).toMatchObject([200, { permission: "rw", sections: [], service_access: [] }]);
    expect(json.rights.scopes.map((offer: { missing: string }) => offer.missing)).toEqual(["section:finance", "section:partners", "section:monitoring", "section:policy_registry"]);
  });

  it("sees and deletes their own tokens, of when they had one", async () => {
    const person = await account.member({ sections: [] }, { scopes: [], name: "Left over" });
    const pages = await pagesOf(person.member);
    expect((await pages("GET", TOKENS)).json.access_tokens).toMatchObject([{ access_token: { id: person.token.id, name: "Left over" } }]);
    expect((await pages("DELETE", TOKENS.replace(".json", `/${person.token.id}.json`))).status).toBe(200);
    expect((await pages("GET", TOKENS)).json).toEqual({ access_tokens: [] });
  });

  it("makes no token: no scope is theirs to give", async () => {
    const { status, json } = await (await without([]))("POST", TOKENS, { name: "Wanted", scopes: ["stats"], permission: "ro" });
    expect([status, json.errors]).toEqual([422, { scopes: ["stats is beyond your own rights"] }]);
  });

  it("sees no service token, whatever list of services is stored: they reach none", async () => {
    const pages = await without([], [service.id]);
    for (const path of [SERVICE_TOKENS, `/p/api/admin/api/services/${service.id}/service_token.json`]) {
      const { status, json } = await pages("GET", path);
      expect([status, json]).toEqual([403, { error: "Access denied", code: "no_service_access" }]);
    }
  });
});

describe("somebody with a section that opens no scope of the Account Management API", () => {
  it("makes tokens of the scope that they hold, with which the rest of that API stays closed", async () => {
    const pages = await without(["finance"]);
    const { status, json } = await pages("POST", TOKENS, { name: "Bills", scopes: ["finance"], permission: "ro" });
    expect(status).toBe(201);
    const { value } = json.access_token;
    expect((await request(latchkey, "GET", "/api/invoices.json", { token: value })).status).toBe(200);
    expect((await request(latchkey, "GET", TOKENS.replace("/p/api", ""), { token: value })).json).toMatchObject({ code: "insufficient_rights", missing: ["section:partners"] });
  });

  it("sees the tokens of the services that they reach, and no others", async () => {
    const other = await account.service("Other");
    const pages = await without(["monitoring"], [service.id]);
    expect((await pages("GET", SERVICE_TOKENS)).json.service_tokens).toMatchObject([{ service_token: { service_id: service.id } }]);
    expect((await pages("GET", `/p/api/admin/api/services/${service.id}/service_token.json`)).json.service_token.value).toMatch(/^lk_st_/);
    expect((await pages("GET", `/p/api/admin/api/services/${other.id}/service_token.json`)).status).toBe(404);
  });
});

describe("a look at a service token", () => {
  it("is on record by the time its value is there, with who it was and no value; seeing the list is not", async () => {
    const { id } = await account.service("Watched");
    const { member } = await account.member({ sections: ["monitoring"], serviceAccess: [id] }, { scopes: [] });
    const pages = await pagesOf(member);
    const looks = async () => (await everyRow(latchkey)).filter((row) => row["event"] === "service_token.revealed" && (row["subject"] as { serviceId?: number }).serviceId === id);
    expect((await pages("GET", SERVICE_TOKENS)).json.service_tokens).toHaveLength(1);
    expect(await looks()).toEqual([]);
    const { value } = (await pages("GET", `/p/api/admin/api/services/${id}/service_token.json`)).json.service_token;
    const [look, ...others] = await looks();
    expect([look?.["actor"], others]).toEqual([{ memberId: member.id }, []]);
    expect(JSON.stringify(look)).not.toContain(value.slice(24, 67));
  });
});

describe("everybody's tokens", () => {
  it("are for admins, who may give every scope", async () => {
    const [pages, member] = [await pagesOf(account.admin.member), await without(["partners", "finance", "monitoring"])];
    const { status, json } = await pages("GET", `${ALL_TOKENS}?per_page=1`);
    expect([status, json.access_tokens, json.metadata.per_page]).toMatchObject([200, [{ access_token: { id: account.admin.token.id, username: account.admin.member.username } }], 1]);
    expect((await pages("GET", RIGHTS)).json.rights).toMatchObject({ user: { role: "admin" }, scopes: [{ allowed: true }, { allowed: true }, { allowed: true }, { allowed: true }] });
    expect((await member("GET", ALL_TOKENS)).json).toEqual({ status: "Forbidden", code: "forbidden" });
  });
});
