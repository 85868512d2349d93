import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Service } from "../../lib/domain/model.ts";
import { isoSeconds } from "../../lib/domain/time.ts";
import { epochSeconds } from "../../lib/domain/brands.ts";
import { readOwnRights } from "../../lib/operations/own-rights.ts";
import { readAccount } from "../../lib/table/accounts.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request } from "../support/request.ts";
import { rewriteMember } from "../support/rows.ts";

/** What a caller may do and may give to a token, as pages and programs ask for it. */
const PATH = "/admin/api/personal/rights.json";

let latchkey: Deployment;
let account: TestAccount;
let service: Service;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  service = await account.service("Petstore");
});
beforeEach(() => latchkey.proxy.reset());
afterAll(() => latchkey?.stop());

const get = (by: Person, path = PATH) => request(latchkey, "GET", path, { token: by.value });
const NAMES = { finance: "Billing API", account_management: "Account Management API", stats: "Analytics API", policy_registry: "Policy Registry API" };

describe("200", () => {
  it.each([PATH, "/admin/api/personal/rights"])("%s tells an admin who they are, and that they may give every scope their token has", async (path) => {
    const { admin } = account;
    const { status, json } = await get(admin, path);
    expect([status, json]).toEqual([200, {
      rights: {
        account: { id: admin.member.accountId, name: (await readAccount(latchkey.operator.table, admin.member.accountId))?.name },
        user: { id: admin.member.id, username: admin.member.username, email: admin.member.email, role: "admin" },
        permission: "rw",
        sections: ["finance", "monitoring", "partners", "plans", "policy_registry", "portal", "settings"],
        service_access: "all",
        scopes: Object.entries(NAMES).map(([scope, name]) => ({ scope, name, allowed: true })),
      },
    }]);
  });

  it("tells a member's token what is missing: a section of its owner, or a scope of its own; how far it may write, and until when", async () => {
    const expiresAt = epochSeconds(Math.floor(Date.now() / 1000) + 3600);
    const by = await account.member({ sections: ["partners", "monitoring"], serviceAccess: [service.id] }, { permission: "ro", expiresAt });
    const { json } = await get(by);
    expect(json.rights).toMatchObject({ permission: "ro", expires_at: isoSeconds(expiresAt), sections: ["monitoring", "partners"], service_access: [service.id] });
    expect(json.rights.user).toEqual({ id: by.member.id, username: by.member.username, email: by.member.email, role: "member" });
    expect(json.rights.scopes).toEqual([
      { scope: "finance", name: NAMES.finance, allowed: false, missing: "section:finance" },
      { scope: "account_management", name: NAMES.account_management, allowed: true },
      { scope: "stats", name: NAMES.stats, allowed: false, missing: "scope:stats" },
      { scope: "policy_registry", name: NAMES.policy_registry, allowed: false, missing: "section:policy_registry" },
    ]);
  });

  it("says that a member without a section that works with services reaches none, whatever list is stored", async () => {
    const { member } = await account.member({ sections: ["finance"], serviceAccess: [service.id] }, { scopes: ["finance"] });
    const { ceiling, offers } = await readOwnRights(latchkey.operator, { kind: "member", member });
    expect(ceiling).toEqual({ scopes: ["finance"], permission: "rw", expiresAt: "never" });
    expect(offers.filter(({ allowed }) => allowed).map(({ scope }) => scope)).toEqual(["finance"]);
  });

  it("is as it is now: a right that the owner lost is gone with the next request", async () => {
    const by = await account.member({ sections: ["partners", "finance"], serviceAccess: "all" }, { scopes: ["account_management", "finance"] });
    const allowed = async () => (await get(by)).json.rights.scopes.filter((offer: { allowed: boolean }) => offer.allowed).map((offer: { scope: string }) => offer.scope);
    expect(await allowed()).toEqual(["finance", "account_management"]);
    await rewriteMember(latchkey, by.member, { sections: ["partners"] });
    expect(await allowed()).toEqual(["account_management"]);
  });

  it("is what the creation of tokens holds to: what is allowed is made, what is not is refused", async () => {
    const by = await account.member({ sections: ["partners", "monitoring"], serviceAccess: "all" }, { scopes: ["account_management", "stats"] });
    for (const { scope, allowed } of (await get(by)).json.rights.scopes) {
      const { status } = await request(latchkey, "POST", "/admin/api/personal/access_tokens.json", { token: by.value, json: { name: scope, scopes: [scope], permission: "ro" } });
      expect([scope, status]).toEqual([scope, allowed ? 201 : 422]);
    }
  });

  it("costs one read beside that of the authorizer", async () => {
    await get(account.admin);
    expect(latchkey.proxy.calls.map(({ action, keys, consistent }) => [action, keys.length, consistent])).toEqual([["BatchGetItem", 2, true], ["BatchGetItem", 2, true]]);
  });
});

describe("403", () => {
  it("for a member who was deleted since the request was let in", async () => {
    const { member } = account.admin;
    const gone = { ...member, id: account.admin.token.id as unknown as typeof member.id };
    await expect(readOwnRights(latchkey.operator, { kind: "member", member: gone })).rejects.toMatchObject({ code: "access_denied" });
  });

  it("for a token whose owner lost the section, and for one without the scope", async () => {
    const by = await account.member({ sections: ["partners", "finance"], serviceAccess: "all" });
    await rewriteMember(latchkey, by.member, { sections: ["finance"] });
    expect((await get(by)).json).toMatchObject({ code: "insufficient_rights", missing: ["section:partners"] });
    expect((await get(await account.token(account.admin, { scopes: ["stats"] }))).json).toMatchObject({ code: "insufficient_scope", missing: ["scope:account_management"] });
  });
});
