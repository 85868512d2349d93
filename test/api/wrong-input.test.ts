import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { everyRow } from "../support/rows.ts";
import { expectDocumented, send, strangersIn, type Answer, type Wire } from "./wrong-input.ts";

/** Wrong bodies, parameters and names: told by field, never a 5xx, never stored. */
let deployment: Deployment;
let account: TestAccount;
let token: string;
beforeAll(async () => {
  deployment = await startDeployment();
  account = await createTestAccount(deployment);
  token = account.admin.value;
}, 120_000);
afterAll(async () => {
  await deployment?.stop();
});

const TOKENS = "/admin/api/personal/access_tokens.json";
const SERVICES = "/admin/api/services.json";
const USERS = "/admin/api/users.json";
const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";
const WANTED = { name: "wanted", scopes: ["account_management"], permission: "ro" };

async function post(target: string, wire: Partial<Wire>): Promise<Answer & { readonly json: unknown }> {
  const answer = await send(deployment.url, { method: "POST", target, token, ...wire });
  expectDocumented(answer, "POST");
  return { ...answer, json: answer.type.startsWith(JSON_TYPE) && answer.text !== "" ? (JSON.parse(answer.text) as unknown) : undefined };
}

const postJson = (target: string, value: unknown) => post(target, { type: JSON_TYPE, body: JSON.stringify(value) });
/** JSON of exactly so many bytes: a field that nobody knows fills it. */
const sized = (bytes: number, value: object, fill = "x") => {
  const empty = JSON.stringify({ ...value, filling: "" });
  return JSON.stringify({ ...value, filling: fill.repeat(Math.floor((bytes - Buffer.byteLength(empty)) / Buffer.byteLength(fill))) });
};
const nested = (depth: number, inner = "1") => `${"[".repeat(depth)}${inner}${"]".repeat(depth)}`;

describe("a body that is not what it says: 400", () => {
  it.each([
    ["JSON that breaks off", JSON_TYPE, '{"name":', "The body is not valid JSON"],
    ["JSON with something after it", JSON_TYPE, "{} {}", "The body is not valid JSON"],
    ["JSON in single quotes", JSON_TYPE, "{'name':'x'}", "The body is not valid JSON"],
    ["an empty line as JSON", JSON_TYPE, " ", "The body is not valid JSON"],
    ["an array", JSON_TYPE, "[]", "The body must be a JSON object"],
    ["an array of pairs", JSON_TYPE, '[["name","x"]]', "The body must be a JSON object"],
    ["a text", JSON_TYPE, '"name"', "The body must be a JSON object"],
    ["a number", JSON_TYPE, "1", "The body must be a JSON object"],
    ["true", JSON_TYPE, "true", "The body must be a JSON object"],
    ["null", JSON_TYPE, "null", "The body must be a JSON object"],
    ["broken JSON without a content type", undefined, '{"name"', "The body is not valid JSON"],
    ["broken JSON of another name", "application/vnd.api+json", "{", "The body is not valid JSON"],
    ["a form that is not UTF-8", FORM, Buffer.from("name=caf\u00e9", "latin1"), "The body is not valid UTF-8"],
    ["JSON of another name that is not UTF-8", "application/vnd.api+json", Buffer.from('{"name":"caf\u00e9"}', "latin1"), "The body is not valid UTF-8"],
    ["a form whose escapes are not UTF-8", FORM, "name=caf%E9", "The body is not valid UTF-8"],
    ["a multipart form that is not UTF-8", "multipart/form-data; boundary=x", Buffer.from('--x\r\nContent-Disposition: form-data; name="name"\r\n\r\ncaf\u00e9\r\n--x--\r\n', "latin1"), "The body is not a valid multipart form of text fields"],
    ["a form nested too deeply", FORM, `a${"[b]".repeat(50)}=1`, "There are too many parameters, or they are nested too deeply"],
    ["a form of 2,000 parameters", FORM, "a=1&".repeat(2000), "There are too many parameters, or they are nested too deeply"],
    ["a multipart form without its boundary", "multipart/form-data", "--x\r\n", "The body is not a valid multipart form of text fields"],
    ["a multipart form that breaks off", "multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="name"\r\n\r\na', "The body is not a valid multipart form of text fields"],
    ["a file", "multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="name"; filename="a"\r\n\r\na\r\n--x--\r\n', "The body is not a valid multipart form of text fields"],
  ])("%s", async (_what, type, body, error) => {
    expect(await post(TOKENS, { type, body })).toMatchObject({ status: 400, json: { error, code: "malformed_request" } });
  });

  it("so is a query of 2,000 parameters", async () => {
    expect(await post(`${TOKENS}?${"a&".repeat(2000)}`, {})).toMatchObject({ status: 400, json: { code: "malformed_request" } });
  });

  it("and a body that is none of the operation's, on a GET as well", async () => {
    const answer = await send(deployment.url, { target: TOKENS, token, type: JSON_TYPE, body: "[" });
    expect(answer.status).toBe(400);
    expectDocumented(answer);
  });
});

describe("a content type that nobody reads: 415, which names what to send", () => {
  it.each([
    "text/plain", "application/xml", "text/xml", "application/octet-stream", "image/png", "application/jsonx", "json", "application/json,text/plain", "text/json", "*/*",
  ])("%s", async (type) => {
    const answer = await post(TOKENS, { type, body: JSON.stringify(WANTED) });
    expect(answer).toMatchObject({ status: 415, json: { code: "unsupported_media_type" } });
    for (const known of [JSON_TYPE, FORM, "multipart/form-data"]) expect(answer.text).toContain(known);
  });

  it("but no body needs no type, and a type may have parameters and capitals", async () => {
    const query = "name=q&permission=ro&scopes[]=account_management";
    expect((await post(`${TOKENS}?${query}`, { type: "text/plain" })).status).toBe(201);
    expect((await post(TOKENS, { type: "Application/JSON; charset=UTF-8", body: JSON.stringify(WANTED) })).status).toBe(201);
  });
});

describe("a body's size, in bytes: 8,192, or more where an operation needs it", () => {
  it.each([
    ["JSON", JSON_TYPE, (bytes: number) => sized(bytes, WANTED)],
    ["a form, which arrives in base64", FORM, (bytes: number) => "name=a&permission=ro&scopes[]=account_management&f=".padEnd(bytes, "x")],
    ["JSON of another name, which does too", "application/vnd.api+json", (bytes: number) => sized(bytes, WANTED)],
  ])("%s", async (_what, type, of) => {
    expect(Buffer.byteLength(of(8192))).toBe(8192);
    expect((await post(TOKENS, { type, body: of(8192) })).status).toBe(201);
    const answer = await post(TOKENS, { type, body: of(8193) });
    expect(answer).toMatchObject({ status: 413, json: { error: "The body is too large (maximum is 8192 bytes)", code: "payload_too_large" } });
  });

  it("counts bytes, not characters", async () => {
    expect((await post(TOKENS, { type: JSON_TYPE, body: sized(12_000, WANTED, "\u{1F511}") })).status).toBe(413);
  });

  it("is judged before anything is read: a body too large and broken is too large", async () => {
    expect((await post(TOKENS, { type: JSON_TYPE, body: "[".repeat(8193) })).status).toBe(413);
    expect((await post(TOKENS, { type: JSON_TYPE, body: "x".repeat(2_000_000) })).status).toBe(413);
    expect((await post(TOKENS, { type: "image/png", body: "x".repeat(8193) })).status).toBe(413);
  });

  it("the list of a member's services may be long: 65,536", async () => {
    const { member } = await account.member({ sections: ["partners"], serviceAccess: [] });
    const put = (bytes: number) => post(`/admin/api/users/${member.id}/permissions.json`, { method: "PUT", type: JSON_TYPE, body: sized(bytes, { allowed_sections: ["partners"] }) });
    expect([(await put(65_536)).status, (await put(65_537)).status]).toEqual([200, 413]);
  });
});

describe("structure that nobody asked for", () => {
  it.each([
    ["arrays 3,000 deep in a field that nobody knows", `{"name":"n","scopes":["stats"],"permission":"ro","x":${nested(3000)}}`, 201],
    ["arrays 3,000 deep for a name", `{"name":${nested(3000)},"scopes":["stats"],"permission":"ro"}`, 422],
    ["arrays 3,000 deep for scopes", `{"name":"n","scopes":${nested(3000)},"permission":"ro"}`, 422],
    ["arrays 3,000 deep for the whole", `{"token":${nested(3000)}}`, 422],
    ["objects 800 deep", `${'{"token":'.repeat(800)}1${"}".repeat(800)}`, 422],
    ["a key twice, of which the last counts", '{"name":"first","name":"last","scopes":["stats"],"permission":"ro"}', 201],
    ["numbers beyond all numbers", '{"name":"n","scopes":["stats"],"permission":1e999}', 422],
    ["an expiry that is an object", '{"name":"n","scopes":["stats"],"permission":"ro","expires_at":{"toISOString":"x"}}', 422],
    ["2,000 scopes", JSON.stringify({ name: "n", permission: "ro", scopes: Array.from({ length: 2000 }, () => "a") }), 422],
    ["attributes that are a list", '{"token":[]}', 422],
    ["attributes that are null", '{"token":null}', 422],
  ])("%s", async (_what, body, status) => {
    expect((await post(TOKENS, { type: JSON_TYPE, body })).status).toBe(status);
  });

  it.each([
    ["objects that cannot be made text", '[{"toString":1,"valueOf":1}]'],
    ["arrays 30,000 deep", nested(30_000)],
    ["nothing but nulls", "[null,null]"],
    ["numbers of all kinds", "[-1,0,1.5,1e400,9007199254740993]"],
  ])("a list of services that holds %s gives access to none of them", async (_what, list) => {
    const { member } = await account.member({ sections: ["partners"], serviceAccess: [] });
    const answer = await post(`/admin/api/users/${member.id}/permissions.json`, { method: "PUT", type: JSON_TYPE, body: `{"allowed_service_ids":${list}}` });
    expect(answer).toMatchObject({ status: 200, json: { permissions: { allowed_service_ids: [] } } });
  });

  it.each([
    ["in JSON", JSON_TYPE, '{"__proto__":{"name":"inherited","scopes":["stats"],"permission":"ro"},"constructor":{"prototype":{"name":"inherited"}}}'],
    ["in JSON, within the attributes", JSON_TYPE, '{"token":{"__proto__":{"name":"inherited","scopes":["stats"],"permission":"ro"}}}'],
    ["in a form", FORM, "__proto__[name]=inherited&constructor[prototype][name]=inherited&__proto__[permission]=ro&token[__proto__][name]=inherited"],
    ["in a form, in a list", FORM, "token[x][__proto__][name]=inherited&__proto__[]=x&name[__proto__]=x"],
    ["in a multipart form", "multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="__proto__[name]"\r\n\r\ninherited\r\n--x\r\nContent-Disposition: form-data; name="toString"\r\n\r\nx\r\n--x--\r\n'],
  ])("prototypes %s are nobody's attributes, then and later", async (_what, type, body) => {
    const poisoned = await post(TOKENS, { type, body });
    expect([400, 422]).toContain(poisoned.status);
    const query = await post(`${TOKENS}?__proto__[name]=inherited&constructor[prototype][name]=inherited&hasOwnProperty=x`, { type: JSON_TYPE, body: '{"permission":"ro","scopes":["stats"]}' });
    expect(query).toMatchObject({ status: 422, json: { errors: { name: ["can't be blank"] }, code: "invalid" } });
    expect(await postJson(TOKENS, { permission: "ro", scopes: ["stats"] })).toMatchObject({ status: 422, json: { errors: { name: ["can't be blank"] } } });
  });

  it("fields that nobody knows, and those that only we write, are dropped", async () => {
    const smuggled = { id: 1, value: "lk_at_mine", hash: "mine", pepper: 9, ownerId: 1, owner_id: 1, accountId: 1, account_id: 1, version: 99, type: "account", pk: "ACCOUNTS", sk: "x", ttl: 1, imported: true };
    const made = await postJson(TOKENS, { ...WANTED, ...smuggled });
    expect(made).toMatchObject({ status: 201, json: { access_token: { name: "wanted", value: expect.stringMatching(/^lk_at_/) } } });
    expect(made.text).not.toContain("mine");
    expect(await postJson(SERVICES, { name: "Smuggled", ...smuggled, state: "published", settings: { x: 1 }, flags: { x: 1 }, systemName: "mine" })).toMatchObject({
      status: 201, json: { service: { state: "incomplete", system_name: "smuggled" } },
    });
    expect(await postJson(USERS, { email: "smuggled@example.com", ...smuggled, role: "admin", state: "active", sections: ["finance"], serviceAccess: "all", password: "hunter2" })).toMatchObject({
      status: 201, json: { user: { role: "member", state: "pending" } },
    });
  });
});

describe("names", () => {
  const places = [
    ["an access token", TOKENS, "name", WANTED],
    ["a service", SERVICES, "name", {}],
    ["a member", USERS, "username", { email: "" }],
  ] as const;
  let made = 0;
  const naming = (target: string, field: string, other: object, name: unknown) =>
    postJson(target, { ...other, ...("email" in other ? { email: `named${++made}@example.com` } : {}), [field]: name });

  describe.each(places)("of %s", (_what, target, field, other) => {
    it.each([
      ["255 letters", "n".repeat(255)],
      ["255 signs beyond the basic plane", "\u{1F511}".repeat(255)],
      ["255 letters that come with their accents apart", "e\u0301".repeat(255)],
      ["a joined family and a flag", "\u{1F468}\u200D\u{1F469}\u200D\u{1F467} \u{1F1EA}\u{1F1FA}"],
      ["quotes, tags and keys", `"><script>alert(1)</script>' OR 1=1 -- #pk \${x} {{x}} \\`],
      ["letters from right to left, which need no marks", "\u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627"],
    ])("%s are kept, in NFC", async (_kind, name) => {
      const answer = await naming(target, field, other, name);
      expect(answer.status).toBe(201);
      const [thing] = Object.values(answer.json as Record<string, Record<string, unknown>>);
      expect(thing?.[field]).toBe(name.normalize("NFC"));
    });

    it.each([
      ["256 letters", "n".repeat(256), "is too long (maximum is 255 characters)"],
      ["256 signs beyond the basic plane", "\u{1F511}".repeat(256), "is too long (maximum is 255 characters)"],
      ["half a sign", "a\uD800b", "is not valid Unicode"],
      ["the other half", "\uDC00", "is not valid Unicode"],
      ["NUL", "a\0b", "must not contain control characters"],
      ["a line break", "a\nb", "must not contain control characters"],
      ["an escape sequence", "\u001B[31m", "must not contain control characters"],
      ["a control character of Latin-1", "a\u0085b", "must not contain control characters"],
      ["a turn of the direction", "a\u202Eb", "must not contain control characters"],
      ["an isolate", "a\u2066b\u2069", "must not contain control characters"],
      ["a line separator", "a\u2028b", "must not contain control characters"],
      ["nothing", "", "can't be blank"],
      ["blanks", " \t ", "can't be blank"],
      ["wide blanks", "\u00A0\u3000", "can't be blank"],
      ["a number", 7, "can't be blank"],
      ["a list", ["a"], "can't be blank"],
      ["an object", { a: 1 }, "can't be blank"],
      ["null", null, "can't be blank"],
      ["true", true, "can't be blank"],
    ])("%s: 422, which names the field", async (_kind, name, message) => {
      const answer = await naming(target, field, other, name);
      expect(answer).toMatchObject({ status: 422, json: { code: "invalid" } });
      expect((answer.json as { errors: Record<string, string[]> }).errors[field]).toContain(message);
    });
  });

  it("that are the same in NFC are the same, whichever way they were typed", async () => {
    expect((await postJson(USERS, { email: "nfc@example.com", username: "Ren\u00e9e" })).status).toBe(201);
    expect(await postJson(USERS, { email: "nfd@example.com", username: "Rene\u0301e" })).toMatchObject({ status: 422, json: { errors: { username: ["has already been taken"] } } });
  });

  it.each([
    ["half a sign", "a\uD800@example.com"], ["a turn of the direction", "a\u202E@example.com"], ["an isolate", "a\u2066@example.com"],
    ["a NUL", "a\0@example.com"], ["a blank", "a b@example.com"], ["two at-signs", "a@b@example.com"], ["256 letters", `${"a".repeat(244)}@example.com`], ["no text", 1], ["a list", ["a@example.com"]],
  ])("an address with %s is none", async (_what, email) => {
    expect(await postJson(USERS, { email })).toMatchObject({ status: 422, json: { errors: { email: expect.any(Array) } } });
    const answer = await postJson(SERVICES, { name: "Mail", support_email: email });
    expect(answer).toMatchObject({ status: 422, json: { errors: { support_email: expect.any(Array) } } });
  });

  it.each([
    ["half a sign", "a\uDFFF"], ["a NUL", "a\0"], ["4,001 letters", "n".repeat(4001)], ["a list", ["a"]], ["a number", 1],
  ])("a description of %s is none", async (_what, description) => {
    expect(await postJson(SERVICES, { name: "Described", description })).toMatchObject({ status: 422, json: { errors: { description: expect.any(Array) } } });
  });

  it("a system name that is blank counts as absent: programs send every field that they know", async () => {
    expect(await postJson(SERVICES, { name: "Blank", system_name: "" })).toMatchObject({ status: 201, json: { service: { system_name: "blank" } } });
  });

  it.each([" ", "a b", "a/b", "a#b", "\u00e9", "a\n", "n".repeat(256), 1, ["a"], { a: 1 }])("a system name is letters, digits, dashes and underscores: not %j", async (system_name) => {
    expect(await postJson(SERVICES, { name: "Named", system_name })).toMatchObject({ status: 422, json: { errors: { system_name: expect.any(Array) } } });
  });
});

describe("expiries", () => {
  it.each([
    "tomorrow", "2030", "2030-01-01", "2030-01-01T12:00", "2030-01-01T12:00:00", "2030-13-01T12:00:00Z", "2030-02-30T12:00:00Z", "2030-01-01T25:00:00Z", "2030-01-01T12:60:00Z",
    "2030-01-01T12:00:00+25:00", "2030-01-01T12:00:00Z\n", "-2030-01-01T12:00:00Z", "+012030-01-01T12:00:00Z", "1e12", "\u0662\u0660\u0663\u0660-01-01T12:00:00Z", "1969-12-31T23:59:59Z", "2020-01-01T00:00:00Z",
    0, -1, 1e12, true, [], {}, ["2030-01-01T12:00:00Z"],
  ])("%j is none: 422", async (expires_at) => {
    expect(await postJson(TOKENS, { ...WANTED, expires_at })).toMatchObject({ status: 422, json: { errors: { expires_at: [expect.stringContaining("ISO8601")] } } });
  });

  it.each(["2030-01-01T12:00:00Z", "2030-01-01T12:00:00.123456789Z", "2030-01-01T12:00:00+0100", "2030-01-01t12:00:00z", "9999-12-31T23:59:59Z"])("%s: 201 or a clear refusal", async (expires_at) => {
    expect([201, 422]).toContain((await postJson(TOKENS, { ...WANTED, expires_at })).status);
  });
});

describe("after all this", () => {
  it("no function failed, and nothing was logged as an error", () => {
    expect(deployment.gateway.failures).toEqual([]);
    expect(deployment.logs()).not.toContain('"level":"ERROR"');
  });

  it("no row has an attribute that its type does not have", async () => {
    const rows = await everyRow(deployment);
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter((row) => strangersIn(row).length > 0).map((row) => [row["pk"], ...strangersIn(row)])).toEqual([]);
  });

  it("every name is stored in NFC, whole, and without what cannot be seen", async () => {
    const names = (await everyRow(deployment)).flatMap((row) => [row["name"], row["username"], row["email"]]).filter((name) => typeof name === "string");
    expect(names.length).toBeGreaterThan(20);
    const bad = names.filter((name) => !name.isWellFormed() || name !== name.normalize("NFC") || Array.from(name).length > 255 || /[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u.test(name));
    expect(bad).toEqual([]);
  });
});
