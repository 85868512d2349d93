import { describe, expect, it } from "vitest";
import { routeSelector } from "../support/gateway-routes.ts";

const select = (...routeKeys: string[]) =>
  routeSelector(routeKeys.map((routeKey) => ({ routeKey, authorizer: undefined, function: "F", timeoutMs: 1 })));

/** Selects and says `<route key> <variables>`, or undefined. */
function outcome(routeKeys: readonly string[], method: string, path: string): string | undefined {
  const selected = select(...routeKeys)(method, path);
  return selected && [selected.route.routeKey, ...Object.entries(selected.pathParameters ?? {}).map((pair) => pair.join("="))].join(" | ");
}

const PETS = ["$default", "ANY /{proxy+}", "GET /pets/{proxy+}", "GET /pets/dog/{id}", "GET /pets/dog/1"];

describe("route selection", () => {
  it.each([
    ["GET", "/pets/dog/1", "GET /pets/dog/1"],
    ["GET", "/pets/dog/2", "GET /pets/dog/{id} | id=2"],
    ["GET", "/pets/cat/1", "GET /pets/{proxy+} | proxy=cat/1"],
    ["POST", "/test/5", "ANY /{proxy+} | proxy=test/5"],
  ])("does what AWS's own example says: %s %s", (method, path, expected) => {
    expect(outcome(PETS, method, path)).toBe(expected);
  });

  it.each([
    ["a full match goes before a greedy one", ["GET /a/{proxy+}", "ANY /a/{id}"], "GET", "/a/1", "ANY /a/{id} | id=1"],
    ["a full match goes first even where the greedy route has the longer literal prefix", ["GET /a/{proxy+}", "GET /{x}/b"], "GET", "/a/b", "GET /{x}/b | x=a"],
    ["a method goes before ANY", ["ANY /a", "GET /a"], "GET", "/a", "GET /a"],
    ["ANY takes the methods that are not defined", ["ANY /a", "GET /a"], "PUT", "/a", "ANY /a"],
    ["a route of another method does not hide a greedy one", ["GET /a/b", "ANY /{proxy+}"], "POST", "/a/b", "ANY /{proxy+} | proxy=a/b"],
    ["the longer greedy prefix wins", ["GET /{proxy+}", "GET /a/{proxy+}", "GET /a/b/{proxy+}"], "GET", "/a/b/c", "GET /a/b/{proxy+} | proxy=c"],
    ["a literal goes before a variable in an earlier segment", ["GET /{x}/b", "GET /a/{y}"], "GET", "/a/b", "GET /a/{y} | y=b"],
    ["a literal prefix goes before a variable one", ["GET /{x}/{proxy+}", "GET /a/{proxy+}"], "GET", "/a/b", "GET /a/{proxy+} | proxy=b"],
    ["$default takes what is left, without variables", ["GET /a", "$default"], "PUT", "/b", "$default"],
    ["a variable may have a dash in its name", ["GET /a/{account-id}"], "GET", "/a/7", "GET /a/{account-id} | account-id=7"],
    ["a dot in a literal is a dot", ["GET /a.json"], "GET", "/a.json", "GET /a.json"],
    ["a greedy variable keeps a trailing slash", ["GET /a/{proxy+}"], "GET", "/a/b/", "GET /a/{proxy+} | proxy=b/"],
    ["a variable may hold a line break", ["GET /a/{proxy+}"], "GET", "/a/1\n2", "GET /a/{proxy+} | proxy=1\n2"],
  ])("%s", (_rule, routeKeys, method, path, expected) => {
    expect(outcome(routeKeys, method, path)).toBe(expected);
  });

  it.each([
    ["HEAD is not GET", ["GET /a"], "HEAD", "/a"],
    ["a trailing slash is another route", ["GET /a"], "GET", "/a/"],
    ["a variable is exactly one segment", ["GET /a/{id}"], "GET", "/a/1/2"],
    ["a variable is not empty", ["GET /a/{id}"], "GET", "/a/"],
    ["a greedy variable is not empty", ["GET /a/{proxy+}"], "GET", "/a/"],
    ["a greedy route does not match its own parent", ["GET /a/{proxy+}"], "GET", "/a"],
    ["case matters", ["GET /a"], "GET", "/A"],
    ["a dot in a literal is not any character", ["GET /a.json"], "GET", "/axjson"],
    ["slashes are not merged", ["GET /a/b"], "GET", "/a//b"],
  ])("%s: not found", (_rule, routeKeys, method, path) => {
    expect(outcome(routeKeys, method, path)).toBeUndefined();
  });

  it.each(["GET a", "GET", "/a", "GET /{proxy+}/a"])("%s is no route key", (routeKey) => {
    expect(() => select(routeKey)).toThrow(routeKey);
  });
});
