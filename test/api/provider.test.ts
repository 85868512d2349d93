import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readAccount } from "../../lib/table/accounts.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request } from "../support/request.ts";

const PATH = "/admin/api/provider.json";
const BASE = "https://latchkey01.execute-api.eu-west-1.amazonaws.com";

let latchkey: Deployment;
let account: TestAccount;
let other: TestAccount;

beforeAll(async () => {
  latchkey = await startDeployment();
  [account, other] = [await createTestAccount(latchkey), await createTestAccount(latchkey)];
});
beforeEach(() => latchkey.proxy.reset());
afterAll(() => latchkey?.stop());

const get = (path: string, { value }: Pick<Person, "value"> = account.admin, headers: Record<string, string> = {}) => request(latchkey, "GET", path, { token: value, headers });
const accountOf = (of: TestAccount) => readAccount(latchkey.operator.table, of.admin.member.accountId);

describe("200", () => {
  it.each([PATH, "/admin/api/provider"])("%s is the caller's own account", async (path) => {
    for (const own of [account, other]) {
      const answer = await get(path, own.admin);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json; charset=utf-8"]);
      expect(answer.json).toEqual({
        account: {
          id: own.admin.member.accountId, org_name: (await accountOf(own))?.name, state: "approved",
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), updated_at: answer.json.account.created_at, admin_base_url: BASE,
          links: [{ rel: "self", href: `${BASE}/admin/api/provider` }, { rel: "users", href: `${BASE}/admin/api/users` }],
        },
      });
    }
  });

  it("`.xml` is the account in XML", async () => {
    const [answer, { json }] = [await get("/admin/api/provider.xml"), await get(PATH)];
    const { id, org_name, created_at } = json.account;
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/xml; charset=utf-8"]);
    expect(answer.text).toBe(
      `<?xml version="1.0" encoding="UTF-8"?><account><id>${id}</id><created_at>${created_at}</created_at><updated_at>${created_at}</updated_at>` +
      `<state>approved</state><org_name>${org_name}</org_name></account>`,
    );
  });

  it("the account's data key is in no answer", async () => {
    const wrapped = (await accountOf(account))!.wrappedKey;
    for (const path of [PATH, "/admin/api/provider.xml"]) {
      const { text } = await get(path);
      expect(text).not.toContain(wrapped.slice(0, 16));
      expect(text.toLowerCase()).not.toContain("wrapped");
    }
  });

  it.each<[string, () => Promise<Pick<Person, "value">>]>([
    ["an admin's `ro` token", () => account.token(account.admin, { permission: "ro" })],
    ["a member with `partners`", () => account.member({ sections: ["partners"], serviceAccess: "all" })],
    ["a member who reaches no service, for this is not about services", () => account.member({ sections: ["partners"], serviceAccess: [] })],
  ])("%s reads it", async (_who, caller) => {
    expect((await get(PATH, await caller())).json).toEqual((await get(PATH)).json);
  });

  it("what the request says does not choose the account", async () => {
    const { id } = (await get(PATH, other.admin)).json.account;
    const answer = await get(`${PATH}?id=${id}&account_id=${id}&accountId=${id}`, account.admin, { "x-account-id": String(id), host: "other.example" });
    expect(answer.json.account.id).toBe(account.admin.member.accountId);
  });

  it("one read beside that of the authorizer is all it costs", async () => {
    await get(PATH);
    expect(latchkey.proxy.calls.map(({ action, consistent }) => [action, consistent])).toEqual([["BatchGetItem", true], ["GetItem", true]]);
  });
});

describe("200, changed", () => {
  const put = (json: unknown, { value }: Pick<Person, "value"> = account.admin, method = "PUT") => request(latchkey, method, PATH, { token: value, json });
  const org = async () => (await get(PATH)).json.account.org_name as string;

  it.each([
    ["bare", "PUT", { org_name: "Bare Ltd" }, "Bare Ltd"],
    ["wrapped", "PATCH", { account: { org_name: "Wrapped Ltd" } }, "Wrapped Ltd"],
    ["by its other name", "PUT", { name: "Other Ltd" }, "Other Ltd"],
  ])("the account is renamed, %s", async (_how, method, json, name) => {
    const answer = await put(json, account.admin, method);
    expect([answer.status, answer.json.account.org_name, await org()]).toEqual([200, name, name]);
  });

  it("the whole account may come back, and what is not kept is dropped", async () => {
    const before = (await get(PATH)).json.account;
    const answer = await put({ ...before, id: 1, state: "suspended", from_email: "a@example.com", site_access_code: "x" });
    expect([answer.status, answer.json.account]).toEqual([200, before]);
  });

  it.each<[string, number, object, unknown]>([
    ["a name that is blank", 422, { org_name: " " }, { org_name: ["can't be blank"] }],
    ["a name without a letter or a number", 422, { org_name: "---" }, { org_name: ["must contain at least one alphanumeric character"] }],
  ])("%s is refused: %i", async (_what, status, json, errors) => {
    const answer = await put(json);
    expect([answer.status, answer.json.errors]).toEqual([status, errors]);
  });

  it("a request that says nothing is a 400, a wrapper that is a text a 422", async () => {
    const [nothing, text] = [await put({}), await put({ account: "x" })];
    expect([nothing.status, nothing.text, text.status, text.text]).toEqual([400, "Required parameter missing: account", 422, "Wrong type for parameter: account"]);
  });

  it("only an admin renames it, with a token that may write, and never another account", async () => {
    const member = await account.member({ sections: ["partners"] });
    const before = [(await org()), (await accountOf(other))?.name];
    expect((await put({ org_name: "Mine" }, member)).json).toEqual({ status: "Forbidden", code: "forbidden" });
    expect((await put({ org_name: "Mine" }, await account.token(account.admin, { permission: "ro" }))).json.code).toBe("read_only");
    expect([(await org()), (await accountOf(other))?.name]).toEqual(before);
  });
});

describe("304", () => {
  it.each([PATH, "/admin/api/provider.xml"])("%s is not sent again to who has it", async (path) => {
    const etag = (await get(path)).headers.get("etag")!;
    const answer = await get(path, account.admin, { "if-none-match": etag });
    expect([answer.status, answer.text]).toEqual([304, ""]);
    expect((await get(path, other.admin, { "if-none-match": etag })).status).toBe(200);
  });
});

describe("403", () => {
  const CORRECT = "Your access token does not have the correct permissions";

  it.each<[string, () => Promise<Pick<Person, "value">>, object]>([
    ["a member without `partners`", () => account.member({ sections: ["finance"], serviceAccess: "all" }, { scopes: ["finance"] }), {
      error: CORRECT, code: "insufficient_rights", missing: ["section:partners"],
    }],
    ["a token without the scope", () => account.token(account.admin, { scopes: ["finance"] }), { error: CORRECT, code: "insufficient_scope", missing: ["scope:account_management"] }],
    ["a service token", async () => {
      const { id } = await account.service("Holder");
      return { value: (await get(`/admin/api/services/${id}/service_token.json`)).json.service_token.value as string };
    }, { error: "Access denied", code: "access_denied" }],
  ])("%s is refused", async (_who, caller, body) => {
    const answer = await get(PATH, await caller());
    expect([answer.status, answer.json]).toEqual([403, body]);
  });

  it("who shows nothing sees nothing", async () => {
    const [json, xml] = [await request(latchkey, "GET", PATH), await request(latchkey, "GET", "/admin/api/provider.xml")];
    expect([json.status, json.json]).toEqual([403, { error: "Access denied", code: "access_denied" }]);
    expect([xml.status, xml.text]).toEqual([403, '<?xml version="1.0" encoding="UTF-8"?><error>Access denied</error>']);
    expect(latchkey.proxy.calls).toEqual([]);
  });
});

describe("404", () => {
  it.each(["HEAD", "POST", "DELETE"])("%s of it is nothing", async (method) => {
    expect((await request(latchkey, method, PATH, { token: account.admin.value })).status).toBe(404);
  });

  it.each(["/admin/api/provider/", "/admin/api/provider/1.json", "/admin/api/Provider.json"])("there is nothing at %s", async (path) => {
    expect((await get(path)).status).toBe(404);
  });
});

describe("406", () => {
  it("another format is not understood", async () => {
    const answer = await get("/admin/api/provider.yaml");
    expect([answer.status, answer.json]).toEqual([406, { error: 'The server does not understand "yaml" request.', code: "not_acceptable" }]);
  });
});
