import { Option, type Command } from "commander";
import { parseId, type AccountId, type MemberId } from "../domain/brands.ts";
import { DomainError } from "../domain/errors.ts";
import { PERMISSIONS, SCOPES, type AccessToken, type Member, type Permission, type Scope } from "../domain/model.ts";
import { scopesOf } from "../domain/rights.ts";
import * as fields from "../http/fields.ts";
import { accessToken } from "../http/represent/access-token.ts";
import { importAccessToken } from "../operations/access-tokens.ts";
import { readAccount } from "../table/accounts.ts";
import type { Table } from "../table/client.ts";
import { listMembers, readMember } from "../table/members.ts";
import { Failure } from "./failure.ts";
import { anId, by, expiresAt, scopes } from "./options.ts";
import { print, printJson } from "./output.ts";
import { onTarget, withTarget, type TargetOptions } from "./target.ts";
import { digestFromStdin } from "./threescale-value.ts";

type Import = TargetOptions & {
  readonly account: AccountId; readonly member: string; readonly name: string; readonly scopes: readonly Scope[];
  readonly permission: Permission; readonly expiresAt: AccessToken["expiresAt"]; readonly json?: true;
};

const EXAMPLE = `
Standard input holds one token: its value (64 or 96 hexadecimal digits), or the digest that 3scale's database keeps of it
(SHA384$ and 96 hexadecimal digits). The old value then works with Latchkey.

Example:
  npx latchkey access-tokens import --account 235711131719 --member admin@acme.example --name "Nightly export" \\
    --scopes account_management,stats --permission ro < token.txt`;

export function addAccessTokens(program: Command): void {
  const tokens = program.command("access-tokens").description("access tokens: what members of an account authenticate with");
  const importing = tokens.command("import")
    .description("takes over an access token that 3scale issued; reads it from standard input")
    .requiredOption("--account <id>", "the account (see accounts list)", anId<AccountId>)
    .requiredOption("--member <member>", "the email address or the id of the member it belongs to")
    .requiredOption("--name <name>", "the name of the token", by(fields.name))
    .requiredOption("--scopes <scopes>", `the APIs it may reach, with commas: ${SCOPES.join(", ")}`, scopes)
    .addOption(new Option("--permission <permission>", "read only, or read and write").choices(PERMISSIONS).makeOptionMandatory())
    .addOption(new Option("--expires-at <time>", "when it expires, as in 2030-01-01T12:00:00Z").argParser(expiresAt).default("never", "never"))
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLE)
    .action(importOne);
  withTarget(importing);
}

async function importOne({ account, member, name, scopes, permission, expiresAt, json, ...where }: Import): Promise<void> {
  const digest = await digestFromStdin();
  const { owner, token } = await onTarget(where, async (target) => {
    const owner = await ownerOf(target.table, account, member);
    const beyond = scopes.filter((scope) => !scopesOf(owner).includes(scope));
    if (beyond.length > 0) throw new Failure(`${owner.email} does not hold the rights for ${beyond.join(", ")}: give the rights first, or leave that out of --scopes.`);
    const deps = { ...target, ...(await target.hashing()) };
    const token = await importAccessToken(deps, owner, { name, scopes, permission, expiresAt }, digest).catch(refuseSecond);
    return { owner, token };
  });
  if (json) printJson({ access_token: accessToken.json(token, "") });
  else print(`The token is imported: access token ${token.id} of ${owner.email}. Programs go on with the value they have.`);
}

async function ownerOf(table: Table, account: AccountId, wanted: string): Promise<Member> {
  if ((await readAccount(table, account)) === undefined) throw new Failure(`There is no account ${account} in ${table.name}: see latchkey accounts list.`);
  const id = parseId<MemberId>(wanted) ?? (await listMembers(table, account)).find(({ email }) => email.toLowerCase() === wanted.toLowerCase())?.id;
  const member = id === undefined ? undefined : await readMember(table, account, id);
  if (member === undefined) throw new Failure(`Account ${account} has no member ${wanted}: give --member the email address or the id of one it has.`);
  if (member.state !== "active") throw new Failure(`${member.email} is ${member.state}: a token can only be given to an active member.`);
  return member;
}

function refuseSecond(error: unknown): never {
  if (error instanceof DomainError && error.fields["digest"] !== undefined) throw new Failure("This token has already been imported: nothing to do.", 1, { cause: error });
  throw error;
}
