import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { httpEvent, startGateway, type Gateway, type HttpEvent } from "../support/gateway.ts";
import { apiOf, scratch, templateOf } from "./packages.ts";
import { json, send } from "./requests.ts";

const place = scratch();
let gateway: Gateway;
/** What the function behind every route does, and the events it was given. */
let behave: (event: HttpEvent) => unknown;
let events: HttpEvent[] = [];

beforeAll(async () => {
  const template = templateOf(place.directory, apiOf({ routes: { "GET /things/{id}": {}, "POST /things": {}, "ANY /all/{proxy+}": {} }, timeoutMs: 300 }));
  gateway = await startGateway({
    template,
    invoke: async (_function, event) => {
      const received = JSON.parse(JSON.stringify(event)) as HttpEvent;
      events.push(received);
      return await behave(received);
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  place.remove();
});
beforeEach(() => {
  events = [];
  behave = () => ({ statusCode: 200 });
});

/** The event a request becomes. */
async function eventOf(...request: Parameters<typeof send> extends [string, ...infer Rest] ? Rest : never): Promise<HttpEvent> {
  await send(gateway.url, ...request);
  return events[0]!;
}
/** What a client sees of a function's result. */
async function answerTo(result: unknown) {
  behave = () => result;
  return await send(gateway.url, "GET", "/things/1");
}

describe("the event", () => {
  it("is the documented payload 2.0, with absent keys for what the request does not have", async () => {
    expect(await eventOf("GET", "/things/1", [["user-agent", "probe"]])).toEqual({
      version: "2.0",
      routeKey: "GET /things/{id}",
      rawPath: "/things/1",
      rawQueryString: "",
      headers: {
        "content-length": "0",
        host: "latchkey01.execute-api.eu-west-1.amazonaws.com",
        "user-agent": "probe",
        "x-amzn-trace-id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
      },
      requestContext: {
        accountId: "123456789012",
        apiId: "latchkey01",
        domainName: "latchkey01.execute-api.eu-west-1.amazonaws.com",
        domainPrefix: "latchkey01",
        http: { method: "GET", path: "/things/1", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "probe" },
        requestId: expect.any(String),
        routeKey: "GET /things/{id}",
        stage: "$default",
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      pathParameters: { id: "1" },
      isBase64Encoded: false,
    });
  });

  it("joins repeated headers with commas, so that two credentials never look like one", async () => {
    const { headers } = await eventOf("GET", "/things/1", [["Authorization", "Bearer a"], ["X-A", "1"], ["authorization", "Bearer b"]]);
    expect(headers).toMatchObject({ authorization: "Bearer a,Bearer b", "x-a": "1" });
  });

  it("moves cookies out of the headers", async () => {
    const { cookies, headers } = await eventOf("GET", "/things/1", [["Cookie", "a=1; b=2"], ["cookie", "c=3"]]);
    expect([cookies, headers["cookie"]]).toEqual([["a=1", "b=2", "c=3"], undefined]);
  });

  it("appends the caller to the forwarding header, which a client can forge", async () => {
    const { headers, requestContext } = await eventOf("GET", "/things/1", [["x-forwarded-for", "1.2.3.4"]]);
    expect([headers["x-forwarded-for"], requestContext.http.sourceIp]).toEqual(["1.2.3.4, 127.0.0.1", "127.0.0.1"]);
  });

  it("drops what concerns only the connection", async () => {
    const { headers } = await eventOf("GET", "/things/1", [["te", "trailers"], ["connection", "close"]]);
    expect([headers["te"], headers["connection"]]).toEqual([undefined, undefined]);
  });

  it("has the query as sent and decoded, repeated names joined with commas", async () => {
    const { rawQueryString, queryStringParameters } = await eventOf("GET", "/things/1?tag=a%20b&tag=c+d&usage%5Bhits%5D=%2B1&empty=&flag");
    expect(rawQueryString).toBe("tag=a%20b&tag=c+d&usage%5Bhits%5D=%2B1&empty=&flag");
    expect(queryStringParameters).toEqual({ tag: "a b,c d", "usage[hits]": "+1", empty: "", flag: "" });
  });

  it("has query parameters of any name as plain data", async () => {
    const { queryStringParameters } = await eventOf("GET", "/things/1?__proto__=x&constructor=1&constructor=2&cookie=a&cookie=b");
    expect(queryStringParameters).toEqual(JSON.parse('{"__proto__":"x","constructor":"1,2","cookie":"a,b"}'));
  });

  it.each([
    ["a space", "/things/a%20b", "/things/a b", "a b"],
    ["an escaped percent sign, once", "/things/a%2525", "/things/a%25", "a%25"],
    ["unicode", "/things/%E2%98%95", "/things/☕", "☕"],
    ["an escaped hash", "/things/a%23b", "/things/a#b", "a#b"],
    ["an escaped question mark, at which the path ends", "/things/a%3Fb", "/things/a", "a"],
    ["dots, which are not resolved", "/things/..", "/things/..", ".."],
    ["a NUL", "/things/a%00", "/things/a\0", "a\0"],
  ])("has the path decoded: %s", async (_what, path, rawPath, id) => {
    const event = await eventOf("GET", path);
    expect([event.rawPath, event.requestContext.http.path, event.pathParameters]).toEqual([rawPath, rawPath, { id }]);
  });

  it.each([
    ["JSON", "application/json; charset=utf-8", false],
    ["XML", "application/xml", false],
    ["text", "text/xml", false],
    ["a form", "application/x-www-form-urlencoded", true],
    ["what only begins like JSON", "application/json-patch+json", true],
    ["a file", "application/octet-stream", true],
  ])("has the body as text or as base64: %s", async (_what, type, isBase64Encoded) => {
    const event = await eventOf("POST", "/things", [["content-type", type]], "ä=1");
    expect([event.body, event.isBase64Encoded]).toEqual([isBase64Encoded ? Buffer.from("ä=1").toString("base64") : "ä=1", isBase64Encoded]);
  });

  it("has a body without a content type as base64", async () => {
    expect(await eventOf("POST", "/things", [], "x")).toMatchObject({ body: "eA==", isBase64Encoded: true });
  });

  it("has the body of a GET", async () => {
    expect(await eventOf("GET", "/things/1", [["content-type", "application/json"]], "{}")).toMatchObject({ body: "{}" });
  });

  it("has no authorizer where none ran, whatever the client claims", async () => {
    const forged = await eventOf("GET", "/things/1", [["sls-offline-authorizer-override", "{}"]]);
    expect(forged.requestContext.authorizer).toBeUndefined();
  });
});

describe("the gateway refuses", () => {
  it.each([
    ["an unknown path", "GET", "/nothing", 404, "Not Found"],
    ["HEAD on a GET route", "HEAD", "/things/1", 404, undefined],
    ["a trailing slash", "GET", "/things/1/", 404, "Not Found"],
    ["an escaped slash, which separates segments like any other", "GET", "/things/a%2Fb", 404, "Not Found"],
    ["a broken escape", "GET", "/things/%zz", 400, "Bad Request"],
    ["bytes that are not UTF-8", "GET", "/things/%ff", 400, "Bad Request"],
  ] as const)("%s", async (_what, method, path, status, message) => {
    const answer = await send(gateway.url, method, path);
    expect([answer.status, message && json(answer)]).toEqual([status, message && { message }]);
    expect(events).toEqual([]);
  });

  it("a request line and header values of more than 10,240 bytes, and not one less", async () => {
    const fixed = "GET /things/1 HTTP/1.1".length + "spoofed.example".length + "0".length + "keep-alive".length;
    const sized = (bytes: number) => send(gateway.url, "GET", "/things/1", [["connection", "keep-alive"], ["x-long", "x".repeat(bytes - fixed)]]);
    expect((await sized(10_240)).status).toBe(200);
    expect((await sized(10_241)).status).toBe(431);
  });

  it("a body of more than 10 MB, whatever the route", async () => {
    const answer = await send(gateway.url, "POST", "/nothing", [["content-type", "text/plain"]], "x".repeat(10 * 1024 * 1024 + 1));
    expect([answer.status, json(answer)]).toEqual([413, { message: "Request Entity Too Large" }]);
  });

  it.each([["as text", "text/plain", 6_400_000], ["that base64 makes too long", "image/png", 4_800_000]])("an event of more than 6 MB: a body %s", async (_what, type, bytes) => {
    const answer = await send(gateway.url, "POST", "/things", [["content-type", type]], "x".repeat(bytes));
    expect([answer.status, events]).toEqual([413, []]);
  });
});

describe("the answer", () => {
  it("has the status, headers in lower case, cookies and body of the function", async () => {
    const answer = await answerTo({ statusCode: 201, headers: { "X-A": "1", "Content-Type": "text/html", "x-n": 2, constructor: "c" }, cookies: ["a=1", "b=2"], body: "ä" });
    expect(answer).toMatchObject({ status: 201, headers: { "x-a": "1", "x-n": "2", constructor: "c", "content-type": "text/html", "set-cookie": ["a=1", "b=2"], "content-length": "2" } });
    expect([answer.body.toString(), answer.headers["apigw-requestid"]]).toEqual(["ä", events[0]!.requestContext.requestId]);
  });

  it("is plain text where the function does not say", async () => {
    expect((await answerTo({ statusCode: 200, body: "{}" })).headers["content-type"]).toBe("text/plain; charset=utf-8");
  });

  it("is decoded where the function says base64", async () => {
    expect((await answerTo({ statusCode: 200, isBase64Encoded: true, body: "AP8=" })).body).toEqual(Buffer.from([0, 255]));
  });

  it.each([
    ["an object without a statusCode", { errors: ["leaked"] }, '{"errors":["leaked"]}'],
    ["text", "hello", "hello"],
    ["a list", [1], "[1]"],
    ["nothing", null, "null"],
  ])("is inferred to be a 200 with JSON, even when it was meant as an error: %s", async (_what, result, body) => {
    const answer = await answerTo(result);
    expect([answer.status, answer.headers["content-type"], answer.body.toString()]).toEqual([200, "application/json", body]);
  });

  it.each([
    ["a status in text", { statusCode: "200" }],
    ["status 0", { statusCode: 0 }],
    ["a fraction of a status", { statusCode: 200.5 }],
    ["a status beyond 599", { statusCode: 600 }],
    ["a statusCode that is null", { statusCode: null }],
    ["a body that is not text", { statusCode: 200, body: { a: 1 } }],
    ["a header with several values", { statusCode: 200, headers: { a: ["1", "2"] } }],
    ["a header given in two cases", { statusCode: 200, headers: { A: "1", a: "2" } }],
    ["a header with a line break", { statusCode: 200, headers: { a: "1\r\nset-cookie: x=1" } }],
    ["a name that is no header name", { statusCode: 200, headers: { "a b": "1" } }],
    ["headers that are a list", { statusCode: 200, headers: ["a"] }],
    ["cookies that are text", { statusCode: 200, cookies: "a=1" }],
    ["a flag that is text", { statusCode: 200, isBase64Encoded: "true", body: "" }],
    ["base64 that is none", { statusCode: 200, isBase64Encoded: true, body: "{}" }],
  ])("is a 500 when the function's result is malformed: %s", async (_what, result) => {
    const answer = await answerTo(result);
    expect([answer.status, json(answer)]).toEqual([500, { message: "Internal Server Error" }]);
  });

  it("is a 500 without a word of the error when the function throws", async () => {
    behave = () => { throw new Error("the pepper is hot"); };
    const answer = await send(gateway.url, "GET", "/things/1");
    expect([answer.status, json(answer)]).toEqual([500, { message: "Internal Server Error" }]);
    expect(gateway.failures.at(-1)?.message).toBe("the pepper is hot");
  });

  it("is a 503 when the integration takes longer than it may", async () => {
    behave = () => new Promise((done) => setTimeout(done, 600, { statusCode: 200 }));
    const answer = await send(gateway.url, "GET", "/things/1");
    expect([answer.status, json(answer)]).toEqual([503, { message: "Service Unavailable" }]);
  });
});

describe("the gateway does not start on", () => {
  it.each([
    ["CORS, which it does not copy", { Api: { Type: "AWS::ApiGatewayV2::Api", Properties: { CorsConfiguration: {} } } }, "CORS"],
    ["a stage other than $default", { Stage: { Type: "AWS::ApiGatewayV2::Stage", Properties: { StageName: "dev" } } }, "$default"],
    ["a function that API Gateway may not invoke", { Permission: { Type: "AWS::Lambda::Permission", Properties: {} } }, "permission"],
  ])("%s", async (_what, extra, message) => {
    const template = templateOf(`${place.directory}/refused`, { ...apiOf({ routes: { "GET /": {} } }), ...extra });
    await expect(startGateway({ template, invoke: async () => null })).rejects.toThrow(message);
  });
});

describe("httpEvent", () => {
  it("is what the gateway would send, without an authorizer unless a context is given", async () => {
    const request = { method: "POST", path: "/things?a=1", headers: { "content-type": "application/json" }, body: "{}" };
    const real = await eventOf("POST", "/things?a=1", [["content-type", "application/json"], ["connection", "close"]], "{}");
    const event = httpEvent(request);
    expect({ ...event, headers: { ...event.headers, "x-amzn-trace-id": "" }, requestContext: {} })
      .toEqual({ ...real, headers: { ...real.headers, "x-amzn-trace-id": "" }, requestContext: {} });
    expect(event.requestContext.authorizer).toBeUndefined();
    expect(httpEvent({ ...request, context: null }).requestContext.authorizer).toEqual({ lambda: null });
  });
});
