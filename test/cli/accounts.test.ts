import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type AccountId } from "../../lib/domain/brands.ts";
import { SCOPES } from "../../lib/domain/model.ts";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";
import { authenticate } from "../../lib/operations/authenticate.ts";
import { createService } from "../../lib/operations/services.ts";
import { parsePeppers } from "../../lib/secrets/pepper.ts";
import { listAccounts, readAccount } from "../../lib/table/accounts.ts";
import { sample } from "../support/sample.ts";
import { startAws, type Aws } from "./aws.ts";
import { run } from "./cli.ts";

const VALUE = /lk_at_[0-9A-Za-z]+/g;

let aws: Aws;
beforeAll(async () => {
  aws = await startAws();
});
afterAll(() => aws.stop());

const latchkey = (...args: readonly string[]) => run(args, { env: aws.env });
const create = (...args: readonly string[]) => latchkey("accounts", "create", "--stage", aws.stage, ...args);

describe("accounts create", () => {
  it("makes an account whose first admin's token authenticates, with every scope, read and write, for ever", async () => {
    const { code, stdout, stderr } = await create("--name", "Acme APIs", "--admin-email", "admin@acme.example");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const principal = await authenticate(aws.deps, stdout.match(VALUE)?.[0] ?? "");
    expect(principal).toMatchObject({
      kind: "access_token", token: { scopes: SCOPES, permission: "rw", expiresAt: "never" },
      owner: { email: "admin@acme.example", role: "admin", state: "active" },
    });
  });

  it("prints the value exactly once, alone on its line", async () => {
    const { stdout } = await create("--name", "Acme APIs", "--admin-email", "admin@acme.example");
    expect(stdout.match(VALUE)).toHaveLength(1);
    expect(stdout.split("\n")).toContain(stdout.match(VALUE)?.[0]);
  });

  it("--json prints one JSON object and nothing else, with the value in it once", async () => {
    const { code, stdout, stderr } = await create("--name", "Größe & Söhne", "--admin-email", "Admin@acme.example", "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const made = JSON.parse(stdout);
    expect(made).toEqual({
      account: { id: expect.any(Number), name: "Größe & Söhne", created_at: expect.stringMatching(/^\d{4}-.*Z$/) },
      admin: { id: expect.any(Number), username: "Admin@acme.example", email: "Admin@acme.example" },
      access_token: expect.objectContaining({ id: expect.any(Number), scopes: SCOPES, permission: "rw", value: expect.stringMatching(/^lk_at_/) }),
    });
    expect(stdout.match(VALUE)).toHaveLength(1);
    expect((await readAccount(aws.deps.table, id<AccountId>(made.account.id)))?.name).toBe("Größe & Söhne");
    expect((await authenticate(aws.deps, made.access_token.value)).kind).toBe("access_token");
  });

  it("the account's data key is one that the stage's sealing key opens: its services can be made", async () => {
    const made = JSON.parse((await create("--name", "Acme", "--admin-email", "a@acme.example", "--json")).stdout);
    const principal = await authenticate(aws.deps, made.access_token.value);
    if (principal.kind === "unproved") throw new Error("The token does not authenticate");
    await expect(createService(aws.deps, principal, { name: "Service", settings: BY_DEFAULT })).resolves.toMatchObject({ name: "Service" });
  });

  it("hashes under the newest pepper there is", async () => {
    const value = (await create("--name", "Acme", "--admin-email", "a@acme.example")).stdout.match(VALUE)?.[0] ?? "";
    const [first, second] = aws.peppers.map(parsePeppers);
    if (first === undefined || second === undefined) throw new Error("There must be two");
    await expect(authenticate({ ...aws.deps, peppers: first }, value)).rejects.toThrow("Pepper version 2 is not configured");
    await expect(authenticate({ ...aws.deps, peppers: second }, value)).resolves.toMatchObject({ kind: "access_token" });
  });

  it.each(sample<[string, readonly string[], string]>("wrong accounts", 2, [
    ["an address without domain", ["--name", "Acme", "--admin-email", "admin"], "--admin-email"],
    ["a blank address", ["--name", "Acme", "--admin-email", ""], "--admin-email"],
    ["no address", ["--name", "Acme"], "--admin-email"],
    ["a blank name", ["--name", " ", "--admin-email", "a@acme.example"], "--name"],
    ["a name with control characters", ["--name", "Ac\u001b[31mme", "--admin-email", "a@acme.example"], "--name"],
    ["a name that is too long", ["--name", "x".repeat(256), "--admin-email", "a@acme.example"], "--name"],
  ]))("%s is wrong usage: 2, the option is named, and nothing is made", async (_what, args, option) => {
    const before = await listAccounts(aws.deps.table);
    const { code, stdout, stderr } = await create(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^error: .*option '${option} `));
    expect(await listAccounts(aws.deps.table)).toEqual(before);
  });
});

describe("accounts list", () => {
  it("shows id, name and when made, one account a line, and never a value or a key", async () => {
    const made = JSON.parse((await create("--name", "Listed Ltd", "--admin-email", "a@acme.example", "--json")).stdout);
    const { code, stdout, stderr } = await latchkey("accounts", "list", "--stage", aws.stage);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { id, name, created_at: created } = made.account;
    expect(stdout.split("\n")[0]).toMatch(/^ID +NAME +CREATED$/);
    expect(stdout).toMatch(new RegExp(`^${id} +${name} +${created}$`, "m"));
    expect(stdout).not.toMatch(VALUE);
  });

  it("--json prints one JSON object, ids as numbers, and never a value or a key", async () => {
    const { account } = JSON.parse((await create("--name", "Listed Ltd", "--admin-email", "a@acme.example", "--json")).stdout);
    const { stdout } = await latchkey("accounts", "list", "--stage", aws.stage, "--json");
    expect(JSON.parse(stdout).accounts).toContainEqual(account);
    expect(stdout).not.toMatch(/lk_|key/i);
  });

  it("needs the table alone: neither pepper nor sealing key is asked for", async () => {
    const before = { ...aws.double.calls };
    await latchkey("accounts", "list", "--stage", aws.stage);
    expect(aws.double.calls).toEqual(before);
  });

  it("writes no escape sequence into a pipe, whatever the environment wants of colours", async () => {
    const { stdout, stderr } = await run(["accounts", "list", "--stage", aws.stage], { env: { ...aws.env, FORCE_COLOR: "3", TERM: "xterm-256color" } });
    expect(stdout).toMatch(/^ID/);
    expect(stdout + stderr).not.toContain("\u001b");
  });
});
