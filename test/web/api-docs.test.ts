import { describe, expect, inject, it } from "vitest";
import { groupOf, isFound, isFoundIn, neededBy, operationsOf, OTHER, viewOf, type ApiDocument } from "../../web/src/rules/api-docs.ts";
import { hashOf, placeOf } from "../../web/src/rules/docs-place.ts";
import { resolvedAt } from "../../web/src/rules/references.ts";

/** The document that the deployed function serves. */
const document = inject("openapi") as unknown as ApiDocument;
const ORIGIN = "https://latchkey.example";
const apis = document.tags.map(({ name }) => name);
const views = apis.map((api) => [api, viewOf(document, api, ORIGIN)] as const);
const all = apis.flatMap((api) => operationsOf(document, api).map((each) => ({ api, ...each })));

describe("the documentation page", () => {
  it("shows these APIs, and what their calls need", () => {
    expect(apis.map((api) => [api, neededBy(document, api)])).toEqual([
      ["Account Management", { kind: "access", scopes: ["account_management"], writes: true }], ["Billing", { kind: "access", scopes: ["finance", "account_management"], writes: true }],
      ["Analytics", { kind: "access", scopes: ["stats"], writes: false }], ["Service Management", { kind: "service" }], ["Policy Registry", { kind: "access", scopes: ["policy_registry"], writes: true }],
    ]);
    expect(document.tags.filter(({ description }) => description === undefined)).toEqual([]);
  });

  it("shows every operation once, but for PATCH, of which PUT says that it does the same", () => {
    const shown = views.flatMap(([, view]) => Object.values(view.paths).flatMap((methods) => Object.values(methods)));
    const hidden = all.filter(({ operation }) => !shown.some(({ operationId }) => operationId === operation.operationId));
    expect(new Set(shown.map(({ operationId }) => operationId)).size).toBe(shown.length);
    expect(hidden.length).toBeGreaterThan(0);
    for (const { method, path, api } of hidden) {
      expect(method).toBe("patch");
      expect(views.find(([name]) => name === api)?.[1].paths[path]?.["put"]?.description).toMatch(/ `PATCH` does the same\.$/);
    }
  });

  it.each(views)("has a group for every operation of %s, and no empty group", (_api, view) => {
    const groups = new Set(Object.values(view.paths).flatMap((methods) => Object.values(methods).flatMap(({ tags }) => tags)));
    expect([...groups]).not.toContain(OTHER);
    expect(view.tags.map(({ name }) => name).toSorted()).toEqual([...groups].toSorted());
  });

  it.each(views)("asks this very system about %s, with one credential, in one type of body, and draws no failures", (_api, view) => {
    expect(view).toMatchObject({ servers: [{ url: ORIGIN }], security: [{ bearer: [] }] });
    for (const { requestBody, responses } of Object.values(view.paths).flatMap((methods) => Object.values(methods))) {
      expect(Object.keys(requestBody?.content ?? { one: 1 })).toHaveLength(1);
      expect(Object.entries(responses).filter(([status, { content }]) => !status.startsWith("2") && content !== undefined)).toEqual([]);
    }
  });

  it("shows attributes bare, not under a name as well", () => {
    expect(viewOf(document, "Account Management", ORIGIN).paths["/admin/api/services.json"]?.["post"]?.requestBody?.content).toEqual({
      "application/json": { schema: { title: "Body", ...resolvedAt(document, ["components", "schemas", "CreateServiceInput"]) as object } },
    });
  });

  it.each(views)("can put in everything that %s refers to", (_api, view) => {
    for (const [path, methods] of Object.entries(view.paths)) {
      for (const method of Object.keys(methods)) expect(JSON.stringify(resolvedAt(view, ["paths", path, method]))).not.toContain("$ref");
    }
  });
});

describe("what is referred to", () => {
  const letter = { parts: { "a/b": { x: 1 }, tilde: { $ref: "#/parts/a~1b" } }, list: [{ $ref: "#/parts/tilde" }, "text", null] };
  it("is put in, through references to references", () => {
    expect(resolvedAt(letter, ["list"])).toEqual([{ x: 1 }, "text", null]);
  });
  it.each([[["nowhere"]], [["parts", "constructor"]], [["list", "0", "y"]]])("is nothing at %j", (place) => {
    expect(resolvedAt(letter, place)).toBeUndefined();
  });
});

describe("a group", () => {
  it.each([
    ["/admin/api/users/{user_id}/access_tokens.json", "Access tokens"], ["/admin/api/services/{id}/service_token.json", "Services"], ["/admin/api/services/{id}.json", "Services"],
    ["/admin/api/services/{service_id}/metrics/{metric_id}/methods.json", "Metrics and methods"], ["/admin/api/application_plans/{plan_id}/limits.json", "Application plans and limits"],
    ["/admin/api/accounts/{account_id}/applications/{id}/keys.json", "Applications"], ["/admin/api/accounts/{account_id}/users/{id}/admin.json", "Developer users"],
    ["/admin/api/users/{id}/admin.json", "Members"], ["/admin/api/accounts/{id}/plan.json", "Developer accounts"], ["/admin/api/account/proxy_configs/{environment}.json", "Gateway configuration"],
    ["/api/accounts/{account_id}/invoices.json", "Invoices"], ["/stats/applications/{application_id}/usage.json", "Traffic"], ["/somewhere/else", OTHER],
  ])("of %s is %s", (path, group) => {
    expect(groupOf(path)).toBe(group);
  });
});

describe("finding a call", () => {
  const call = { method: "get", path: "/admin/api/services/{id}.json", summary: "Read service", group: "Services" };
  it.each([["service", true], ["READ", true], ["get services", true], [" read  service ", true], ["post", false], ["read invoice", false], ["{id}", true]])("%j finds it: %j", (sought, found) => {
    expect(isFound(sought, call)).toBe(found);
  });
  it("tells whether there is any", () => {
    const billing = viewOf(document, "Billing", ORIGIN);
    expect(["charge", "line items", "services"].map((sought) => isFoundIn(billing, sought))).toEqual([true, true, false]);
  });
});

describe("an address within the page", () => {
  it("leads back to every operation", () => {
    for (const { api, path, operation: { operationId } } of all) {
      expect(placeOf(document, hashOf(api, operationId))).toEqual({ api, operation: { group: groupOf(path), id: operationId } });
    }
    expect(apis.map((api) => placeOf(document, hashOf(api)))).toEqual(apis.map((api) => ({ api })));
  });
  it.each([
    ["", "Account Management"], ["#", "Account Management"], ["#/Nothing/listInvoices", "Account Management"], ["#/Billing/nothing", "Billing"], ["#/Billing/listServices", "Billing"],
    ["#/%/x", "Account Management"], ["#/__proto__/constructor", "Account Management"],
  ])("that is none, %j, leads to the %s API", (hash, api) => {
    expect(placeOf(document, hash)).toEqual({ api });
  });
});
