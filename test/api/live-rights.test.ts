import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type ServiceId } from "../../lib/domain/brands.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer } from "../support/request.ts";
import { rounds } from "../support/rounds.ts";

let latchkey: Deployment;
let account: TestAccount;
let services: { readonly [name in "First" | "Second" | "Third"]: ServiceId };

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  const made = async (name: string) => {
    const service = await account.service(name);
    await account.application(service.id, `of ${name}`);
    return id<ServiceId>(service.id);
  };
  services = { First: await made("First"), Second: await made("Second"), Third: await made("Third") };
});
afterAll(() => latchkey?.stop());

/** Members who are changed at the same time, and how often each of them is. */
const MEMBERS = 2;
const ROUNDS = rounds(1, 20);

const get = (path: string, token: string) => request(latchkey, "GET", `/admin/api${path}`, { token });
const asAdmin = async (method: string, path: string, json?: unknown): Promise<Answer> => {
  const answer = await request(latchkey, method, `/admin/api${path}`, { token: account.admin.value, ...(json === undefined ? {} : { json }) });
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
  return answer;
};
const put = (person: Person, what: string, json?: unknown) => asAdmin("PUT", `/users/${person.member.id}/${what}.json`, json);

/** What a token sees at this moment, each thing in a request of its own, all at the same time. */
type View = Readonly<Record<"self" | "users" | "services" | "applications" | "second", string>>;
async function view(of: Person, token: string): Promise<View> {
  const [self, users, list, applications, second] = await Promise.all([
    get(`/users/${of.member.id}.json`, token), get("/users.json?role=admin", token), get("/services.json", token), get("/applications.json", token),
    get(`/services/${services.Second}.json`, token),
  ] as const);
  return {
    self: told(self), users: told(users), second: told(second),
    services: told(list, servicesIn(list)), applications: told(applications, applicationsIn(applications).map((application) => application.service_name)),
  };
}
const servicesIn = ({ json }: Answer) => ((json.services ?? []) as { readonly service: { readonly name: string } }[]).map(({ service }) => service.name);
type Application = { readonly name: string; readonly service_name: string };
const applicationsIn = ({ json }: Answer) => ((json.applications ?? []) as { readonly application: Application }[]).map(({ application }) => application);
const told = ({ status, json }: Answer, names: readonly string[] = []) => [status, ...(status === 200 ? names : [json.code ?? json.message])].join(" ");

const LISTS = "200 First Second Third";
const EVERYTHING: View = { self: "200", users: "403 forbidden", services: LISTS, applications: LISTS, second: "200" };
const AS_ADMIN: View = { ...EVERYTHING, users: "200" };
const ONLY_FIRST: View = { ...EVERYTHING, services: "200 First", applications: "200 First", second: "404 not_found" };
const NO_SERVICE: View = { ...EVERYTHING, services: "403 no_service_access", applications: "403 no_service_access", second: "403 no_service_access" };
const alike = (text: string): View => ({ self: text, users: text, services: text, applications: text, second: text });
const LACKING = alike("403 insufficient_rights");
const UNKNOWN = alike("403 Forbidden");

type Round = (person: Person, sees: (wanted: View) => Promise<void>) => Promise<void>;
/**
 * Makes the changes for several members at once, again and again, looks at once after each answer with two tokens
 * that have been used before, and tells whatever was seen otherwise than it should.
 */
async function seenOtherwise(round: Round, { times = ROUNDS, renewed = false } = {}): Promise<{ seen: View; wanted: View }[]> {
  const otherwise: { seen: View; wanted: View }[] = [];
  await Promise.all(Array.from({ length: MEMBERS }, async () => {
    let person: Person | undefined;
    for (let at = 0; at < times; at++) {
      const subject: Person = person === undefined || renewed ? await account.member({ sections: ["partners", "plans"] }) : person;
      person = subject;
      const tokens = [subject.value, (await account.token(subject, { permission: "ro" })).value];
      const sees = async (wanted: View) => {
        const views = await Promise.all(tokens.map((token) => view(subject, token)));
        otherwise.push(...views.filter((seen) => !isDeepStrictEqual(seen, wanted)).map((seen) => ({ seen, wanted })));
      };
      await sees(EVERYTHING);
      await round(subject, sees);
      if (!renewed) await sees(EVERYTHING);
    }
  }));
  return otherwise;
}

describe("the next request after the answer shows that", () => {
  it("a section was taken, and given back", async () => {
    expect(await seenOtherwise(async (person, sees) => {
      await put(person, "permissions", { allowed_sections: ["plans", "settings"] });
      await sees(LACKING);
      await put(person, "permissions", { allowed_sections: [] });
      await sees(LACKING);
      await put(person, "permissions", { allowed_sections: ["partners", "plans"] });
    })).toEqual([]);
  }, 120_000);

  it("the services were narrowed, widened, taken and given back", async () => {
    expect(await seenOtherwise(async (person, sees) => {
      await put(person, "permissions", { allowed_service_ids: [services.First] });
      await sees(ONLY_FIRST);
      await put(person, "permissions", { allowed_service_ids: [] });
      await sees(NO_SERVICE);
      await put(person, "permissions", { allowed_service_ids: [services.First] });
      await sees(ONLY_FIRST);
      await put(person, "permissions", { allowed_service_ids: null });
    })).toEqual([]);
  }, 120_000);

  it("a member became an admin, and a member again", async () => {
    expect(await seenOtherwise(async (person, sees) => {
      await put(person, "permissions", { allowed_service_ids: [services.First] });
      await put(person, "admin");
      await sees(AS_ADMIN);
      await put(person, "member");
      await sees(ONLY_FIRST);
      await put(person, "permissions", { allowed_service_ids: null });
    })).toEqual([]);
  }, 120_000);

  it("a member was suspended, and unsuspended", async () => {
    expect(await seenOtherwise(async (person, sees) => {
      await put(person, "suspend");
      await sees(UNKNOWN);
      await put(person, "unsuspend");
    })).toEqual([]);
  }, 120_000);

  it("an admin was suspended", async () => {
    expect(await seenOtherwise(async (person, sees) => {
      await put(person, "admin");
      await sees(AS_ADMIN);
      await put(person, "suspend");
      await sees(UNKNOWN);
      await put(person, "member");
      await sees(UNKNOWN);
      await put(person, "unsuspend");
    })).toEqual([]);
  }, 120_000);

  it("a member was deleted", async () => {
    expect(await seenOtherwise(async (person, sees) => {
      await asAdmin("DELETE", `/users/${person.member.id}.json`);
      await sees(UNKNOWN);
    }, { renewed: true })).toEqual([]);
  }, 120_000);

  it("a member was deleted, whose tokens' rows are still there and then are not", async () => {
    expect(await seenOtherwise(async (person, sees) => {
      await asAdmin("DELETE", `/users/${person.member.id}.json`);
      await sees(UNKNOWN);
      await latchkey.invoke("cleanUp", {
        "detail-type": "member.deleted", source: "latchkey", detail: { account_id: person.member.accountId, subject: { member_id: person.member.id } },
      });
      await sees(UNKNOWN);
    }, { times: 2, renewed: true })).toEqual([]);
  }, 120_000);

  it("a service was deleted: it, its applications and its token are gone for whoever was limited to it and for whoever reached all", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { id: doomed } = await account.service("Doomed");
      const application = await account.application(doomed, "of Doomed");
      const { value } = (await get(`/services/${doomed}/service_token.json`, account.admin.value)).json.service_token;
      const people = [
        await account.member({ sections: ["partners"] }), await account.member({ sections: ["partners"], serviceAccess: [doomed] }),
        await account.member({ sections: ["partners"], serviceAccess: [doomed, services.First] }), account.admin,
      ];
      const paths = [
        `/services/${doomed}.json`, `/services/${doomed}/service_token.json`, `/applications/find.json?id=${application}`,
        `/applications.json?service_id=${doomed}`, "/services.json", "/applications.json", "/service_tokens.json",
      ];
      const all = () => Promise.all(people.flatMap(({ value: token }) => paths.map((path) => get(path, token))));
      for (const { status, text } of await all()) expect([status, text]).toEqual([200, expect.stringContaining("Doomed")]);
      expect((await get("/services.json", value)).json.error).toBe("Access denied");

      await asAdmin("DELETE", `/services/${doomed}.json`);
      const [byToken, ...after] = await Promise.all([get("/services.json", value), ...people.flatMap(({ value: token }) => paths.map((path) => get(path, token)))]);
      expect([byToken.status, byToken.json]).toEqual([403, { message: "Forbidden" }]);
      expect(after.map(({ status }) => status)).toEqual(people.flatMap(() => [404, 404, 404, 200, 200, 200, 200]));
      for (const { text } of after) expect(text).not.toContain("Doomed");
    }
  }, 120_000);
});

describe("a member who is limited to many services", () => {
  const LISTED = 120;
  const names: string[] = [];
  let listed: ServiceId[] = [];
  let hidden: ServiceId;
  let person: Person;
  beforeAll(async () => {
    account = await createTestAccount(latchkey);
    for (let at = 0; at < LISTED; at++) {
      const { id: service, name } = await account.service(`Service ${at}`);
      listed.push(id(service));
      names.push(name);
    }
    hidden = id((await account.service("Hidden")).id);
    await account.application(hidden, "of Hidden");
    for (const at of [0, 99, 100, LISTED - 1]) await account.application(listed[at]!, `of Service ${at}`);
    person = await account.member({ sections: ["partners"], serviceAccess: listed });
  }, 120_000);

  const contextOf = async () => (await latchkey.invoke("authorizer", { headers: { authorization: `Bearer ${person.value}` } })) as { context: { services: string } };
  const put = (allowed: readonly number[] | null) => asAdmin("PUT", `/users/${person.member.id}/permissions.json`, { allowed_service_ids: allowed });
  const listedNow = async () => servicesIn(await get("/services.json", person.value));

  it("is one of whom the authorizer says only that they are many, and its answer stays small", async () => {
    const answer = await contextOf();
    expect(answer.context.services).toBe("many");
    expect(JSON.stringify(answer).length).toBeLessThan(4096);
    await put(listed.slice(0, 100));
    expect((await contextOf()).context.services).toBe(listed.slice(0, 100).join(","));
    expect(JSON.stringify(await contextOf()).length).toBeLessThan(4096);
    await put(listed.slice(0, 101));
    expect((await contextOf()).context.services).toBe("many");
    await put(listed);
  });

  it("lists exactly those, and their applications", async () => {
    expect(await listedNow()).toEqual(names);
    expect(applicationsIn(await get("/applications.json", person.value)).map(({ name }) => name)).toEqual([0, 99, 100, LISTED - 1].map((at) => `of Service ${at}`));
    expect((await get("/service_tokens.json", person.value)).json.service_tokens).toHaveLength(LISTED);
  });

  it("reaches each of those, and no other", async () => {
    for (const service of [listed[0], listed[99], listed[100], listed[LISTED - 1]]) {
      expect((await get(`/services/${service}.json`, person.value)).status).toBe(200);
      expect((await get(`/services/${service}/service_token.json`, person.value)).status).toBe(200);
      expect((await get(`/applications.json?service_id=${service}`, person.value)).json.applications).toHaveLength(1);
      expect((await request(latchkey, "PUT", `/admin/api/services/${service}.json`, { token: person.value, json: { description: "seen" } })).status).toBe(200);
    }
    expect((await get(`/services/${hidden}.json`, person.value)).status).toBe(404);
    expect((await get(`/services/${hidden}/service_token.json`, person.value)).status).toBe(404);
    expect((await get(`/applications.json?service_id=${hidden}`, person.value)).json.applications).toEqual([]);
    expect((await request(latchkey, "PUT", `/admin/api/services/${hidden}.json`, { token: person.value, json: { description: "seen" } })).status).toBe(404);
  });

  it("is judged by what they are limited to now", async () => {
    for (let round = 0; round < rounds(1, 20); round++) {
      await put(listed.slice(1));
      expect(await listedNow()).toEqual(names.slice(1));
      expect((await get(`/services/${listed[0]}.json`, person.value)).status).toBe(404);
      await put([listed[0]!]);
      expect(await listedNow()).toEqual(names.slice(0, 1));
      await put([]);
      expect((await get("/services.json", person.value)).json).toEqual({ error: "Access denied", code: "no_service_access" });
      await put(null);
      expect(await listedNow()).toEqual([...names, "Hidden"]);
      await put(listed);
      expect(await listedNow()).toEqual(names);
    }
  });

  it("loses all with the section, a suspension or the deletion, like everybody", async () => {
    const path = `/users/${person.member.id}`;
    await asAdmin("PUT", `${path}/permissions.json`, { allowed_sections: [] });
    expect((await get("/services.json", person.value)).json.code).toBe("insufficient_rights");
    await asAdmin("PUT", `${path}/permissions.json`, { allowed_sections: ["partners"] });
    await asAdmin("PUT", `${path}/suspend.json`);
    expect((await get("/services.json", person.value)).json).toEqual({ message: "Forbidden" });
    await asAdmin("PUT", `${path}/unsuspend.json`);
    expect(await listedNow()).toEqual(names);
    await asAdmin("DELETE", `${path}.json`);
    expect((await get("/services.json", person.value)).json).toEqual({ message: "Forbidden" });
  });
});
