import { actorOf } from "../domain/events.ts";
import type { Account, AccessToken, Member, Principal } from "../domain/model.ts";
import { SCOPES } from "../domain/model.ts";
import { newId } from "../secrets/random.ts";
import { accountRow, readAccount } from "../table/accounts.ts";
import { record } from "../table/events.ts";
import { memberRow, takeName, uniqueNamesOf } from "../table/members.ts";
import { transact } from "../table/transact.ts";
import { notFound } from "../domain/errors.ts";
import { bornToken } from "./access-tokens.ts";
import { firstAccountPlan } from "./account-plans.ts";
import { event, memberOf, untilStored, type Hashing, type Sealing, type Storage } from "./context.ts";

export type CreatedAccount = { readonly account: Account; readonly admin: Member; readonly token: AccessToken; readonly value: string };

/**
 * Makes an account, its data key and its first admin, who gets a token with every scope, and its first account
 * plan: what a provider needs to begin, all of it or nothing. The token's value is in the result and nowhere else.
 */
export async function createAccount(
  deps: Storage & Hashing & Sealing, wanted: { readonly name: string; readonly adminEmail: string },
): Promise<CreatedAccount> {
  const now = deps.clock();
  const stamp = { version: 1, createdAt: now, updatedAt: now };
  return untilStored(async () => {
    const id = newId<Account["id"]>();
    const { wrapped } = await deps.keyring.newDataKey(id);
    const account: Account = { id, name: wanted.name, wrappedKey: wrapped, ...stamp };
    const admin: Member = {
      accountId: id, id: newId(), username: wanted.adminEmail, email: wanted.adminEmail,
      role: "admin", state: "active", sections: [], serviceAccess: "all", ...stamp,
    };
    const principal: Principal = { kind: "member", member: admin };
    const { token, value, writes } = bornToken(deps, principal, admin, { name: "Administration", scopes: SCOPES, permission: "rw", expiresAt: "never" });
    const outcome = await transact(deps.table, [
      { put: accountRow(account), when: "absent" },
      { put: memberRow(admin), when: "absent" },
      ...uniqueNamesOf(admin).map(([field, value]) => takeName(id, field, value)),
      firstAccountPlan(account),
      record(event(deps, { accountId: id, type: "account.created", actor: { system: "cli" }, subject: { memberId: admin.id }, facts: { name: account.name } })),
      ...writes,
    ]);
    return outcome.done ? { account, admin, token, value } : undefined;
  });
}

/** The principal's own account (3scale: GET /admin/api/provider). */
export async function readOwnAccount(deps: Storage, principal: Principal): Promise<Account> {
  const account = await readAccount(deps.table, memberOf(principal).accountId);
  if (account === undefined) throw notFound();
  return account;
}

/** Renames the principal's own account (3scale: PUT /admin/api/provider). The same name again changes nothing. */
export async function updateOwnAccount(deps: Storage, principal: Principal, changes: { readonly name?: string }): Promise<Account> {
  return untilStored(async () => {
    const before = await readOwnAccount(deps, principal);
    const { name = before.name } = changes;
    if (name === before.name) return before;
    const account = { ...before, name, version: before.version + 1, updatedAt: deps.clock() };
    const outcome = await transact(deps.table, [
      { put: accountRow(account), when: { version: before.version } },
      record(event(deps, {
        accountId: account.id, type: "account.updated", actor: actorOf(principal), subject: { memberId: memberOf(principal).id }, facts: { name },
      })),
    ]);
    return outcome.done ? account : undefined;
  });
}
