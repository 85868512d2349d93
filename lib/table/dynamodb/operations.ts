import { convertToNative, marshall } from "@aws-sdk/util-dynamodb";

/** A row, a key, or the values of an expression: plain data, where DynamoDB has `{ "S": "text" }`. */
export type Attributes = Readonly<Record<string, unknown>>;
type At = { readonly TableName: string };
type Condition = {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
};
type Put = At & Condition & { readonly Item: Attributes };
type Keyed = At & Condition & { readonly Key: Attributes };
type Update = Keyed & { readonly UpdateExpression: string };
type Keys = Readonly<Record<string, { readonly Keys: readonly Attributes[]; readonly ConsistentRead?: boolean }>>;

/** The operations that Latchkey has a use for, and as much of them. */
export type Operations = {
  readonly GetItem: { readonly input: At & { readonly Key: Attributes; readonly ConsistentRead?: boolean }; readonly answer: { readonly Item?: Attributes } };
  readonly BatchGetItem: {
    readonly input: { readonly RequestItems: Keys };
    readonly answer: { readonly Responses?: Readonly<Record<string, readonly Attributes[]>>; readonly UnprocessedKeys?: Keys };
  };
  readonly Query: {
    readonly input: At & Condition & {
      readonly IndexName?: string; readonly KeyConditionExpression: string; readonly ConsistentRead?: boolean; readonly ScanIndexForward?: boolean;
      readonly Select?: "COUNT"; readonly Limit?: number; readonly ExclusiveStartKey?: Attributes | undefined;
    };
    readonly answer: { readonly Items?: readonly Attributes[]; readonly Count?: number; readonly ScannedCount?: number; readonly LastEvaluatedKey?: Attributes };
  };
  readonly PutItem: { readonly input: Put; readonly answer: object };
  readonly UpdateItem: { readonly input: Update; readonly answer: object };
  readonly TransactWriteItems: {
    readonly input: { readonly ClientRequestToken: string; readonly TransactItems: readonly TransactItem[] };
    readonly answer: object;
  };
};
export type TransactItem = { readonly Put: Put } | { readonly Delete: Keyed } | { readonly Update: Update } | { readonly ConditionCheck: Keyed };

export type Operation = keyof Operations;
export type Input<Name extends Operation> = Operations[Name]["input"];
export type Output<Name extends Operation> = Operations[Name]["answer"];

/** Where there are attributes in what is asked, and in what is answered. */
const ASKED: ReadonlySet<string> = new Set(["Item", "Key", "ExpressionAttributeValues", "ExclusiveStartKey"]);
const ANSWERED: ReadonlySet<string> = new Set(["Item", "LastEvaluatedKey"]);

/** An operation's input as DynamoDB reads it. What is undefined is left out; what no attribute can hold throws. */
export function encoded(input: Input<Operation>): object {
  if ("TransactItems" in input) return { ...input, TransactItems: input.TransactItems.map((item) => mapped(item, statement)) };
  if ("RequestItems" in input) return { RequestItems: mapped(input.RequestItems, (wanted: Keys[string]) => ({ ...wanted, Keys: wanted.Keys.map(attributeValues) })) };
  return statement(input);
}

/** DynamoDB's answer with plain data in it. */
export function decoded<Name extends Operation>(answer: object): Output<Name> {
  return mapped(answer, (value: never, name) => {
    if (ANSWERED.has(name)) return plain(value);
    if (name === "Items") return plainRows(value);
    if (name === "Responses") return mapped(value, plainRows);
    if (name === "UnprocessedKeys") return mapped(value, (left: { readonly Keys: Encoded[] }) => ({ ...left, Keys: plainRows(left.Keys) }));
    return value;
  }) as Output<Name>;
}

type Encoded = Readonly<Record<string, Parameters<typeof convertToNative>[0]>>;

const statement = (asked: object) => mapped(asked, (value: Attributes | undefined, name) => (ASKED.has(name) && value !== undefined ? attributeValues(value) : value));
/** Texts are most of what rows hold, and all of what keys do: to ask AWS's conversion about each of them costs a decision a tenth of its time. */
function attributeValues(attributes: Attributes): object {
  const all = Object.entries(attributes);
  if (all.every(([, value]) => typeof value === "string")) return Object.fromEntries(all.map(([name, value]) => [name, { S: value }]));
  return marshall(attributes, { removeUndefinedValues: true });
}
function plain(row: Encoded): Attributes {
  const attributes: Record<string, unknown> = {};
  for (const name of Object.keys(row)) attributes[name] = row[name]?.S ?? convertToNative(row[name]!);
  return attributes;
}
const plainRows = (rows: readonly Encoded[]) => rows.map(plain);

function mapped<Value>(object: object, map: (value: Value, name: string) => unknown): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) result[name] = map(value as Value, name);
  return result;
}
