import type { Command } from "commander";
import type { Account } from "../domain/model.ts";
import { isoSeconds } from "../domain/time.ts";
import * as fields from "../http/fields.ts";
import { accessToken } from "../http/represent/access-token.ts";
import { createAccount } from "../operations/accounts.ts";
import { listAccounts } from "../table/accounts.ts";
import { by } from "./options.ts";
import { columns, print, printJson } from "./output.ts";
import { onTarget, withTarget, type TargetOptions } from "./target.ts";

type Create = TargetOptions & { readonly name: string; readonly adminEmail: string; readonly json?: true };
type List = TargetOptions & { readonly json?: true };

const EXAMPLES = `
Examples:
  npx latchkey accounts create --local --name "Acme APIs" --admin-email admin@acme.example
  npx latchkey accounts create --stage prod --region us-east-1 --name "Acme APIs" --admin-email admin@acme.example --json`;

export function addAccounts(program: Command): void {
  const accounts = program.command("accounts").description("accounts: the companies that offer APIs");
  const creating = accounts.command("create")
    .description("makes an account and its first admin, and prints the admin's first token, once")
    .requiredOption("--name <name>", "the name of the account", by(fields.name))
    .requiredOption("--admin-email <email>", "the address of its first admin", by(fields.email))
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action(create);
  const listing = accounts.command("list")
    .description("lists the accounts: id, name, when made")
    .option("--json", "print one JSON object")
    .action(list);
  [creating, listing].forEach(withTarget);
}

async function create({ name, adminEmail, json, ...where }: Create): Promise<void> {
  const { account, admin, token, value } = await onTarget(where, async (target) =>
    createAccount({ ...target, ...(await target.hashing()) }, { name, adminEmail }),
  );
  if (json) {
    printJson({
      account: represented(account),
      admin: { id: admin.id, username: admin.username, email: admin.email },
      access_token: accessToken.json({ ...token, value }, ""),
    });
    return;
  }
  print(
    `Account ${account.id} (${account.name}) is made; its first admin is ${admin.email} (${admin.id}).`,
    "The admin's access token, with every scope, read and write. It is not shown again:",
    "",
    value,
  );
}

async function list({ json, ...where }: List): Promise<void> {
  const accounts = await onTarget(where, (target) => listAccounts(target.table));
  if (json) printJson({ accounts: accounts.map(represented) });
  else if (accounts.length === 0) print("There is no account yet: make one with latchkey accounts create.");
  else print(...columns([["ID", "NAME", "CREATED"], ...accounts.map(({ id, name, createdAt }) => [String(id), name, isoSeconds(createdAt)])]));
}

function represented({ id, name, createdAt }: Account) {
  return { id, name, created_at: isoSeconds(createdAt) };
}
