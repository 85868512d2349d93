import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ServiceId } from "../../lib/domain/brands.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { createApplication } from "../../lib/operations/applications.ts";
import { applicationsOfService } from "../../lib/table/applications.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer } from "../support/request.ts";
import { A_CURSOR, changedAt, walk } from "../support/walk.ts";

const PATH = "/admin/api/applications.json";
const FIND = "/admin/api/applications/find.json";
const BASE = "https://latchkey01.execute-api.eu-west-1.amazonaws.com";
const READER = "AccountManagementReadLambdaFunction";

let latchkey: Deployment;
let account: TestAccount;
let foreign: TestAccount;
let foreignService: ServiceId;
let foreignApplication: number;
/** Five services, the last without applications, and the applications that each has, in the order in which they were made. */
let services: ServiceId[];
let empty: ServiceId;
const made: { readonly id: number; readonly service: ServiceId; readonly userKey: string; readonly name: string }[] = [];
/** Who reaches the first, the third and the fourth service. */
let limited: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  [account, foreign] = [await createTestAccount(latchkey), await createTestAccount(latchkey)];
  services = [];
  for (const name of ["First", "Second", "Third", "Fourth"]) services.push((await account.service(name)).id);
  empty = (await account.service("Empty")).id;
  // Mixed unevenly, so that every page of a merge takes from several services: 60 on the first, 24, 24 and 12.
  for (let turn = 0; turn < 120; turn++) {
    await make(services[turn % 2 === 0 ? 0 : turn % 10 === 1 ? 3 : turn % 10 < 6 ? 1 : 2]!, `App ${turn}`, `key-of-${turn}`);
  }
  foreignService = (await foreign.service("Foreign")).id;
  foreignApplication = await foreign.application(foreignService, "Foreign app");
  limited = await account.member({ sections: ["partners"], serviceAccess: [services[3]!, services[0]!, services[2]!] });
}, 120_000);
beforeEach(() => latchkey.proxy.reset());
afterAll(() => latchkey?.stop());

async function make(service: ServiceId, name: string, userKey: string): Promise<number> {
  const asAdmin: Principal = { kind: "member", member: account.admin.member };
  const { id } = await createApplication(latchkey.operator, asAdmin, { serviceId: service, name, description: `About ${name}`, userKey });
  made.push({ id, service, userKey, name });
  return id;
}

const get = (path: string, { value }: Pick<Person, "value"> = account.admin, headers: Record<string, string> = {}) => request(latchkey, "GET", path, { token: value, headers });
const idsIn = ({ json }: Answer): number[] => json.applications.map((each: { application: { id: number } }) => each.application.id);
/** What must be seen: the ids of the applications of these services, as numbers in order. */
const expected = (of: readonly ServiceId[] = services) => made.filter(({ service }) => of.includes(service)).map(({ id }) => id).toSorted((a, b) => a - b);
const reached = () => [services[0]!, services[2]!, services[3]!];
const seen = ({ status, text }: Answer) => ({ status, text });
const own = () => latchkey.proxy.calls.filter(({ principal }) => principal === READER);

describe("the list: 200", () => {
  it("an admin sees every application of the account and none of another, in the order of their ids", async () => {
    const answer = await get(PATH);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
    expect(idsIn(answer)).toEqual(expected());
    expect(answer.json).not.toHaveProperty("metadata");
  });

  it("each application has the shape of 3scale", async () => {
    const [first] = (await get(PATH)).json.applications;
    expect(first).toEqual({
      application: {
        id: expected()[0], state: "live", enabled: true, created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), updated_at: first.application.created_at,
        service_id: services[0], service_name: "First", first_traffic_at: null, first_daily_traffic_at: null,
        user_key: "key-of-0", provider_verification_key: expect.stringMatching(/^[0-9a-f]{32}$/), name: "App 0", description: "About App 0", links: [{ rel: "service", href: `${BASE}/admin/api/services/${services[0]}` }],
      },
    });
  });

  it("`.xml` is the list in XML", async () => {
    const answer = await get("/admin/api/applications.xml?per_page=1");
    const [first] = (await get(PATH)).json.applications;
    const { next } = (await get(`${PATH}?per_page=1`)).json.metadata;
    expect(answer.headers.get("content-type")).toBe("application/xml; charset=utf-8");
    expect(answer.text).toBe(
      `<?xml version="1.0" encoding="UTF-8"?><applications per_page="1" total_entries="120" total_pages="120" current_page="1" next="${next}"><application><id>${expected()[0]}</id>` +
      `<created_at>${first.application.created_at}</created_at><updated_at>${first.application.created_at}</updated_at><state>live</state>` +
      "<first_traffic_at></first_traffic_at><first_daily_traffic_at></first_daily_traffic_at>" +
      `<service_id>${services[0]}</service_id><user_key>key-of-0</user_key><provider_verification_key>${first.application.provider_verification_key}</provider_verification_key><name>App 0</name><description>About App 0</description></application></applications>`,
    );
  });

  it.each<[string, () => Promise<Pick<Person, "value">>, () => number[]]>([
    ["an admin's `ro` token sees all", () => account.token(account.admin, { permission: "ro" }), () => expected()],
    ["a member who reaches all sees all", () => account.member({ sections: ["partners"], serviceAccess: "all" }), () => expected()],
    ["a member who reaches three of five services sees those of the three", async () => limited, () => expected(reached())],
    ["a member's `ro` token sees what the member sees", () => account.token(limited, { permission: "ro" }), () => expected(reached())],
    ["a member who reaches Service 1 sees only Service 1's", () => account.member({ sections: ["partners"], serviceAccess: [services[0]!] }), () => expected([services[0]!])],
    ["a member who reaches a service without applications sees none", () => account.member({ sections: ["partners"], serviceAccess: [empty] }), () => []],
  ])("%s", async (_who, caller, wanted) => {
    const answer = await get(PATH, await caller());
    expect([answer.status, idsIn(answer)]).toEqual([200, wanted()]);
  });

  it("a right that is taken away shows in the very next list", async () => {
    const member = await account.member({ sections: ["partners"], serviceAccess: [services[1]!, services[3]!] });
    expect(idsIn(await get(PATH, member))).toEqual(expected([services[1]!, services[3]!]));
    await request(latchkey, "PUT", `/admin/api/users/${member.member.id}/permissions.json`, { token: account.admin.value, json: { allowed_service_ids: [services[3]] } });
    expect(idsIn(await get(PATH, member))).toEqual(expected([services[3]!]));
  });

  it.each([1, 7, 13, 60, 95, 96, 97, 500])("a member's pages of %i are their list, without gap or repetition", async (perPage) => {
    const wanted = expected(reached());
    const pages = perPage === 1 ? [1, 2, 50, 96, 97] : Array.from({ length: Math.ceil(wanted.length / perPage) + 1 }, (_, at) => at + 1);
    for (const page of pages) {
      const answer = await get(`${PATH}?per_page=${perPage}&page=${page}`, limited);
      expect(idsIn(answer)).toEqual(wanted.slice((page - 1) * perPage, page * perPage));
      expect(answer.json.metadata).toEqual(perPage < wanted.length ? {
        per_page: perPage, total_entries: wanted.length, total_pages: Math.ceil(wanted.length / perPage), current_page: page,
        ...(page * perPage < wanted.length ? { next: A_CURSOR } : {}),
      } : undefined);
    }
  });

  it.each([
    ["page 0 is page 1", "?per_page=2&page=0", 2, 1],
    ["a page that is no number is page 1", "?per_page=2&page=last", 2, 1],
    ["a per_page that is no number is 500", "?per_page=few", 120, undefined],
    ["a per_page of 0 is 500", "?per_page=0", 120, undefined],
    ["a per_page over 500 is 500", "?per_page=501", 120, undefined],
    ["a page past the end is empty", "?per_page=100&page=3", 0, 3],
    ["a page far past the end is empty", "?per_page=100&page=999999999999", 0, 999_999_999_999],
  ])("%s", async (_guarantee, query, length, currentPage) => {
    const answer = await get(PATH + query);
    expect([answer.status, idsIn(answer).length, answer.json.metadata?.current_page]).toEqual([200, length, currentPage]);
  });

  describe("by cursor", () => {
    const next = async (query: string, caller: Pick<Person, "value"> = account.admin) => (await get(`${PATH}?${query}`, caller)).json.metadata.next as string;
    const went = async (query: string, caller: Pick<Person, "value"> = account.admin, path = PATH) => {
      const { status, json } = await get(`${path}?${query}`, caller);
      return [status, json.error, json.code];
    };
    const REFUSED = [400, "after is not a cursor of this list: take it from the answer before", "invalid_parameter"];

    it.each([7, 60, 95, 96, 97])("a member's pages of %i are their list, without gap or repetition", async (perPage) => {
      const pages = await walk(latchkey, `${PATH}?per_page=${perPage}`, limited.value);
      expect(pages.map((page) => idsIn(page).length)).toEqual(Array.from({ length: Math.ceil(96 / perPage) }, (_, at) => Math.min(perPage, 96 - at * perPage)));
      expect(pages.flatMap(idsIn)).toEqual(expected(reached()));
    });

    it.each<[string, () => string, () => number[]]>([
      ["of one service", () => `service_id=${services[0]}`, () => expected([services[0]!])],
      ["that are read along the list", () => "name=App 1", () => made.filter(({ name }) => name.includes("App 1")).map(({ id }) => id)],
      ["found by their key", () => "user_key=key-of-7", () => [made[7]!.id]],
    ])("pages of those %s hold those alone", async (_what, filter, wanted) => {
      const pages = await walk(latchkey, `${PATH}?per_page=9&${filter()}`, account.admin.value);
      expect(pages.flatMap(idsIn)).toEqual(wanted());
      expect(pages.slice(0, -1).every((page) => idsIn(page).length === 9)).toBe(true);
    });

    it("a page costs a query of each service that the member reaches, and a read of what is shown with it, on whichever page", async () => {
      const pages = await walk(latchkey, `${PATH}?per_page=40`, limited.value);
      const partitions = new Set(reached().map((service) => applicationsOfService(account.admin.member.accountId, service).pk));
      expect(own().map(({ action }) => action)).toEqual(pages.flatMap(() => ["Query", "Query", "Query", "BatchGetItem"]));
      expect(new Set(own().flatMap(({ action, keys }) => (action === "Query" ? keys.map((key) => key["gsi1pk"]) : [])))).toEqual(partitions);
    });

    it("is refused with whichever character changed, or cut, or not a text", async () => {
      const cursor = await next("per_page=10");
      for (let at = 0; at < cursor.length; at++) expect(await went(`per_page=10&after=${changedAt(cursor, at)}`)).toEqual(REFUSED);
      for (const bad of [`after=${cursor.slice(0, -1)}`, `after=${cursor}A`, `after[]=${cursor}`, `after[x]=${cursor}`, `after=${cursor}&after=${cursor}`, "after=1", "after=%00", "after=null"]) {
        expect(await went(bad)).toEqual(REFUSED);
      }
      const xml = await get(`/admin/api/applications.xml?after=${changedAt(cursor, 0)}`);
      expect([xml.status, xml.text]).toEqual([400, `<?xml version="1.0" encoding="UTF-8"?><error>${String(REFUSED[1])}</error>`]);
      expect(own().filter(({ action }) => action === "Query")).toHaveLength(2);
    });

    it("is one member's, by whichever of their tokens, and of no use to another, of this account or the next", async () => {
      const cursor = await next("per_page=10", limited);
      expect(idsIn(await get(`${PATH}?per_page=10&after=${cursor}`, await account.token(limited, { permission: "ro" })))).toEqual(expected(reached()).slice(10, 20));
      const twin = await account.member({ sections: ["partners"], serviceAccess: reached() });
      for (const other of [account.admin, twin, foreign.admin]) expect(await went(`per_page=10&after=${cursor}`, other)).toEqual(REFUSED);
    });

    it("is one question's: other filters and other lists refuse it, another length of page does not", async () => {
      const cursor = await next(`per_page=10&state=live&service_id=${services[0]}`);
      expect(idsIn(await get(`${PATH}?per_page=3&service_id=${services[0]}&color=red&state=live&after=${cursor}`))).toEqual(expected([services[0]!]).slice(10, 13));
      for (const filter of ["", "state=live", `service_id=${services[0]}`, `state=suspended&service_id=${services[0]}`, `state=live&service_id=${services[1]}`, `state=live&service_id=${services[0]}&name=App`]) {
        expect(await went(`per_page=10&${filter}&after=${cursor}`)).toEqual(REFUSED);
      }
      for (const path of ["services", "accounts", "service_tokens", "access_tokens", "personal/access_tokens"].map((list) => `/admin/api/${list}.json`)) {
        expect(await went(`per_page=10&after=${cursor}`, account.admin, path)).toEqual(REFUSED);
      }
    });

    it("brings back no right that was taken away meanwhile", async () => {
      const member = await account.member({ sections: ["partners"], serviceAccess: reached() });
      const cursor = await next("per_page=10", member);
      await request(latchkey, "PUT", `/admin/api/users/${member.member.id}/permissions.json`, { token: account.admin.value, json: { allowed_service_ids: [services[3]] } });
      const last = expected(reached())[9]!;
      expect(idsIn(await get(`${PATH}?after=${cursor}`, member))).toEqual(expected([services[3]!]).filter((id) => id > last));
    });
  });

  describe("of one service", () => {
    it.each([0, 1, 2, 3])("?service_id= shows an admin that service's applications", async (at) => {
      const answer = await get(`${PATH}?service_id=${services[at]}&per_page=10`);
      expect(idsIn(answer)).toEqual(expected([services[at]!]).slice(0, 10));
      expect(answer.json.metadata.total_entries).toBe(expected([services[at]!]).length);
    });

    it("?service_id= shows a member the applications of a service they reach", async () => {
      expect(idsIn(await get(`${PATH}?service_id=${services[2]}`, limited))).toEqual(expected([services[2]!]));
    });

    it("one that is hidden, missing or of another account has no applications, and neither is it read", async () => {
      const answers = await Promise.all([services[1]!, empty, foreignService, 1].map((service) => get(`${PATH}?service_id=${service}`, limited)));
      for (const answer of answers) expect(seen(answer)).toEqual({ status: 200, text: '{"applications":[]}' });
      expect(own()).toEqual([]);
    });

    it.each(["", "0", "-1", "1e3", "042", "99999999999999999999", "abc", "%2F", "%00", "%F0%9F%98%80", "all", "any", "unknown", "__proto__"])("?service_id=%s is no service", async (written) => {
      const answer = await get(`${PATH}?service_id=${written}`);
      expect(seen(answer)).toEqual({ status: 200, text: '{"applications":[]}' });
    });

    it.each(["service_id[]=1", "service_id[a]=1", "service_id=1&service_id=2"])("?%s is no service", async (query) => {
      expect(seen(await get(`${PATH}?${query}`))).toEqual({ status: 200, text: '{"applications":[]}' });
    });
  });

  it("an empty list in XML is an empty element", async () => {
    for (const service of [empty, foreignService]) {
      expect((await get(`/admin/api/applications.xml?service_id=${service}`)).text).toBe('<?xml version="1.0" encoding="UTF-8"?><applications></applications>');
    }
  });

  it("a service with only markup in its name is shown as text", async () => {
    const odd = await createTestAccount(latchkey);
    const { id: service } = await odd.service("<b>&</b>");
    await odd.application(service, "<i>\"'&</i>");
    expect((await get(PATH, odd.admin)).json.applications[0].application).toMatchObject({ service_name: "<b>&</b>", name: "<i>\"'&</i>" });
    expect((await get("/admin/api/applications.xml", odd.admin)).text).toContain("<name>&lt;i&gt;&quot;&apos;&amp;&lt;/i&gt;</name>");
  });

  describe("costs", () => {
    it("a member's page reads the indexes of their services and no other, once each", async () => {
      await get(`${PATH}?per_page=5`, limited);
      const partitions = reached().map((service) => applicationsOfService(account.admin.member.accountId, service).pk);
      const queries = own().filter(({ action }) => action === "Query");
      // Once for the rows, once to count.
      expect(queries).toHaveLength(2 * partitions.length);
      expect(new Set(queries.map(({ index }) => index))).toEqual(new Set(["gsi1"]));
      expect(new Set(queries.flatMap(({ keys }) => keys.flatMap(Object.values)))).toEqual(new Set(partitions));
      expect(own().filter(({ action }) => action === "BatchGetItem")).toHaveLength(1);
    });

    it("an admin's whole list is one query and one batch of the services' names", async () => {
      await get(PATH);
      expect(own().map(({ action }) => action)).toEqual(["Query", "BatchGetItem"]);
      expect(own()[1]?.keys).toHaveLength(4);
    });
  });
});

describe("the list: 304", () => {
  it.each([PATH, "/admin/api/applications.xml", `${PATH}?per_page=3&page=2`])("%s is not sent again to who has it", async (path) => {
    const etag = (await get(path)).headers.get("etag")!;
    expect(seen(await get(path, account.admin, { "if-none-match": etag }))).toEqual({ status: 304, text: "" });
    expect((await get(path, limited, { "if-none-match": etag })).status).toBe(200);
  });
});

describe("the list: 403", () => {
  const CORRECT = "Your access token does not have the correct permissions";

  it.each<[string, () => Promise<Pick<Person, "value">>, object]>([
    ["a member who reaches no service", () => account.member({ sections: ["partners"], serviceAccess: [] }), { error: "Access denied", code: "no_service_access" }],
    ["a member without `partners`", () => account.member({ sections: ["monitoring", "plans"], serviceAccess: "all" }, { scopes: ["stats"] }), {
      error: CORRECT, code: "insufficient_rights", missing: ["section:partners"],
    }],
    ["a token without the scope", () => account.token(account.admin, { scopes: ["stats"] }), { error: CORRECT, code: "insufficient_scope", missing: ["scope:account_management"] }],
    ["a service token", async () => ({ value: (await get(`/admin/api/services/${services[0]}/service_token.json`)).json.service_token.value as string }), {
      error: "Access denied", code: "access_denied",
    }],
  ])("%s is refused, whatever is asked, and nothing is read", async (_who, caller, body) => {
    const who = await caller();
    latchkey.proxy.reset();
    for (const query of [PATH, `${PATH}?service_id=${services[0]}`, `${PATH}?service_id=abc`, `${PATH}?page=9`, `${FIND}?id=${made[0]?.id}`, `${FIND}?user_key=key-of-0`, FIND]) {
      const answer = await get(query, who);
      expect([answer.status, answer.json]).toEqual([403, body]);
    }
    expect(own()).toEqual([]);
  });

  it("in XML it is an error too", async () => {
    const none = await account.member({ sections: ["partners"], serviceAccess: [] });
    expect(seen(await get("/admin/api/applications.xml", none))).toEqual({ status: 403, text: '<?xml version="1.0" encoding="UTF-8"?><error>Access denied</error>' });
  });

  it("who shows nothing sees nothing", async () => {
    expect((await request(latchkey, "GET", PATH)).json).toEqual({ error: "Access denied", code: "access_denied" });
    expect(latchkey.proxy.calls).toEqual([]);
  });
});

describe("the list: 404", () => {
  it.each(["HEAD", "POST", "PUT", "PATCH", "DELETE"])("%s of it is nothing yet", async (method) => {
    expect((await request(latchkey, method, PATH, { token: account.admin.value })).status).toBe(404);
  });
});

describe("the list: 406", () => {
  it("another format is not understood", async () => {
    expect((await get("/admin/api/applications.csv")).json).toEqual({ error: 'The server does not understand "csv" request.', code: "not_acceptable" });
  });
});

describe("find: 200", () => {
  it.each([
    ["id", () => `id=${made[4]?.id}`],
    ["application_id", () => `application_id=${made[4]?.id}`],
    ["user_key", () => "user_key=key-of-4"],
    ["id and its service", () => `id=${made[4]?.id}&service_id=${made[4]?.service}`],
    ["application_id and its service", () => `application_id=${made[4]?.id}&service_id=${made[4]?.service}`],
    ["user_key and its service", () => `user_key=key-of-4&service_id=${made[4]?.service}`],
    ["application_id before id, as in 3scale", () => `id=${made[5]?.id}&application_id=${made[4]?.id}`],
    ["user_key before both, as in 3scale", () => `user_key=key-of-4&id=${made[5]?.id}&application_id=${made[6]?.id}`],
  ])("by %s an admin and a member who reaches it find the same", async (_by, query) => {
    for (const who of [account.admin, limited]) {
      const answer = await get(`${FIND}?${query()}`, who);
      expect([answer.status, answer.json.application]).toEqual([200, expect.objectContaining({ id: made[4]?.id, name: "App 4", user_key: "key-of-4", service_id: made[4]?.service })]);
    }
  });

  it("what is found has the shape that the list has, in JSON and in XML", async () => {
    const listed = (await get(`${PATH}?per_page=1`)).json.applications[0];
    expect((await get(`${FIND}?id=${expected()[0]}`)).json).toEqual(listed);
    const xml = (await get("/admin/api/applications.xml?per_page=1")).text;
    expect(xml).toContain((await get(`/admin/api/applications/find.xml?id=${expected()[0]}`)).text.replace(/^<\?xml[^>]*\?>/, ""));
  });

  it("of two applications with one user key each is found by its service, and a member finds theirs", async () => {
    const [shown, hidden] = [await make(services[0]!, "Shared here", "shared-key"), await make(services[1]!, "Shared there", "shared-key")];
    const find = async (query: string, who?: Person) => (await get(`${FIND}?user_key=shared-key${query}`, who)).json.application?.id;
    expect(await find(`&service_id=${services[0]}`)).toBe(shown);
    expect(await find(`&service_id=${services[1]}`)).toBe(hidden);
    expect(await find("")).toBe(shown);
    expect(await find("", limited)).toBe(shown);
    expect(await find("", await account.member({ sections: ["partners"], serviceAccess: [services[1]!] }))).toBe(hidden);
  });

  it("an application is found although another with its user key is going with its service", async () => {
    const [going, staying] = [await account.service("Going"), await account.service("Staying")];
    await make(going.id, "Goes", "left-key");
    const stays = await make(staying.id, "Stays", "left-key");
    await request(latchkey, "DELETE", `/admin/api/services/${going.id}.json`, { token: account.admin.value });
    expect((await get(`${FIND}?user_key=left-key`)).json.application?.id).toBe(stays);
    expect((await get(`${FIND}?user_key=left-key&service_id=${going.id}`)).status).toBe(404);
  });

  it("a user key may hold anything", async () => {
    const odd = "a b/c?d#ü😀&e=%41";
    const id = await make(services[0]!, "Odd key", odd);
    expect((await get(`${FIND}?user_key=${encodeURIComponent(odd)}`, limited)).json.application).toMatchObject({ id, user_key: odd });
  });
});

describe("find: 304", () => {
  it("is not sent again to who has it", async () => {
    const etag = (await get(`${FIND}?user_key=key-of-4`)).headers.get("etag")!;
    expect(seen(await get(`${FIND}?user_key=key-of-4`, account.admin, { "if-none-match": etag }))).toEqual({ status: 304, text: "" });
  });
});

describe("find: 404", () => {
  const hidden = () => made.find(({ service }) => service === services[1])!;

  it("what is hidden, missing or of another account answers alike, by whatever it is looked for", async () => {
    const missing = await get(`${FIND}?id=1`, limited);
    expect([missing.status, missing.json]).toEqual([404, { status: "Not found", code: "not_found" }]);
    for (const query of [
      `id=${hidden().id}`, `application_id=${hidden().id}`, `user_key=${hidden().userKey}`, `id=${hidden().id}&service_id=${hidden().service}`,
      `user_key=${hidden().userKey}&service_id=${hidden().service}`, `id=${hidden().id}&service_id=${services[0]}`, `id=${foreignApplication}`, "user_key=nobody's",
      `id=${foreignApplication}&service_id=${foreignService}`,
    ]) {
      expect(seen(await get(`${FIND}?${query}`, limited))).toEqual(seen(missing));
    }
  });

  it.each([
    ["another service than its own", () => `id=${made[0]?.id}&service_id=${services[1]}`],
    ["its user key at another service", () => `user_key=key-of-0&service_id=${services[1]}`],
    ["a service that is no id", () => `id=${made[0]?.id}&service_id=abc`],
    ["another account's service", () => `id=${made[0]?.id}&service_id=${foreignService}`],
    ["another account's application", () => `id=${foreignApplication}`],
    ["a service's id as an application's", () => `id=${services[0]}`],
    ["a user key in other letters", () => "user_key=KEY-OF-0"],
    ["a part of a user key", () => "user_key=key-of"],
    ["an empty user key", () => "user_key="],
    ["a list of user keys", () => "user_key[]=key-of-0"],
    ["a user key that nobody has, although the id is good", () => `user_key=nobody&id=${made[0]?.id}`],
    ["an app_id, which is no user key", () => "app_id=key-of-0"],
    ["nothing", () => ""],
  ])("%s finds nothing, not even for an admin", async (_what, query) => {
    const answer = await get(`${FIND}?${query()}`);
    expect([answer.status, answer.json]).toEqual([404, { status: "Not found", code: "not_found" }]);
  });

  it.each(["0", "-1", "1e3", "042", "99999999999999999999", "%2F", "%00", "%F0%9F%98%80", "%D9%A1", "abc", "__proto__"])("an id written %s names nothing", async (written) => {
    for (const name of ["id", "application_id"]) expect((await get(`${FIND}?${name}=${written}`)).status).toBe(404);
  });

  it("in XML it is empty", async () => {
    expect(seen(await get("/admin/api/applications/find.xml?id=1"))).toEqual({ status: 404, text: "" });
  });

  it("HEAD has no route", async () => {
    expect((await request(latchkey, "HEAD", `${FIND}?id=${made[0]?.id}`, { token: account.admin.value })).status).toBe(404);
  });
});
