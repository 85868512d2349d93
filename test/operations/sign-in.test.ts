import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { epochSeconds, type AccountId } from "../../lib/domain/brands.ts";
import type { Member, Principal } from "../../lib/domain/model.ts";
import type { Identity } from "../../lib/domain/sign-in.ts";
import { changeState, createMember, deleteMember, updateMember } from "../../lib/operations/members.ts";
import { authenticateSession, SESSION_SECONDS, startSession } from "../../lib/operations/sessions.ts";
import { namesOf, signIn } from "../../lib/operations/sign-in.ts";
import { keys } from "../../lib/table/model.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { everyRow, rewriteMember } from "../support/rows.ts";
import { meanwhile, through } from "../support/table.ts";
import { Workshop } from "../support/workshop.ts";

/** Who is signed in when somebody is changed between the reading and the writing, and in how many accounts one may be. */
const w = new Workshop();
beforeAll(() => w.open());
afterAll(() => w.close());

const ISSUER = "https://issuer.example";
let subjects = 0;
const somebody = (verifiedEmail: string): Identity => ({ issuer: ISSUER, subject: `subject-${++subjects}`, verifiedEmail });
const asAdmin = (of: TestAccount): Principal => ({ kind: "member", member: of.admin.member });
async function member(email: string, of: TestAccount = w.account): Promise<Member> {
  const { id } = await createMember(w.operator, asAdmin(of), { username: email, email });
  return changeState(w.operator, asAdmin(of), id, "activate");
}
const sessions = async () => (await everyRow(w.latchkey)).filter(({ type }) => type === "session").length;

describe("between the reading and the writing", () => {
  it.each<[string, (of: Member) => Promise<unknown>, string]>([
    ["suspended", (of) => changeState(w.operator, w.admin, of.id, "suspend"), "not_active"],
    ["deleted", (of) => deleteMember(w.operator, w.admin, of.id), "no_membership"],
    ["bound to somebody else", (of) => signIn(w.operator, somebody(of.email), undefined), "other_identity"],
  ])("a member who is %s is not signed in, and is told why", async (what, change, reason) => {
    const of = await member(w.email());
    const before = await sessions();
    expect(await signIn(meanwhile(w.operator, () => change(of)), somebody(of.email), undefined)).toEqual({ kind: "refused", reason });
    expect(await sessions()).toBe(before + (what === "bound to somebody else" ? 1 : 0));
  });

  it("a member who comes in twice at once is known as one", async () => {
    const of = await member(w.email());
    const identity = somebody(of.email);
    const both = [await signIn(meanwhile(w.operator, () => signIn(w.operator, identity, undefined)), identity, undefined), await signIn(w.operator, identity, undefined)];
    expect(both).toEqual([1, 2].map(() => ({ kind: "signed_in", session: expect.objectContaining({ memberId: of.id }) as unknown })));
  });

  it.each<[string, (of: Member) => Promise<unknown>]>([
    ["has another e-mail", (of) => updateMember(w.operator, w.admin, of.id, { email: w.email() })], ["is gone", (of) => deleteMember(w.operator, w.admin, of.id)],
  ])("who %s by the time they are read by themselves is not who was looked for", async (_what, change) => {
    const of = await member(w.email());
    const identity = somebody(of.email);
    let changed = false;
    const table = through(w.operator.table, async (operation, _input, ask) => {
      if (operation === "BatchGetItem" && !changed) {
        changed = true;
        await change(of);
      }
      return ask();
    });
    expect(await signIn({ ...w.operator, table }, identity, undefined)).toEqual({ kind: "refused", reason: "no_membership" });
  });
});

it("an e-mail that nobody has verified leads to nobody, whose it may be, and a subject to whom it was bound, whatever the e-mail", async () => {
  const of = await member(w.email());
  const identity = somebody(of.email);
  const { subject } = identity;
  expect(await signIn(w.operator, { issuer: ISSUER, subject: "unverified" }, undefined)).toEqual({ kind: "refused", reason: "unverified_email" });
  await signIn(w.operator, identity, undefined);
  await updateMember(w.operator, w.admin, of.id, { email: w.email() });
  expect(await signIn(w.operator, { issuer: ISSUER, subject }, undefined)).toMatchObject({ kind: "signed_in", session: { memberId: of.id } });
  expect(await signIn(w.operator, { issuer: "https://other.example", subject }, undefined)).toMatchObject({ kind: "refused" });
});

it("a subject who is known by the member alone, and not the other way, is that member by their e-mail", async () => {
  const of = await member(w.email());
  const identity = somebody(of.email);
  await signIn(w.operator, identity, undefined);
  await w.lose(keys.identity(identity.issuer, identity.subject, of.accountId));
  expect(await signIn(w.operator, identity, undefined)).toMatchObject({ kind: "signed_in", session: { memberId: of.id } });
  expect(await signIn(w.operator, somebody(of.email), undefined)).toEqual({ kind: "refused", reason: "other_identity" });
});

it("a session of the very second in which all of its member's ended is over as well, one of the second after is not", async () => {
  const of = await member(w.email());
  const session = (await startSession(w.operator, of))!;
  const began = session.expiresAt - SESSION_SECONDS;
  for (const [ended, lives] of [[began, false], [began - 1, true]] as const) {
    await rewriteMember(w.latchkey, of, { sessionsEndedAt: epochSeconds(ended) });
    expect((await authenticateSession(w.operator, session)) !== undefined).toBe(lives);
  }
});

describe("whoever is in more accounts than anybody chooses from", () => {
  it("chooses among thirty of them, and reaches each by naming it", async () => {
    const email = w.email();
    const ids: AccountId[] = [];
    for (let made = 0; made < 31; made++) ids.push((await member(email, await createTestAccount(w.latchkey))).accountId);
    const identity = somebody(email);
    const choice = await signIn(w.operator, identity, undefined);
    const accounts = choice.kind === "choose" ? choice.accounts : [];
    expect(accounts).toHaveLength(30);
    expect(ids).toEqual(expect.arrayContaining([...accounts]));
    for (const id of [ids[0]!, ids[30]!]) expect(await signIn(w.operator, identity, id)).toMatchObject({ kind: "signed_in", session: { accountId: id } });
    expect(await namesOf(w.operator, ids)).toHaveLength(30);
    // One that is gone has no name to choose it by.
    await w.lose(keys.account(ids[3]!));
    expect((await namesOf(w.operator, ids.slice(2, 5))).map(({ id }) => id)).toEqual([ids[2], ids[4]]);
  });
});
