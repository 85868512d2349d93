import type { Context } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod/mini";
import { DomainError, notFound } from "../../lib/domain/errors.ts";
import { answering, lambda, type HttpEvent } from "../../lib/http/lambda.ts";
import { operation, type Call, type Operation } from "../../lib/http/operation.ts";
import { ANONYMOUS, encodePrincipal, encodeSession } from "../../lib/http/principal.ts";
import { created, document, EMPTY } from "../../lib/http/reply.ts";
import { parseSessionId } from "../../lib/domain/brands.ts";
import { DynamoDbError } from "../../lib/table/dynamodb/error.ts";
import { account, admin, gateway, member, NOW, speaking, token } from "../model/example.ts";

/** The edge alone, without a gateway before it or a table behind it. */
let lines: Record<string, unknown>[] = [];
beforeEach(() => {
  lines = [];
  for (const [name, value] of Object.entries({ TABLE_NAME: "nowhere", AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local", PEPPERS: `1:${"a".repeat(64)}` })) vi.stubEnv(name, value);
  vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "latchkey-dev-things");
  vi.stubEnv("PUBLIC_URL", "https://latchkey.example");
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    lines.push(JSON.parse(String(chunk)) as Record<string, unknown>);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

type Sent = { readonly method?: string; readonly path?: string; readonly query?: string; readonly body?: object; readonly headers?: Readonly<Record<string, string>>; readonly context?: unknown };
const speaker = speaking(member(), token());
const eventOf = ({ method = "GET", path = "/admin/api/things.json", query, body, headers = {}, context = encodePrincipal(speaker) }: Sent) => ({
  rawPath: path, ...(query === undefined ? {} : { rawQueryString: query }), headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }), requestContext: { requestId: "r-1", http: { method }, authorizer: { lambda: context } },
}) as unknown as HttpEvent;
const CONTEXT = { awsRequestId: "i-1" } as Context;
const thing = { one: "thing", many: "things", json: (value: object) => value, xml: () => ({ a: "1" }), csv: () => ({ name: "things.csv", rows: [["a"], ["=1"]] }) };

let calls: Call<unknown>[] = [];
const declared = (over: Partial<Operation>) => operation({
  name: "readThings", methods: ["GET"], path: "/admin/api/things", formats: ["json", "xml", "csv"], requires: { scopes: ["account_management"], effect: "read", about: "account" },
  input: z.object({ name: z.optional(z.string("is no text")) }), answer: document(thing) as never,
  run: async (call) => {
    calls.push(call);
    return { seen: call.operation };
  },
  ...over,
});
const making = { name: "makeThing", methods: ["POST"], requires: { scopes: ["account_management"], effect: "write", about: "account" }, answer: created(thing, () => "/admin/api/things/1") } as unknown as Partial<Operation>;
const serve = (sent: Sent, ...operations: Partial<Operation>[]) => {
  calls = [];
  return lambda(...(operations.length === 0 ? [{}] : operations).map(declared))(eventOf(sent), CONTEXT);
};
const throwing = (error: unknown) => () => Promise.reject(error as Error);
const SAFE = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

describe("an operation is run", () => {
  it("for whoever may, with its name, who it is, and what was given", async () => {
    const answer = await serve({ query: "name=a&x=1" });
    expect(answer).toMatchObject({ statusCode: 200, body: '{"seen":"readThings"}', headers: { ...SAFE, "content-type": "application/json; charset=utf-8" } });
    expect(calls).toMatchObject([{ operation: "readThings", principal: { kind: "access_token", token: { id: 33 }, owner: { id: 22 } }, path: {}, input: { name: "a" }, format: "json" }]);
    expect("named" in calls[0]!).toBe(false);
    expect(lines).toEqual([]);
  });

  it("without a query too", async () => {
    expect((await serve({})).statusCode).toBe(200);
    expect(calls[0]?.input).toEqual({});
  });

  it("and is found among those of its function, which tells them", async () => {
    const served = lambda(declared({}), declared(making));
    expect(served.operations.map(({ name }) => name)).toEqual(["readThings", "makeThing"]);
    expect((await served(eventOf({ method: "POST" }), CONTEXT)).statusCode).toBe(201);
    expect((await served(eventOf({ method: "DELETE" }), CONTEXT)).statusCode).toBe(404);
  });

  it("with the name of its request, of one that makes something", async () => {
    await serve({ method: "POST", headers: { "idempotency-key": "k" } }, making);
    expect(calls[0]?.named).toEqual({ key: { pk: expect.any(String), sk: expect.any(String) }, asked: expect.any(String) });
  });

  it("with no credential among what was given", async () => {
    await serve({ method: "POST", body: { name: "a", access_token: "x" } }, { ...making, input: z.record(z.string(), z.unknown()) });
    expect(calls[0]?.input).toEqual({ name: "a" });
  });
});

describe("the answer", () => {
  it("is written as XML or CSV where that is asked for and spoken", async () => {
    expect(await serve({ path: "/admin/api/things.xml" })).toMatchObject({ statusCode: 200, headers: { ...SAFE, "content-type": "application/xml; charset=utf-8" }, body: '<?xml version="1.0" encoding="UTF-8"?><thing><a>1</a></thing>' });
    expect(await serve({ path: "/admin/api/things.csv" })).toMatchObject({
      statusCode: 200, headers: { ...SAFE, "content-type": "text/csv; header=present", "content-disposition": 'attachment; filename="things.csv"' }, body: "a\n'=1\n",
    });
  });

  it("is JSON, or nothing, of what has no other form", async () => {
    const { xml: _, csv: __, ...plain } = thing;
    for (const format of ["xml", "csv"]) expect((await serve({ path: `/admin/api/things.${format}` }, { answer: document(plain) as never })).headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(await serve({}, { answer: EMPTY as never })).toMatchObject({ statusCode: 200, body: "", headers: { "content-type": "application/json; charset=utf-8" } });
  });

  it("says where what was made is", async () => {
    expect((await serve({ method: "POST" }, making)).headers["location"]).toBe("https://latchkey.example/admin/api/things/1");
    expect("location" in (await serve({})).headers).toBe(false);
  });

  it("is 304 for whoever has it, and only when they only read", async () => {
    const { etag } = (await serve({})).headers;
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
    expect(await serve({ headers: { "if-none-match": etag! } })).toMatchObject({ statusCode: 304, body: "", headers: { ...SAFE, etag } });
    expect(await serve({ headers: { "if-none-match": 'W/"another"' } })).toMatchObject({ statusCode: 200, headers: { etag } });
    expect((await serve({ query: "name=a" }, { run: async () => ({ other: true }) })).headers["etag"]).not.toBe(etag);
    const posted = await serve({ method: "POST", headers: { "if-none-match": etag! } }, making);
    expect([posted.statusCode, posted.headers["etag"]]).toEqual([201, undefined]);
  });
});

describe("nobody is served", () => {
  const DENIED = { statusCode: 403, body: '{"error":"Access denied","code":"access_denied"}' };
  const inPerson = encodeSession(member(), { accountId: account, memberId: member().id, id: parseSessionId("s".repeat(32))!, expiresAt: NOW });
  it.each<[string, Sent]>([
    ["without a context", { context: null }], ["with a context that is not ours", { context: { kind: "root" } }], ["who was not seen, and says nothing in the body", { context: ANONYMOUS }],
    ["who says in the body what is no token", { context: ANONYMOUS, method: "POST", body: { access_token: "lk_at_x" } }], ["who says two things in the body", { context: ANONYMOUS, method: "POST", body: { access_token: ["a", "b"] } }],
    ["who is signed in, on the paths of programs", { context: inPerson }], ["with a token, on the paths of the portal", { path: "/p/api/admin/api/things.json" }],
    ["with a service token", { context: encodePrincipal(gateway) }],
  ])("%s", async (_what, sent) => {
    expect(await serve(sent, {}, making)).toMatchObject(DENIED);
    expect(calls).toEqual([]);
  });

  it("but whoever is signed in, on the paths of the portal", async () => {
    expect((await serve({ context: inPerson, path: "/p/api/admin/api/things.json" })).statusCode).toBe(200);
  });

  it("and of somebody who was recognised the log says that they were refused, and why", async () => {
    const refusals = [
      [speaking(member({ serviceAccess: [] }), token()), { about: "services" }, "no_service_access", "Access denied", undefined],
      [speaking(member(), token()), { role: "admin" }, "forbidden", undefined, undefined],
      [speaking(member(), token({ scopes: ["stats"] })), {}, "insufficient_scope", undefined, ["scope:account_management"]],
      [speaking(member({ sections: [] }), token()), {}, "insufficient_rights", undefined, ["section:partners"]],
      [speaking(admin(), token({ permission: "ro" })), { effect: "write" }, "read_only", undefined, ["permission:rw"]],
    ] as const;
    for (const [who, asked, code, error, missing] of refusals) {
      lines = [];
      const answer = await serve({ context: encodePrincipal(who) }, { requires: { scopes: ["account_management"], effect: "read", about: "account", ...asked } });
      expect([answer.statusCode, calls]).toEqual([403, []]);
      const told = JSON.parse(answer.body) as Record<string, unknown>;
      expect([told["code"], told["error"] ?? told["status"]]).toEqual([code, error ?? (code === "forbidden" ? "Forbidden" : "Your access token does not have the correct permissions")]);
      expect(told["missing"]).toEqual(missing);
      expect(lines).toMatchObject([{ message: "Refused", reason: code, requestId: "r-1", who: { accountId: "11", memberId: "22", tokenId: "33" }, deployment: "latchkey-dev" }]);
    }
    lines = [];
    await serve({}, { run: throwing(notFound()) });
    expect(lines).toEqual([]);
  });
});

describe("what fails", () => {
  it.each<[string, unknown, number, string]>([
    ["a storage that does not answer", new DynamoDbError("TimeoutError", "No answer", { passing: true }), 503, "unavailable"], ["what nobody expected", new TypeError("x is undefined"), 500, "internal"],
  ])("of ours is logged with whose request it was, and told to nobody: %s", async (_what, error, status, code) => {
    const answer = await serve({}, { run: throwing(error) });
    expect([answer.statusCode, (JSON.parse(answer.body) as { code: string }).code]).toEqual([status, code]);
    expect(answer.body).not.toContain((error as Error).message);
    expect(lines).toEqual([expect.objectContaining({
      level: "ERROR", message: expect.any(String), code, requestId: "r-1", invocationId: "i-1", who: { accountId: "11", memberId: "22", tokenId: "33" }, error: expect.objectContaining({ message: (error as Error).message }),
    })]);
  });

  it("is logged too when nobody knows whose it was, or what", async () => {
    const failing = answering(throwing(new TypeError("x is undefined")));
    for (const event of [{ headers: {} }, { headers: {}, requestContext: {} }, { headers: {}, requestContext: { authorizer: {} } }, eventOf({ context: ANONYMOUS })]) {
      lines = [];
      expect((await failing(event as HttpEvent, CONTEXT)).statusCode).toBe(500);
      expect(lines).toMatchObject([{ level: "ERROR", code: "internal", who: {} }]);
    }
  });

  it.each<[string, unknown, number]>([
    ["a refusal", notFound(), 404], ["one with a cause", new DomainError("malformed_request", "Not valid", { cause: new Error("why") }), 400], ["one that is to be tried again", new DomainError("busy", "Try again"), 503],
    ["one that says it is ours, and knows no more", new DomainError("internal", "Something"), 500],
  ])("of theirs is no line of the log: %s", async (_what, error, status) => {
    expect((await serve({}, { run: throwing(error) })).statusCode).toBe(status);
    expect(lines).toEqual([]);
  });

  it("is told in the format that was asked for", async () => {
    for (const [format, type] of [["json", "application/json"], ["xml", "application/xml"], ["csv", "text/plain"]] as const) {
      expect((await serve({ path: `/admin/api/things.${format}` }, { run: throwing(new DomainError("invalid_parameter", "x")) })).headers["content-type"]).toContain(type);
    }
  });

  it("by field, each thing once, and what no field is to blame for as what it is of the whole", async () => {
    const answer = await serve({ method: "POST", body: { name: 1 } }, making);
    expect([answer.statusCode, answer.body]).toEqual([422, '{"errors":{"name":["is no text"]},"code":"invalid"}']);
    const whole = z.object({ a: z.optional(z.unknown()) }).check(z.refine(() => false, "does not fit"), z.refine(() => false, "does not fit"));
    expect((await serve({}, { input: whole })).body).toBe('{"errors":{"base":["does not fit"]},"code":"invalid"}');
  });
});

describe("what is sent", () => {
  it("is at most 8 KiB, unless the operation takes more", async () => {
    const body = (length: number) => ({ name: "x".repeat(length - '{"name":""}'.length) });
    expect((await serve({ method: "POST", body: body(8192) }, making)).statusCode).toBe(201);
    expect((await serve({ method: "POST", body: body(8193) }, making)).statusCode).toBe(413);
    expect((await serve({ method: "POST", body: body(9000) }, { ...making, maxBodyBytes: 9000 })).statusCode).toBe(201);
  });

  it("may stand under the name of what it is about; where that is asked for, something must", async () => {
    const wrapped = { ...making, wrapper: ["thing", "item"], attributesRequired: true } as Partial<Operation>;
    await serve({ method: "POST", body: { item: { name: "a" } } }, wrapped);
    expect(calls[0]?.input).toEqual({ name: "a" });
    for (const body of [{}, { access_token: "x" }]) expect(await serve({ method: "POST", body }, wrapped)).toMatchObject({ statusCode: 400, body: "Required parameter missing: thing" });
    expect(await serve({ method: "POST", body: { thing: "a" } }, wrapped)).toMatchObject({ statusCode: 422, body: "Wrong type for parameter: thing" });
  });

  it("counts from the query where both say something", async () => {
    await serve({ method: "POST", query: "name=query", body: { name: "body" } }, making);
    expect(calls[0]?.input).toEqual({ name: "query" });
  });
});
