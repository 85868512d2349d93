import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { openTable, type Table } from "../../lib/table/client.ts";
import type { Call } from "../../lib/table/dynamodb/client.ts";
import type { Input, Operation } from "../../lib/table/dynamodb/operations.ts";
import type { Database } from "./database.ts";

/** A table of a database, through the product's own client. */
export function tableIn({ endpoint, region, credentials }: Database, name: string): Table {
  return openTable(name, { endpoint: new URL(endpoint), region, credentials: () => credentials });
}

/** AWS's own client, with plain rows: for what a test prepares and looks at without the product's code. */
export function documentsIn(database: Database): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(new DynamoDBClient(database), { marshallOptions: { removeUndefinedValues: true } });
}

/** What happens instead of a call; `ask` makes it, as often as it is called. */
type Step = (operation: Operation, input: Input<Operation>, ask: () => Promise<object>) => Promise<object>;

/** A table, whose every call goes through a step of the test's. */
export function through(table: Table, step: Step): Table {
  return { ...table, call: ((operation, input) => step(operation, input, () => table.call(operation, input))) as Call };
}

/** A store in which this happens once, after all has been read and before the first thing is written. */
export function meanwhile<Deps extends { readonly table: Table }>(deps: Deps, act: () => Promise<unknown>): Deps {
  let done = false;
  const table = through(deps.table, async (operation, _input, ask) => {
    if (operation === "TransactWriteItems" && !done) {
      done = true;
      await act();
    }
    return ask();
  });
  return { ...deps, table };
}
