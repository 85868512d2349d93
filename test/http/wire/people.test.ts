import { describe, expect, it } from "vitest";
import { epochSeconds, id, type DeveloperAccountId, type ServiceId } from "../../../lib/domain/brands.ts";
import type { AccountPlan, DeveloperAccount, DeveloperUser } from "../../../lib/domain/developers.ts";
import type { DomainEvent } from "../../../lib/domain/events.ts";
import type { AccessToken, Account, Member } from "../../../lib/domain/model.ts";
import { accessToken, ownedAccessToken } from "../../../lib/http/represent/access-token.ts";
import { provider } from "../../../lib/http/represent/account.ts";
import { auditRecord } from "../../../lib/http/represent/audit-record.ts";
import { accountPlan, developerAccount, developerUser } from "../../../lib/http/represent/developer.ts";
import { permissions, user } from "../../../lib/http/represent/member.ts";
import { rights } from "../../../lib/http/represent/rights.ts";
import { BASE, DATES, DATES_IN_XML, inJson, inXml, namesOf, STAMPS } from "./written.ts";

const mia: Member = { accountId: id(1), id: id(2), username: "mia", email: "mia@example.com", role: "member", state: "active", sections: ["partners", "finance"], serviceAccess: "all", ...STAMPS };
const admin: Member = { ...mia, role: "admin", sections: [], serviceAccess: [] };

describe("a member", () => {
  it("in JSON and XML", () => {
    expect(inJson(user, mia)).toEqual({ id: 2, state: "active", role: "member", ...DATES, username: "mia", email: "mia@example.com", links: [{ rel: "self", href: `${BASE}/admin/api/users/2` }] });
    expect(inXml(user, mia)).toBe(`<id>2</id>${DATES_IN_XML}<account_id>1</account_id><state>active</state><role>member</role><username>mia</username><email>mia@example.com</email>`);
  });

  const sectionsInXml = (...sections: string[]) => `<allowed_sections>${sections.map((each) => `<allowed_section>${each}</allowed_section>`).join("")}</allowed_sections>`;
  it.each<[string, Member, readonly string[], readonly number[] | null, string]>([
    ["all services", mia, ["finance", "partners"], null, `<user_id>2</user_id><role>member</role>${sectionsInXml("finance", "partners")}`],
    ["some services", { ...mia, serviceAccess: [id<ServiceId>(5), id<ServiceId>(6)] }, ["finance", "partners"], [5, 6], `<user_id>2</user_id><role>member</role>${sectionsInXml("finance", "partners")}<allowed_service_ids><allowed_service_id>5</allowed_service_id><allowed_service_id>6</allowed_service_id></allowed_service_ids>`],
    ["no service", { ...mia, serviceAccess: [] }, ["finance", "partners"], [], `<user_id>2</user_id><role>member</role>${sectionsInXml("finance", "partners")}<allowed_service_ids></allowed_service_ids>`],
  ])("may reach %s", (_what, member, sections, services, xml) => {
    expect(inJson(permissions, member)).toEqual({ user_id: 2, role: "member", allowed_sections: sections, allowed_service_ids: services, links: [{ rel: "user", href: `${BASE}/admin/api/users/2` }] });
    expect(inXml(permissions, member)).toBe(xml);
  });

  it("who is an admin may everything, whatever is listed", () => {
    expect(inJson(permissions, admin)).toMatchObject({ role: "admin", allowed_service_ids: null });
    expect(inXml(permissions, admin)).not.toContain("allowed_service_id");
    const { allowed_sections: sections } = inJson(permissions, admin) as { allowed_sections: string[] };
    expect(sections).toEqual(sections.toSorted());
    expect(inXml(permissions, admin)).toBe(`<user_id>2</user_id><role>admin</role>${sectionsInXml(...sections)}`);
  });

  it("asks for their own rights", () => {
    const account: Account = { accountId: id(1), id: id(1), name: "Acme", wrappedKey: "x", ...STAMPS } as unknown as Account;
    const offers = [{ scope: "finance", available: true }, { scope: "account_management" }, { scope: "stats" }, { scope: "policy_registry" }] as unknown as Parameters<typeof rights.json>[0]["offers"];
    const asked = { account, member: { ...mia, serviceAccess: [id<ServiceId>(5)] }, offers, ceiling: { scopes: ["finance"], permission: "ro", expiresAt: "never" } } as Parameters<typeof rights.json>[0];
    const whole = {
      account: { id: 1, name: "Acme" }, user: { id: 2, username: "mia", email: "mia@example.com", role: "member" }, permission: "ro", sections: ["partners", "finance"], service_access: [5],
      scopes: [
        { scope: "finance", name: "Billing API", available: true }, { scope: "account_management", name: "Account Management API" }, { scope: "stats", name: "Analytics API" }, { scope: "policy_registry", name: "Policy Registry API" },
      ],
    };
    expect(inJson(rights, asked)).toEqual(whole);
    expect(inJson(rights, { ...asked, ceiling: { ...asked.ceiling, expiresAt: epochSeconds(0) } })).toEqual({ ...whole, expires_at: "1970-01-01T00:00:00Z" });
  });
});

describe("an access token", () => {
  const token: AccessToken = { accountId: id(1), ownerId: id(2), id: id(3), name: "CI", scopes: ["stats"], permission: "ro", expiresAt: "never", ...STAMPS };
  const whole = { id: 3, name: "CI", scopes: ["stats"], permission: "ro", ...DATES };

  it("has an end, a last use and a value only where there is one", () => {
    expect(inJson(accessToken, token)).toEqual(whole);
    expect(inJson(accessToken, { ...token, expiresAt: epochSeconds(60), lastUsedAt: epochSeconds(3600), value: "lk_at_x" })).toEqual({ ...whole, expires_at: "1970-01-01T00:01:00Z", last_used_at: "1970-01-01T01:00:00Z", value: "lk_at_x" });
  });

  it("in the list of everybody's says whose it is", () => {
    expect(inJson(ownedAccessToken, { ...token, owner: mia })).toEqual({ ...whole, user_id: 2, username: "mia" });
  });
});

it("the provider", () => {
  const account = { id: id(1), name: "Acme & Co", ...STAMPS } as unknown as Account;
  expect(inJson(provider, account)).toEqual({
    id: 1, org_name: "Acme & Co", state: "approved", ...DATES, admin_base_url: BASE, links: [{ rel: "self", href: `${BASE}/admin/api/provider` }, { rel: "users", href: `${BASE}/admin/api/users` }],
  });
  expect(inXml(provider, account)).toBe(`<id>1</id>${DATES_IN_XML}<state>approved</state><org_name>Acme &amp; Co</org_name>`);
});

describe("a developer", () => {
  const BILLING = { credit_card_stored: false, monthly_billing_enabled: true, monthly_charging_enabled: true };
  const buyer = { accountId: id(1), id: id(7), orgName: "Buyer", state: "approved", ...STAMPS } as unknown as DeveloperAccount;
  const bob = { accountId: id(1), id: id(8), developerAccountId: id(7), username: "bob", role: "admin", state: "active", ...STAMPS } as unknown as DeveloperUser;

  it("account in JSON and XML", () => {
    expect(inJson(developerAccount, buyer)).toEqual({
      id: 7, ...DATES, ...BILLING, state: "approved", annotations: {}, links: [{ rel: "self", href: `${BASE}/admin/api/accounts/7` }, { rel: "users", href: `${BASE}/admin/api/accounts/7/users` }], org_name: "Buyer",
    });
    expect(inXml(developerAccount, buyer)).toBe(
      `<id>7</id>${DATES_IN_XML}<state>approved</state><annotations></annotations><org_name>Buyer</org_name><extra_fields></extra_fields><credit_card_stored>false</credit_card_stored><monthly_billing_enabled>true</monthly_billing_enabled><monthly_charging_enabled>true</monthly_charging_enabled>`,
    );
  });

  it("user in JSON and XML, with an address where there is one", () => {
    const whole = { id: 8, state: "active", role: "admin", ...DATES, links: [{ rel: "account", href: `${BASE}/admin/api/accounts/7` }, { rel: "self", href: `${BASE}/admin/api/accounts/7/users/8` }], username: "bob" };
    const [before, after] = [`<id>8</id>${DATES_IN_XML}<account_id>7</account_id><state>active</state><role>admin</role><username>bob</username>`, "<extra_fields></extra_fields>"];
    expect([inJson(developerUser, bob), inXml(developerUser, bob)]).toEqual([whole, before + after]);
    const reachable = { ...bob, email: "bob@example.com" };
    expect([inJson(developerUser, reachable), inXml(developerUser, reachable)]).toEqual([{ ...whole, email: "bob@example.com" }, `${before}<email>bob@example.com</email>${after}`]);
  });

  it("plan", () => {
    const plan = { accountId: id(1), id: id(9), name: "Gold", state: "hidden", approvalRequired: true, isDefault: false, ...STAMPS } as unknown as AccountPlan;
    expect(inJson(accountPlan, plan)).toEqual({ id: 9, name: "Gold", state: "hidden", setup_fee: 0, cost_per_month: 0, trial_period_days: 0, cancellation_period: 0, approval_required: true, default: false, ...DATES });
  });
});

describe("a record of the audit", () => {
  const recorded: DomainEvent = { id: "e1", at: STAMPS.createdAt, accountId: id(1), type: "access_token.deleted", actor: { memberId: id(2), tokenId: id(3) }, subject: { memberId: id(2), tokenId: id(4) }, facts: { name: "CI" } } as unknown as DomainEvent;
  const whole = { id: "e1", type: "access_token.deleted", at: DATES.created_at, actor: { member_id: 2, token_id: 3 }, subject: { member_id: 2, token_id: 4 }, facts: { name: "CI" } };

  it("says who did what to whom: with a token, in person, or nobody but Latchkey itself", () => {
    expect(inJson(auditRecord, recorded)).toEqual(whole);
    expect(inJson(auditRecord, { ...recorded, actor: { memberId: mia.id } })).toEqual({ ...whole, actor: { member_id: 2 } });
    expect(inJson(auditRecord, { ...recorded, actor: { system: "clean_up" }, subject: { developerAccountId: id<DeveloperAccountId>(7) } })).toEqual({ ...whole, actor: { system: "clean_up" }, subject: { developer_account_id: 7 } });
  });
});

it("each is called what 3scale calls it", () => {
  expect([user, permissions, rights, accessToken, ownedAccessToken, provider, developerAccount, developerUser, accountPlan, auditRecord].map((each) => namesOf(each as typeof user))).toEqual([
    ["user", "users", undefined], ["permissions", "permissions", undefined], ["rights", "rights", undefined], ["access_token", "access_tokens", undefined], ["access_token", "access_tokens", undefined], ["account", "accounts", undefined],
    ["account", "accounts", undefined], ["user", "users", undefined], ["account_plan", "plans", undefined], ["audit_record", "audit_records", undefined],
  ]);
});
