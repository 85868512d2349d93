import { randomUUID } from "node:crypto";
import { DomainError } from "../domain/errors.ts";
import type { Table } from "./client.ts";
import { DynamoDbError, isDynamoDbError } from "./dynamodb/error.ts";
import type { Input, TransactItem } from "./dynamodb/operations.ts";
import type { Key, Row } from "./model.ts";

/** What must hold of the row that is there now. A closed list: no expression is ever built from input. */
export type Condition = "absent" | "present" | "active" | "active_admin" | { readonly version: number };

export type Write =
  | { readonly put: Row; readonly when?: Condition }
  | { readonly remove: Key; readonly when?: Condition }
  | { readonly check: Key; readonly when: Condition }
  | Tally;

/** Counts on in a row of counters, which is made when it is missing: some numbers grow, others become what is given. */
export type Tally = { readonly tally: Key; readonly type: string; readonly grow: Numbers; readonly become: Numbers };
type Numbers = Readonly<Record<string, number>>;

/** All of it happened, or nothing did and these writes (by position) were refused by their conditions. */
export type Outcome = { readonly done: true } | { readonly done: false; readonly refused: readonly number[] };

const TRIES = 8;
/** Reasons that say "not now" rather than "no". */
const PASSING = new Set(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]);

/**
 * Writes all or nothing. The same token goes with every try, so that an answer lost on the way and asked for again
 * is still one effect; conflicts with other transactions, which the client does not repeat, are repeated here.
 * Throws `busy` when the conflicts do not end.
 */
export async function transact(table: Table, writes: readonly Write[]): Promise<Outcome> {
  const input: Input<"TransactWriteItems"> = {
    ClientRequestToken: randomUUID(),
    TransactItems: writes.map((write) => toItem(table.name, write)),
  };
  for (let attempt = 1; ; attempt++) {
    try {
      await table.call("TransactWriteItems", input);
      return { done: true };
    } catch (error) {
      if (!mayPass(error)) {
        const refused = refusedBy(error);
        if (refused.length > 0) return { done: false, refused };
        throw error;
      }
      if (attempt === TRIES) throw new DomainError("busy", "Others are changing the same things, try again", { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** attempt * Math.random()));
    }
  }
}

function mayPass(error: unknown): boolean {
  if (isDynamoDbError(error, "TransactionInProgressException")) return true;
  const codes = reasonsOf(error);
  return codes.some((code) => PASSING.has(code)) && codes.every((code) => code === "None" || PASSING.has(code));
}

function refusedBy(error: unknown): number[] {
  return reasonsOf(error).flatMap((reason, position) => (reason === "ConditionalCheckFailed" ? [position] : []));
}

function reasonsOf(error: unknown): readonly string[] {
  return error instanceof DynamoDbError ? error.reasons : [];
}

function toItem(TableName: string, write: Write): TransactItem {
  if ("put" in write) return { Put: { TableName, Item: write.put, ...conditionOf(write.when) } };
  if ("remove" in write) return { Delete: { TableName, Key: keyOf(write.remove), ...conditionOf(write.when) } };
  if ("tally" in write) return { Update: { TableName, Key: keyOf(write.tally), ...tallied(write) } };
  return { ConditionCheck: { TableName, Key: keyOf(write.check), ...conditionOf(write.when) } };
}

/** Names and numbers are values of the expression, never parts of its text. */
function tallied({ type, grow, become }: Tally) {
  const growing = Object.entries(grow);
  const becoming = Object.entries(become);
  const sets = ["#type = :type", ...becoming.map((_, at) => `#s${at} = :s${at}`)].join(", ");
  const adds = growing.map((_, at) => `#a${at} :a${at}`).join(", ");
  return {
    UpdateExpression: `SET ${sets}${adds === "" ? "" : ` ADD ${adds}`}`,
    ExpressionAttributeNames: {
      "#type": "type", ...Object.fromEntries(becoming.map(([name], at) => [`#s${at}`, name])), ...Object.fromEntries(growing.map(([name], at) => [`#a${at}`, name])),
    },
    ExpressionAttributeValues: {
      ":type": type, ...Object.fromEntries(becoming.map(([, number], at) => [`:s${at}`, number])), ...Object.fromEntries(growing.map(([, number], at) => [`:a${at}`, number])),
    },
  };
}

const keyOf = ({ pk, sk }: Key) => ({ pk, sk });

type ConditionInput = {
  ConditionExpression: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
};

function conditionOf(condition: Condition): ConditionInput;
function conditionOf(condition: Condition | undefined): Partial<ConditionInput>;
function conditionOf(condition: Condition | undefined): Partial<ConditionInput> {
  switch (condition) {
    case undefined:
      return {};
    case "absent":
      return { ConditionExpression: "attribute_not_exists(pk)" };
    case "present":
      return { ConditionExpression: "attribute_exists(pk)" };
    case "active":
      return {
        ConditionExpression: "#state = :active",
        ExpressionAttributeNames: { "#state": "state" },
        ExpressionAttributeValues: { ":active": "active" },
      };
    case "active_admin":
      return {
        ConditionExpression: "#state = :active AND #role = :admin",
        ExpressionAttributeNames: { "#state": "state", "#role": "role" },
        ExpressionAttributeValues: { ":active": "active", ":admin": "admin" },
      };
    default:
      return {
        ConditionExpression: "#version = :version",
        ExpressionAttributeNames: { "#version": "version" },
        ExpressionAttributeValues: { ":version": condition.version },
      };
  }
}
