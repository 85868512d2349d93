import { describe, expect, it } from "vitest";
import { EVERY_APPLICATION, passes, type ApplicationFilter } from "../../lib/domain/application-filter.ts";
import { epochSeconds, id } from "../../lib/domain/brands.ts";
import type { Application } from "../../lib/domain/model.ts";

const full: Application = {
  accountId: id(1), id: id(2), serviceId: id(3), developerAccountId: id(4), planId: id(5), name: "Café Ärger", description: "", state: "suspended",
  userKey: "user-key", appId: "app-id", keys: [], providerVerificationKey: "x", version: 1, createdAt: epochSeconds(0), updatedAt: epochSeconds(0),
};
const { developerAccountId: _account, planId: _plan, ...bare } = full;

describe("a filter lets an application pass", () => {
  it.each<[string, Partial<ApplicationFilter>, boolean]>([
    ["that asks for nothing", {}, true],
    ["by its service", { service: id(3) }, true],
    ["not by another service", { service: id(5) }, false],
    ["not by a service that is none", { service: "unknown" }, false],
    ["by its plan", { plan: id(5) }, true],
    ["not by another plan", { plan: id(3) }, false],
    ["not by a plan that is none", { plan: "unknown" }, false],
    ["by its developer account", { account: id(4) }, true],
    ["not by another developer account", { account: id(1) }, false],
    ["not by a developer account that is none", { account: "unknown" }, false],
    ["by its state", { state: "suspended" }, true],
    ["not by another state", { state: "live" }, false],
    ["not by a state that is none", { state: "" }, false],
    ["by a part of its name", { name: "fé Ä" }, true],
    ["by a part of its name in other letters", { name: "CAFÉ ä" }, true],
    ["by a part of its name in decomposed letters", { name: "e\u0301 A\u0308r" }, true],
    ["not by another name", { name: "cafe" }, false],
    ["by its user key", { userKey: "user-key" }, true],
    ["not by a part of its user key", { userKey: "user" }, false],
    ["not by its user key in other letters", { userKey: "USER-KEY" }, false],
    ["by all that it is", { service: id(3), plan: id(5), account: id(4), state: "suspended", name: "c", userKey: "user-key" }, true],
    ["not by all but one", { service: id(3), plan: id(5), account: id(4), state: "suspended", name: "c", userKey: "other" }, false],
  ])("%s", (_which, filter, expected) => {
    expect(passes({ ...EVERY_APPLICATION, ...filter }, full)).toBe(expected);
  });

  it("not by a plan or an account when it has none", () => {
    expect([passes({ ...EVERY_APPLICATION, plan: id(5) }, bare), passes({ ...EVERY_APPLICATION, account: id(4) }, bare), passes(EVERY_APPLICATION, bare)]).toEqual([false, false, true]);
  });
});
