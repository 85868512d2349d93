import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type MemberId, type ServiceId } from "../../lib/domain/brands.ts";
import { createApplication } from "../../lib/operations/applications.ts";
import { createMember } from "../../lib/operations/members.ts";
import type { Person } from "../support/account.ts";
import { request } from "../support/request.ts";
import { recorderOf, type Recorder } from "./changes/recorder.ts";
import { SECTIONS, Workshop } from "../support/workshop.ts";

const w = new Workshop();
let { stored, recorded } = {} as Recorder;
beforeAll(async () => {
  await w.open();
  ({ stored, recorded } = recorderOf(w.latchkey));
});
afterAll(() => w.close());

describe("what the API refuses is not recorded", () => {
  let limited: Person;
  let none: Person;
  let readOnly: Person;
  let pending: MemberId;
  let hidden: ServiceId;
  let reached: ServiceId;
  beforeAll(async () => {
    pending = (await createMember(w.operator, w.admin, { username: "held", email: w.email() })).id;
    hidden = await w.serviceId();
    reached = await w.serviceId();
    limited = await w.account.member({ sections: SECTIONS, serviceAccess: [reached] });
    none = await w.account.member({ sections: SECTIONS, serviceAccess: [] });
    readOnly = await w.account.token(w.account.admin, { permission: "ro" });
  });

  const asAdmin = () => w.account.admin;
  const asMember = () => limited;
  const asNone = () => none;
  const asReadOnly = () => readOnly;
  it.each<[string, number, string, () => string, () => Person, object?]>([
    ["a user by a member", 403, "POST", () => "/users.json", asMember, { email: "x@example.com" }],
    ["a user without an address", 422, "POST", () => "/users.json", asAdmin, { username: "x" }],
    ["a user with ro", 403, "POST", () => "/users.json", asReadOnly, { email: "x@example.com" }],
    ["another's name by a member", 403, "PUT", () => `/users/${none.member.id}.json`, asMember, { username: "x" }],
    ["a name that is taken", 422, "PUT", () => `/users/${none.member.id}.json`, asAdmin, { username: "HELD" }],
    ["rights by a member", 403, "PUT", () => `/users/${limited.member.id}/permissions.json`, asMember, { allowed_service_ids: null }],
    ["an admin's rights", 403, "PUT", () => `/users/${w.account.admin.member.id}/permissions.json`, asAdmin, { allowed_sections: [] }],
    ["one's own role", 403, "PUT", () => `/users/${w.account.admin.member.id}/member.json`, asAdmin],
    ["one's own state", 403, "PUT", () => `/users/${w.account.admin.member.id}/suspend.json`, asAdmin],
    ["a step that there is not", 422, "PUT", () => `/users/${pending}/suspend.json`, asAdmin],
    ["one's own deletion", 403, "DELETE", () => `/users/${w.account.admin.member.id}.json`, asAdmin],
    ["the deletion of nobody", 404, "DELETE", () => "/users/1.json", asAdmin],
    ["a token with more than one has", 422, "POST", () => "/personal/access_tokens.json", asMember, { name: "x", scopes: ["finance"], permission: "ro" }],
    ["a token with ro", 403, "POST", () => "/personal/access_tokens.json", asReadOnly, { name: "x", scopes: ["account_management"], permission: "ro" }],
    ["a token without a name", 422, "POST", () => "/personal/access_tokens.json", asMember, { scopes: ["account_management"], permission: "ro" }],
    ["another's token renamed", 404, "PUT", () => `/personal/access_tokens/${w.account.admin.token.id}.json`, asMember, { name: "x" }],
    ["a token widened", 422, "PUT", () => `/personal/access_tokens/${limited.token.id}.json`, asMember, { scopes: ["finance"] }],
    ["another's token deleted", 404, "DELETE", () => `/personal/access_tokens/${w.account.admin.token.id}.json`, asMember],
    ["another's token deleted as an admin would", 403, "DELETE", () => `/users/${w.account.admin.member.id}/access_tokens/${w.account.admin.token.id}.json`, asMember],
    ["a service by a member", 403, "POST", () => "/services.json", asMember, { name: "x" }],
    ["a service without a name", 422, "POST", () => "/services.json", asAdmin, {}],
    ["a hidden service changed", 404, "PUT", () => `/services/${hidden}.json`, asMember, { name: "x" }],
    ["a service changed to no name", 422, "PUT", () => `/services/${reached}.json`, asMember, { name: "" }],
    ["a service deleted by a member", 403, "DELETE", () => `/services/${reached}.json`, asMember],
    ["a service deleted that never was", 404, "DELETE", () => "/services/1.json", asAdmin],
    ["a hidden service's token", 404, "GET", () => `/services/${hidden}/service_token.json`, asMember],
    ["a token of a service, by who reaches none", 403, "GET", () => `/services/${reached}/service_token.json`, asNone],
    ["a token of a service that never was", 404, "GET", () => "/services/1/service_token.json", asAdmin],
  ])("%s: %i", async (_what, status, method, path, by, json) => {
    expect(await stored(async () => {
      expect((await request(w.latchkey, method, `/admin/api${path()}`, { token: by().value, ...(json === undefined ? {} : { json }) })).status).toBe(status);
    })).toEqual([]);
  });

  it("an application of a service that is gone", async () => {
    const wanted = { serviceId: id<ServiceId>(1), name: "App", description: "", userKey: "key" };
    expect(await recorded(() => expect(createApplication(w.operator, w.admin, wanted)).rejects.toThrow("Not found"))).toEqual([]);
  });

  it("a service and a reveal while KMS is down", async () => {
    const events = await recorded(async () => {
      w.latchkey.aws.failNext("kms", 3);
      expect((await request(w.latchkey, "POST", "/admin/api/services.json", { token: w.account.admin.value, json: { name: "x" } })).status).toBe(503);
      w.latchkey.aws.failNext("kms", 3);
      expect((await request(w.latchkey, "GET", `/admin/api/services/${reached}/service_token.json`, { token: limited.value })).status).toBe(503);
    });
    w.latchkey.aws.failNext("kms", 0);
    expect(events).toEqual([]);
  });
});
