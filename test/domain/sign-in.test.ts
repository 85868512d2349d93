import { describe, expect, it } from "vitest";
import { id, type AccountId } from "../../lib/domain/brands.ts";
import type { Member } from "../../lib/domain/model.ts";
import { admit, foldedEmail, type Candidate, type Identity } from "../../lib/domain/sign-in.ts";
import { member } from "../model/example.ts";

const VERIFIED: Identity = { issuer: "https://issuer.example", subject: "mia", verifiedEmail: "mia@example.com" };
const { verifiedEmail: _, ...UNVERIFIED } = VERIFIED;
const is = (account: number, bound: Candidate["bound"], state: Member["state"] = "active"): Candidate => ({ member: member({ accountId: id<AccountId>(account), state }), bound });
/** The verdict in short: the account let in to, those to choose from, or the reason. */
const verdict = (candidates: readonly Candidate[], identity = VERIFIED) => {
  const admission = admit(candidates, identity);
  return admission.kind === "one" ? admission.candidate.member.accountId : admission.kind === "choose" ? admission.accounts : admission.reason;
};

describe("admit", () => {
  it.each<[string, readonly Candidate[], Identity, ReturnType<typeof verdict>]>([
    ["a member who is known by their subject is let in", [is(1, "to_this")], VERIFIED, id(1)],
    ["a member who is known by their subject needs no verified e-mail", [is(1, "to_this")], UNVERIFIED, id(1)],
    ["a member whom nobody has been yet is let in by their e-mail", [is(1, "to_nobody")], VERIFIED, id(1)],
    ["a member who is somebody else is not let in", [is(1, "to_another")], VERIFIED, "other_identity"],
    ["a member who is somebody else is not let in, whatever their state", [is(1, "to_another", "suspended")], VERIFIED, "other_identity"],
    ["a suspended member is not let in", [is(1, "to_this", "suspended")], VERIFIED, "not_active"],
    ["a suspended member who has never been here is not let in", [is(1, "to_nobody", "suspended")], VERIFIED, "not_active"],
    ["a pending member is not let in", [is(1, "to_nobody", "pending")], VERIFIED, "not_active"],
    ["a stranger is told so", [], VERIFIED, "no_membership"],
    ["whoever has no verified e-mail and is not known is told so", [], UNVERIFIED, "unverified_email"],
    ["a member of two accounts chooses", [is(1, "to_this"), is(2, "to_nobody")], VERIFIED, [id(1), id(2)]],
    ["a member of two accounts, suspended in one, is let in to the other", [is(1, "to_this", "suspended"), is(2, "to_nobody")], VERIFIED, id(2)],
    ["a member of two accounts, somebody else in one, is let in to the other", [is(1, "to_another"), is(2, "to_this")], VERIFIED, id(2)],
    ["only accounts that let them in are chosen from", [is(1, "to_another"), is(2, "to_this"), is(3, "to_nobody", "pending"), is(4, "to_nobody")], VERIFIED, [id(2), id(4)]],
    ["suspended in one account and somebody else in another: the first is told", [is(1, "to_another"), is(2, "to_this", "suspended")], VERIFIED, "not_active"],
  ])("%s", (_guarantee, candidates, identity, expected) => {
    expect(verdict(candidates, identity)).toEqual(expected);
  });
});

it("a refusal is told apart from both ways in", () => {
  const kinds = [[is(1, "to_this")], [is(1, "to_this"), is(2, "to_nobody")], [is(1, "to_this", "suspended")], [is(1, "to_another")], []].map((candidates) => admit(candidates, VERIFIED).kind);
  expect(kinds).toEqual(["one", "choose", "refused", "refused", "refused"]);
});

describe("foldedEmail", () => {
  it("does not count letter case", () => {
    expect(foldedEmail("Mia.K@Example.COM")).toBe("mia.k@example.com");
  });

  it.each(["mia@\u212Aube.example", "m\u0130a@example.com", "\uFF4Dia@example.com", "mia@example\u3002com"])("keeps what only looks alike apart: %s", (email) => {
    expect(foldedEmail(email)).toBe(email);
  });
});
