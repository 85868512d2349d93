/**
 * Defects for the suites to find: each is a small change of the product, made in a copy, under which that very suite must
 * go red. `npm run test:planted` tries them; `test/README.md` says which threat each is about.
 */
export type Defect = {
  /** A file under test/, as vitest takes it. */
  readonly suite: string;
  /** What would be wrong with the product, in a few words. */
  readonly what: string;
  readonly edits: readonly Edit[];
};
/** Text that is in a file exactly once, and what takes its place. */
export type Edit = { readonly file: string; readonly from: string; readonly to: string };

export const DEFECTS: readonly Defect[] = [
  {
    suite: "test/http/paging.test.ts", what: "a cursor serves every member of an account",
    edits: [{ file: "lib/http/paging.ts", from: "JSON.stringify([operation, accountId, id, path, filters])", to: "JSON.stringify([operation, accountId, path, filters])" }],
  },
  {
    suite: "test/domain/authorize.test.ts", what: "a read-only token writes what is about services",
    edits: [{ file: "lib/domain/authorize.ts", from: 'if (asked.effect === "write" && token.permission === "ro") {', to: 'if (asked.effect === "write" && token.permission === "ro" && asked.about === "account") {' }],
  },
  {
    suite: "test/domain/ceiling.test.ts", what: "a token makes one that outlives it",
    edits: [{ file: "lib/domain/ceiling.ts", from: "later(ceiling.expiresAt, wanted.expiresAt)", to: 'wanted.expiresAt === "never"' }],
  },
  {
    suite: "test/sequences/sequences.test.ts", what: "a change of a token is not held to the ceiling",
    edits: [{ file: "lib/operations/access-tokens.ts", from: "    refuse(exceeding(ceilingOf(principal), wanted, stored.token));\n", to: "" }],
  },
  {
    suite: "test/domain/token-string.test.ts", what: "a wrong checksum is not noticed",
    edits: [{ file: "lib/domain/token-string.ts", from: "if (ids === undefined || checkOf(text.slice(0, -CHECK_LENGTH)) !== text.slice(-CHECK_LENGTH)) return undefined;", to: "if (ids === undefined) return undefined;" }],
  },
  {
    suite: "test/api/access-tokens-end.test.ts", what: "decisions are kept for a second",
    edits: [
      { file: "functions/authorizer.ts", from: "type Answer =", to: "const KEPT = new Map();\ntype Answer =" },
      {
        file: "functions/authorizer.ts", from: "const principal = await authenticate({ ...storage(), ...hashing() }, credential.value);",
        to: "const kept = KEPT.get(credential.value);\n    const principal = kept?.until > Date.now() ? kept.principal : await authenticate({ ...storage(), ...hashing() }, credential.value);\n    KEPT.set(credential.value, kept?.until > Date.now() ? kept : { principal, until: Date.now() + 1000 });",
      },
    ],
  },
  {
    suite: "test/revocation/revocation.test.ts", what: "what decides is read from replicas",
    edits: [{ file: "lib/table/client.ts", from: "{ Keys: pending, ConsistentRead: true }", to: "{ Keys: pending }" }],
  },
  {
    suite: "test/revocation/revocation.test.ts", what: "what was decided counts for a second",
    edits: [
      { file: "lib/operations/authenticate.ts", from: "/** Whose value is this,", to: "const DECIDED = new Map();\n/** Whose value is this," },
      {
        file: "lib/operations/authenticate.ts", from: "  const holder = await identify(deps, value);\n",
        to: "  const before = DECIDED.get(value);\n  const holder = before?.until > Date.now() ? before.holder : await identify(deps, value);\n  if (!(before?.until > Date.now())) DECIDED.set(value, { holder, until: Date.now() + 1000 });\n",
      },
    ],
  },
  {
    suite: "test/concurrency/histories.test.ts", what: "a token is deleted by everybody who tries",
    edits: [{ file: "lib/operations/access-tokens.ts", from: "{ remove: keys.accessToken(owner.accountId, owner.id, id), when: \"present\" },", to: "{ remove: keys.accessToken(owner.accountId, owner.id, id) }," }],
  },
  {
    suite: "test/concurrency/one-effect.test.ts", what: "a request that is sent twice at once is noted twice",
    edits: [{ file: "lib/operations/once.ts", from: "[...writes, { put: row, when: \"absent\" }]", to: "[...writes, { put: row }]" }],
  },
  {
    suite: "test/faults/operations.test.ts", what: "what cannot be read is not there",
    edits: [{ file: "lib/table/client.ts", from: "{ TableName: table.name, Key: key, ConsistentRead: true });", to: "{ TableName: table.name, Key: key, ConsistentRead: true }).catch(() => ({}));" }],
  },
  {
    suite: "test/faults/authorizers.test.ts", what: "keys that are left for later are keys of nothing",
    edits: [{ file: "lib/table/client.ts", from: "pending = (answer.UnprocessedKeys?.[table.name]?.Keys ?? []) as Key[];", to: "pending = [];" }],
  },
  {
    suite: "test/faults/killed.test.ts", what: "what belongs together is stored one after the other",
    edits: [
      { file: "lib/table/transact.ts", from: "  const input: Input<\"TransactWriteItems\"> = {", to: "  if (writes.length > 1) {\n    for (const write of writes) {\n      const outcome = await transact(table, [write]);\n      if (!outcome.done) return outcome;\n    }\n    return { done: true };\n  }\n  const input: Input<\"TransactWriteItems\"> = {" },
    ],
  },
  {
    suite: "test/faults/outside.test.ts", what: "events that the bus did not take are passed over",
    edits: [{ file: "functions/publish-events.ts", from: "    return first?.dynamodb?.SequenceNumber ?? \"\";", to: "    return first?.dynamodb?.SequenceNumber === \"\" ? \"\" : undefined;" }],
  },
  {
    suite: "test/faults/unattended.test.ts", what: "a report that is there already is another",
    edits: [{ file: "lib/table/reports.ts", from: "=== contents ? \"known\" : \"other\";", to: "=== asked ? \"known\" : \"other\";" }],
  },
  {
    suite: "test/api/account-tokens.test.ts", what: "a deleted token comes back when its last use is noted",
    edits: [{ file: "lib/table/access-tokens.ts", from: "attribute_exists(pk) AND (attribute_not_exists(#lastUsedAt)", to: "(attribute_not_exists(#lastUsedAt)" }],
  },
  {
    suite: "test/api/live-rights.test.ts", what: "an owner's sections are those of a moment ago",
    edits: [
      { file: "lib/operations/authenticate.ts", from: "/** Whose value is this,", to: "const SEEN = new Map();\n/** Whose value is this," },
      {
        file: "lib/operations/authenticate.ts", from: 'return { kind: "access_token", token, owner };',
        to: 'const seen = SEEN.get(owner.id) ?? owner;\n  SEEN.set(owner.id, owner);\n  return { kind: "access_token", token, owner: { ...owner, sections: seen.sections } };',
      },
    ],
  },
  {
    suite: "test/api/access-tokens-secrecy.test.ts", what: "a decision that fails is logged with the token that it is about",
    edits: [{ file: "functions/authorizer.ts", from: "?.requestId, error });", to: "?.requestId, error, credential });" }],
  },
  {
    suite: "test/api/authorizer-unknown.test.ts", what: "a database that does not answer is a refusal",
    edits: [
      { file: "functions/authorizer.ts", from: "    throw new Error(\"The authorizer could not decide\");", to: "    return { isAuthorized: false };" },
    ],
  },
  {
    suite: "test/api/authorizer-context.test.ts", what: "a context of nobody knows what is taken for nobody",
    edits: [
      { file: "lib/http/principal.ts", from: "return known(READERS.get(fields.text(\"kind\")))(fields);", to: "return READERS.get(fields.text(\"kind\"))?.(fields) ?? { kind: \"anonymous\" };" },
    ],
  },
  {
    suite: "test/api/operations-table.test.ts", what: "a hidden service's things are shown to whoever knows their ids",
    edits: [
      { file: "lib/domain/rights.ts", from: "return access === \"all\" || access.includes(service);", to: "return access === \"all\" || access.length > 0;" },
    ],
  },
  {
    suite: "test/api/services-delete.test.ts", what: "a deleted service's token stays",
    edits: [
      { file: "lib/operations/services.ts", from: "    { put: tombstoneRow(accountId, id, deps.clock()) },\n", to: "" },
    ],
  },
  {
    suite: "test/events/import-service.test.ts", what: "an announcement makes the token anew when it comes again",
    edits: [
      { file: "lib/operations/services.ts", from: "{ put: serviceTokenRow(token), when: \"absent\" },", to: "{ put: serviceTokenRow(token) }," },
      { file: "lib/operations/services.ts", from: "{ put: serviceRow(service), when: \"absent\" },", to: "{ put: serviceRow(service) }," },
    ],
  },
  {
    suite: "test/events/publish-events.test.ts", what: "a record that nobody can read holds up all others",
    edits: [
      { file: "functions/publish-events.ts", from: "if (entry === undefined) await bury(record);", to: "if (entry === undefined) throw new Error(\"unreadable\");" },
    ],
  },
  {
    suite: "test/events/count-traffic.test.ts", what: "a report that comes again is counted again",
    edits: [
      { file: "lib/operations/count-traffic.ts", from: "      ...fresh.map((share) => markCounted(share, now)),\n", to: "" },
    ],
  },
  {
    suite: "test/events/recorded.test.ts", what: "a token is deleted without a record",
    edits: [
      { file: "lib/operations/access-tokens.ts", from: '    record(tokenEvent(deps, principal, "access_token.deleted", stored.token)),\n', to: "" },
    ],
  },
  {
    suite: "test/table/transact.test.ts", what: "a transaction whose answer was lost is another one when it is tried again",
    edits: [
      { file: "lib/table/transact.ts", from: "await table.call(\"TransactWriteItems\", input);", to: "await table.call(\"TransactWriteItems\", { ...input, ClientRequestToken: randomUUID() });" },
    ],
  },
  {
    suite: "test/table/dynamodb.test.ts", what: "an answer of the database is believed whatever its checksum",
    edits: [
      { file: "lib/table/dynamodb/client.ts", from: "Number(checksum) !== crc32(body)", to: "Number(checksum) !== crc32(body) && status !== 200" },
    ],
  },
  {
    suite: "test/api/idempotency.test.ts", what: "what a request with a name has done is not noted",
    edits: [
      { file: "lib/operations/once.ts", from: "await transact(table, [...writes, { put: row, when: \"absent\" }]);", to: "await transact(table, writes);" },
    ],
  },
  {
    suite: "test/portal/sessions.test.ts", what: "signing out forgets only the cookie",
    edits: [
      { file: "lib/operations/sessions.ts", from: "    { remove: keys.session(accountId, memberId, id), when: \"present\" },\n", to: "" },
    ],
  },
  {
    suite: "test/portal/forged-issuer.test.ts", what: "an e-mail counts as verified because it is there",
    edits: [
      { file: "lib/http/issuer.ts", from: "&& (verified === true || verified === \"true\");", to: "&& verified !== null;" },
    ],
  },
  {
    suite: "test/http/same-origin.test.ts", what: "a page of a sibling host may change things",
    edits: [
      { file: "lib/http/same-origin.ts", from: "if (site !== undefined) return site === \"same-origin\";", to: "if (site !== undefined) return site.startsWith(\"same-\");" },
    ],
  },
  {
    suite: "test/portal/pages.test.ts", what: "pages may be framed",
    edits: [
      { file: "lib/http/portal/headers.ts", from: "\"frame-ancestors 'none'\",", to: "\"frame-ancestors *\"," },
    ],
  },
  {
    suite: "test/secrets/seal.test.ts", what: "a sealed value opens in another service's row",
    edits: [
      { file: "lib/secrets/seal.ts", from: "return Buffer.from(`latchkey:service_token:${accountId}:${serviceId}`);", to: "return Buffer.from(`latchkey:service_token:${accountId}`);" },
    ],
  },
  {
    suite: "test/secrets/pepper.test.ts", what: "new values are hashed under the oldest pepper",
    edits: [
      { file: "lib/secrets/pepper.ts", from: "const [current] = keys.keys();", to: "const current = [...keys.keys()].at(-1);" },
    ],
  },
  {
    suite: "test/template/operations.test.ts", what: "a function that reads may write",
    edits: [
      { file: "serverless.yml", from: "    handler: functions/access-tokens.list\n    environment: *endpoint\n    permissions: [readTable]", to: "    handler: functions/access-tokens.list\n    environment: *endpoint\n    permissions: [readTable, writeTable]" },
    ],
  },
  {
    suite: "test/template/api.test.ts", what: "decisions are cached by the gateway",
    edits: [
      { file: "serverless.yml", from: "        # No identity source: a request without credential reaches the authorizer too (D17). Never a cache (D5).\n        resultTtlInSeconds: 0", to: "        resultTtlInSeconds: 1\n        identitySource: [$request.header.Authorization]" },
    ],
  },
  {
    suite: "test/http/credential.test.ts", what: "two credentials joined by a comma are the first",
    edits: [
      { file: "lib/http/credential.ts", from: "return WORD.test(text) ? { kind: \"value\", value: text } : MALFORMED;", to: "return WORD.test(text.split(\",\")[0] ?? \"\") ? { kind: \"value\", value: text.split(\",\")[0] ?? \"\" } : MALFORMED;" },
    ],
  },
  {
    suite: "test/api/wrong-input-generated.test.ts", what: "a body that is not what it says fails as if that were our fault",
    edits: [
      {
        file: "lib/http/params.ts", from: 'throw new DomainError("malformed_request", "The body is not valid JSON", { cause: error });',
        to: 'throw new Error("The body is not valid JSON", { cause: error });',
      },
    ],
  },
  {
    suite: "test/http/fields.test.ts", what: "names are kept as they are sent",
    edits: [
      { file: "lib/http/fields.ts", from: '  z.overwrite((text) => text.normalize("NFC")),\n  z.refine((text) => text.trim() !== "", BLANK),', to: '  z.refine((text) => text.trim() !== "", BLANK),' },
    ],
  },
  {
    suite: "test/api/odd-requests.test.ts", what: "whoever sends an authorizer's finding in a header is believed",
    edits: [
      {
        file: "lib/http/lambda.ts", from: "  const found = decodePrincipal(event.requestContext?.authorizer?.lambda);\n  if (found === undefined",
        to: "  const claimed = event.headers[\"x-amz-apigateway-authorizer\"];\n  const found = decodePrincipal(claimed === undefined ? event.requestContext?.authorizer?.lambda : JSON.parse(claimed));\n  if (found === undefined",
      },
    ],
  },
  {
    suite: "test/deploy/lockfile.test.ts", what: "a package without a digest is accepted",
    edits: [
      { file: "lib/deploy/lockfile.ts", from: '.test(integrity ?? "")', to: '.test(integrity === "" ? `sha512-${"A".repeat(86)}==` : (integrity ?? ""))' },
    ],
  },
  {
    suite: "test/cli/reconcile.test.ts", what: "a token whose service is gone is left alone",
    edits: [
      { file: "lib/domain/reconciliation.ts", from: "return service ? undefined : \"token_without_service\";", to: "return undefined;" },
    ],
  },
  {
    suite: "test/witness/isolation.test.ts", what: "a service is looked for in another account, and what is found there is thrown away",
    edits: [
      {
        file: "lib/operations/services.ts", from: "  const service = await readService(deps.table, member.accountId, id);\n  if (service === undefined || !reaches",
        to: "  const service = await readService(deps.table, member.accountId, id);\n  if (service === undefined) await readService(deps.table, id as never, id);\n  if (service === undefined || !reaches",
      },
    ],
  },
  {
    suite: "test/witness/read-only.test.ts", what: "a list notes who asked for it",
    edits: [
      {
        file: "lib/operations/services.ts", from: "  const member = memberOf(principal);\n  const access = serviceAccessOf(member);\n",
        to: "  const member = memberOf(principal);\n  await deps.table.call(\"PutItem\", { TableName: deps.table.name, Item: { pk: \"NOTE\", sk: String(member.id) } }).catch(() => undefined);\n  const access = serviceAccessOf(member);\n",
      },
    ],
  },
  {
    suite: "test/witness/secrets.test.ts", what: "a failure is logged with the headers of the request, in base64",
    edits: [
      {
        file: "lib/http/lambda.ts", from: "who, error: error.cause });",
        to: "who, request: Buffer.from(JSON.stringify(event?.headers)).toString(\"base64\"), error: error.cause });",
      },
    ],
  },
  {
    suite: "test/events/orders.test.ts", what: "an announcement that comes after the deletion brings the service back",
    edits: [
      { file: "lib/operations/services.ts", from: "      { put: serviceTokenRow(token), when: \"absent\" },\n", to: "      { put: serviceTokenRow(token) },\n" },
    ],
  },
];
