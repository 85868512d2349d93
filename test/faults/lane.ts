import { isDeepStrictEqual } from "node:util";
import { paginateScan } from "@aws-sdk/lib-dynamodb";
import { SCOPES } from "../../lib/domain/model.ts";
import type { AccountId } from "../../lib/domain/brands.ts";
import type { Operation } from "../../lib/http/operation.ts";
import type { Row } from "../../lib/table/model.ts";
import { givenTo, pathOf, placesIn, World } from "../api/operations-table.ts";
import { createTestAccount } from "../support/account.ts";
import type { Deployment } from "../support/deployment.ts";
import { snapshotOf, type Difference } from "../support/snapshot.ts";
import { CHANGES, SUBJECTS } from "./subjects.ts";

/** An account with one of everything, which a test may bring back to its beginning: what is tried in it meets the same rows each time. */
export type Lane = {
  readonly accountId: AccountId;
  /** Of its admin, with every scope. */
  readonly token: string;
  readonly world: World;
  /** What to ask an operation in this account. */
  requestFor(operation: Operation): Promise<LaneRequest>;
  /** Does what an event sees to that is in the outbox, for the operations that leave something to it. */
  finish(operation: Operation): Promise<void>;
  /** All rows as they were at the beginning, and no others. */
  restore(): Promise<void>;
  /** What is otherwise than at the beginning, by kind of row: ids and times are left out, so that the same change has the same words. */
  changes(): Promise<readonly string[]>;
};
export type LaneRequest = { readonly method: string; readonly path: string; readonly json?: object };

/** Attributes that are other each time. */
const TIMES = new Set(["createdAt", "updatedAt", "at", "ttl"]);

/** Starts an account in which these operations find what they are about. */
export async function startLane(latchkey: Deployment, operations: readonly Operation[]): Promise<Lane> {
  const account = await createTestAccount(latchkey);
  const world = new World(latchkey, account);
  for (const place of new Set(operations.flatMap(placesIn))) await world.at(place);
  // An input may name what has to be there, too.
  for (const operation of operations) await givenTo(operation, operation.methods[0]!, world);
  const subjects = new Map<string, string>();
  for (const { name } of operations) if (SUBJECTS[name] !== undefined) subjects.set(name, String(await SUBJECTS[name](world)));
  const { value: token } = await account.token(account.admin, { scopes: SCOPES });
  const { accountId } = account.admin.member;
  const { differences, restore } = await snapshotOf(latchkey, () => rowsOfAccount(latchkey, accountId));

  return {
    accountId, token, world, restore,
    async requestFor(operation) {
      const method = operation.methods[0]!;
      const { query, ...given } = await givenTo(operation, method, world);
      const path = await pathOf(operation, async (place, _variable, isLast) => (isLast ? subjects.get(operation.name) : undefined) ?? world.at(place));
      return { method, path: `${path}.json${query}`, ...given, ...(CHANGES[operation.name] === undefined ? {} : { json: CHANGES[operation.name]!(world) }) };
    },
    async finish({ name }) {
      if (name !== "deleteDeveloperAccount") return;
      const subject = { developer_account_id: Number(subjects.get(name)) };
      await latchkey.invoke("cleanUp", { "detail-type": "developer_account.deleted", source: "latchkey", detail: { account_id: accountId, subject } });
    },
    changes: async () => (await differences()).map(worded).toSorted(),
  };
}

/** Every row that is of an account: by its key, or by what it says. */
async function rowsOfAccount({ documents, operator: { table } }: Deployment, accountId: AccountId): Promise<Row[]> {
  const pages = paginateScan({ client: documents }, {
    TableName: table.name, ConsistentRead: true, FilterExpression: "contains(pk, :text) OR contains(sk, :text) OR accountId = :number",
    ExpressionAttributeValues: { ":text": String(accountId), ":number": accountId },
  });
  return (await Array.fromAsync(pages)).flatMap(({ Items }) => (Items ?? []) as Row[]);
}

function worded({ key, before, after }: Difference): string {
  const place = `${String((after ?? before)?.["type"])} at ${masked(key.pk)}`;
  if (before === undefined) return `new ${place}${typeof key["event"] === "string" ? ` of ${key["event"]}` : ""}`;
  if (after === undefined) return `gone ${place}`;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return `changed ${place}: ${names.filter((name) => !TIMES.has(name) && !isDeepStrictEqual(before[name], after[name])).toSorted().join(", ")}`;
}

const masked = (pk: string): string => pk.replaceAll(/[\w-]{43}/g, "h").replaceAll(/\d{4,}(-\d\d)?/g, "n");
