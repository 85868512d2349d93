import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ServiceId } from "../../lib/domain/brands.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer } from "../support/request.ts";

let latchkey: Deployment;
let account: TestAccount;
let shown: ServiceId;
let hidden: ServiceId;
let foreign: ServiceId;
let limited: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  [shown, hidden] = [(await account.service("Shown")).id, (await account.service("Hidden")).id];
  foreign = (await (await createTestAccount(latchkey)).service("Foreign")).id;
  limited = await account.member({ sections: ["partners"], serviceAccess: [shown] });
});
afterAll(() => latchkey?.stop());

const get = (service: number | string, { value }: Pick<Person, "value"> = account.admin, headers: Record<string, string> = {}) =>
  request(latchkey, "GET", `/admin/api/services/${service}`, { token: value, headers });
const seen = ({ status, text }: Answer) => ({ status, text });

describe("200", () => {
  it.each(["", ".json"])("an admin reads any service at {id}%s", async (extension) => {
    for (const service of [shown, hidden]) {
      const answer = await get(service + extension);
      expect([answer.status, answer.headers.get("content-type"), answer.json.service.id]).toEqual([200, "application/json; charset=utf-8", service]);
    }
  });

  it("`.xml` is the service in XML", async () => {
    const answer = await get(`${shown}.xml`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/xml; charset=utf-8"]);
    expect(answer.text).toContain(`<service><id>${shown}</id><account_id>${account.admin.member.accountId}</account_id><name>Shown</name>`);
  });

  it.each<[string, () => Promise<Pick<Person, "value">>]>([
    ["a member who reaches it", () => account.member({ sections: ["partners"], serviceAccess: [shown] })],
    ["a member who reaches all", () => account.member({ sections: ["partners"], serviceAccess: "all" })],
    ["a member's `ro` token", () => account.token(limited, { permission: "ro" })],
    ["an admin's `ro` token", () => account.token(account.admin, { permission: "ro" })],
  ])("%s reads it as an admin does", async (_who, caller) => {
    expect(seen(await get(shown, await caller()))).toEqual(seen(await get(shown)));
  });

  it("reading is one consistent read, and nothing of the token", async () => {
    latchkey.proxy.reset();
    const answer = await get(shown, limited);
    expect(latchkey.proxy.calls.map(({ action, consistent }) => [action, consistent])).toEqual([["BatchGetItem", true], ["GetItem", true]]);
    expect(answer.text).not.toMatch(/lk_|token|digest|hash|sealed/);
  });
});

describe("304", () => {
  it.each(["json", "xml"])("a service that has not changed is not sent again as %s", async (format) => {
    const etag = (await get(`${shown}.${format}`)).headers.get("etag")!;
    expect(seen(await get(`${shown}.${format}`, account.admin, { "if-none-match": etag }))).toEqual({ status: 304, text: "" });
  });

  it("one that has changed is sent again", async () => {
    const { id: changing } = await account.service("Changing");
    const etag = (await get(changing)).headers.get("etag")!;
    await request(latchkey, "PUT", `/admin/api/services/${changing}.json`, { token: account.admin.value, json: { name: "Changed" } });
    const answer = await get(changing, account.admin, { "if-none-match": etag });
    expect([answer.status, answer.json.service.name]).toEqual([200, "Changed"]);
  });
});

describe("403", () => {
  it.each<[string, () => Promise<Pick<Person, "value">>, object]>([
    ["a member who reaches no service", () => account.member({ sections: ["partners"], serviceAccess: [] }), { error: "Access denied", code: "no_service_access" }],
    ["a member without `partners`", () => account.member({ sections: ["plans", "monitoring"], serviceAccess: "all" }, { scopes: ["stats"] }), {
      error: "Your access token does not have the correct permissions", code: "insufficient_rights", missing: ["section:partners"],
    }],
    ["a token without the scope", () => account.token(account.admin, { scopes: ["stats"] }), {
      error: "Your access token does not have the correct permissions", code: "insufficient_scope", missing: ["scope:account_management"],
    }],
  ])("%s is refused alike for a service that is there, one that is not, and none", async (_who, caller, body) => {
    const who = await caller();
    for (const service of [shown, foreign, 1, "abc", "0"]) {
      const answer = await get(service, who);
      expect([answer.status, answer.json]).toEqual([403, body]);
    }
  });
});

describe("404", () => {
  it("what is hidden, missing, deleted or of another account answers alike", async () => {
    const gone = await account.service("Gone");
    await request(latchkey, "DELETE", `/admin/api/services/${gone.id}.json`, { token: account.admin.value });
    for (const extension of ["", ".json", ".xml"]) {
      const missing = await get(`1${extension}`, limited);
      expect(missing.status).toBe(404);
      for (const service of [hidden, gone.id, foreign, Number.MAX_SAFE_INTEGER]) {
        const answer = await get(`${service}${extension}`, limited);
        expect(seen(answer)).toEqual(seen(missing));
        expect([...answer.headers.keys()]).toEqual([...missing.headers.keys()]);
      }
    }
  });

  it("in JSON it says so, in XML it is empty, as in 3scale", async () => {
    expect((await get(hidden, limited)).json).toEqual({ status: "Not found", code: "not_found" });
    expect((await get(`${hidden}.xml`, limited)).text).toBe("");
  });

  it("what is hidden costs what is missing costs, so that no clock tells them apart", async () => {
    const costs: string[][] = [];
    for (const service of [hidden, 1]) {
      latchkey.proxy.reset();
      await get(service, limited);
      costs.push(latchkey.proxy.calls.map(({ action }) => action));
    }
    expect(costs).toEqual([["BatchGetItem", "GetItem"], ["BatchGetItem", "GetItem"]]);
  });

  it.each([
    "0", "-1", "+1", "1e3", "042", "1.5", "0x2a", "99999999999999999999", "9007199254740992", "%2F", "%2F1", "1%2F2", "%2520", "1%00", "%00", "1%0A", "%201", "1%20", "1,2",
    "abc", "null", "undefined", "NaN", "Infinity", "true", "%F0%9F%98%80", "%D9%A1", "%EF%BC%91", "1%CC%81", "*", "__proto__", "constructor", "1%3B", "1%23", "1%3Fid=2", "%25",
  ])("an id written %s names nothing", async (written) => {
    for (const extension of ["", ".json"]) {
      const answer = await get(written + extension);
      expect([answer.status, answer.json]).toEqual([404, { status: "Not found", code: "not_found" }]);
    }
  });

  it("an escaped digit is a digit, and an id is still an id", async () => {
    const [first = "", ...rest] = String(shown);
    expect((await get(`%3${first}${rest.join("")}`)).status).toBe(200);
  });

  it.each(["HEAD", "OPTIONS"])("%s has no route", async (method) => {
    expect((await request(latchkey, method, `/admin/api/services/${shown}.json`, { token: account.admin.value })).status).toBe(404);
  });

  it.each(["/", "/nothing", "/nothing.json", "//"])("there is nothing at {id}%s", async (rest) => {
    expect((await get(`${shown}${rest}`)).status).toBe(404);
  });
});

describe("406", () => {
  it("another format is not understood, and tells nothing of the service", async () => {
    const answers = await Promise.all([shown, hidden, 1].map((service) => get(`${service}.php`, limited)));
    for (const answer of answers) {
      expect([answer.status, answer.json]).toEqual([406, { error: 'The server does not understand "php" request.', code: "not_acceptable" }]);
    }
  });
});
