import type { AccountId } from "../domain/brands.ts";
import type { Account } from "../domain/model.ts";
import { readRow, type Table } from "./client.ts";
import { rowsOf } from "./list.ts";
import { keys, listings, type Row } from "./model.ts";
import { expectType, idIn, text, versioned } from "./row.ts";

export function accountRow(account: Account): Row {
  return { ...keys.account(account.id), type: "account", ...account };
}

export function accountFrom(row: Row): Account {
  expectType(row, "account");
  return { id: idIn(row, "id"), name: text(row, "name"), wrappedKey: text(row, "wrappedKey"), ...versioned(row) };
}

export async function readAccount(table: Table, id: AccountId): Promise<Account | undefined> {
  const row = await readRow(table, keys.account(id));
  return row === undefined ? undefined : accountFrom(row);
}

export async function listAccounts(table: Table): Promise<Account[]> {
  return (await Array.fromAsync(rowsOf(table, listings.accounts()))).map(accountFrom);
}
