import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { DomainError } from "../../lib/domain/errors.ts";
import { operation, type Format, type Operation } from "../../lib/http/operation.ts";
import { EMPTY } from "../../lib/http/reply.ts";
import { formatOf, locate } from "../../lib/http/route.ts";

const declared = (name: string, methods: Operation["methods"], path: string, formats?: readonly Format[]) => operation({
  name, methods, path, ...(formats === undefined ? {} : { formats }), requires: { scopes: ["account_management"], effect: "read", about: "account" },
  input: z.object({}), answer: EMPTY, run: async () => undefined,
});

const OPERATIONS = [
  declared("list", ["GET"], "/admin/api/things", ["json", "xml"]),
  declared("find", ["GET"], "/admin/api/things/find"),
  declared("read", ["GET"], "/admin/api/things/{id}"),
  declared("update", ["PUT", "PATCH"], "/admin/api/things/{id}"),
  declared("key", ["DELETE"], "/admin/api/things/{id}/keys/{key}"),
  declared("value", ["DELETE"], "/admin/api/things/{id}/values/{value+}", ["json", "xml"]),
];

/** The operation's name and variables, or why there is none. */
function located(method: string, rawPath: string): unknown {
  try {
    const { operation: { name }, path } = locate(OPERATIONS, method, rawPath);
    return [name, path];
  } catch (error) {
    return error instanceof DomainError ? error.code : error;
  }
}

describe("the format", () => {
  it.each([
    ["/things.json", "/things", "json"],
    ["/things.xml", "/things", "xml"],
    ["/things", "/things", "json"],
    ["/things.JSON", "/things", "json"],
    ["/things.Xml", "/things", "xml"],
    ["/things/42.json", "/things/42", "json"],
    ["/keys/my.key.json", "/keys/my.key", "json"],
    ["/keys/key.json.json", "/keys/key.json", "json"],
    ["/keys/key.xml.json", "/keys/key.xml", "json"],
    ["/things.php", "/things", "php"],
    ["/things.json.bak", "/things.json", "bak"],
    ["/a.json/things", "/a.json/things", "json"],
    ["/things.", "/things.", "json"],
    ["/versions/1.2", "/versions/1.2", "json"],
    ["/things.json/", "/things.json/", "json"],
    ["", "", "json"],
  ])("follows the extension: %s is %s in %s", (path, bare, format) => {
    expect(formatOf(path)).toEqual({ bare, format });
  });
});

describe("the operation", () => {
  it.each([
    ["GET", "/admin/api/things", ["list", {}]],
    ["GET", "/admin/api/things.json", ["list", {}]],
    ["GET", "/admin/api/things.xml", ["list", {}]],
    ["GET", "/admin/api/things/42.json", ["read", { id: "42" }]],
    ["GET", "/admin/api/things/find.json", ["find", {}]],
    ["PUT", "/admin/api/things/42.json", ["update", { id: "42" }]],
    ["PATCH", "/admin/api/things/42.json", ["update", { id: "42" }]],
    ["DELETE", "/admin/api/things/42/keys/a.b c%2F:@.json", ["key", { id: "42", key: "a.b c%2F:@" }]],
    ["DELETE", "/admin/api/things/42/keys/key.json.json", ["key", { id: "42", key: "key.json" }]],
    ["DELETE", "/admin/api/things/42/values/abc", ["value", { id: "42", value: "abc" }]],
    ["DELETE", "/admin/api/things/42/values/abc.xml", ["value", { id: "42", value: "abc" }]],
    ["DELETE", "/admin/api/things/42/values/a.json.json", ["value", { id: "42", value: "a.json" }]],
    ["DELETE", "/admin/api/things/42/values/a.Key", ["value", { id: "42", value: "a.Key" }]],
    ["DELETE", "/admin/api/things/42/values/a/b//c.json", ["value", { id: "42", value: "a/b//c" }]],
    ["DELETE", "/admin/api/things/42/values//a/.json", ["value", { id: "42", value: "/a/" }]],
    ["DELETE", "/admin/api/things/42/values/../../a.b/c.json", ["value", { id: "42", value: "../../a.b/c" }]],
    ["DELETE", "/admin/api/things/42/values/...json", ["value", { id: "42", value: ".." }]],
    ["GET", "/admin/api/things/__proto__.json", ["read", { id: "__proto__" }]],
    ["GET", "/admin/api/things/...json", ["read", { id: ".." }]],
  ])("is found by method and path: %s %s", (method, path, found) => {
    expect(located(method, path)).toEqual(found);
  });

  it.each([
    ["another method", "POST", "/admin/api/things.json"],
    ["a method in small letters", "get", "/admin/api/things.json"],
    ["a method that is none", "constructor", "/admin/api/things.json"],
    ["HEAD", "HEAD", "/admin/api/things.json"],
    ["another path", "GET", "/admin/api/stuff.json"],
    ["a path that goes on", "GET", "/admin/api/things/42/more.json"],
    ["a path that ends before", "GET", "/admin/api.json"],
    ["a path in other letters", "GET", "/admin/api/Things.json"],
    ["a slash at the end", "GET", "/admin/api/things/"],
    ["a slash after the extension", "GET", "/admin/api/things.json/"],
    ["an empty id", "GET", "/admin/api/things/.json"],
    ["two slashes", "GET", "/admin//api/things.json"],
    ["two slashes before it", "GET", "//admin/api/things.json"],
    ["no slash before it", "GET", "admin/api/things.json"],
    ["something before it", "GET", "/x/admin/api/things.json"],
    ["an empty variable within", "DELETE", "/admin/api/things//keys/a.json"],
    ["no value where one takes the rest", "DELETE", "/admin/api/things/42/values"],
    ["an empty value where one takes the rest", "DELETE", "/admin/api/things/42/values/.json"],
    ["an empty variable before the rest", "DELETE", "/admin/api/things//values/a"],
    ["an escaped slash", "GET", "/admin/api/things%2F42.json"],
    ["an empty path", "GET", ""],
    ["the root", "GET", "/"],
  ])("is none: %s", (_what, method, path) => {
    expect(located(method, path)).toBe("not_found");
  });

  it.each(["/admin/api/things/42.xml", "/admin/api/things/42.php", "/admin/api/things.html", "/admin/api/things/42.toString"])("does not speak every format: %s", (path) => {
    expect(located("GET", path)).toBe("not_acceptable");
  });

  it("says which format it does not understand, in 3scale's words", () => {
    expect(() => locate(OPERATIONS, "GET", "/admin/api/things.php")).toThrow('The server does not understand "php" request.');
  });

  it("is not found before its format is judged: an unknown path is unknown in any format", () => {
    expect(located("GET", "/admin/api/stuff.php")).toBe("not_found");
  });
});
