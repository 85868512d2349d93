import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { epochSeconds, type AccessTokenId, type ServiceId } from "../../lib/domain/brands.ts";
import type { AccessToken } from "../../lib/domain/model.ts";
import { accessTokenString, serviceTokenString } from "../../lib/domain/token-string.ts";
import { importAccessToken } from "../../lib/operations/access-tokens.ts";
import { threescaleDigest } from "../../lib/secrets/pepper.ts";
import { newId, newSecret } from "../../lib/secrets/random.ts";
import { keys } from "../../lib/table/model.ts";
import { transact } from "../../lib/table/transact.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request } from "../support/request.ts";
import { rewriteMember, rewriteToken } from "../support/rows.ts";

/** What operators learn of decisions: why somebody was refused, as a metric, with ids and never a value. */
let latchkey: Deployment;
let account: TestAccount;
let told: ReadonlySet<string>;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
});
afterAll(() => latchkey?.stop());
beforeEach(() => void (told = new Set(lines())));

type Line = { readonly message?: string; readonly reason?: string; readonly who?: object; readonly requestId?: string };
/** The refusals that the functions told of since this test began. */
const refusals = (): readonly Line[] => lines().filter((line) => !told.has(line)).map((line) => JSON.parse(line) as Line).filter(({ message }) => message === "Refused");
const lines = () => latchkey.logs().split("\n").filter((line) => line.startsWith("{"));

const idsOf = ({ token }: Person) => ({ accountId: String(token.accountId), memberId: String(token.ownerId), tokenId: String(token.id) });
const ask = (path: string, token: string, method = "GET") => request(latchkey, method, path, { token });
/** A value of 3scale's, and the token that it is here. */
async function imported(): Promise<readonly [string, AccessToken]> {
  const value = createHash("sha256").update(newSecret()).digest("hex");
  const wanted = { name: "From 3scale", scopes: ["account_management"], permission: "rw", expiresAt: "never" } as const;
  return [value, await importAccessToken(latchkey.operator, account.admin.member, wanted, threescaleDigest(value))];
}
const TOKENS = "/admin/api/personal/access_tokens.json";
const SERVICES = "/admin/api/services.json";

describe("a token that proves nobody is told of by its reason", () => {
  it.each<[string, () => Promise<string>]>([
    ["unknown", async () => {
      const { token } = account.admin;
      return accessTokenString(token.accountId, token.ownerId, newId<AccessTokenId>(), newSecret());
    }],
    ["wrong_secret", async () => {
      const { token } = account.admin;
      return accessTokenString(token.accountId, token.ownerId, token.id, newSecret());
    }],
    ["wrong_secret", async () => {
      const { id } = await account.service("Guessed");
      return serviceTokenString(account.admin.token.accountId, id, newSecret());
    }],
    ["unknown", async () => serviceTokenString(account.admin.token.accountId, newId<ServiceId>(), newSecret())],
    // A value of 3scale's that nobody imported; whose token is gone; whose token holds another's.
    ["unknown", async () => createHash("sha256").update(newSecret()).digest("hex")],
    ["unknown", async () => {
      const [value, token] = await imported();
      await transact(latchkey.operator.table, [{ remove: keys.accessToken(token.accountId, token.ownerId, token.id) }]);
      return value;
    }],
    ["unknown", async () => {
      const [value, token] = await imported();
      await rewriteToken(latchkey, token, { hash: "another" });
      return value;
    }],
    ["expired", async () => {
      const person = await account.token(account.admin);
      await rewriteToken(latchkey, person.token, { expiresAt: epochSeconds(1) });
      return person.value;
    }],
    ["owner_inactive", async () => {
      const person = await account.member({ sections: ["partners"], serviceAccess: "all" });
      await rewriteMember(latchkey, person.member, { state: "suspended" });
      return person.value;
    }],
  ])("%s", async (reason, value) => {
    const token = await value();
    expect((await ask(SERVICES, token)).status).toBe(403);
    expect(refusals()).toEqual([expect.objectContaining({ reason, requestId: expect.any(String), who: {} })]);
    // In the body, where only the function sees it.
    expect((await request(latchkey, "POST", SERVICES, { form: `access_token=${token}` })).status).toBe(403);
    expect(refusals().map((line) => line.reason)).toEqual([reason, reason]);
    expect(latchkey.logs()).not.toContain(token.slice(-40, -6));
  });

  it.each(["garbage", "lk_at_garbage", "Bearer"])("but not garbage, which nobody has to pay a line for: %s", async (garbage) => {
    expect((await ask(SERVICES, garbage)).status).toBe(403);
    expect((await request(latchkey, "POST", SERVICES, { form: `access_token=${garbage}` })).status).toBe(403);
    expect((await request(latchkey, "GET", SERVICES)).status).toBe(403);
    expect(refusals()).toEqual([]);
  });
});

describe("whoever may not is told of by reason and ids", () => {
  it.each<[string, string, string, () => Promise<Person>]>([
    ["insufficient_scope", "GET", SERVICES, () => account.token(account.admin, { scopes: ["finance"] })],
    ["insufficient_rights", "GET", SERVICES, async () => {
      const person = await account.member({ sections: ["partners"], serviceAccess: "all" });
      await rewriteMember(latchkey, person.member, { sections: [] });
      return person;
    }],
    ["read_only", "POST", SERVICES, () => account.token(account.admin, { permission: "ro" })],
    ["no_service_access", "GET", SERVICES, () => account.member({ sections: ["partners"], serviceAccess: [] })],
    ["forbidden", "GET", "/admin/api/users.json", () => account.member({ sections: ["partners"], serviceAccess: "all" })],
  ])("%s", async (reason, method, path, who) => {
    const person = await who();
    expect((await ask(path, person.value, method)).status).toBe(403);
    expect(refusals()).toEqual([expect.objectContaining({ reason, who: idsOf(person) })]);
  });

  it("and nobody is who was let in, or asked for what is not there", async () => {
    expect((await ask(TOKENS, account.admin.value)).status).toBe(200);
    expect((await ask("/admin/api/services/1.json", account.admin.value)).status).toBe(404);
    expect((await ask(SERVICES, account.admin.value, "POST")).status).toBe(422);
    expect(refusals()).toEqual([]);
  });
});

it("a refusal is a metric by deployment and reason (CloudWatch, \"Embedded metric format specification\")", async () => {
  const { value } = await account.token(account.admin, { scopes: ["stats"] });
  await ask(SERVICES, value);
  const [line] = refusals();
  expect(line).toMatchObject({
    deployment: "latchkey-dev", reason: "insufficient_scope", Refusals: 1,
    _aws: { Timestamp: expect.any(Number), CloudWatchMetrics: [{ Namespace: "Latchkey", Dimensions: [["deployment", "reason"]], Metrics: [{ Name: "Refusals", Unit: "Count" }] }] },
  });
});

it("a refusal is no use of a token, for whoever reads the logs for uses", async () => {
  const { value } = await account.token(account.admin, { scopes: ["stats"] });
  await ask(SERVICES, value);
  expect(refusals()[0]).not.toHaveProperty("tokenId");
});
