import { describe, expect, it } from "vitest";
import { curlExample } from "../../web/src/rules/example.ts";
import { fieldSentence, missingName, opens, sentenceList } from "../../web/src/rules/names.ts";
import { refusalOf } from "../../web/src/rules/refusals.ts";
import { SCOPES } from "../../lib/domain/model.ts";

describe("what the API says of a field", () => {
  it.each([
    ["Name", "can't be blank", "Name can't be blank."],
    ["Name", "is too long (maximum is 255 characters)", "Name is too long (maximum is 255 characters)."],
    ["Name", "must not contain control characters", "Name must not contain control characters."],
    ["Scopes", "select at least one scope", "Select at least one scope."],
    ["Expiration", "Date must follow ISO8601 format and be future. Example: 2030.", "Date must follow ISO8601 format and be future. Example: 2030."],
  ])("%s: %s", (label, message, sentence) => {
    expect(fieldSentence(label, message)).toBe(sentence);
  });
});

it("names are listed as in a sentence", () => {
  expect([[], ["A"], ["A", "B"], ["A", "B", "C"]].map((names) => sentenceList(names))).toEqual(["", "A", "A and B", "A, B and C"]);
});

it("every scope there is says what it opens, and one that comes later says nothing wrong", () => {
  expect(SCOPES.filter((scope) => opens(scope) === "")).toEqual([]);
  expect(opens("constructor")).toBe("");
});

it("what is missing is said by its name", () => {
  expect(["section:monitoring", "section:policy_registry"].map(missingName)).toEqual(["the Monitoring permission", "the Policy registry permission"]);
});

describe("the first call to make with a token", () => {
  it.each([
    [["account_management", "finance"], "/admin/api/services.json"],
    [["finance"], "/api/invoices.json"],
    [["policy_registry"], "/admin/api/registry/policies.json"],
    [["stats"], "/stats/services/SERVICE_ID/usage.json?metric_name=hits&period=day"],
  ])("with %j it is one that its scopes allow", (scopes, path) => {
    expect(curlExample("https://latchkey.example", "lk_at_x", scopes)).toBe(`curl -H "Authorization: Bearer lk_at_x" "https://latchkey.example${path}"`);
  });
});

describe("a refused sign-in", () => {
  it.each(["no_membership", "not_active", "unverified_email", "other_identity", "denied", "failed"])("for %s has words of its own", (reason) => {
    expect(refusalOf(reason).advice).not.toBe(refusalOf(null).advice);
  });

  it.each([null, "", "constructor", "__proto__", "<b>"])("for %j, which nobody knows, is a failure, and nothing of it is said", (reason) => {
    expect(refusalOf(reason)).toEqual({ title: "Signing in did not work", advice: expect.stringContaining("Please try again") as string });
  });
});
