import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";
import { everyRow } from "../support/rows.ts";

let latchkey: Deployment;
let account: TestAccount;
let admin: Person;
let member: Person;
/** Three services of the account, in the order of their ids. */
let services: [number, number, number];
let foreign: number;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  ({ admin } = account);
  const ids: number[] = [];
  for (const name of ["First", "Second", "Third"]) ids.push((await account.service(name)).id);
  services = ids.sort((a, b) => a - b) as typeof services;
  foreign = (await (await createTestAccount(latchkey)).service("Foreign")).id;
  member = await account.member({ sections: ["partners"] });
});
afterAll(() => latchkey?.stop());

const permissions = (method: string, person: Person | number, options: RequestOptions & { extension?: string; query?: string } = {}) => {
  const { extension = "json", query = "", ...rest } = options;
  const id = typeof person === "number" ? person : person.member.id;
  return request(latchkey, method, `/admin/api/users/${id}/permissions.${extension}${query}`, { token: admin.value, ...rest });
};

/** What the requests are answered, each answer once, and what is stored, changed or recorded afterwards. */
async function refused(ask: () => Promise<Answer> | readonly Promise<Answer>[]) {
  const before = new Set((await everyRow(latchkey)).map((row) => JSON.stringify(row)));
  const answers = new Map((await Promise.all([ask()].flat())).map(({ status, json, text }) => [`${status} ${text}`, [status, json ?? text]]));
  const after = await everyRow(latchkey);
  return { answers: [...answers.values()], changed: after.filter((row) => !before.has(JSON.stringify(row))), gone: before.size - after.length };
}
const untouched = (status: number, body: unknown) => ({ answers: [[status, body]], changed: [], gone: 0 });

const ALL_SECTIONS = ["finance", "monitoring", "partners", "plans", "policy_registry", "portal", "settings"];
const FORBIDDEN = { status: "Forbidden", code: "forbidden" };

describe("200", () => {
  let subject: Person;
  /** What the subject has before each row: two sections, and the first two services. */
  beforeEach(async () => {
    subject ??= await account.member({ sections: ["partners"] });
    await permissions("PUT", subject, { json: { allowed_sections: ["portal", "monitoring"], allowed_service_ids: services.slice(0, 2) } });
  });

  it("permissions have 3scale's fields, sorted, in JSON and in XML, and no other", async () => {
    const { id } = subject.member;
    expect((await permissions("GET", subject)).json).toEqual({
      permissions: {
        user_id: id, role: "member", allowed_sections: ["monitoring", "portal"], allowed_service_ids: services.slice(0, 2),
        links: [{ rel: "user", href: expect.stringMatching(new RegExp(`^https://[^/]+/admin/api/users/${id}$`)) }],
      },
    });
    expect((await permissions("GET", subject, { extension: "xml" })).text).toBe(
      `<?xml version="1.0" encoding="UTF-8"?><permissions><user_id>${id}</user_id><role>member</role>` +
      "<allowed_sections><allowed_section>monitoring</allowed_section><allowed_section>portal</allowed_section></allowed_sections>" +
      `<allowed_service_ids><allowed_service_id>${services[0]}</allowed_service_id><allowed_service_id>${services[1]}</allowed_service_id></allowed_service_ids></permissions>`,
    );
  });

  it("an admin has every section and all services, whatever they had as a member", async () => {
    const id = subject.member.id;
    expect((await permissions("GET", admin)).json.permissions).toMatchObject({ role: "admin", allowed_sections: ALL_SECTIONS, allowed_service_ids: null });
    await request(latchkey, "PUT", `/admin/api/users/${id}/admin.json`, { token: admin.value });
    expect((await permissions("GET", subject)).json.permissions).toMatchObject({ user_id: id, role: "admin", allowed_sections: ALL_SECTIONS, allowed_service_ids: null });
    const { text } = await permissions("GET", subject, { extension: "xml" });
    expect(text).toContain(`<allowed_sections>${ALL_SECTIONS.map((section) => `<allowed_section>${section}</allowed_section>`).join("")}</allowed_sections>`);
    expect(text).not.toContain("allowed_service_id");
    await request(latchkey, "PUT", `/admin/api/users/${id}/member.json`, { token: admin.value });
    expect((await permissions("GET", subject)).json.permissions).toMatchObject({ role: "member", allowed_sections: ["monitoring", "portal"] });
  });

  it("a member reads their own, and needs no more than ro for it", async () => {
    const readOnly = await account.token(member, { permission: "ro" });
    for (const { value: token } of [member, readOnly]) {
      expect((await permissions("GET", member, { token })).json.permissions).toMatchObject({ user_id: member.member.id, allowed_sections: ["partners"], allowed_service_ids: null });
    }
  });

  const kept = { allowed_sections: ["monitoring", "portal"] };
  const first = () => services.slice(0, 2);
  const none = () => [];
  const all = () => null;
  const one = () => [services[2]];
  it.each<[string, () => RequestOptions & { query?: string }, { allowed_sections: string[] }, () => readonly number[] | null]>([
    // Sections
    ["sections in JSON replace sections, the services survive", () => ({ json: { allowed_sections: ["settings", "finance"] } }), { allowed_sections: ["finance", "settings"] }, first],
    ["sections in a form", () => ({ form: "allowed_sections[]=settings&allowed_sections[]=finance" }), { allowed_sections: ["finance", "settings"] }, first],
    ["sections in the query", () => ({ query: "?allowed_sections[]=settings" }), { allowed_sections: ["settings"] }, first],
    ["sections with escaped brackets", () => ({ form: "allowed_sections%5B%5D=settings" }), { allowed_sections: ["settings"] }, first],
    ["every section", () => ({ json: { allowed_sections: ALL_SECTIONS.toReversed() } }), { allowed_sections: ALL_SECTIONS }, first],
    ["a section said twice", () => ({ json: { allowed_sections: ["plans", "plans"] } }), { allowed_sections: ["plans"] }, first],
    ["unknown sections are dropped", () => ({ json: { allowed_sections: ["plans", "root", "Settings", "services", "", 1, null, ["portal"]] } }), { allowed_sections: ["plans"] }, first],
    ["only unknown sections are none", () => ({ json: { allowed_sections: ["invalid"] } }), { allowed_sections: [] }, first],
    ["no section in JSON", () => ({ json: { allowed_sections: [] } }), { allowed_sections: [] }, first],
    ["no section: allowed_sections[]=", () => ({ form: "allowed_sections[]=" }), { allowed_sections: [] }, first],
    ["no section: allowed_sections[]=[]", () => ({ form: "allowed_sections[]=[]" }), { allowed_sections: [] }, first],
    // Services
    ["services in JSON replace services, the sections survive", () => ({ json: { allowed_service_ids: [services[2]] } }), kept, one],
    ["services as text in JSON", () => ({ json: { allowed_service_ids: [String(services[2])] } }), kept, one],
    ["services in a form", () => ({ form: `allowed_service_ids[]=${services[2]}` }), kept, one],
    ["services in the query", () => ({ query: `?allowed_service_ids[]=${services[2]}` }), kept, one],
    ["a service said twice, and out of order", () => ({ json: { allowed_service_ids: [services[1], services[0], String(services[1])] } }), kept, first],
    ["services that do not exist, and another account's, are dropped", () => ({ json: { allowed_service_ids: [1, services[2], foreign, 9007199254740991] } }), kept, one],
    ["what is no id is dropped", () => ({ json: { allowed_service_ids: ["abc", -1, 0, 1.5, null, "", {}, `0${services[1]}`, ` ${services[1]}`, 9007199254740992, services[2]] } }), kept, one],
    ["only unknown services are none", () => ({ json: { allowed_service_ids: [1, foreign] } }), kept, none],
    ["all services: null", () => ({ json: { allowed_service_ids: null } }), kept, all],
    ["all services: a blank text", () => ({ json: { allowed_service_ids: "" } }), kept, all],
    ["all services: allowed_service_ids=", () => ({ form: "allowed_service_ids=" }), kept, all],
    ["all services: allowed_service_ids", () => ({ form: "allowed_service_ids" }), kept, all],
    ["all services in the query", () => ({ query: "?allowed_service_ids=" }), kept, all],
    ["no service: an empty list", () => ({ json: { allowed_service_ids: [] } }), kept, none],
    ["no service: allowed_service_ids[]=", () => ({ form: "allowed_service_ids[]=" }), kept, none],
    ["no service: allowed_service_ids[]=[]", () => ({ form: "allowed_service_ids[]=[]" }), kept, none],
    ["no service in the query", () => ({ query: "?allowed_service_ids%5B%5D=" }), kept, none],
    ["what is neither a list nor nothing changes nothing", () => ({ json: { allowed_service_ids: { 0: services[2] } } }), kept, first],
    ["a single number is no list", () => ({ json: { allowed_service_ids: services[2] } }), kept, first],
    // Both, and neither
    ["both at once", () => ({ json: { allowed_sections: ["plans"], allowed_service_ids: null } }), { allowed_sections: ["plans"] }, all],
    ["both wrapped in JSON", () => ({ json: { permissions: { allowed_sections: ["plans"], allowed_service_ids: [] } } }), { allowed_sections: ["plans"] }, none],
    ["both wrapped in a form", () => ({ form: `permissions[allowed_sections][]=plans&permissions[allowed_service_ids][]=${services[2]}` }), { allowed_sections: ["plans"] }, one],
    ["all services, wrapped in a form", () => ({ form: "permissions[allowed_service_ids]=" }), kept, all],
    ["no service, wrapped in a form", () => ({ form: "permissions[allowed_service_ids][]=" }), kept, none],
    ["role, state and id are not permissions", () => ({ json: { role: "admin", state: "suspended", user_id: 1, sections: [], serviceAccess: "all" } }), kept, first],
  ])("%s", async (_what, options, sections, ids) => {
    const answer = await permissions("PUT", subject, options());
    const expected = { user_id: subject.member.id, role: "member", ...sections, allowed_service_ids: ids() };
    expect([answer.status, answer.json.permissions]).toMatchObject([200, expected]);
    expect((await permissions("GET", subject)).json).toEqual(answer.json);
  });

  it("in XML no element is all services, and an empty element none", async () => {
    const put = async (form: string) => (await permissions("PUT", subject, { extension: "xml", form })).text;
    expect(await put("allowed_service_ids=")).not.toContain("allowed_service_id");
    expect(await put("allowed_service_ids[]=&allowed_sections[]=")).toMatch(/<allowed_sections(><\/allowed_sections>|\/>)<allowed_service_ids(><\/allowed_service_ids>|\/>)<\/permissions>$/);
    expect((await permissions("GET", subject, { extension: "xml" })).text).toMatch(/<allowed_service_ids(><\/allowed_service_ids>|\/>)/);
  });

  it("permissions sent back as they were read change nothing and leave no record", async () => {
    const { json } = await permissions("GET", subject);
    expect(await refused(() => [permissions("PUT", subject, { json }), permissions("PATCH", subject, { json: json.permissions })])).toEqual(untouched(200, json));
  });

  it("PATCH is PUT", async () => {
    expect((await permissions("PATCH", subject, { json: { allowed_sections: ["plans"] } })).json.permissions).toMatchObject({ allowed_sections: ["plans"], allowed_service_ids: first() });
  });

  it("a deleted service is dropped like one that never was", async () => {
    const { id } = await account.service("Short-lived");
    await request(latchkey, "DELETE", `/admin/api/services/${id}.json`, { token: admin.value });
    expect((await permissions("PUT", subject, { json: { allowed_service_ids: [id, services[2]] } })).json.permissions.allowed_service_ids).toEqual([services[2]]);
  });

  it("two admins who change different things at the same time lose neither change", async () => {
    const second = await account.token(admin);
    for (let round = 0; round < 15; round++) {
      const answers = await Promise.all([
        permissions("PUT", subject, { json: { allowed_sections: round % 2 === 0 ? ["plans"] : ["finance"] } }),
        permissions("PUT", subject, { json: { allowed_service_ids: [services[round % 3]] }, token: second.value }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect((await permissions("GET", subject)).json.permissions).toMatchObject({ allowed_sections: round % 2 === 0 ? ["plans"] : ["finance"], allowed_service_ids: [services[round % 3]] });
    }
  });

  it("a member may be limited to as many as 1,000 services", async () => {
    const json = { allowed_service_ids: [services[2], ...Array.from({ length: 999 }, (_, at) => at + 1)] };
    expect((await permissions("PUT", subject, { json })).json.permissions.allowed_service_ids).toEqual(one());
    const twice = { allowed_service_ids: [...json.allowed_service_ids, ...json.allowed_service_ids] };
    expect((await permissions("PUT", subject, { json: twice })).status).toBe(200);
  });
});

describe("400", () => {
  const MISSING = "Required parameter missing: permissions";
  it.each<[string, RequestOptions & { query?: string }]>([
    ["no body", {}],
    ["an empty object", { json: {} }],
    ["an empty wrapper", { json: { permissions: {} } }],
    ["an empty form", { form: "" }],
  ])("nothing to change: %s", async (_what, options) => {
    expect(await refused(() => permissions("PUT", member, options))).toEqual(untouched(400, MISSING));
    expect((await permissions("PUT", member, options)).headers.get("content-type")).toMatch("text/plain");
  });

  it("nothing but the credential", async () => {
    expect(await refused(() => request(latchkey, "PUT", `/admin/api/users/${member.member.id}/permissions.json`, { json: { access_token: admin.value } }))).toEqual(untouched(400, MISSING));
    expect(await refused(() => request(latchkey, "PUT", `/admin/api/users/${member.member.id}/permissions.json?access_token=${admin.value}`))).toEqual(untouched(400, MISSING));
  });

  it("a body that is no JSON", async () => {
    expect(await refused(() =>
      permissions("PUT", member, { body: '{"allowed_sections":', headers: { "content-type": "application/json" } }))).toEqual(untouched(400, { error: "The body is not valid JSON", code: "malformed_request" }));
  });
});

describe("403", () => {
  let another: Person;
  let secondAdmin: Person;
  beforeAll(async () => {
    another = await account.member({ sections: ["partners"] });
    secondAdmin = await account.member({ sections: ["partners"] });
    await request(latchkey, "PUT", `/admin/api/users/${secondAdmin.member.id}/admin.json`, { token: admin.value });
  });

  const wanted = [{ json: { allowed_sections: ["settings"] } }, { json: { allowed_service_ids: null } }, { json: { allowed_sections: ["partners"] } }];

  it("an admin's permissions are not changed, neither another's nor one's own", async () => {
    expect(await refused(() => wanted.flatMap((options) => [permissions("PUT", secondAdmin, options), permissions("PUT", admin, options)]))).toEqual(untouched(403, FORBIDDEN));
    expect((await permissions("PUT", admin, { extension: "xml", ...wanted[0] })).status).toBe(403);
  });

  it("a member changes nobody's, least of all their own", async () => {
    const { value: token } = member;
    expect(await refused(() => wanted.flatMap((options) => [member, another, admin].map((target) => permissions("PUT", target, { ...options, token }))))).toEqual(untouched(403, FORBIDDEN));
  });

  it("whoever may not change them is told so, however wrong the request is, and no service is looked up for them", async () => {
    const { value: token } = member;
    latchkey.proxy.reset();
    expect(await refused(() => permissions("PUT", another, { token, json: { allowed_service_ids: Array.from({ length: 1001 }, (_, at) => at + 1) } }))).toEqual(untouched(403, FORBIDDEN));
    const keys = latchkey.proxy.calls.flatMap((call) => call.keys.map(({ pk }) => pk));
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((pk) => pk?.endsWith("#SERVICES"))).toEqual([]);
  });

  it("a member reads nobody else's", async () => {
    expect(await refused(() => [another, admin].map((target) => permissions("GET", target, { token: member.value })))).toEqual(untouched(403, FORBIDDEN));
  });

  it("a token with ro changes nothing, and one without the scope reads nothing", async () => {
    const [readOnly, unscoped] = [await account.token(admin, { permission: "ro" }), await account.token(admin, { scopes: ["finance", "stats", "policy_registry"] })];
    const error = "Your access token does not have the correct permissions";
    expect(await refused(() => permissions("PUT", another, { ...wanted[0], token: readOnly.value }))).toEqual(untouched(403, { error, code: "read_only", missing: ["permission:rw"] }));
    const missing = { error, code: "insufficient_scope", missing: ["scope:account_management"] };
    expect(await refused(() => [permissions("PUT", another, { ...wanted[0], token: unscoped.value }), permissions("GET", another, { token: unscoped.value })])).toEqual(untouched(403, missing));
  });

  it("a member without the section partners reads not even their own", async () => {
    const person = await account.member({ sections: ["partners", "settings"] });
    await permissions("PUT", person, { json: { allowed_sections: ["settings"] } });
    const body = { error: "Your access token does not have the correct permissions", code: "insufficient_rights", missing: ["section:partners"] };
    expect(await refused(() => [permissions("GET", person, { token: person.value }), permissions("PUT", person, { token: person.value, ...wanted[0] })])).toEqual(untouched(403, body));
  });

  it("nobody without a credential", async () => {
    const path = `/admin/api/users/${another.member.id}/permissions.json`;
    expect(await refused(() => [request(latchkey, "GET", path), request(latchkey, "PUT", path, wanted[0])])).toEqual(untouched(403, { error: "Access denied", code: "access_denied" }));
  });
});

describe("404", () => {
  it("of another account's user, of a deleted one, of one who never was", async () => {
    const stranger = await (await createTestAccount(latchkey)).member({ sections: ["partners"] });
    const gone = await account.member({ sections: ["partners"] });
    await request(latchkey, "DELETE", `/admin/api/users/${gone.member.id}.json`, { token: admin.value });
    expect(await refused(() => [stranger, gone, 1].flatMap((target) => [admin, member].flatMap(({ value: token }) => [
      permissions("GET", target, { token }), permissions("PUT", target, { token, json: { allowed_sections: ["plans"], allowed_service_ids: [] } }),
    ])))).toEqual(untouched(404, { status: "Not found", code: "not_found" }));
  });
});

describe("413", () => {
  it("a body of more than 64 KiB", async () => {
    const json = { allowed_service_ids: Array.from({ length: 8000 }, () => 900_000_000) };
    expect(await refused(() => permissions("PUT", member, { json }))).toEqual(untouched(413, { error: expect.any(String), code: "payload_too_large" }));
  });
});

describe("422", () => {
  it("more than 1,000 services", async () => {
    const json = { allowed_sections: ["plans"], allowed_service_ids: [services[0], ...Array.from({ length: 1000 }, (_, at) => at + 1)] };
    const body = { errors: { allowed_service_ids: ["is too long (maximum is 1000 services)"] }, code: "invalid" };
    expect(await refused(() => [permissions("PUT", member, { json }), permissions("PUT", member, { json: { permissions: json } })])).toEqual(untouched(422, body));
  });

  it("permissions that are no object", async () => {
    expect(await refused(() =>
      [null, "all", ["plans"]].map((wanted) => permissions("PUT", member, { json: { permissions: wanted } })))).toEqual(untouched(422, "Wrong type for parameter: permissions"));
  });
});
