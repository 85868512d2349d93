import type { AccessTokenId, AccountId, MemberId } from "../domain/brands.ts";
import { hourOf, type TokenUse } from "../domain/last-used.ts";
import { PERMISSIONS, SCOPES, type AccessToken, type Digest, type Member } from "../domain/model.ts";
import { readRow, readTogether, type Table } from "./client.ts";
import { isDynamoDbError } from "./dynamodb/error.ts";
import { inIndex, keys, listings, type Row } from "./model.ts";
import { pageOf, pageOfFitting, type Page, type PageWanted } from "./page.ts";
import { memberFrom } from "./members.ts";
import { expectType, idIn, number, oneOf, someOf, text, time, versioned } from "./row.ts";

/** A token with the digest that proves its value; only checking looks at it. `imported`: its value came from 3scale. */
export type StoredAccessToken = { readonly token: AccessToken; readonly digest: Digest; readonly imported: boolean };

/** How long an expired token stays in its owner's list before DynamoDB may sweep it up. */
const KEPT_AFTER_EXPIRY_SECONDS = 30 * 24 * 60 * 60;

export function accessTokenRow({ token, digest, imported }: StoredAccessToken): Row {
  return {
    ...keys.accessToken(token.accountId, token.ownerId, token.id),
    ...inIndex(listings.accessTokens(token.accountId, token.ownerId), token.id),
    ...inIndex(listings.accessTokensOfAccount(token.accountId), token.id),
    type: "access_token",
    ...token,
    ...digest,
    imported,
    ...(token.expiresAt === "never" ? {} : { ttl: token.expiresAt + KEPT_AFTER_EXPIRY_SECONDS }),
  };
}

export function accessTokenFrom(row: Row): StoredAccessToken {
  expectType(row, "access_token");
  return {
    token: {
      accountId: idIn(row, "accountId"),
      ownerId: idIn(row, "ownerId"),
      id: idIn(row, "id"),
      name: text(row, "name"),
      scopes: someOf(row, "scopes", SCOPES),
      permission: oneOf(row, "permission", PERMISSIONS),
      expiresAt: row["expiresAt"] === "never" ? "never" : time(row, "expiresAt"),
      ...(row["lastUsedAt"] === undefined ? {} : { lastUsedAt: time(row, "lastUsedAt") }),
      ...versioned(row),
    },
    digest: { pepper: number(row, "pepper"), hash: text(row, "hash") },
    imported: row["imported"] === true,
  };
}

/** A token and its owner as they are at this moment: one consistent round trip (D6), so that rights are live. */
export async function readTokenAndOwner(
  table: Table, account: AccountId, owner: MemberId, token: AccessTokenId,
): Promise<(StoredAccessToken & { readonly owner: Member }) | undefined> {
  const [tokenRow, ownerRow] = await readTogether(table, [keys.accessToken(account, owner, token), keys.member(account, owner)]);
  if (tokenRow === undefined || ownerRow === undefined) return undefined;
  return { ...accessTokenFrom(tokenRow), owner: memberFrom(ownerRow) };
}

export async function readAccessToken(
  table: Table, account: AccountId, owner: MemberId, token: AccessTokenId,
): Promise<StoredAccessToken | undefined> {
  const row = await readRow(table, keys.accessToken(account, owner, token));
  return row === undefined ? undefined : accessTokenFrom(row);
}

/** A page of a member's tokens, by id; with `fits`, of only those, read along the list. */
export async function listAccessTokens(
  table: Table, account: AccountId, owner: MemberId, wanted: PageWanted, fits?: (token: AccessToken) => boolean,
): Promise<Page<AccessToken>> {
  const listing = [listings.accessTokens(account, owner)];
  const page = fits === undefined ? await pageOf(table, listing, wanted) : await pageOfFitting(table, listing, wanted, (row) => fits(accessTokenFrom(row).token));
  return { ...page, items: page.items.map((row) => accessTokenFrom(row).token) };
}

/** A page of the tokens of all of an account's members, by id. */
export async function listAccessTokensOfAccount(table: Table, account: AccountId, wanted: PageWanted): Promise<Page<AccessToken>> {
  const page = await pageOf(table, [listings.accessTokensOfAccount(account)], wanted);
  return { ...page, items: page.items.map((row) => accessTokenFrom(row).token) };
}

/**
 * Records when a token was last used. Nothing is written when that is known of the same hour or a later one, nor when the
 * token is gone: a row that was deleted never comes back. It counts as a change, so that whoever puts the whole row back
 * from an older reading notices, and reads again.
 */
export async function recordLastUse(table: Table, use: TokenUse): Promise<void> {
  const { accountId, ownerId, id, at } = use;
  try {
    await table.call("UpdateItem", {
      TableName: table.name, Key: keys.accessToken(accountId, ownerId, id),
      UpdateExpression: "SET #lastUsedAt = :at ADD #version :one",
      ConditionExpression: "attribute_exists(pk) AND (attribute_not_exists(#lastUsedAt) OR #lastUsedAt < :hour)",
      ExpressionAttributeNames: { "#lastUsedAt": "lastUsedAt", "#version": "version" },
      ExpressionAttributeValues: { ":at": at, ":hour": hourOf(use), ":one": 1 },
    });
  } catch (error) {
    if (!isDynamoDbError(error, "ConditionalCheckFailedException")) throw error;
  }
}

/** Where a token that came from 3scale lives: its value says nothing, so its digest points to its row. */
export type ImportedPointer = { readonly accountId: AccountId; readonly ownerId: MemberId; readonly id: AccessTokenId };

export function importedRow(digest: Digest, pointer: ImportedPointer): Row {
  return { ...keys.imported(digest.hash), type: "imported", ...pointer };
}

export async function readImported(table: Table, digests: readonly Digest[]): Promise<(ImportedPointer & { readonly digest: Digest }) | undefined> {
  const rows = await readTogether(table, digests.map((digest) => keys.imported(digest.hash)));
  for (const [position, row] of rows.entries()) {
    const digest = digests[position];
    if (row === undefined || digest === undefined) continue;
    expectType(row, "imported");
    return { accountId: idIn(row, "accountId"), ownerId: idIn(row, "ownerId"), id: idIn(row, "id"), digest };
  }
  return undefined;
}
