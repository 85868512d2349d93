import { z } from "zod";
import { tableArn } from "./aws.ts";
import type { Need } from "./iam-policy.ts";

/** What one DynamoDB request touches: for the record of calls, and for the rights it needs. */
export interface DynamoRequest {
  readonly table: string | undefined;
  readonly index: string | undefined;
  /** The key of every item named in the request; of a query, its partition key. */
  readonly keys: readonly Readonly<Record<string, string>>[];
  readonly consistent: boolean;
  /** The text of every expression in it, however deep. */
  readonly expressions: readonly string[];
  readonly needs: readonly Need[];
}

interface Touch {
  readonly action: string;
  readonly table: string;
  readonly index?: string | undefined;
  readonly key?: Readonly<Record<string, string>>;
  readonly attributes?: readonly string[];
  readonly returnValues?: string | undefined;
}

/**
 * Reads an operation of the DynamoDB API. Each action inside a transaction needs its own right and a batch one
 * right per table (DynamoDB, "IAM and transactions" and "DynamoDB API permissions"). PartiQL and whatever else is
 * not listed throws: the product has no use for it, so no role may need it.
 */
export function readRequest(operation: string, body: unknown, region: string): DynamoRequest {
  const read = READERS[operation];
  if (!read) throw new Error(`${operation} is not an operation that the tests can authorize.`);
  const { touches, consistent } = read(body);
  return {
    table: touches[0]?.table,
    index: touches[0]?.index,
    keys: touches.flatMap(({ key }) => (key ? [key] : [])),
    consistent,
    expressions: expressionsIn(body),
    needs: needsOf(touches, region),
  };
}

/** An attribute of an item may bear such a name too; its value is not a text but says its type. */
function expressionsIn(body: unknown): readonly string[] {
  if (typeof body !== "object" || body === null) return [];
  return Object.entries(body).flatMap(([name, value]: [string, unknown]) => (typeof value === "string" && name.endsWith("Expression") ? [value] : expressionsIn(value)));
}

/** One need for each action on each resource, with the partition keys of all its items. */
function needsOf(touches: readonly Touch[], region: string): readonly Need[] {
  const groups = Map.groupBy(touches, ({ action, table, index }) => JSON.stringify([action, table, index]));
  return [...groups.values()].map((group) => {
    const [{ action, table, index }] = group as [Touch];
    const keys = group.flatMap(({ key }) => (key ? [partitionKey(key)] : []));
    return {
      action: `dynamodb:${action}`,
      resource: tableArn(table, region) + (index === undefined ? "" : `/index/${index}`),
      leadingKeys: keys.length > 0 ? keys : undefined,
      attributes: group.some(({ attributes }) => attributes) ? group.flatMap(({ attributes = [] }) => attributes) : undefined,
      returnValues: group.find(({ returnValues }) => returnValues)?.returnValues,
    };
  });
}

type Reader = (body: unknown) => { readonly touches: readonly Touch[]; readonly consistent: boolean };

const ATTRIBUTE = z.record(z.string(), z.unknown());
const ITEM = z.record(z.string(), ATTRIBUTE);
const PUT = z.object({ TableName: z.string(), Item: ITEM });
const KEYED = z.object({ TableName: z.string(), Key: ITEM, ConsistentRead: z.boolean().default(false) });

const put = (body: unknown, action = "PutItem"): Touch => {
  const { TableName, Item } = PUT.parse(body);
  return { action, table: TableName, key: keyOf(Item) };
};
const keyed = (action: string) => (body: unknown): Touch => {
  const { TableName, Key } = KEYED.parse(body);
  return { action, table: TableName, key: keyOf(Key) };
};

const UPDATE = z.object({
  TableName: z.string(), Key: ITEM, UpdateExpression: z.string().default(""), ConditionExpression: z.string().default(""),
  ExpressionAttributeNames: z.record(z.string(), z.string()).default({}), ReturnValues: z.string().optional(),
  // How updates were written before there were expressions.
  AttributeUpdates: z.undefined().optional(), Expected: z.undefined().optional(),
});
const update = (body: unknown): Touch => {
  const { TableName, Key, UpdateExpression, ConditionExpression, ExpressionAttributeNames, ReturnValues } = UPDATE.parse(body);
  const named = attributesIn(`${UpdateExpression} ${ConditionExpression}`).map((name) => ExpressionAttributeNames[name] ?? name);
  return { action: "UpdateItem", table: TableName, key: keyOf(Key), attributes: [...new Set([...Object.keys(Key), ...named])], returnValues: ReturnValues };
};

/** The names in an expression: what is no value (`:v`), no function (`f(`) and no keyword. */
function attributesIn(expression: string): readonly string[] {
  const words = [...expression.matchAll(/(?<![:\w#])#?[A-Za-z_]\w*(?!\w|\s*\()/g)].map(([word]) => word);
  return words.filter((word) => !/^(?:SET|ADD|REMOVE|DELETE|AND|OR|NOT|BETWEEN|IN)$/i.test(word));
}

/** The actions a transaction is made of, and the right each one needs. */
const IN_TRANSACTION: Readonly<Record<string, (body: unknown) => Touch>> = {
  Get: keyed("GetItem"), Put: put, Update: update, Delete: keyed("DeleteItem"), ConditionCheck: keyed("ConditionCheckItem"),
};
const transaction: Reader = (body) => ({
  consistent: true,
  touches: z.object({ TransactItems: z.array(z.record(z.string(), z.unknown())) }).parse(body).TransactItems
    .flatMap((item) => Object.entries(item).map(([kind, inner]) => IN_TRANSACTION[kind]!(inner))),
});
const write = (read: (body: unknown) => Touch): Reader => (body) => ({ touches: [read(body)], consistent: false });
const search = (action: string): Reader => (body) => {
  const shape = SEARCH.parse(body);
  const key = queriedKey(shape);
  const touch: Touch = { action, table: shape.TableName, index: shape.IndexName };
  return { touches: [key ? { ...touch, key } : touch], consistent: shape.ConsistentRead };
};

const READERS: Readonly<Record<string, Reader>> = {
  GetItem: (body) => ({ touches: [keyed("GetItem")(body)], consistent: KEYED.parse(body).ConsistentRead }),
  PutItem: write(put),
  UpdateItem: write(update),
  DeleteItem: write(keyed("DeleteItem")),
  Query: search("Query"),
  Scan: search("Scan"),
  TransactWriteItems: transaction,
  TransactGetItems: transaction,
  BatchGetItem: (body) => {
    const tables = Object.entries(BATCH_GET.parse(body).RequestItems);
    return {
      touches: tables.flatMap(([table, { Keys }]) => Keys.map((key) => ({ action: "BatchGetItem", table, key: keyOf(key) }))),
      consistent: tables.every(([, { ConsistentRead }]) => ConsistentRead),
    };
  },
  BatchWriteItem: (body) => ({
    touches: Object.entries(BATCH_WRITE.parse(body).RequestItems).flatMap(([table, writes]) => writes.map((one) => (
      { action: "BatchWriteItem", table, key: keyOf(one.PutRequest?.Item ?? one.DeleteRequest?.Key ?? {}) }))),
    consistent: false,
  }),
};

const BATCH_GET = z.object({ RequestItems: z.record(z.string(), z.object({ Keys: z.array(ITEM), ConsistentRead: z.boolean().default(false) })) });
const BATCH_WRITE = z.object({
  RequestItems: z.record(z.string(), z.array(z.object({
    PutRequest: z.object({ Item: ITEM }).optional(), DeleteRequest: z.object({ Key: ITEM }).optional(),
  }))),
});
const SEARCH = z.object({
  TableName: z.string(),
  IndexName: z.string().optional(),
  ConsistentRead: z.boolean().default(false),
  KeyConditionExpression: z.string().optional(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).default({}),
  ExpressionAttributeValues: ITEM.default({}),
});

/** The partition key a query asks for: the one `name = :value` on an attribute whose name ends in `pk`. */
function queriedKey(query: z.infer<typeof SEARCH>): Readonly<Record<string, string>> | undefined {
  if (query.KeyConditionExpression === undefined) return undefined;
  for (const [, name, value] of query.KeyConditionExpression.matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)) {
    const attribute = query.ExpressionAttributeNames[name!] ?? name!;
    if (isPartitionKey(attribute)) return keyOf({ [attribute]: query.ExpressionAttributeValues[value!] ?? {} });
  }
  throw new Error(`Which partition is read by "${query.KeyConditionExpression}"?`);
}

/** Partition keys are named `pk` and, of an index, `…pk`; sort keys likewise. */
const isPartitionKey = (attribute: string): boolean => /pk$/i.test(attribute);

function keyOf(item: z.infer<typeof ITEM>): Readonly<Record<string, string>> {
  const names = Object.keys(item).filter((name) => name === "pk" || name === "sk");
  const wanted = names.length > 0 ? names : Object.keys(item);
  return Object.fromEntries(wanted.map((name) => [name, String(Object.values(item[name]!)[0])]));
}

function partitionKey(key: Readonly<Record<string, string>>): string {
  const found = Object.entries(key).find(([name]) => isPartitionKey(name));
  if (!found) throw new Error(`No partition key in ${JSON.stringify(key)}.`);
  return found[1];
}
