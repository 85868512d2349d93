import { GetCommand, PutCommand, paginateScan } from "@aws-sdk/lib-dynamodb";
import type { AccessToken, Member } from "../../lib/domain/model.ts";
import { memberRow } from "../../lib/table/members.ts";
import { keys, type Row } from "../../lib/table/model.ts";
import type { Deployment } from "./deployment.ts";

type Place = Pick<Deployment, "operator" | "documents">;

/** Every row of the deployment's table, as a thief of the whole table would see it. */
export async function everyRow({ documents, operator: { table } }: Place): Promise<Row[]> {
  const pages = paginateScan({ client: documents }, { TableName: table.name, ConsistentRead: true });
  return (await Array.fromAsync(pages)).flatMap(({ Items }) => (Items ?? []) as Row[]);
}

/** The stored row of a token, unread by the product's own code; undefined when there is none. */
export async function rowOf({ documents, operator: { table } }: Place, { accountId, ownerId, id }: AccessToken): Promise<Row | undefined> {
  const { Item } = await documents.send(new GetCommand({ TableName: table.name, Key: keys.accessToken(accountId, ownerId, id), ConsistentRead: true }));
  return Item as Row | undefined;
}

/** Puts a token's row back with other attributes, as no operation would. */
export async function rewriteToken(place: Place, token: AccessToken, attributes: Readonly<Record<string, unknown>>): Promise<void> {
  await put(place, { ...known(await rowOf(place, token)), ...attributes });
}

/** Puts a member's row back with other attributes, as no operation would. */
export async function rewriteMember(place: Place, member: Member, attributes: Partial<Member>): Promise<void> {
  await put(place, memberRow({ ...member, ...attributes }));
}

async function put({ documents, operator: { table } }: Place, Item: Row): Promise<void> {
  await documents.send(new PutCommand({ TableName: table.name, Item }));
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("There is no such row");
  return value;
}
