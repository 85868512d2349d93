import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, type MemberId } from "../../lib/domain/brands.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { createAccount } from "../../lib/operations/accounts.ts";
import { authenticate } from "../../lib/operations/authenticate.ts";
import { changeState, createMember, updateRights } from "../../lib/operations/members.ts";
import { sample } from "../support/sample.ts";
import { startAws, type Aws } from "./aws.ts";
import { run } from "./cli.ts";

let aws: Aws;
let account: string;
const ADMIN = "admin@acme.example";
beforeAll(async () => {
  aws = await startAws();
  const made = await createAccount(aws.deps, { name: "Acme", adminEmail: ADMIN });
  account = String(made.account.id);
  const asAdmin: Principal = { kind: "member", member: made.admin };
  for (const email of ["limited@acme.example", "suspended@acme.example"]) {
    const member = await createMember(aws.deps, asAdmin, { username: email, email });
    await updateRights(aws.deps, asAdmin, id<MemberId>(member.id), { sections: ["partners"] });
    await changeState(aws.deps, asAdmin, member.id, "activate");
    if (email.startsWith("suspended")) await changeState(aws.deps, asAdmin, member.id, "suspend");
  }
});
afterAll(() => aws.stop());

const newValue = (bytes = 48) => randomBytes(bytes).toString("hex");
const storedDigest = (value: string) => `SHA384$${createHash("sha384").update(value).digest("hex")}`;

type Options = Readonly<Record<string, string>>;
async function importing(stdin: string, changed: Options = {}, ...more: readonly string[]) {
  const options: Options = { stage: aws.stage, account, member: ADMIN, name: "Nightly export", scopes: "account_management,stats", permission: "ro", ...changed };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  return run(["access-tokens", "import", ...args, ...more], { env: aws.env, stdin });
}

describe("access-tokens import", () => {
  it.each(sample<[string, number, (value: string) => string]>("forms of a value", 2, [
    ["a value of 64 digits", 32, (value: string) => value],
    ["a value of 96 digits", 48, (value: string) => value],
    ["a value and a line end", 48, (value: string) => `${value}\r\n`],
    ["the digest that 3scale stores", 48, storedDigest],
    ["the digest in capitals, with a line end", 32, (value: string) => `${storedDigest(value).toUpperCase()}\n`],
  ]))("%s on standard input makes the old value authenticate, with what was asked for and no more", async (_what, bytes, given) => {
    const value = newValue(bytes);
    const { code, stderr } = await importing(given(value));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(await authenticate(aws.deps, value)).toMatchObject({
      kind: "access_token", owner: { email: ADMIN },
      token: { name: "Nightly export", scopes: ["account_management", "stats"], permission: "ro", expiresAt: "never" },
    });
  });

  it("prints the new id, and neither the value nor a digest of it", async () => {
    const value = newValue();
    const { stdout } = await importing(value);
    const principal = await authenticate(aws.deps, value);
    expect(stdout).toContain(`access token ${principal?.kind === "access_token" ? principal.token.id : "?"} of ${ADMIN}`);
    expect(stdout).not.toMatch(/[0-9a-f]{64}/i);
  });

  it("--json prints one JSON object, without the value", async () => {
    const value = newValue();
    const { stdout } = await importing(value, { permission: "rw", "expires-at": "2099-12-31T23:59:59Z" }, "--json");
    expect(JSON.parse(stdout)).toEqual({
      access_token: {
        id: expect.any(Number), name: "Nightly export", scopes: ["account_management", "stats"], permission: "rw",
        expires_at: "2099-12-31T23:59:59Z", created_at: expect.any(String), updated_at: expect.any(String),
      },
    });
    expect(stdout).not.toContain(value);
  });

  it("a second import of the same value is refused, in either form, and changes nothing", async () => {
    const value = newValue();
    await importing(value);
    for (const again of [value, storedDigest(value)]) {
      const { code, stdout, stderr } = await importing(again, { permission: "rw" });
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toBe("error: This token has already been imported: nothing to do.\n");
    }
    expect(await authenticate(aws.deps, value)).toMatchObject({ token: { permission: "ro" } });
  });

  it("a member is found by id as well as by address, in whatever letter case", async () => {
    const [byAddress, byId] = [newValue(), newValue()];
    expect((await importing(byAddress, { member: ADMIN.toUpperCase() })).code).toBe(0);
    const principal = await authenticate(aws.deps, byAddress);
    const owner = principal?.kind === "access_token" ? principal.owner.id : 0;
    expect((await importing(byId, { member: String(owner) })).code).toBe(0);
    expect(await authenticate(aws.deps, byId)).toMatchObject({ owner: { id: owner } });
  });

  it.each(sample<[string, Options, string]>("refused imports", 2, [
    ["a scope beyond the member's rights", { member: "limited@acme.example" }, "does not hold the rights for stats"],
    ["a member who is suspended", { member: "suspended@acme.example", scopes: "account_management" }, "suspended@acme.example is suspended"],
    ["an unknown address", { member: "nobody@acme.example" }, "no member nobody@acme.example"],
    ["an unknown id", { member: "12345" }, "no member 12345"],
    ["an unknown account", { account: "1" }, "see latchkey accounts list"],
  ]))("%s is refused: 1, with what to do, and the value does not authenticate", async (_what, options, said) => {
    const value = newValue();
    const { code, stdout, stderr } = await importing(value, options);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(said);
    expect(await authenticate(aws.deps, value)).toEqual({ kind: "unproved", reason: "unknown" });
  });

  it.each(sample<[string, Options, string]>("wrong options of an import", 3, [
    ["an account that is no id", { account: "Acme" }, "--account"],
    ["an unknown scope", { scopes: "account_management,cms" }, "--scopes"],
    ["no scope", { scopes: "" }, "--scopes"],
    ["an unknown permission", { permission: "wr" }, "--permission"],
    ["a blank name", { name: "" }, "--name"],
    ["an expiry in the past", { "expires-at": "2020-01-01T00:00:00Z" }, "--expires-at"],
    ["an expiry that is no time", { "expires-at": "tomorrow" }, "--expires-at"],
    ["a blank expiry", { "expires-at": "" }, "--expires-at"],
  ]))("%s is wrong usage: 2, and the option is named", async (_what, options, option) => {
    const value = newValue();
    const { code, stderr } = await importing(value, options);
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`^error: option '${option} `));
    expect(await authenticate(aws.deps, value)).toEqual({ kind: "unproved", reason: "unknown" });
  });

  it.each(sample("wrong values on standard input", 3, [
    ["nothing", ""],
    ["a password", "correct horse battery staple"],
    ["a digit too few", newValue().slice(1)],
    ["capitals, which 3scale never issued", "A".repeat(64)],
    ["two values", `${newValue()}\n${newValue()}\n`],
    ["a digest of another kind", `SHA256$${newValue(32)}`],
    ["a file that is too long", newValue().repeat(100_000)],
  ] as const))("%s on standard input is wrong usage: 2, and is not repeated", async (_what, stdin) => {
    const { code, stdout, stderr } = await importing(stdin);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^error: Standard input must hold one line with a token of 3scale/);
    expect(stderr).not.toMatch(/[0-9A-Fa-f]{60}|correct horse/);
  });

  it.each([["as an argument", (value: string) => [value]], ["as an option", (value: string) => [`--value=${value}`]]])(
    "a value given %s is refused and not repeated: it is not taken from where others can read it",
    async (_how, args) => {
      const value = newValue();
      const { code, stdout, stderr } = await importing("", {}, ...args(value));
      expect(code).toBe(2);
      expect(stdout + stderr).not.toContain(value);
    },
  );
});
