import { request as httpRequest } from "node:http";
import { text as readText } from "node:stream/consumers";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";
import { id, type ServiceId } from "../../lib/domain/brands.ts";
import { serviceRow } from "../../lib/table/services.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request } from "../support/request.ts";
import { A_CURSOR, walk } from "../support/walk.ts";

const PATH = "/admin/api/services.json";
/** One more than 3scale's page. */
const MANY = 501;

let latchkey: Deployment;
let account: TestAccount;
let other: TestAccount;
let services: ServiceId[];
let limited: Person;
/** An account with more services than a page shows, and a member who reaches more than the authorizer can tell of. */
let large: TestAccount;
let largeLimited: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  [account, other, large] = [await createTestAccount(latchkey), await createTestAccount(latchkey), await createTestAccount(latchkey)];
  services = [];
  for (const name of ["First", "Second", "Third", "Fourth", "Fifth"]) services.push((await account.service(name)).id);
  await other.service("Other");
  limited = await account.member({ sections: ["partners"], serviceAccess: [services[3]!, services[1]!] });
  await storeServices(large, MANY);
  largeLimited = await large.member({ sections: ["partners"], serviceAccess: LISTED.map((number) => id<ServiceId>(number)) });
});
beforeEach(() => latchkey.proxy.reset());
afterAll(() => latchkey?.stop());

/** The even ones of the large account's services: 250, three batches. */
const LISTED = Array.from({ length: 250 }, (_, at) => 2 * (at + 1));

/** Services with the ids 1, 2, 3…, whose order as text is not their order as numbers. */
async function storeServices({ admin: { member: { accountId, createdAt } } }: TestAccount, count: number): Promise<void> {
  const { documents: client, operator: { table: { name: tableName } } } = latchkey;
  const rows = Array.from({ length: count }, (_, at) => serviceRow({
    accountId, id: id(at + 1), name: `Service ${at + 1}`, systemName: `s${at + 1}`, state: "incomplete", settings: BY_DEFAULT, version: 1, createdAt, updatedAt: createdAt,
  }));
  for (let at = 0; at < rows.length; at += 25) {
    await client.send(new BatchWriteCommand({ RequestItems: { [tableName]: rows.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } })) } }));
  }
}

const get = (path: string, { value }: Pick<Person, "value"> = account.admin, headers: Record<string, string> = {}) => request(latchkey, "GET", path, { token: value, headers });
type Listed = { readonly service: { readonly id: number } };
const idsIn = (json: { services: Listed[] }) => json.services.map(({ service }) => service.id);
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, at) => first + at);

describe("200", () => {
  it("an admin sees every service of their account and none of another, in the order of their ids", async () => {
    const answer = await get(PATH);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
    expect(idsIn(answer.json)).toEqual(services);
    expect(services).toEqual(services.toSorted((a, b) => a - b));
  });

  it("each service has the shape that reading it has, and a whole list has no metadata", async () => {
    const answer = await get(PATH);
    const each = await Promise.all(services.map(async (service) => (await get(`/admin/api/services/${service}.json`)).json));
    expect(answer.json).toEqual({ services: each });
  });

  it("`.xml` is the list in XML, each service as reading it has it", async () => {
    const answer = await get("/admin/api/services.xml");
    const each = await Promise.all(services.map(async (service) => (await get(`/admin/api/services/${service}.xml`)).text.replace(/^<\?xml[^>]*\?>/, "")));
    expect(answer.headers.get("content-type")).toBe("application/xml; charset=utf-8");
    expect(answer.text).toBe(`<?xml version="1.0" encoding="UTF-8"?><services>${each.join("")}</services>`);
  });

  it.each([
    ["no extension", "/admin/api/services", {}, "application/json; charset=utf-8"],
    ["no extension, XML wanted", "/admin/api/services", { accept: "application/xml" }, "application/json; charset=utf-8"],
    [".json, XML wanted", PATH, { accept: "application/xml" }, "application/json; charset=utf-8"],
    [".xml, JSON wanted", "/admin/api/services.xml", { accept: "application/json" }, "application/xml; charset=utf-8"],
  ])("the extension says the format, never Accept: %s", async (_case, path, headers, type) => {
    const answer = await get(path, account.admin, headers);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, type]);
  });

  it.each<[string, () => Promise<Pick<Person, "value">>]>([
    ["an admin's `ro` token", () => account.token(account.admin, { permission: "ro" })],
    ["a member who reaches all", () => account.member({ sections: ["partners"], serviceAccess: "all" })],
    ["a member's `ro` token", () => account.member({ sections: ["partners"], serviceAccess: "all" }, { permission: "ro" })],
  ])("%s lists all services", async (_who, caller) => {
    expect(idsIn((await get(PATH, await caller())).json)).toEqual(services);
  });

  it("a member sees only the services they reach, in the order of their ids", async () => {
    const answer = await get(PATH, limited);
    expect(answer.json).toEqual({ services: [expect.anything(), expect.anything()] });
    expect(idsIn(answer.json)).toEqual([services[1], services[3]]);
  });

  it("a member's totals count what they reach, not what there is", async () => {
    const answer = await get(`${PATH}?per_page=1`, limited);
    expect(idsIn(answer.json)).toEqual([services[1]]);
    expect(answer.json.metadata).toEqual({ per_page: 1, total_entries: 2, total_pages: 2, current_page: 1, next: A_CURSOR });
    expect(idsIn((await get(`${PATH}?per_page=1&page=2`, limited)).json)).toEqual([services[3]]);
    expect((await get(`${PATH}?per_page=2`, limited)).json).not.toHaveProperty("metadata");
  });

  it("a member who reaches all sees a service that was made later, one with a list does not", async () => {
    const [all, one] = [await other.member({ sections: ["partners"], serviceAccess: "all" }), await other.member({
      sections: ["partners"], serviceAccess: [(await other.service("Listed")).id],
    })];
    const later = await other.service("Later");
    expect(idsIn((await get(PATH, all)).json)).toContain(later.id);
    expect(idsIn((await get(PATH, one)).json)).toHaveLength(1);
  });

  it("a right that is taken away shows in the very next list", async () => {
    const second = await account.member({ sections: ["partners"], serviceAccess: [services[0]!, services[2]!] });
    expect(idsIn((await get(PATH, second)).json)).toEqual([services[0], services[2]]);
    const changed = await request(latchkey, "PUT", `/admin/api/users/${second.member.id}/permissions.json`, {
      token: account.admin.value, json: { allowed_service_ids: [services[2]] },
    });
    expect(changed.status).toBe(200);
    expect(idsIn((await get(PATH, second)).json)).toEqual([services[2]]);
  });

  describe("pages", () => {
    it.each([
      ["nothing asked", "", upTo(500), { per_page: 500, total_entries: MANY, total_pages: 2, current_page: 1 }],
      ["the second page", "?page=2", [501], { per_page: 500, total_entries: MANY, total_pages: 2, current_page: 2 }],
      ["a page past the end", "?page=3", [], { per_page: 500, total_entries: MANY, total_pages: 2, current_page: 3 }],
      ["a page far past the end", "?page=999999999999", [], { per_page: 500, total_entries: MANY, total_pages: 2, current_page: 999_999_999_999 }],
      ["page 0", "?page=0&per_page=2", [1, 2], { per_page: 2, total_entries: MANY, total_pages: 251, current_page: 1 }],
      ["the last page", "?page=251&per_page=2", [501], { per_page: 2, total_entries: MANY, total_pages: 251, current_page: 251 }],
      ["a page in the middle", "?page=34&per_page=3", [100, 101, 102], { per_page: 3, total_entries: MANY, total_pages: 167, current_page: 34 }],
    ])("%s", async (_case, query, expected, metadata) => {
      const answer = await get(PATH + query, large.admin);
      expect(idsIn(answer.json)).toEqual(expected);
      const { next, ...counted } = answer.json.metadata;
      expect(counted).toEqual(metadata);
      expect(next !== undefined).toBe(expected.length > 0 && expected.at(-1) !== MANY);
    });

    it.each(["0", "-1", "abc", "501", "1000000", "99999999999999999999", "1.5", "1e2", "", "0x10", "%F0%9F%98%80", "%00"])("per_page=%s is 500", async (perPage) => {
      const answer = await get(`${PATH}?per_page=${perPage}`, large.admin);
      expect([answer.status, answer.json.services.length, answer.json.metadata.per_page]).toEqual([200, 500, 500]);
    });

    it.each(["-1", "abc", "1.5", "1e2", "", "%00"])("page=%s is page 1", async (page) => {
      const answer = await get(`${PATH}?per_page=2&page=${page}`, large.admin);
      expect([answer.status, idsIn(answer.json), answer.json.metadata.current_page]).toEqual([200, [1, 2], 1]);
    });

    it.each(["page[]=2", "page[a]=2", "page=2&page=3"])("%s, which is no number, is page 1", async (query) => {
      expect(idsIn((await get(`${PATH}?per_page=2&${query}`, large.admin)).json)).toEqual([1, 2]);
    });

    it("a page may be asked for in the JSON body of a GET, as numbers", async () => {
      const asked = '{"page":2,"per_page":3}';
      const headers = { authorization: `Bearer ${large.admin.value}`, "content-type": "application/json", "content-length": asked.length };
      // `fetch` sends no body with GET.
      const text = await new Promise<string>((resolve, reject) => {
        httpRequest(latchkey.url + PATH, { headers }, (response) => void readText(response).then(resolve, reject)).on("error", reject).end(asked);
      });
      expect(idsIn(JSON.parse(text))).toEqual([4, 5, 6]);
    });

    it("the pages one after the other are the whole list, and the first empty one is its end", async () => {
      const seen: number[] = [];
      for (let page = 1; ; page++) {
        const ids = idsIn((await get(`${PATH}?per_page=170&page=${page}`, large.admin)).json);
        if (ids.length === 0) break;
        seen.push(...ids);
      }
      expect(seen).toEqual(upTo(MANY));
    });

    it("metadata is there only when a page is shorter than the list", async () => {
      expect((await get(`${PATH}?per_page=5`)).json).not.toHaveProperty("metadata");
      expect((await get(`${PATH}?per_page=6`)).json).not.toHaveProperty("metadata");
      expect((await get(`${PATH}?per_page=5&page=2`)).json).toEqual({ services: [] });
      expect((await get(`${PATH}?per_page=4`)).json.metadata).toEqual({ per_page: 4, total_entries: 5, total_pages: 2, current_page: 1, next: A_CURSOR });
      expect((await get(`${PATH}?per_page=4&page=3`)).json).toEqual({ services: [], metadata: { per_page: 4, total_entries: 5, total_pages: 2, current_page: 3 } });
    });

    it("in XML metadata are attributes of the root", async () => {
      const answer = await get("/admin/api/services.xml?per_page=2&page=2");
      expect(answer.text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?><services per_page="2" total_entries="5" total_pages="3" current_page="2" next="[\w-]{32}"><service>/);
      expect((await get("/admin/api/services.xml?per_page=2&page=9")).text).toBe(
        '<?xml version="1.0" encoding="UTF-8"?><services per_page="2" total_entries="5" total_pages="3" current_page="9"></services>',
      );
    });

    it("a member's list of any length is told by page, and by no more", async () => {
      expect(idsIn((await get(PATH, largeLimited)).json)).toEqual(LISTED);
      const answer = await get(`${PATH}?per_page=120&page=2`, largeLimited);
      expect(idsIn(answer.json)).toEqual(LISTED.slice(120, 240));
      expect(answer.json.metadata).toEqual({ per_page: 120, total_entries: 250, total_pages: 3, current_page: 2, next: A_CURSOR });
      expect(idsIn((await get(`${PATH}?per_page=120&page=4`, largeLimited)).json)).toEqual([]);
    });
  });

  describe("by cursor", () => {
    it.each([100, 167, 500])("pages of %i are the whole list, and say nothing of its length", async (perPage) => {
      const pages = await walk(latchkey, `${PATH}?per_page=${perPage}`, large.admin.value);
      expect(pages.map(({ json }) => idsIn(json).length)).toEqual(Array.from({ length: Math.ceil(MANY / perPage) }, (_, at) => Math.min(perPage, MANY - at * perPage)));
      expect(pages.flatMap(({ json }) => idsIn(json))).toEqual(upTo(MANY));
      expect(pages.map(({ json }) => json.metadata)).toEqual(pages.map((_, at) => (at === pages.length - 1 ? undefined : { per_page: perPage, next: A_CURSOR })));
    });

    it("a member with a list sees that list", async () => {
      expect((await walk(latchkey, `${PATH}?per_page=120`, largeLimited.value)).flatMap(({ json }) => idsIn(json))).toEqual(LISTED);
    });

    it("a whole list has no metadata, and an empty one no error", async () => {
      const { admin } = await createTestAccount(latchkey);
      expect((await walk(latchkey, PATH, account.admin.value)).map(({ json }) => json)).toEqual([(await get(PATH)).json]);
      expect((await walk(latchkey, PATH, admin.value)).map(({ json }) => json)).toEqual([{ services: [] }]);
    });

    it("goes on from a page by its number, whatever page is asked for beside it", async () => {
      const { next } = (await get(`${PATH}?per_page=2&page=3`, large.admin)).json.metadata;
      expect(idsIn((await get(`${PATH}?per_page=3&after=${next}`, large.admin)).json)).toEqual([7, 8, 9]);
      expect(idsIn((await get(`${PATH}?per_page=3&page=9&after=${next}`, large.admin)).json)).toEqual([7, 8, 9]);
    });

    it("goes on in XML, where it is an attribute of the root", async () => {
      const first = await get("/admin/api/services.xml?per_page=2&after=");
      const [, next] = /^<\?xml[^>]*\?><services per_page="2" next="([\w-]{32})"><service>/.exec(first.text)!;
      expect([...(await get(`/admin/api/services.xml?per_page=2&after=${next}`)).text.matchAll(/<service><id>(\d+)/g)].map(([, number]) => Number(number))).toEqual(services.slice(2, 4));
    });

    it("goes on where a service is gone, also that at which the page ended", async () => {
      const changing = await createTestAccount(latchkey);
      const made: ServiceId[] = [];
      for (const name of ["A", "B", "C", "D"]) made.push((await changing.service(name)).id);
      const { next } = (await get(`${PATH}?per_page=2&after=`, changing.admin)).json.metadata;
      for (const gone of [made[1], made[2]]) await request(latchkey, "DELETE", `/admin/api/services/${gone}.json`, { token: changing.admin.value });
      expect(idsIn((await get(`${PATH}?after=${next}`, changing.admin)).json)).toEqual([made[3]]);
    });
  });

  it("an account without services has an empty list in both formats", async () => {
    const { admin } = await createTestAccount(latchkey);
    expect((await get(PATH, admin)).json).toEqual({ services: [] });
    expect((await get("/admin/api/services.xml", admin)).text).toBe('<?xml version="1.0" encoding="UTF-8"?><services></services>');
  });

  describe("costs", () => {
    const own = () => latchkey.proxy.calls.filter(({ principal }) => principal === "AccountManagementReadLambdaFunction");

    it("one consistent query for an admin's whole list", async () => {
      await get(PATH);
      expect(own()).toMatchObject([{ action: "Query", index: undefined, consistent: true, keys: [{ pk: `ACCOUNT#${account.admin.member.accountId}#SERVICES` }] }]);
    });

    it("one query more to count when the page is shorter than the list", async () => {
      await get(`${PATH}?per_page=2`);
      expect(own().map(({ action }) => action)).toEqual(["Query", "Query"]);
    });

    it("by cursor one query a page, the last like the first", async () => {
      const pages = await walk(latchkey, `${PATH}?per_page=100`, large.admin.value);
      expect([pages.length, own().map(({ action }) => action)]).toEqual([6, Array.from({ length: 6 }, () => "Query")]);
    });

    it("for a member one batch of just the services on the page", async () => {
      await get(`${PATH}?per_page=1&page=2`, limited);
      expect(own()).toMatchObject([{ action: "BatchGetItem", consistent: true }]);
      expect(own()[0]?.keys).toEqual([{ pk: `ACCOUNT#${account.admin.member.accountId}#SERVICES`, sk: String(services[3]).padStart(16, "0") }]);
    });

    it("nothing is read of a member's page past the end", async () => {
      await get(`${PATH}?page=2`, limited);
      expect(own()).toEqual([]);
    });

    it("no call to KMS", async () => {
      const before = latchkey.aws.calls["kms:Decrypt"];
      await get(PATH);
      expect(latchkey.aws.calls["kms:Decrypt"]).toBe(before);
    });
  });
});

describe("304", () => {
  it.each([PATH, "/admin/api/services.xml", `${PATH}?per_page=2`])("%s is not sent again to who has it", async (path) => {
    const first = await get(path);
    const etag = first.headers.get("etag")!;
    const second = await get(path, account.admin, { "if-none-match": etag });
    expect([second.status, second.text, second.headers.get("etag")]).toEqual([304, "", etag]);
  });

  it("a list that has changed is sent again", async () => {
    const changing = await createTestAccount(latchkey);
    const first = await get(PATH, changing.admin);
    await changing.service("New");
    const second = await get(PATH, changing.admin, { "if-none-match": first.headers.get("etag")! });
    expect([second.status, second.json.services.length]).toEqual([200, 1]);
  });

  it("what somebody else may see is no reason to send nothing", async () => {
    const first = await get(PATH);
    const second = await get(PATH, limited, { "if-none-match": first.headers.get("etag")! });
    expect([second.status, second.json.services.length]).toEqual([200, 2]);
  });

  it("a refusal is a refusal, whatever the client has", async () => {
    const none = await account.member({ sections: ["partners"], serviceAccess: [] });
    const first = await get(PATH);
    expect((await get(PATH, none, { "if-none-match": first.headers.get("etag")! })).status).toBe(403);
  });
});

describe("403", () => {
  it.each<[string, () => Promise<Pick<Person, "value">>, object]>([
    ["a member who reaches no service", () => account.member({ sections: ["partners"], serviceAccess: [] }), { error: "Access denied", code: "no_service_access" }],
    ["a member who reaches all but lacks `partners`", () => account.member({ sections: ["monitoring"], serviceAccess: "all" }, { scopes: ["stats"] }), {
      error: "Your access token does not have the correct permissions", code: "insufficient_rights", missing: ["section:partners"],
    }],
    ["a token without the scope", () => account.token(account.admin, { scopes: ["finance", "stats", "policy_registry"] }), {
      error: "Your access token does not have the correct permissions", code: "insufficient_scope", missing: ["scope:account_management"],
    }],
  ])("%s is refused, and no service is read", async (_who, caller, body) => {
    const { value } = await caller();
    latchkey.proxy.reset();
    for (const query of ["", "?page=2", "?per_page=0"]) {
      const answer = await get(PATH + query, { value });
      expect([answer.status, answer.json]).toEqual([403, body]);
    }
    expect(latchkey.proxy.calls.filter(({ keys }) => keys.some(({ pk }) => pk?.endsWith("#SERVICES")))).toEqual([]);
  });

  it("in XML too", async () => {
    const none = await account.member({ sections: ["partners"], serviceAccess: [] });
    const answer = await get("/admin/api/services.xml", none);
    expect([answer.status, answer.text]).toEqual([403, '<?xml version="1.0" encoding="UTF-8"?><error>Access denied</error>']);
  });

  it("who shows nothing sees nothing", async () => {
    const answer = await request(latchkey, "GET", PATH);
    expect([answer.status, answer.json]).toEqual([403, { error: "Access denied", code: "access_denied" }]);
    expect(latchkey.proxy.calls).toEqual([]);
  });
});

describe("404", () => {
  it.each(["HEAD", "OPTIONS"])("%s has no route", async (method) => {
    expect((await request(latchkey, method, PATH, { token: account.admin.value })).status).toBe(404);
  });

  it.each(["PUT", "PATCH", "DELETE"])("%s of the list is nothing", async (method) => {
    expect((await request(latchkey, method, PATH, { token: account.admin.value })).status).toBe(404);
  });
});

describe("406", () => {
  it.each(["php", "csv", "html"])("a list as %s is not understood", async (extension) => {
    const answer = await get(`/admin/api/services.${extension}`);
    expect([answer.status, answer.json]).toEqual([406, { error: `The server does not understand "${extension}" request.`, code: "not_acceptable" }]);
  });
});
