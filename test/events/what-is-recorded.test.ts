import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type ApplicationId, type ServiceId } from "../../lib/domain/brands.ts";
import type { EventType } from "../../lib/domain/events.ts";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";
import { createAccount } from "../../lib/operations/accounts.ts";
import { cleanUpAfter } from "../../lib/operations/clean-up.ts";
import { deleteService, importService } from "../../lib/operations/services.ts";
import { newId } from "../../lib/secrets/random.ts";
import type { Person } from "../support/account.ts";
import { request } from "../support/request.ts";
import { changesIn } from "./changes/changes.ts";
import { recorderOf, type Recorder } from "./changes/recorder.ts";
import { SECTIONS, Workshop } from "../support/workshop.ts";

const w = new Workshop();
let { recorded } = {} as Recorder;
beforeAll(async () => {
  await w.open();
  ({ recorded } = recorderOf(w.latchkey));
});
afterAll(() => w.close());

describe("a record tells", () => {
  const api = async (method: string, path: string, by: Person, json?: unknown) => {
    const answer = await request(w.latchkey, method, `/admin/api${path}`, { token: by.value, ...(json === undefined ? {} : { json }) });
    expect([200, 201]).toContain(answer.status);
    return answer.json;
  };

  it("who did what to whom, with which token, when, and the facts", async () => {
    const by = await w.account.token(w.account.admin);
    const actor = { memberId: by.member.id, tokenId: by.token.id };
    const since = w.operator.clock();
    const seen = async (act: () => Promise<unknown>) => {
      const [event, ...others] = await recorded(act);
      expect(others).toEqual([]);
      expect(event).toMatchObject({ accountId: by.member.accountId, actor });
      expect(event?.at).toBeGreaterThanOrEqual(since);
      expect(event?.at).toBeLessThanOrEqual(w.operator.clock());
      return { type: event?.type, subject: event?.subject, facts: event?.facts };
    };

    let who = 0;
    expect(await seen(async () => { who = (await api("POST", "/users.json", by, { email: w.email() })).user.id; })).toEqual({ type: "member.created", subject: { memberId: who }, facts: {} });
    expect(await seen(() => api("PUT", `/users/${who}.json`, by, { username: "Renamed" }))).toEqual({ type: "member.updated", subject: { memberId: who }, facts: {} });
    expect(await seen(() => api("PUT", `/users/${who}/activate.json`, by))).toEqual({ type: "member.state_changed", subject: { memberId: who }, facts: { state: "active" } });
    let service = 0;
    expect(await seen(async () => { service = (await api("POST", "/services.json", by, { name: "Echo", system_name: "echo" })).service.id; }))
      .toEqual({ type: "service.created", subject: { serviceId: service }, facts: { name: "Echo", system_name: "echo" } });
    expect(await seen(() => api("PUT", `/users/${who}/permissions.json`, by, { allowed_sections: ["partners"], allowed_service_ids: [service] })))
      .toEqual({ type: "member.rights_changed", subject: { memberId: who }, facts: { role: "member", sections: ["partners"], service_access: [service] } });
    expect(await seen(() => api("PUT", `/users/${who}/admin.json`, by)))
      .toEqual({ type: "member.rights_changed", subject: { memberId: who }, facts: { role: "admin", sections: ["partners"], service_access: [service] } });
    expect(await seen(() => api("GET", `/services/${service}/service_token.json`, by))).toEqual({ type: "service_token.revealed", subject: { serviceId: service }, facts: {} });
    expect(await seen(() => api("PUT", `/services/${service}.json`, by, { name: "Echo 2" })))
      .toMatchObject({ type: "service.updated", subject: { serviceId: service }, facts: { name: "Echo 2" } });
    expect(await seen(() => api("DELETE", `/services/${service}.json`, by))).toMatchObject({ type: "service.deleted", subject: { serviceId: service } });
    let issued = 0;
    expect(await seen(async () => {
      issued = (await api("POST", "/personal/access_tokens.json", by, { name: "CI", scopes: ["account_management"], permission: "ro", expires_at: "2099-01-01T00:00:00Z" })).access_token.id;
    })).toEqual({
      type: "access_token.created", subject: { memberId: by.member.id, tokenId: issued },
      facts: { name: "CI", scopes: ["account_management"], permission: "ro", expires_at: "2099-01-01T00:00:00Z" },
    });
    expect(await seen(() => api("PUT", `/personal/access_tokens/${issued}.json`, by, { name: "CI 2" })))
      .toMatchObject({ type: "access_token.updated", subject: { memberId: by.member.id, tokenId: issued }, facts: { name: "CI 2" } });
    expect(await seen(() => api("DELETE", `/personal/access_tokens/${issued}.json`, by)))
      .toMatchObject({ type: "access_token.deleted", subject: { memberId: by.member.id, tokenId: issued }, facts: { name: "CI 2" } });
    expect(await seen(() => api("DELETE", `/users/${who}.json`, by))).toEqual({ type: "member.deleted", subject: { memberId: who }, facts: {} });
  });

  it("that Latchkey itself did it, when nobody asked", async () => {
    const { accountId } = w.account.admin.member;
    const imported = newId<ServiceId>();
    const [created] = await recorded(() => importService(w.operator, accountId, imported, { name: "Imported", settings: BY_DEFAULT }));
    expect(created).toMatchObject({ type: "service.created", actor: { system: "import" }, subject: { serviceId: imported }, facts: { name: "Imported", system_name: "imported" } });
    const limited = await w.account.member({ sections: SECTIONS, serviceAccess: [imported] });
    await deleteService(w.operator, w.admin, imported);
    const [forgotten] = await recorded(() => cleanUpAfter(w.operator, { accountId, type: "service.deleted", serviceId: imported }));
    expect(forgotten).toMatchObject({
      type: "member.rights_changed", actor: { system: "clean_up" }, subject: { memberId: limited.member.id }, facts: { role: "member", sections: ["partners"], service_access: [] },
    });
    const founded = await recorded(() => createAccount(w.operator, { name: "Founded", adminEmail: w.email() }));
    expect(founded.filter(({ type }) => type === "account.created")).toMatchObject([{ actor: { system: "cli" }, facts: { name: "Founded" } }]);
  });

  it("an application's service and its own id", async () => {
    const service = await w.serviceId();
    let application = 0;
    const [event] = await recorded(async () => { application = await w.account.application(service, "App"); });
    expect(event).toMatchObject({ type: "application.created", subject: { serviceId: service, applicationId: id<ApplicationId>(application) }, facts: { name: "App" } });
  });

  /** By type: the names of what it happened to, and of what is told of it. */
  const TOLD: Record<EventType, readonly [subject: string, facts: string]> = {
    "account.created": ["memberId", "name"], "account.updated": ["memberId", "name"],
    "member.created": ["memberId", ""], "member.updated": ["memberId", ""], "member.deleted": ["memberId", ""], "member.signed_in": ["memberId", ""], "member.signed_out": ["memberId", ""],
    "member.rights_changed": ["memberId", "role sections service_access"], "member.state_changed": ["memberId", "state"],
    "access_token.created": ["memberId tokenId", "name permission scopes"], "access_token.updated": ["memberId tokenId", "name permission scopes"], "access_token.deleted": ["memberId tokenId", "name permission scopes"],
    "service.created": ["serviceId", "name system_name"], "service.updated": ["serviceId", "name state"], "service.deleted": ["serviceId", "name"],
    "service_token.created": ["serviceId", ""], "service_token.deleted": ["serviceId", ""], "service_token.revealed": ["serviceId", ""],
    "metric.created": ["metricId serviceId", "system_name"], "metric.updated": ["metricId serviceId", "system_name"], "metric.deleted": ["metricId serviceId", "system_name"],
    "application_plan.created": ["planId serviceId", "name state system_name"], "application_plan.updated": ["planId serviceId", "name state system_name"], "application_plan.deleted": ["planId serviceId", "name state system_name"],
    "limit.created": ["limitId metricId planId serviceId", "period value"], "limit.updated": ["limitId metricId planId serviceId", "period value"], "limit.deleted": ["limitId metricId planId serviceId", "period value"],
    "account_plan.created": ["accountPlanId", "name state"], "account_plan.updated": ["accountPlanId", "name state"], "account_plan.deleted": ["accountPlanId", "name state"],
    "developer_account.created": ["developerAccountId", "name state"], "developer_account.updated": ["developerAccountId", "name state"], "developer_account.deleted": ["developerAccountId", "name state"],
    "developer_user.created": ["developerAccountId developerUserId", "role state"], "developer_user.updated": ["developerAccountId developerUserId", "role state"], "developer_user.deleted": ["developerAccountId developerUserId", "role state"],
    "invoice.created": ["developerAccountId invoiceId", "friendly_id period state"], "invoice.updated": ["developerAccountId invoiceId", "friendly_id period state"],
    "line_item.created": ["developerAccountId invoiceId lineItemId", "cost"], "line_item.deleted": ["developerAccountId invoiceId lineItemId", "cost"],
    "proxy.updated": ["serviceId", "changed"], "proxy_config.created": ["serviceId", "environment version"], "proxy_config.promoted": ["serviceId", "environment version"],
    "mapping_rule.created": ["mappingRuleId metricId serviceId", "http_method pattern"], "mapping_rule.updated": ["mappingRuleId metricId serviceId", "http_method pattern"], "mapping_rule.deleted": ["mappingRuleId metricId serviceId", "http_method pattern"],
    "policy.created": ["policyId", "name version"], "policy.updated": ["policyId", "name version"], "policy.deleted": ["policyId", "name version"],
    "application.created": ["applicationId serviceId", "name state"], "application.updated": ["applicationId developerAccountId planId serviceId", "name state"],
    "application.deleted": ["applicationId developerAccountId planId serviceId", "name state"],
  };
  const names = (of: object) => Object.keys(of).toSorted().join(" ");
  /** These are told of otherwise than others of their type: not every application has a plan, not every line item a name. */
  const OTHERWISE: Readonly<Record<string, readonly [subject: string, facts: string]>> = {
    "a deleted member's token is cleaned up": ["memberId tokenId", "name"], "a line item with a name is billed": ["developerAccountId invoiceId lineItemId", "cost name"],
    "an application of a developer account is created on a plan": ["applicationId developerAccountId planId serviceId", "name state"],
  };

  it.each(changesIn(w))("to whom, and what of it, whatever it is: %s, %s", async (type, what, change) => {
    const act = await change();
    const [event] = (await recorded(() => act(w.operator))).filter((each) => each.type === type);
    expect(event).toMatchObject({ accountId: expect.any(Number), id: expect.any(String), at: expect.any(Number) });
    expect([names(event?.subject ?? {}), names(event?.facts ?? {})]).toEqual(OTHERWISE[what] ?? TOLD[type as EventType]);
    expect(Object.values(event?.subject ?? {}).every((each) => Number.isSafeInteger(each))).toBe(true);
    expect(Object.values(event?.facts ?? {}).filter((each) => each === undefined || each === null || each === "")).toEqual([]);
  });
});
