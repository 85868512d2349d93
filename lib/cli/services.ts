import { readFileSync } from "node:fs";
import type { Command } from "commander";
import * as z from "zod/mini";
import { toId, type AccountId, type ServiceId } from "../domain/brands.ts";
import { BY_DEFAULT } from "../domain/service-settings.ts";
import { announcedService } from "../http/announced.ts";
import { disagreements, repair, type Catalogue, type Found } from "../operations/reconcile.ts";
import { readAccount } from "../table/accounts.ts";
import { Failure } from "./failure.ts";
import { anId } from "./options.ts";
import { columns, print, printJson } from "./output.ts";
import { onTarget, withTarget, type TargetOptions } from "./target.ts";

type Reconcile = TargetOptions & { readonly account: AccountId; readonly catalogue?: string; readonly dryRun?: true; readonly json?: true };
/** What was found, and whether it is put right now: not in a dry run, and not when it changed meanwhile. */
type Result = Found & { readonly repaired: boolean };

const EXAMPLES = `
What it finds, and what it does about it:
  service_without_token   the service gets a token
  token_without_service   the token is revoked
  half_deleted            the deletion is finished
  missing                 the catalogue has it and Latchkey has not: it is made, with its token

A catalogue is a file with a JSON list of services: [{"id": 42, "name": "Echo", "system_name": "echo"}]

Examples:
  npx latchkey services reconcile --stage prod --account 235711131719 --dry-run
  npx latchkey services reconcile --stage prod --account 235711131719 --catalogue services.json`;

export function addServices(program: Command): void {
  const services = program.command("services").description("services: the APIs of an account, each with its service token");
  const reconciling = services.command("reconcile")
    .description("finds services without a token and tokens without a service, and puts them right")
    .requiredOption("--account <id>", "the account (see accounts list)", anId<AccountId>)
    .option("--catalogue <file>", "the services of an existing catalogue, whose announcements may have been lost")
    .option("--dry-run", "only say what is found")
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action(reconcile);
  withTarget(reconciling);
}

async function reconcile({ account, catalogue: file, dryRun, json, ...where }: Reconcile): Promise<void> {
  const catalogue = file === undefined ? new Map() : catalogueIn(file);
  const results = await onTarget(where, async (target): Promise<Result[]> => {
    if ((await readAccount(target.table, account)) === undefined) throw new Failure(`There is no account ${account} in ${target.table.name}: see latchkey accounts list.`);
    const results: Result[] = [];
    // Whoever only looks needs no key.
    const deps = dryRun ? undefined : { ...target, ...(await target.hashing()) };
    for await (const found of disagreements(target, account, catalogue)) {
      results.push({ ...found, repaired: deps !== undefined && (await repair(deps, account, found, catalogue)) });
    }
    return results;
  });
  if (json) printJson({ services: results.map(({ serviceId, disagreement, repaired }) => ({ id: serviceId, disagreement, repaired })) });
  else if (results.length === 0) print("Every service has its token, and every token its service.");
  else print(...columns([["SERVICE", "FOUND", "REPAIRED"], ...results.map(({ serviceId, disagreement, repaired }) => [String(serviceId), disagreement, repaired ? "yes" : "no"])]));
  if (!dryRun && results.some(({ repaired }) => !repaired)) throw new Failure("Some services changed meanwhile and were left alone: run it again.");
}

function catalogueIn(file: string): Catalogue {
  const parsed = z.array(announcedService).safeParse(read(file));
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues as [z.core.$ZodIssue];
    throw new Failure(`--catalogue: ${file} must hold a JSON list of services, but ${path.length === 0 ? "it" : path.join(".")} ${message}.`, 2);
  }
  return new Map(parsed.data.map(({ id, name, system_name: systemName }) => {
    const serviceId = toId<ServiceId>(id);
    if (serviceId === undefined) throw new Failure(`--catalogue: ${id} is no id; ids are positive whole numbers up to 2^53-1.`, 2);
    return [serviceId, { name, systemName, settings: BY_DEFAULT }];
  }));
}

function read(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const why = error instanceof SyntaxError ? "is no JSON" : "cannot be read";
    throw new Failure(`--catalogue: ${file} ${why}.`, 2, { cause: error });
  }
}
