import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { unzipSync } from "fflate";
import { afterAll, describe, expect, inject, it } from "vitest";
import type { Operation } from "../../lib/http/operation.ts";
import { locate } from "../../lib/http/route.ts";
import { routeSelector } from "../support/gateway-routes.ts";
import { loadTemplate } from "../support/template.ts";

/**
 * The table of operations against what would be deployed: the operations are read out of the zips themselves, the
 * rights out of the roles.
 */
const template = loadTemplate(inject("packageDirectory"));
const select = routeSelector(template.routes);

const place = mkdtempSync(path.join(tmpdir(), "operations-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** What a deployed function serves; nothing for those that no request reaches. */
async function operationsIn(zip: string): Promise<readonly Operation[]> {
  const [name, code] = Object.entries(unzipSync(readFileSync(zip))).find(([file]) => file.endsWith(".mjs")) ?? ["", new Uint8Array()];
  const file = path.join(place, path.basename(name));
  writeFileSync(file, code);
  const { handler } = (await import(pathToFileURL(file).href)) as { handler: { operations?: readonly Operation[] } };
  return handler.operations ?? [];
}

const served = new Map(await Promise.all(template.functions.map(async (fn) => [fn.logicalId, await operationsIn(fn.zip)] as const)));
const functions = template.functions.map((fn) => ({ ...fn, operations: served.get(fn.logicalId) ?? [] }));
const operations = functions.flatMap((fn) => fn.operations.map((operation) => ({ operation, by: fn.name })));

const sample = (template: string) => template.replaceAll(/\{\w+\+?\}/g, "42");
const rows = operations.flatMap(({ operation, by }) =>
  operation.methods.flatMap((method) =>
    ["", ...(operation.formats ?? ["json"]).map((format) => `.${format}`)].map((extension) => [method, sample(operation.path) + extension, operation.name, by] as const)));

describe("the table of operations", () => {
  it("is all deployed: whatever a module of functions/ declares is served by some function", async () => {
    const directory = path.join(import.meta.dirname, "../../functions");
    const modules = await Promise.all(readdirSync(directory).map((file) => import(pathToFileURL(path.join(directory, file)).href) as Promise<Record<string, unknown>>));
    const exported = modules.flatMap((module) => Object.values(module)) as (Partial<Operation> & { operations?: readonly Operation[] })[];
    const declared = exported.flatMap((value) => value.operations ?? (typeof value.run === "function" ? [value as Operation] : []));
    const deployed = operations.map(({ operation }) => operation.name);
    expect(declared.length).toBeGreaterThan(20);
    expect([...new Set(declared.map(({ name }) => name))].toSorted()).toEqual(deployed.toSorted());
  });

  it.each(rows)("%s %s reaches %s, in %s", (method, url, name, by) => {
    const route = select(method, url)?.route;
    const fn = functions.find(({ logicalId }) => logicalId === route?.function);
    expect(fn?.name).toBe(by);
    expect(locate(fn?.operations ?? [], method, url).operation.name).toBe(name);
  });

  /** The Service Management API is not declared as operations: it has its own words for everything. Nor are their description, and the portal's pages and ways in and out. */
  const declared = template.routes.filter(({ routeKey }) => !/ \/transactions| \/openapi\.json$| \/$| \/p\/\{proxy\+\}$| \/p\/sign_/.test(routeKey));
  it.each(declared.map((route) => [route.routeKey, route] as const))("%s leads to a function that serves something there", (routeKey, route) => {
    // A format that is not spoken leads to the function that says so (406); the portal's pages call the same operations.
    const [method, wanted = ""] = routeKey.replace(/access_tokens\.xml$/, "access_tokens").replace(" /p/api/", " /").split(" ");
    const fn = functions.find(({ logicalId }) => logicalId === route.function);
    const pattern = new RegExp(`^${wanted.split("/").map((segment) => (segment.endsWith("+}") ? ".+" : segment.startsWith("{") ? "[^/]+" : RegExp.escape(segment))).join("/")}$`);
    expect(rows.some(([m, url, , by]) => m === method && by === fn?.name && pattern.test(url))).toBe(true);
  });
});

/** Everything a function could be given, sorted by whether it changes something. What is on neither side fails. */
const READS = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "kms:Decrypt", "logs:CreateLogStream", "logs:PutLogEvents"];
const WRITES = ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"];

type Statement = { readonly Effect: string; readonly Action: readonly string[]; readonly Resource: readonly unknown[]; readonly Condition?: unknown };
const statementsOf = (role: string) => template.statements(role) as readonly Statement[];

describe("the second wall (D3)", () => {
  const behindRequests = functions.filter((fn) => fn.operations.length > 0).map((fn) => [fn.name, fn] as const);

  it.each(behindRequests)("%s: all its operations read, or all write", (_name, fn) => {
    expect(new Set(fn.operations.map(({ requires }) => requires.effect)).size).toBe(1);
  });

  it.each(behindRequests)("%s: a function that reads cannot write, and one that writes does no more than that", (name, fn) => {
    const reads = fn.operations.every(({ requires }) => requires.effect === "read");
    const beyond = statementsOf(fn.role).filter(({ Action }) => !Action.every((action) => READS.includes(action) || (!reads && WRITES.includes(action))));
    // To reveal is to read, and to leave a record of it: in the outbox, and nowhere else.
    const record = {
      Effect: "Allow", Action: ["dynamodb:PutItem"], Resource: [{ "Fn::GetAtt": ["Table", "Arn"] }],
      Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["EVENT#*"] }, Null: { "dynamodb:LeadingKeys": "false" } },
    };
    expect(beyond).toEqual(name === "revealServiceToken" ? [record] : []);
  });

  it.each([["serviceManagementRead", []], ["serviceManagementWrite", ["REPORT#*"]]] as const)("%s writes reports, if anything, and no other row", (name, leading) => {
    const { role } = template.functions.find((fn) => fn.name === name)!;
    const writes = statementsOf(role).filter(({ Action }) => !Action.every((action) => READS.includes(action)));
    expect(writes.map(({ Action, Condition }) => [Action, Condition])).toEqual(leading.map((prefix) => [
      ["dynamodb:PutItem"], { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": [prefix] }, Null: { "dynamodb:LeadingKeys": "false" } },
    ]));
  });

  it("recordUse changes two attributes of tokens: no other row, no value of another, and it reads nothing", () => {
    const { role } = template.functions.find(({ name }) => name === "recordUse")!;
    expect(statementsOf(role).filter(({ Action }) => Action.some((action) => !action.startsWith("logs:")))).toEqual([{
      Effect: "Allow", Action: ["dynamodb:UpdateItem"], Resource: [{ "Fn::GetAtt": ["Table", "Arn"] }],
      Condition: {
        "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["ACCOUNT#*#MEMBER#*#TOKEN#*"] },
        "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "sk", "lastUsedAt", "version"] },
        Null: { "dynamodb:LeadingKeys": "false", "dynamodb:Attributes": "false" },
        StringEqualsIfExists: { "dynamodb:ReturnValues": ["NONE"] },
      },
    }]);
  });

  it.each(["authorizer", "sessionAuthorizer"])("%s reads the table and does nothing else", (authorizer) => {
    const { role } = template.functions.find(({ name }) => name === authorizer)!;
    const actions = statementsOf(role).flatMap(({ Action }) => Action).filter((action) => !action.startsWith("logs:"));
    expect(actions).toEqual(["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"]);
  });

  it.each([
    ["kms:Decrypt", ["createService", "importService", "promoteProxyConfig", "readProxyConfigs", "revealServiceToken"]],
    ["events:PutEvents", ["publishEvents"]],
    ["sqs:SendMessage", ["cleanUp", "countTraffic", "importService", "publishEvents"]],
    ["dynamodb:GetRecords", ["countTraffic", "publishEvents"]],
    ["dynamodb:Scan", []],
    ["dynamodb:UpdateItem", ["countTraffic", "recordUse"]],
    ["secretsmanager:GetSecretValue", []],
  ])("%s is held by exactly %j", (action, holders) => {
    const found = template.functions.filter((fn) => statementsOf(fn.role).some(({ Action }) => Action.includes(action))).map(({ name }) => name);
    expect(found.toSorted()).toEqual(holders);
  });
});
