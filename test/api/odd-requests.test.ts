import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Operation } from "../../lib/http/operation.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { rounds } from "../support/rounds.ts";
import { everyRow } from "../support/rows.ts";
import { tried } from "../support/tried.ts";
import { givenTo, lacking, pathOf, World } from "./operations-table.ts";
import { everyOperation, send, undocumented, type Answer, type Wire } from "./wrong-input.ts";

/** Every operation, asked in full for what there is, but by a path that is not quite its own, or by somebody who only says who they are. */
const operations = (await everyOperation()).filter((operation) => lacking(operation).length === 0);

let latchkey: Deployment;
let account: TestAccount;
let world: World;
beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  world = new World(latchkey, account);
  // Whatever they ask for is there before anything is compared.
  for (const operation of operations) await whole(operation);
}, 120_000);
afterAll(() => latchkey?.stop());

/** A request that the account's admin would be granted. */
async function whole(operation: Operation): Promise<{ readonly method: string; readonly path: string; readonly query: string; readonly body: Pick<Wire, "type" | "body"> }> {
  const method = operation.methods[0]!;
  const { query, json } = await givenTo(operation, method, world);
  return { method, path: await pathOf(operation, (place) => world.at(place)), query, body: json === undefined ? {} : { type: "application/json", body: JSON.stringify(json) } };
}

/** The answers to one request for each operation, and what they have changed in the table. */
async function asked(among: readonly Operation[], wireOf: (request: Awaited<ReturnType<typeof whole>>) => Wire): Promise<{ readonly answers: ReadonlyMap<string, Answer>; readonly changed: readonly unknown[] }> {
  const requests = [];
  for (const operation of among) requests.push([operation.name, await whole(operation)] as const);
  const before = new Set((await everyRow(latchkey)).map((row) => JSON.stringify(row)));
  const answers = new Map<string, Answer>();
  for (const [name, request] of requests) {
    const answer = await send(latchkey.url, wireOf(request));
    expect([name, undocumented(answer, request.method)]).toEqual([name, undefined]);
    answers.set(name, answer);
  }
  const after = (await everyRow(latchkey)).map((row) => JSON.stringify(row));
  return { answers, changed: [...after.filter((row) => !before.has(row)), ...[...before].filter((row) => !after.includes(row))] };
}
const not = (wanted: readonly (readonly [number, string])[], answers: ReadonlyMap<string, Answer>) =>
  [...answers].filter(([, { status, text }]) => !wanted.some(([code, body]) => code === status && text.includes(body))).map(([name, { status, text }]) => `${name}: ${status} ${text.slice(0, 100)}`);

describe("a path that is not quite an operation's: 404, and nothing happens, though an admin asks", () => {
  const VARIANTS: [string, (path: string) => string][] = [
    ["a slash at its end", (path) => `${path}/`],
    ["a slash after its extension", (path) => `${path}.json/`],
    ["two slashes before it", (path) => `/${path}`],
    ["two slashes within", (path) => path.replace("/api/", "/api//").replace("/stats/", "/stats//")],
    ["two slashes before its last part", (path) => path.replace(/\/([^/]+)$/, "//$1")],
    ["its first part in capitals", (path) => path.replace(/^\/\w+/, (part) => part.toUpperCase())],
    ["a dot as a part", (path) => path.replace(/\/([^/]+)$/, "/./$1")],
    ["parts that lead out and in again", (path) => path.replace(/\/([^/]+)$/, "/x/../$1")],
    ["a parameter of a part", (path) => `${path};a=b`],
  ];
  /** In a usual run each variant is tried with its share of the operations, all together with every one. */
  const SHARES = rounds(3, 1);

  it.each(VARIANTS.map(([what, variant], turn) => [what, variant, turn] as const))("%s", async (_what, variant, turn) => {
    const share = operations.filter((_, at) => (at + turn) % SHARES === 0);
    const { answers, changed } = await asked(share, ({ method, path, query, body }) => ({ method, target: variant(path) + query, token: account.admin.value, ...body }));
    // An environment that is none has answers of its own.
    expect(not([[404, ""], [400, "invalid environment"], [422, "invalid environment"]], answers)).toEqual([]);
    expect(changed).toEqual([]);
    tried("paths that are not quite right", { requests: answers.size });
  });
});

const CLAIMS = {
  "x-user-id": "1", "x-user": "admin", "x-remote-user": "admin", "remote-user": "admin", "x-forwarded-user": "admin", "x-forwarded-email": "admin@example.com",
  "x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1", "x-original-url": "/openapi.json", "x-rewrite-url": "/openapi.json", "x-api-key": "key", "x-admin": "true",
  "x-amzn-oidc-identity": "admin", "x-amzn-oidc-data": "e30.e30.e30", "x-amz-security-token": "token", "x-amzn-apigateway-api-id": "latchkey01",
};

describe("headers in which a caller says who they are prove nobody", () => {
  /** What the authorizer would have found. */
  const context = () => {
    const { member, token } = account.admin;
    return JSON.stringify({ kind: "access_token", accountId: String(member.accountId), memberId: String(member.id), role: "admin", sections: "partners", services: "all", tokenId: String(token.id), scopes: "account_management", permission: "rw", expiresAt: "never" });
  };
  const claims = () => ({ ...CLAIMS, "x-amzn-request-context": `{"authorizer":{"lambda":${context()}}}`, "x-amz-apigateway-authorizer": context(), "lambda": context() });

  it("nobody is refused as nobody, by every operation, without a look at the database", async () => {
    latchkey.proxy.reset();
    const { answers, changed } = await asked(operations, ({ method, path, query, body }) => ({ method, target: `${path}.json${query}`, headers: claims(), ...body }));
    expect(not([[403, '{"error":"Access denied","code":"access_denied"}']], answers)).toEqual([]);
    expect([changed, latchkey.proxy.calls]).toEqual([[], []]);
    tried("claims of nobody's", { requests: answers.size });
  });

  it("a read-only token of no section's stays what it is", async () => {
    const { value } = await account.member({ sections: [], serviceAccess: "all" }, { scopes: [], permission: "ro" });
    const { answers, changed } = await asked(operations, ({ method, path, query, body }) => ({ method, target: `${path}.json${query}`, token: value, headers: claims(), ...body }));
    expect(not([[403, '"code":"insufficient_rights"']], answers)).toEqual([]);
    expect(changed).toEqual([]);
    tried("claims beside a token", { requests: answers.size });
  });
});
