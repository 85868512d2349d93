import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { INPUTS, pathOf, type World } from "./operations-table.ts";
import { everyOperation, send, strangersIn, undocumented, type Wire } from "./wrong-input.ts";
import { rounds } from "../support/rounds.ts";
import { everyRow } from "../support/rows.ts";
import { tried } from "../support/tried.ts";
import { newWorld } from "../witness/traffic.ts";

/** Requests that nobody would write by hand, over every operation that there is. The seed is fixed: a failure comes again. */
const SEED = 20_261_123;
const RUNS = rounds(450, 200_000);
/** In the long run a request that takes longer than this is sent again; one that never takes less hangs. */
const PATIENCE_MS = rounds(Infinity, 1000);
const TRIES = 3;
/** All that the database is ever asked to compare or compute: no text of a request is part of it. */
const EXPRESSIONS: readonly string[] = [
  "#pk = :pk", "#pk = :pk AND #sk BETWEEN :first AND :last",
  "attribute_not_exists(pk)", "attribute_exists(pk)", "#version = :version", "#state = :active", "#state = :active AND #role = :admin",
  "SET #lastUsedAt = :at ADD #version :one", "attribute_exists(pk) AND (attribute_not_exists(#lastUsedAt) OR #lastUsedAt < :hour)",
];

const operations = await everyOperation();
const byName = new Map(operations.map((operation) => [operation.name, operation]));
const fields = [...new Set(operations.flatMap(fieldsOf))];
const wrappers = [...new Set(operations.flatMap(({ wrapper }) => wrapper ?? []))];

let deployment: Deployment;
/** Who asks, and what exists, by name: what is generated must not change from run to run. */
let tokens: Readonly<Record<string, string>>;
let ids: Readonly<Record<string, string>>;
/** What is there for each operation to be about. */
let world: World;
const ASKED_OF_A_WORLD = 500;
beforeAll(async () => {
  deployment = await startDeployment();
  await begin();
}, 120_000);

/** A new account, with people and things: what is asked may delete any of them, the very token that asks included. */
async function begin(): Promise<void> {
  const account = await createTestAccount(deployment);
  world = await newWorld(deployment, account);
  const service = await account.service("Echo");
  await account.application(service.id, "App");
  const limited = await account.member({ sections: ["partners"], serviceAccess: [service.id] });
  const none = await account.member({ sections: ["partners"], serviceAccess: [] });
  const other = await account.token(account.admin, { permission: "ro" });
  tokens = { admin: account.admin.value, limited: limited.value, none: none.value, readOnly: other.value };
  ids = { service: String(service.id), limited: String(limited.member.id), self: String(account.admin.member.id), token: String(other.token.id) };
}
afterAll(async () => {
  await deployment?.stop();
});

const oddText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
  { weight: 2, arbitrary: fc.constantFrom("", " ", "0", "-1", "1e3", "null", "true", "[]", "__proto__", "constructor", "toString", "\0", "\uD800", "\u202E", "e\u0301", "a".repeat(300), "\u{1F511}".repeat(256)) },
  { weight: 2, arbitrary: fc.constantFrom("ro", "rw", "account_management", "stats", "partners", "2030-01-01T00:00:00Z", "x@example.com", "publish", "oauth") },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }) },
);
const oddId = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ name: "own" }) },
  fc.constantFrom("service", "limited", "self", "token").map((name) => ({ name })),
  fc.oneof(fc.constantFrom("0", "-1", "1e3", "0x1", "%00", "%2F", "%2F..%2F", "..", "9".repeat(400), "{id}", "%3F", "%25", "a.b", ".json"), fc.string({ maxLength: 12 }).map(encodeURIComponent)).map((text) => ({ text })),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 3, depthSize: "small" },
    oddText, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constantFrom(-0, 2 ** 53, 4711),
    fc.array(tie("value"), { maxLength: 4 }), fc.dictionary(oddText, tie("value"), { maxKeys: 3 })),
}));
/** A body, a query: mostly of the fields that the operation knows, so that what is generated reaches beyond the first refusal. */
function inputOf(own: readonly string[]) {
  const name = fc.oneof(
    { weight: own.length === 0 ? 0 : 9, arbitrary: fc.constantFrom(...own, "id") },
    { weight: 2, arbitrary: fc.constantFrom(...fields) },
    { weight: 1, arbitrary: fc.constantFrom(...wrappers, "access_token", "__proto__", "constructor", "id", "type", "pk") },
    { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
  );
  const attributes = fc.array(fc.tuple(name, value), { maxLength: 6 }).map((pairs) => Object.fromEntries(pairs) as unknown);
  const object = fc.oneof({ weight: 3, arbitrary: attributes }, { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...wrappers), attributes).map(([wrapper, inner]) => ({ [wrapper]: inner })) });
  const text = fc.oneof({ weight: 15, arbitrary: oddText.map(escaped) }, { weight: 1, arbitrary: fc.constantFrom("%", "%zz", "%FF", "%00", "+") });
  const form = fc.array(fc.tuple(name, fc.constantFrom("", "", "[]", "[a]", "[0]", "[a][b]", "[__proto__]", "["), text), { maxLength: 8 })
    .map((pairs) => pairs.map(([key, brackets, value]) => `${escaped(key)}${brackets}=${value}`).join("&"));
  const body = fc.oneof(
    // What is right but for a field or two reaches furthest.
    { weight: 10, arbitrary: fc.array(fc.tuple(name, value), { maxLength: 2 }).map((pairs) => ({ type: "application/json", over: Object.fromEntries(pairs) as object })) },
    { weight: 6, arbitrary: object.map((value) => ({ type: "application/json", body: JSON.stringify(value) })) },
    { weight: 1, arbitrary: value.map((value) => ({ type: "application/json", body: JSON.stringify(value) ?? "" })) },
    { weight: 2, arbitrary: form.map((body) => ({ type: "application/x-www-form-urlencoded", body })) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/vnd.x+json", "text/plain", "", "a/b;c", "\u00ff"), fc.uint8Array({ maxLength: 200 })).map(([type, body]) => ({ type, body })) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(undefined, "application/json", "multipart/form-data", "APPLICATION/JSON"), fc.string({ maxLength: 100 })).map(([type, body]) => ({ type, body })) },
    { weight: 2, arbitrary: fc.constant({ type: undefined, body: undefined }) },
  );
  return fc.record({ body, query: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: form }) });
}

// By name: a counterexample is to be read.
const request = fc.constantFrom(...byName.keys()).chain((operation) => fc.record({
  operation: fc.constant(operation),
  method: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS") }),
  ids: fc.array(oddId, { minLength: 3, maxLength: 3 }),
  extension: fc.constantFrom("", "", ".json", ".json", ".json", ".json", ".xml", ".php", ".JSON", ".json.json", "/", "."),
  input: inputOf(fieldsOf(byName.get(operation))),
  asked: fc.constantFrom("admin", "admin", "admin", "admin", "limited", "none", "readOnly", "nobody", "lk_at_garbage"),
}));
type Generated = (typeof request) extends fc.Arbitrary<infer T> ? T : never;

async function wireOf({ operation: name, method, ids: wanted, extension, input: { query, body }, asked }: Generated): Promise<Wire> {
  const operation = byName.get(name)!;
  let position = 0;
  const path = await pathOf(operation, (place) => {
    const id = wanted[position++] ?? { name: "own" };
    return "text" in id ? Promise.resolve(ODD) : id.name === "own" ? world.at(place) : Promise.resolve(ids[id.name] ?? "");
  });
  const odd = wanted.filter((id) => "text" in id).map(({ text }) => text);
  const sent = "over" in body ? { type: body.type, body: JSON.stringify({ ...await INPUTS[name]?.(world), ...body.over }) } : body;
  return {
    method: method ?? operation.methods[0] ?? "GET", target: path.replaceAll(ODD, () => odd.shift() ?? "") + extension + (query === undefined ? "" : `?${query}`),
    token: asked === "nobody" ? undefined : (tokens[asked] ?? asked), ...sent,
  };
}
/** Where an id goes that is to be sent as it is. */
const ODD = "odd-id-here";

function fieldsOf(operation: (typeof operations)[number] | undefined): string[] {
  return operation !== undefined && "shape" in operation.input ? Object.keys(operation.input.shape as object) : [];
}

/** Half a character cannot be written in an address. */
function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

describe("generated requests", () => {
  const statuses: number[] = [];
  const expressions = new Set<string>();
  let writes = 0;

  /** The answer, and that of another try where that one was late: only what is late each time hangs. */
  async function inTime(wire: Wire): Promise<Awaited<ReturnType<typeof send>>> {
    for (let turn = 1; ; turn++) {
      const began = performance.now();
      const answer = await send(deployment.url, wire);
      if (performance.now() - began < PATIENCE_MS) return answer;
      if (turn === TRIES) throw new Error(`Each of ${TRIES} tries took over ${PATIENCE_MS} ms`);
    }
  }

  it(`${RUNS} of them, to all operations: never a 5xx, every refusal in a documented shape, and no credential in an answer`, async () => {
    expect(operations.length).toBeGreaterThan(20);
    await fc.assert(fc.asyncProperty(request, async (generated) => {
      if (statuses.length % ASKED_OF_A_WORLD === ASKED_OF_A_WORLD - 1) await begin();
      const wire = await wireOf(generated);
      deployment.proxy.reset();
      const answer = await inTime(wire);
      statuses.push(answer.status);
      for (const call of deployment.proxy.calls) {
        for (const expression of call.expressions) expressions.add(expression);
        if (call.action === "TransactWriteItems") writes++;
      }
      expect(undocumented(answer, wire.method ?? "GET")).toBeUndefined();
      expect(Object.values(tokens).filter((token) => answer.text.includes(token))).toEqual([]);
    }), { seed: SEED, numRuns: RUNS, endOnFailure: true });
    tried("malformed requests", { requests: statuses.length, operations: operations.length, writes, expressions: expressions.size }, SEED);
  }, RUNS * 300);

  it("reach into the operations: many are accepted, many refused by field, many not found", () => {
    const count = (...wanted: number[]) => statuses.filter((status) => wanted.includes(status)).length;
    const counts = { accepted: count(200, 201), invalid: count(422), unknown: count(404), forbidden: count(403), malformed: count(400) };
    expect(Object.entries(counts).filter(([, times]) => times < RUNS / 100)).toEqual([]);
  });

  it("never become part of an expression of the database's: the set of those is closed", () => {
    expect([...expressions].filter((expression) => !EXPRESSIONS.includes(expression))).toEqual([]);
  });

  it("let no function fail", () => {
    expect(deployment.gateway.failures).toEqual([]);
    expect(deployment.logs()).not.toContain('"level":"ERROR"');
  });

  it("leave no attribute in the table that its type of row does not have, and no name that is not in NFC", async () => {
    const rows = await everyRow(deployment);
    expect(rows.filter((row) => strangersIn(row).length > 0).map((row) => [row["pk"], ...strangersIn(row)])).toEqual([]);
    const names = rows.flatMap((row) => [row["name"], row["username"]]).filter((name) => typeof name === "string");
    expect(names.filter((name) => !name.isWellFormed() || name !== name.normalize("NFC") || Array.from(name).length > 255)).toEqual([]);
  });
});
