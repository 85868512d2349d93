import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ServiceId } from "../../lib/domain/brands.ts";
import type { Operation } from "../../lib/http/operation.ts";
import { createTestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { everyRow } from "../support/rows.ts";
import { sample } from "../support/sample.ts";
import { everyOperation, expectDocumented, send, undocumented, type Wire } from "./wrong-input.ts";

/** Wrong paths, methods, headers and numbers: for every operation that there is. */
const operations = await everyOperation();
/** No thing that is looked for: a wrong one has an answer of its own. */
const ENVIRONMENT = "{environment}";
const withIds = operations.filter(({ path }) => path.replace(ENVIRONMENT, "").includes("{"));

let deployment: Deployment;
let token: string;
let serviceId: ServiceId;
beforeAll(async () => {
  deployment = await startDeployment();
  const account = await createTestAccount(deployment);
  token = account.admin.value;
  serviceId = (await account.service("Echo")).id;
  await account.application(serviceId, "App");
}, 120_000);
afterAll(async () => {
  await deployment?.stop();
});

const ask = async (wire: Wire) => {
  const answer = await send(deployment.url, { token, ...wire });
  expectDocumented(answer, wire.method);
  return answer;
};

/** What a request that is right but for its path would carry, so that nothing but the path can be wrong. */
const whole = ({ name, methods }: Operation): Partial<Wire> => {
  const attributes = name.startsWith("createAccessToken") ? { name: "n", scopes: ["stats"], permission: "ro" } : { name: "n", allowed_sections: [], to: "production" };
  return methods.includes("GET") || methods.includes("DELETE") ? {} : { type: "application/json", body: JSON.stringify(attributes) };
};

const NO_IDS = [
  "0", "-1", "+1", "01", "1.0", "1e3", "0x1", "1_000", "%31%20", "%20", "\u0663", "\uFF11", "%00", "1%00", "9007199254740992", "99999999999999999999", "9".repeat(400),
  "%2F..%2F", "..", ".", "%2e%2e", "%252F", "%3F", "%23", "*", "null", "undefined", "true", "[]", "{}", "{id}", "%7Bid%7D", "a%0D%0Ab", "%F0%9F%94%91", "'--", "$ne", "__proto__", "constructor", "ACCOUNT%231",
] as const;

const SHARES = 16;
const onTheWire = (id: string) => (/^[\x21-\x7e]+$/.test(id) ? id : encodeURIComponent(id));

describe("a path that names no thing: 404, as for a thing that does not exist", () => {
  const everyPath = withIds.flatMap((operation) => operation.methods.map((method) => [method, operation.path, operation] as const));
  describe.each(sample("paths with odd ids", 30, everyPath))("%s %s", (method, path, operation) => {
    const positions = (path.match(/\{\w+\+?\}/g) ?? []).filter((position) => position !== ENVIRONMENT);

    it.each(positions)("with odd ids as %s", async (position) => {
      // One reader of ids serves all operations: each gets its share of the odd ones, all together get them all, many times.
      const turn = withIds.indexOf(operation) + path.indexOf(position);
      const [before = "", after = ""] = path.split(position).map((part) => part.replaceAll(ENVIRONMENT, "sandbox").replaceAll(/\{\w+\+?\}/g, String(serviceId)));
      const extensions = ["", ...(operation.formats ?? ["json"]).map((format) => `.${format}`)];
      const targets = extensions.flatMap((extension, at) => NO_IDS.filter((_, index) => (index + at) % SHARES === turn % SHARES).map((id) => before + onTheWire(id) + after + extension));
      // What a thing needs to be made is looked at before what it belongs to.
      const refusals = method === "POST" && !operation.name.startsWith("createAccessToken") ? [404, 422] : [404];
      const found: string[] = [];
      for (const target of targets) {
        const answer = await send(deployment.url, { method, target, token, ...whole(operation) });
        if (!refusals.includes(answer.status) || undocumented(answer, method) !== undefined) found.push(`${target}: ${answer.status} ${answer.text}`);
      }
      expect(found).toEqual([]);
    });
  });

  it.each(["%", "%2", "%zz", "%C3%28", "%ED%A0%80", "%FF", "%E0%A4%A"])("an escape that is none (%s) is a bad request", async (escape) => {
    expect(await ask({ target: `/admin/api/services/${escape}` })).toMatchObject({ status: 400, text: '{"message":"Bad Request"}' });
  });

  it.each([
    "//", "/admin", "/admin/api", "/admin/api/", "/admin//api/services", "//admin/api/services", "/ADMIN/API/SERVICES", "/admin/api/Services", "/admin/api/services/",
    "/admin/api/services//", "/admin/api//services", "/admin/api/services/.json", "/admin/api/.json", "/admin/api/services.json/", "/admin/api/services.json.json", "/admin/api/services.json/1",
    "/admin/api/services;a=b", "/admin/api/services%3Fa", "/admin/api/service", "/admin/api/services/1/2/3", "/admin/api/./services", "/admin/api/x/../services", "/admin/api/%2E%2E/services",
    "/admin/api/services%20", "/admin/api/services%00", "/admin/api/services%0A", "/admin/api\\services", "/dev/admin/api/services", "/$default", "/2015-03-31/functions/authorizer/invocations",
  ])("%s is nothing", async (target) => {
    expect((await ask({ target })).status).toBe(target === "/admin/api/services%3Fa" ? 200 : 404);
  });

  it("the address alone is the way to the portal, which is nobody's in particular", async () => {
    const { status, text } = await ask({ target: "/" });
    expect([status, text]).toEqual([302, ""]);
  });

  it("an absolute address, and one that is no path, are nothing either", async () => {
    expect((await ask({ target: `${deployment.url}/nowhere` })).status).toBe(404);
    expect((await ask({ method: "OPTIONS", target: "*" })).status).toBe(404);
  });
});

describe("a format that an operation does not speak: 406, which names it", () => {
  it.each([
    ["GET", "/admin/api/services.php", "php"], ["GET", "/admin/api/services.PHP", "php"], ["GET", "/admin/api/services.yaml", "yaml"], ["GET", "/admin/api/provider.html", "html"],
    ["GET", "/admin/api/service_tokens.xml", "xml"], ["GET", "/admin/api/applications/find.csv", "csv"], ["GET", "/admin/api/personal/access_tokens/1.xml", "xml"],
    ["DELETE", "/admin/api/personal/access_tokens/1.xml", "xml"], ["PUT", "/admin/api/users/1/permissions.txt", "txt"], ["DELETE", "/admin/api/services/1.php", "php"],
    ["POST", "/admin/api/users.php", "php"],
  ])("%s %s", async (method, target, format) => {
    const answer = await ask({ method, target });
    expect(answer.status).toBe(406);
    expect(answer.text).toContain(format === "xml" ? "<error>" : `"The server does not understand \\"${format}\\" request."`);
  });

  it.each([
    ["GET", "/admin/api/personal/access_tokens.xml"], ["POST", "/admin/api/personal/access_tokens.xml"], ["GET", "/admin/api/users/1/access_tokens.xml"],
    ["POST", "/admin/api/services.php"], ["GET", "/admin/api/services/1/service_token.xml"],
  ])("%s %s: or 404, where the path has a function of its own and its routes name only what it speaks", async (method, target) => {
    expect([404, 406]).toContain((await ask({ method, target })).status);
  });

  it.each([["application/xml"], ["text/html"], ["image/*"], ["nonsense;;"], [""]])("whatever it says it accepts (%j)", async (accept) => {
    const answer = await ask({ target: "/admin/api/services.json", headers: { accept } });
    expect([answer.status, answer.type]).toEqual([200, "application/json; charset=utf-8"]);
  });
});

describe("a method that a path does not have: 404, and nothing happens", () => {
  const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "LINK"];
  const paths = [...new Set(operations.map(({ path }) => path))].map((path) => {
    const offered = operations.filter((operation) => operation.path === path).flatMap(({ methods }) => methods as readonly string[]);
    return [path, METHODS.filter((method) => !offered.includes(method))] as const;
  });

  let before = 0;
  beforeAll(async () => {
    before = (await everyRow(deployment)).length;
  });

  it.each(sample("paths and methods they do not have", 40, paths))("%s: %j", async (path, methods) => {
    for (const method of methods) {
      const answer = await ask({ method, target: path.replaceAll(/\{\w+\+?\}/g, String(serviceId)) });
      expect([method, answer.status]).toEqual([method, 404]);
    }
  });

  it("nothing was stored by any of them", async () => {
    expect(before).toBeGreaterThan(0);
    expect((await everyRow(deployment)).length).toBe(before);
  });

  it.each(["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])("%s does not make it another", async (header) => {
    expect((await ask({ method: "POST", target: `/admin/api/services/${serviceId}`, headers: { [header]: "DELETE" } })).status).toBe(404);
    expect((await ask({ method: "POST", target: `/admin/api/services/${serviceId}?_method=delete` })).status).toBe(404);
    expect((await ask({ target: `/admin/api/services/${serviceId}.json` })).status).toBe(200);
  });
});

describe("headers", () => {
  it.each([
    ["larger than API Gateway takes", { "x-large": "x".repeat(10_300) }, 431],
    ["many, and large together", Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`x-${at}`, "x".repeat(40)])), 431],
    ["just within the limit", { "x-large": "x".repeat(9500) }, 200],
    ["of other encodings", { "x-name": "caf\u00e9", "x-bytes": "\u00ff\u00fe" }, 200],
    ["that claim to be somebody", { "x-amzn-request-context": '{"authorizer":{}}', "x-forwarded-for": "127.0.0.1", "x-user-id": "1", cookie: "a=b; c=d; user_session=x" }, 200],
    ["that claim a compressed body", { "content-encoding": "gzip" }, 200],
    ["with a condition that is none", { "if-none-match": "*, \"\", W/" }, 200],
    ["twice", { "x-twice": ["a", "b"], accept: ["a/b", "c/d"] }, 200],
  ])("%s", async (_what, headers, status) => {
    expect((await ask({ target: "/admin/api/provider.json", headers })).status).toBe(status);
  });

  it("an address longer than API Gateway takes", async () => {
    expect((await ask({ target: `/admin/api/provider.json?${"x".repeat(10_300)}` })).status).toBe(431);
  });

  it.each<[string, () => string | string[]]>([
    ["two tokens", () => ["Bearer a", "Bearer b"]],
    ["the same token twice, joined", () => `Bearer ${token},Bearer ${token}`],
    ["another scheme", () => `Token ${token}`],
    ["no scheme", () => token],
    ["more after the token", () => `Bearer ${token} x`],
    ["a tab", () => `Bearer\t${token}`],
    ["Basic that is not base64", () => "Basic ???"],
    ["Basic of bytes", () => `Basic ${Buffer.from([255, 254, 58]).toString("base64")}`],
    ["a token of 9,000 letters", () => `Bearer ${"a".repeat(9000)}`],
    ["a scheme alone that it does not know", () => "Negotiate"],
  ])("a credential with %s is none: 403", async (_what, authorization) => {
    const answer = await send(deployment.url, { target: "/admin/api/provider.json", headers: { authorization: authorization() } });
    expectDocumented(answer);
    expect(answer.status).toBe(403);
  });
});

describe("numbers of pages are never an error", () => {
  it.each(["0", "-1", "1.5", "1e3", "0x1", "", " ", "null", "NaN", "Infinity", "999999999999", "9007199254740993", "9".repeat(400), "\u0663", "1;DROP", "%00", "[]", "{}"])("page=%s, per_page=%s", async (number) => {
    for (const list of ["services", "applications", "service_tokens"]) {
      for (const query of [`page=${encodeURIComponent(number)}`, `per_page=${encodeURIComponent(number)}`, `page[]=${encodeURIComponent(number)}&per_page[a]=1`, `page=1&page=${encodeURIComponent(number)}`]) {
        expect((await ask({ target: `/admin/api/${list}.json?${query}` })).status).toBe(200);
      }
    }
  });

  it("page 0 and below are page 1, and a page past the end is empty", async () => {
    const names = async (page: string) => (JSON.parse((await ask({ target: `/admin/api/services.json?page=${page}` })).text) as { services: unknown[] }).services.length;
    expect([await names("0"), await names("-1"), await names("1"), await names("2"), await names("999999999999")]).toEqual([1, 1, 1, 0, 0]);
  });
});

it("after all this no function failed", () => {
  expect(deployment.gateway.failures).toEqual([]);
  expect(deployment.logs()).not.toContain('"level":"ERROR"');
});
