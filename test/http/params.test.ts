import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { DomainError } from "../../lib/domain/errors.ts";
import { merge, parseBody, parseForm, unwrap } from "../../lib/http/params.ts";

const MAX = 8192;
const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";
const body = (text: string, type?: string, maxBytes = MAX) => parseBody({ body: text, headers: type === undefined ? {} : { "content-type": type } }, maxBytes);
const bodyOf = (bytes: Uint8Array, type: string) => parseBody({ body: Buffer.from(bytes).toString("base64"), isBase64Encoded: true, headers: { "content-type": type } }, MAX);
const codeOf = (error: unknown) => (error instanceof DomainError ? error.code : error);
const refusal = async (parsed: Promise<unknown>) => parsed.then((params) => ({ parsed: params }), codeOf);
const formRefusal = (text: string) => {
  try {
    return { parsed: parseForm(text, "body") };
  } catch (error) {
    return codeOf(error);
  }
};

// Nothing that a request says may ever change what every object has.
const untouched = Object.getOwnPropertyNames(Object.prototype).join();
afterEach(() => {
  if (Object.getOwnPropertyNames(Object.prototype).join() !== untouched) throw new Error("Every object has been changed");
});

describe("parameters in a query or a form", () => {
  it.each([
    ["nothing", "", {}],
    ["one", "name=CI", { name: "CI" }],
    ["text alone: numbers and booleans are for the field to read", "a=1&b=true&c=null", { a: "1", b: "true", c: "null" }],
    ["escapes, and a plus for a space", "name=a+b%20c%2Bd%26e%3Df%C3%A9", { name: "a b c+d&e=fé" }],
    ["a name without a value", "name&other=", { name: "", other: "" }],
    ["a list", "scopes[]=stats&scopes[]=finance", { scopes: ["stats", "finance"] }],
    ["a list of one", "scopes[]=stats", { scopes: ["stats"] }],
    ["a list in escaped form", "scopes%5B%5D=stats&scopes%5b%5d=finance", { scopes: ["stats", "finance"] }],
    ["a list with a blank, as browsers send for unchecked boxes", "scopes[]=&scopes[]=stats", { scopes: ["", "stats"] }],
    ["a list by index", "scopes[0]=stats&scopes[1]=finance", { scopes: ["stats", "finance"] }],
    ["attributes under the name of their resource", "service[name]=Echo&service[system_name]=echo", { service: { name: "Echo", system_name: "echo" } }],
    ["usage as 3scale's programs write it", "usage[hits]=3", { usage: { hits: "3" } }],
    ["usage as other 3scale programs write it", "[usage][hits]=3", { usage: { hits: "3" } }],
    ["usage, escaped", "usage%5Bhits%5D=3", { usage: { hits: "3" } }],
    ["usage, escaped in the other form", "%5Busage%5D%5Bhits%5D=3", { usage: { hits: "3" } }],
    ["a report of several transactions", "transactions[0][app_id]=a&transactions[0][usage][hits]=1&transactions[1][app_id]=b", { transactions: [{ app_id: "a", usage: { hits: "1" } }, { app_id: "b" }] }],
    ["the deepest nesting there may be", "a[b][c][d][e][f][g]=1", { a: { b: { c: { d: { e: { f: { g: "1" } } } } } } }],
    ["a value with brackets and equal signs, escaped", "name=a%5Bb%5D%3Dc", { name: "a[b]=c" }],
    ["a value with equal signs as they are", "name=a=b==", { name: "a=b==" }],
  ])("are read as Rack does: %s", (_what, text, params) => {
    expect(parseForm(text, "body")).toEqual(params);
  });

  it("are a list when a name comes twice, so that whoever wants one text refuses both", () => {
    expect(parseForm("access_token=a&access_token=b", "body")).toEqual({ access_token: ["a", "b"] });
  });

  it.each([
    ["one level too deep", "a[b][c][d][e][f][g][h]=1"],
    ["thousands of levels", `a${"[b]".repeat(2000)}=1`],
    ["1001 parameters", Array.from({ length: 1001 }, (_, at) => `p${at}=1`).join("&")],
    ["1001 elements of a list", Array.from({ length: 1001 }, () => "p[]=1").join("&")],
    ["one name 1001 times", Array.from({ length: 1001 }, () => "p=1").join("&")],
    ["an index in the millions", "p[5000000]=1"],
  ])("are a bad request when there is %s", (_what, text) => {
    expect(formRefusal(text)).toBe("malformed_request");
  });

  it("may be a thousand", () => {
    expect(Object.keys(parseForm(Array.from({ length: 1000 }, (_, at) => `p${at}=1`).join("&"), "body"))).toHaveLength(1000);
  });

  it.each([
    "__proto__[polluted]=1", "__proto__=1", "constructor[prototype][polluted]=1", "a[__proto__][polluted]=1", "a[constructor][prototype][polluted]=1", "toString=1",
    "hasOwnProperty=1", "[__proto__][polluted]=1", "__proto__[]=polluted", "%5F_proto__[polluted]=1", "a[]=1&a[__proto__][polluted]=1", "a[0][__proto__][polluted]=1",
  ])("leave every object as it was: %s", (text) => {
    const params = parseForm(`${text}&name=CI`, "body");
    expect(params["name"]).toBe("CI");
    expect(params["polluted"]).toBeUndefined();
    expect(typeof params.hasOwnProperty).toBe("function");
    expect(Object.getPrototypeOf(params)).toBe(Object.prototype);
    expect(merge(params, params)["polluted"]).toBeUndefined();
  });

  it("are read or refused as a bad request, whatever is sent", () => {
    const piece = fc.oneof(fc.constantFrom("[", "]", "[]", "=", "&", "%", "%5B", "%FF", "%00", "__proto__", "constructor", "a", "0", "+", ";"), fc.string({ unit: "binary", maxLength: 3 }));
    fc.assert(fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const outcome = formRefusal(pieces.join(""));
      expect(outcome === "malformed_request" || typeof (outcome as { parsed?: unknown }).parsed === "object").toBe(true);
    }), { numRuns: 3000 });
  });
});

describe("a body", () => {
  it.each([
    ["JSON", '{"name":"CI","scopes":["stats"]}', JSON_TYPE],
    ["JSON with a charset", '{"name":"CI","scopes":["stats"]}', "application/json; charset=utf-8"],
    ["JSON with space around its type", '{"name":"CI","scopes":["stats"]}', " application/json ;charset=utf-8"],
    ["JSON in other letters", '{"name":"CI","scopes":["stats"]}', "Application/JSON"],
    ["a kind of JSON", '{"name":"CI","scopes":["stats"]}', "application/vnd.api+json"],
    ["JSON that begins with a byte order mark", '\ufeff{"name":"CI","scopes":["stats"]}', JSON_TYPE],
    ["JSON without a content type", '  {"name":"CI","scopes":["stats"]}', undefined],
    ["JSON with an empty content type", '{"name":"CI","scopes":["stats"]}', ""],
    ["a form", "name=CI&scopes[]=stats", FORM],
    ["a form with a charset", "name=CI&scopes[]=stats", `${FORM};charset=UTF-8`],
    ["a form without a content type", "name=CI&scopes[]=stats", undefined],
  ])("is read: %s", async (_what, text, type) => {
    expect(await body(text, type)).toEqual({ name: "CI", scopes: ["stats"] });
  });

  it("without a content type is a form, unless it begins like JSON", async () => {
    expect(await body("name={CI}")).toEqual({ name: "{CI}" });
  });

  it("is read from base64, as the gateway sends what it takes for binary", async () => {
    expect(await bodyOf(Buffer.from('{"name":"é😀"}'), JSON_TYPE)).toEqual({ name: "é😀" });
  });

  it.each([["", FORM], ["", JSON_TYPE], ["", undefined], ["", "text/plain"], [null, JSON_TYPE], [undefined, JSON_TYPE]])("is no parameters when it is empty, whatever its type says: %j as %s", async (text, type) => {
    expect(await parseBody({ ...(text === undefined ? {} : { body: text }), headers: { "content-type": type } }, MAX)).toEqual({});
  });

  it("keeps the types of JSON, for the fields to judge", async () => {
    expect(await body('{"a":1,"b":true,"c":null,"d":[1],"e":{"f":1.5}}', JSON_TYPE)).toEqual({ a: 1, b: true, c: null, d: [1], e: { f: 1.5 } });
  });

  it.each(["[]", '[{"name":"CI"}]', '"name"', "1", "null", "true"])("is a bad request when it is JSON but no object: %s", async (text) => {
    expect(await refusal(body(text, JSON_TYPE))).toBe("malformed_request");
  });

  it.each(["{", '{"name":}', "{'name':'CI'}", '{"name":"CI"}x', "name=CI", "\0", " ", '{"a":1}{"a":2}'])("is a bad request when its type says JSON and it is none: %j", async (text) => {
    expect(await refusal(body(text, JSON_TYPE))).toBe("malformed_request");
  });

  it.each(["{", " {]"])("is a bad request when it has no type and only begins like JSON: %j", async (text) => {
    expect(await refusal(body(text))).toBe("malformed_request");
  });

  it.each([
    ["a byte that UTF-8 never has", [0x61, 0xff]],
    ["a character cut short", [0x61, 0xc3]],
    ["an overlong slash", [0xc0, 0xaf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["UTF-16", [0xff, 0xfe, 0x61, 0x00]],
  ])("is a bad request when it is not UTF-8: %s", async (_what, bytes) => {
    const quoted = Buffer.concat([Buffer.from('{"name":"'), Buffer.from(bytes), Buffer.from('"}')]);
    expect(await refusal(bodyOf(quoted, JSON_TYPE))).toBe("malformed_request");
    expect(await refusal(bodyOf(Buffer.concat([Buffer.from("name="), Buffer.from(bytes)]), FORM))).toBe("malformed_request");
  });

  it.each(["text/plain", "text/xml", "application/xml", "application/octet-stream", "image/png", "nonsense", "application/jsonp", "text/html;application/json"])("is refused as %s", async (type) => {
    expect(await refusal(body('{"name":"CI"}', type))).toBe("unsupported_media_type");
  });

  it.each([
    ["as large as it may be", "a".repeat(MAX), undefined],
    ["one byte larger", "a".repeat(MAX + 1), "payload_too_large"],
    ["larger by the second byte of its last character", `${"a".repeat(MAX - 1)}é`, "payload_too_large"],
    ["larger before it is found to be nonsense", `{${"a".repeat(MAX)}`, "payload_too_large"],
  ])("counts in bytes: %s", async (_what, text, code) => {
    expect(await refusal(body(text))).toEqual(code ?? { parsed: { [text]: "" } });
  });

  it("counts in bytes after base64 has been undone", async () => {
    expect(await refusal(bodyOf(Buffer.alloc(MAX, "a"), FORM))).toHaveProperty("parsed");
    expect(await refusal(bodyOf(Buffer.alloc(MAX + 1, "a"), FORM))).toBe("payload_too_large");
  });

  it("names the limit to whoever passes it", async () => {
    await expect(body("abcd", FORM, 3)).rejects.toThrow("maximum is 3 bytes");
  });

  it.each([
    '{"__proto__":{"polluted":1},"name":"CI"}', '{"constructor":{"prototype":{"polluted":1}},"name":"CI"}', '{"a":{"__proto__":{"polluted":1}},"name":"CI"}',
    '{"service":{"__proto__":{"polluted":1}},"name":"CI"}',
  ])("of JSON leaves every object as it was: %s", async (text) => {
    const params = merge({}, await body(text, JSON_TYPE));
    expect(params["name"]).toBe("CI");
    expect(params["polluted"]).toBeUndefined();
    const inner = unwrap(params, "service");
    expect(Object.getPrototypeOf(inner)).toBe(Object.prototype);
    expect(inner["polluted"]).toBeUndefined();
  });

  it("of JSON may nest as deep as its size allows: nothing overflows", async () => {
    const depth = 4000;
    expect(await refusal(body(`{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`, JSON_TYPE))).toHaveProperty("parsed");
    expect(await refusal(body(`{"a":${"[".repeat(depth)}`, JSON_TYPE))).toBe("malformed_request");
  });
});

describe("a multipart form", () => {
  const part = (name: string, value: string, more = "") => `--XX\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
  const multipart = (...parts: readonly string[]) => body(`${parts.join("")}--XX--\r\n`, "multipart/form-data; boundary=XX");

  it("is read like any other form", async () => {
    expect(await multipart(part("name", "A b+c&d=é%20"), part("scopes[]", "stats"), part("scopes[]", "finance"), part("service[name]", "Echo"))).toEqual({
      name: "A b+c&d=é%20", scopes: ["stats", "finance"], service: { name: "Echo" },
    });
  });

  it("leaves every object as it was", async () => {
    expect(await multipart(part("__proto__[polluted]", "1"), part("name", "CI"))).toEqual({ name: "CI" });
  });

  it.each([
    ["it holds a file", () => multipart(part("name", "CI", '; filename="a.txt"'))],
    ["its boundary is not told", () => body("--XX--\r\n", "multipart/form-data")],
    ["its boundary is another", () => body(`${part("name", "CI")}--XX--\r\n`, "multipart/form-data; boundary=YY")],
    ["it is cut short", () => body(part("name", "CI").slice(0, 20), "multipart/form-data; boundary=XX")],
    ["it is nested too deeply", () => multipart(part("a[b][c][d][e][f][g][h]", "1"))],
  ])("is a bad request when %s", async (_why, send) => {
    expect(await refusal(send())).toBe("malformed_request");
  });
});

describe("parameters of one request", () => {
  it("are those of query and body together, the query's where both name one", () => {
    expect(merge({ name: "query", page: "2" }, { name: "body", scopes: ["stats"] })).toEqual({ name: "query", page: "2", scopes: ["stats"] });
  });

  it.each([
    ["bare", { name: "CI" }, { name: "CI" }],
    ["under the resource's name", { token: { name: "CI" } }, { name: "CI" }],
    ["both, those under the name counting", { name: "outer", permission: "ro", token: { name: "inner" } }, { name: "inner", permission: "ro" }],
    ["under an empty name", { token: {} }, {}],
    ["under another resource's name, which is none of ours", { service: { name: "CI" } }, { service: { name: "CI" } }],
  ])("come %s", (_how, params, expected) => {
    expect(unwrap(params, "token")).toEqual(expected);
  });

  it("are left as they are when the operation has no name for them", () => {
    expect(unwrap({ token: { name: "CI" } }, undefined)).toEqual({ token: { name: "CI" } });
  });

  it.each([["CI"], [""], [1], [null], [["name"]], [true]])("are not valid when %j stands under the resource's name", (inner) => {
    expect(() => unwrap({ token: inner }, "token")).toThrow(expect.objectContaining({ code: "wrong_type", message: "Wrong type for parameter: token" }) as Error);
  });
});
