import { randomUUID } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { DomainError } from "../../lib/domain/errors.ts";
import { createTable } from "../../lib/local/create-table.ts";
import { readRow, type Table } from "../../lib/table/client.ts";
import { DynamoDbError } from "../../lib/table/dynamodb/error.ts";
import type { Input } from "../../lib/table/dynamodb/operations.ts";
import type { Key, Row } from "../../lib/table/model.ts";
import { transact, type Condition, type Write } from "../../lib/table/transact.ts";
import { newDatabase } from "../support/database.ts";
import { tableIn, through } from "../support/table.ts";

let table: Table;

beforeAll(async () => {
  const name = `t-${randomUUID()}`;
  const database = newDatabase(inject("dynamoEndpoint"));
  await createTable(name, new DynamoDBClient(database));
  table = tableIn(database, name);
});
afterEach(() => void vi.restoreAllMocks());

let made = 0;
const freshKey = (): Key => ({ pk: `KEY#${++made}`, sk: "ROW" });
const stored = async (row: Partial<Record<string, unknown>> = {}): Promise<Row> => {
  const whole = { ...freshKey(), ...row };
  await transact(table, [{ put: whole }]);
  return whole;
};
const read = (key: Key) => readRow(table, { pk: key.pk, sk: key.sk });

/** The table, whose transactions meet these troubles, one each, before they get through. `sent` are the tokens of all tries. */
function troubled(troubles: readonly unknown[], when: "before" | "after" = "before"): { readonly table: Table; readonly sent: (string | undefined)[] } {
  const sent: (string | undefined)[] = [];
  const left = [...troubles];
  const bad = through(table, async (_operation, input, ask) => {
    sent.push((input as Input<"TransactWriteItems">).ClientRequestToken);
    const trouble = left.shift();
    if (trouble !== undefined && when === "before") throw trouble;
    const answer = await ask();
    if (trouble !== undefined) throw trouble;
    return answer;
  });
  return { table: bad, sent };
}

const canceled = (...reasons: string[]) => new DynamoDbError("TransactionCanceledException", "Canceled", { reasons });

describe("a transaction", () => {
  it("does all that it is told", async () => {
    const [changed, removed, added, checked] = [await stored({ version: 1 }), await stored(), freshKey(), await stored()];
    const outcome = await transact(table, [
      { put: { ...changed, version: 2 }, when: { version: 1 } }, { remove: removed, when: "present" }, { put: { ...added, of: "new" }, when: "absent" },
      { check: checked, when: "present" },
    ]);
    expect(outcome).toEqual({ done: true });
    expect(await Promise.all([changed, removed, added, checked].map(read))).toEqual([{ ...changed, version: 2 }, undefined, { ...added, of: "new" }, checked]);
  });

  it.each([0, 1, 2, 3])("does nothing at all when the condition at position %i is lost, and says which it was", async (position) => {
    const [taken, gone] = [await stored({ version: 7 }), freshKey()];
    const writes: Write[] = [
      { put: { ...freshKey(), n: 1 }, when: "absent" }, { put: { ...freshKey(), n: 2 } }, { remove: await stored({ n: 3 }) }, { check: await stored({ n: 4 }), when: "present" },
    ];
    const losing: Write[] = [{ put: { ...taken, n: 0 }, when: "absent" }, { put: { ...taken, n: 0 }, when: { version: 6 } }, { remove: gone, when: "present" }, { check: gone, when: "present" }];
    const all = writes.with(position, losing[position]!);
    const keysOf = all.map((write) => ("put" in write ? write.put : "remove" in write ? write.remove : "check" in write ? write.check : write.tally));
    const before = await Promise.all(keysOf.map(read));
    expect(await transact(table, all)).toEqual({ done: false, refused: [position] });
    expect(await Promise.all(keysOf.map(read))).toEqual(before);
  });

  it("says every position whose condition was lost", async () => {
    const taken = [await stored(), await stored()];
    expect(await transact(table, [
      { put: taken[0]!, when: "absent" }, { put: freshKey(), when: "absent" }, { put: taken[1]!, when: "absent" }, { check: freshKey(), when: "present" },
    ])).toEqual({ done: false, refused: [0, 2, 3] });
  });

  const nothing = undefined;
  it.each<[Condition, Record<string, unknown> | undefined, boolean]>([
    ["absent", nothing, true], ["absent", {}, false],
    ["present", {}, true], ["present", nothing, false],
    ["active", { state: "active" }, true], ["active", { state: "suspended" }, false], ["active", {}, false], ["active", nothing, false],
    ["active_admin", { state: "active", role: "admin" }, true], ["active_admin", { state: "active", role: "member" }, false],
    ["active_admin", { state: "suspended", role: "admin" }, false], ["active_admin", { role: "admin" }, false], ["active_admin", nothing, false],
    [{ version: 2 }, { version: 2 }, true], [{ version: 2 }, { version: 1 }, false], [{ version: 2 }, { version: 3 }, false],
    [{ version: 2 }, { version: "2" }, false], [{ version: 2 }, {}, false], [{ version: 2 }, nothing, false],
  ])("on the condition %j of the row %j is done: %s", async (when, row, done) => {
    for (const write of [(key: Key): Write => ({ put: { ...key, new: true }, when }), (key: Key): Write => ({ remove: key, when }), (key: Key): Write => ({ check: key, when })]) {
      const key = row === undefined ? freshKey() : await stored(row);
      expect(await transact(table, [write(key)])).toEqual(done ? { done } : { done, refused: [0] });
    }
  });

  it("without a condition is done whatever is there", async () => {
    for (const key of [freshKey(), await stored()]) {
      expect(await transact(table, [{ put: { ...key, new: true } }])).toEqual({ done: true });
      expect(await transact(table, [{ remove: key }])).toEqual({ done: true });
    }
  });
});

describe("a transaction that meets others", () => {
  it.each([
    ["a conflict", canceled("None", "TransactionConflict")],
    ["several conflicts", canceled("TransactionConflict", "TransactionConflict")],
    ["throttling", canceled("ThrottlingError", "None")],
    ["a partition that is too busy", canceled("None", "ProvisionedThroughputExceeded")],
    ["itself, still at work", new DynamoDbError("TransactionInProgressException", "In progress")],
  ])("is repeated after %s, under the same token", async (_what, trouble) => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const key = freshKey();
    const { table: busy, sent } = troubled([trouble, trouble, trouble]);
    expect(await transact(busy, [{ put: key, when: "absent" }, { put: freshKey() }])).toEqual({ done: true });
    expect(sent).toHaveLength(4);
    expect(new Set(sent).size).toBe(1);
    expect(await read(key)).toEqual(key);
  });

  it("has one effect when its answer was lost and it is asked for again", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const row = await stored({ version: 1 });
    const { table: lossy, sent } = troubled([canceled("TransactionConflict")], "after");
    // The first try was done: were the second another transaction, version 1 would be gone and its condition lost.
    expect(await transact(lossy, [{ put: { ...row, version: 2 }, when: { version: 1 } }])).toEqual({ done: true });
    expect([sent.length, await read(row)]).toEqual([2, { ...row, version: 2 }]);
  });

  it("is another transaction each time it is called", async () => {
    const { table: watched, sent } = troubled([]);
    for (let turn = 0; turn < 3; turn++) await transact(watched, [{ put: freshKey() }]);
    expect(new Set(sent).size).toBe(3);
  });

  it("is refused, not repeated, when a condition is lost beside a conflict", async () => {
    const { table: busy, sent } = troubled([canceled("ConditionalCheckFailed", "TransactionConflict", "ConditionalCheckFailed")]);
    expect(await transact(busy, [{ put: freshKey() }, { put: freshKey() }, { put: freshKey() }])).toEqual({ done: false, refused: [0, 2] });
    expect(sent).toHaveLength(1);
  });

  it("gives up as busy when the conflicts do not end, and has done nothing", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0);
    const key = freshKey();
    const { table: busy, sent } = troubled(Array(100).fill(canceled("TransactionConflict")));
    await expect(transact(busy, [{ put: key }])).rejects.toMatchObject({ name: "DomainError", code: "busy" });
    expect([sent.length, await read(key)]).toEqual([8, undefined]);
  });

  it.each([
    ["a network that is down", new Error("connect ECONNREFUSED")],
    ["a request that DynamoDB cannot read", canceled("ValidationError", "None")],
    ["a row that is too large", canceled("None", "ItemCollectionSizeLimitExceeded")],
    ["a conflict beside a request that cannot be read", canceled("TransactionConflict", "ValidationError")],
    ["a cancellation without reasons", canceled()],
  ])("throws after %s, which is neither a yes nor a no", async (_what, trouble) => {
    const { table: broken, sent } = troubled([trouble]);
    const asked = transact(broken, [{ put: freshKey() }, { put: freshKey() }]);
    await expect(asked).rejects.toBe(trouble);
    await expect(asked).rejects.not.toBeInstanceOf(DomainError);
    expect(sent).toHaveLength(1);
  });

  it("of 25 that take one name exactly one does, and all others are refused at that position", async () => {
    const name = freshKey();
    const rivals = Array.from({ length: 25 }, freshKey);
    const outcomes = await Promise.all(rivals.map((rival) => transact(table, [{ put: rival, when: "absent" }, { put: { ...name, by: rival.pk }, when: "absent" }])));
    const winners = rivals.filter((_, at) => outcomes[at]?.done === true);
    expect(winners).toHaveLength(1);
    expect(outcomes.filter(({ done }) => !done)).toEqual(Array(24).fill({ done: false, refused: [1] }));
    expect((await Promise.all(rivals.map(read))).filter((row) => row !== undefined)).toEqual(winners);
    expect(await read(name)).toEqual({ ...name, by: winners[0]?.pk });
  });

  it("loses no change of a row when everybody changes what they have read", async () => {
    const row = await stored({ version: 1, sum: 0 });
    const add = async (): Promise<void> => {
      for (;;) {
        const now = (await read(row)) as Row & { version: number; sum: number };
        const outcome = await transact(table, [{ put: { ...now, sum: now.sum + 1, version: now.version + 1 }, when: { version: now.version } }]);
        if (outcome.done) return;
      }
    };
    await Promise.all(Array.from({ length: 10 }, add));
    expect(await read(row)).toEqual({ ...row, version: 11, sum: 10 });
  });
});
