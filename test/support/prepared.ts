import { setTimeout as sleep } from "node:timers/promises";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Input, TransactItem } from "../../lib/table/dynamodb/operations.ts";
import type { Row } from "../../lib/table/model.ts";
import type { Deployment } from "./deployment.ts";
import { through } from "./table.ts";

/** DynamoDB, "Quotas": what one BatchWriteItem takes. */
const A_BATCH = 25;

/**
 * Carries out operations that make something new, and writes down in batches what has become of each row in the end: for the transactions
 * that make it step by step DynamoDB Local takes three times as long. For what a test prepares and nobody else knows yet: no condition is
 * asked, and what is read is what these operations have written, or else what is stored.
 */
export async function prepared<Result>({ operator, documents }: Pick<Deployment, "operator" | "documents">, act: (operator: Deployment["operator"]) => Promise<Result>): Promise<Result> {
  const rows = new Map<string, object>();
  const table = through(operator.table, async (operation, input, ask) => {
    if (operation === "GetItem") {
      const Item = rows.get(nameOf((input as Input<"GetItem">).Key));
      return Item === undefined ? ask() : { Item };
    }
    // What is looked up in a batch are services, which are there before anybody may reach them.
    if (operation === "BatchGetItem") return ask();
    if (operation !== "TransactWriteItems") throw new Error(`${operation} is nothing that can be prepared`);
    for (const row of (input as Input<"TransactWriteItems">).TransactItems.flatMap(putBy)) rows.set(nameOf(row), row);
    // Records are told in the order of their milliseconds.
    await sleep(1);
    return {};
  });
  const result = await act({ ...operator, table });
  const all = [...rows.values()].map((Item) => ({ PutRequest: { Item } }));
  while (all.length > 0) {
    const { UnprocessedItems = {} } = await documents.send(new BatchWriteCommand({ RequestItems: { [table.name]: all.splice(0, A_BATCH) } }));
    if (Object.keys(UnprocessedItems).length > 0) throw new Error("The database has left some of it for later");
  }
  return result;
}

const nameOf = (row: object): string => {
  const { pk, sk } = row as Row;
  return JSON.stringify([pk, sk]);
};

function putBy(item: TransactItem): readonly object[] {
  if ("Put" in item) return [item.Put.Item];
  if ("ConditionCheck" in item) return [];
  throw new Error(`${Object.keys(item).join()} is nothing that can be prepared`);
}
