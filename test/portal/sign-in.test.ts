import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { epochSeconds } from "../../lib/domain/brands.ts";
import type { Member } from "../../lib/domain/model.ts";
import { startIdentityProvider, type IdentityProvider } from "../../lib/local/identity-provider.ts";
import type { LocalPerson } from "../../lib/local/people.ts";
import { changeState, createMember, deleteMember, updateMember } from "../../lib/operations/members.ts";
import { signIn } from "../../lib/operations/sign-in.ts";
import { cookieKeys, sealCookie } from "../../lib/secrets/sealed-cookie.ts";
import { memberRow } from "../../lib/table/members.ts";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { PUBLIC_URL, startDeployment, type Deployment } from "../support/deployment.ts";
import { fromPage } from "../support/portal.ts";
import { everyRow } from "../support/rows.ts";
import { formOf, visitor, type Stop, type Visitor } from "../support/visitor.ts";

/** The whole way in, over HTTP: the strict gateway, and the provider that `npm start` runs. */
const CLIENT_ID = "latchkey-test";
const CALLBACK = `${PUBLIC_URL}/p/sign_in/callback`;
const TOKENS_PAGE = "/p/admin/user/access_tokens";
const SESSION = "__Host-latchkey-session";
const SIGNING_IN = "__Host-latchkey-signing-in";

let latchkey: Deployment;
let provider: IdentityProvider;
let account: TestAccount;
/** Whom the provider knows; tests add to it, and change what is known of somebody. */
const people: { -readonly [K in keyof LocalPerson]: LocalPerson[K] }[] = [];

beforeAll(async () => {
  provider = await startIdentityProvider({ people, clientId: CLIENT_ID, redirectUris: [CALLBACK], postLogoutRedirectUris: [`${PUBLIC_URL}/p/signed_out`] });
  latchkey = await startDeployment({ OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: CLIENT_ID, OIDC_CLIENT_SECRET: "" });
  account = await createTestAccount(latchkey);
});
afterAll(async () => {
  await latchkey?.stop();
  await provider?.stop();
});

let known = 0;
/** Somebody whom the provider knows by this e-mail. */
function person(email: string, emailVerified = true): (typeof people)[number] {
  const somebody = { subject: `subject-${++known}`, email, emailVerified, about: "" };
  people.push(somebody);
  return somebody;
}
const asAdmin = (of = account) => ({ kind: "member" as const, member: of.admin.member });
const newMember = async (of = account): Promise<Member> => (await of.member({ sections: ["partners"] })).member;

/** The functions take themselves to be at their public address; the gateway is here. */
const here = ({ pathname, search }: URL) => latchkey.url + pathname + search;
const isBack = (url: URL) => url.origin === PUBLIC_URL;
const cookieOf = (browser: Visitor, name: string) => browser.cookies(latchkey.url)[name];

/** Goes to the provider's page, clicks, and comes as far as the way back, which is not gone. */
async function prove(browser: Visitor, who: Pick<LocalPerson, "subject"> | "cancel", query = ""): Promise<URL> {
  const page = await browser.follow(await browser.get(`${latchkey.url}/p/sign_in${query}`));
  const form: Record<string, string> = who === "cancel" ? { cancel: "yes" } : { person: who.subject };
  const { location } = await browser.follow(await browser.post(formOf(page).action, form), isBack);
  if (location === undefined) throw new Error("The provider did not send back");
  return location;
}

/** The whole way, to where Latchkey brings them. */
async function comeIn(who: Pick<LocalPerson, "subject"> | "cancel", { query = "", browser = visitor() } = {}): Promise<{ readonly browser: Visitor; readonly end: Stop; readonly to: string }> {
  const end = await browser.get(here(await prove(browser, who, query)));
  return { browser, end, to: end.headers.get("location") ?? "" };
}
const refusal = (reason: string) => `/p/sign_in/refused?reason=${reason}`;
/** The member whose portal a browser has open, by what the pages would show. */
async function memberIn(browser: Visitor): Promise<Pick<Member, "accountId" | "id"> | undefined> {
  const session = cookieOf(browser, SESSION);
  const { status, json } = await fromPage(latchkey, session && `${SESSION}=${session}`, "GET", "/p/api/admin/api/personal/rights.json");
  return status === 200 ? { accountId: json.rights.account.id, id: json.rights.user.id } : undefined;
}
const idsOf = ({ accountId, id }: Member) => ({ accountId, id });
const sessionsOf = async ({ accountId, id }: Member) => (await everyRow(latchkey)).filter(({ pk }) => pk.startsWith(`ACCOUNT#${accountId}#MEMBER#${id}#SESSION#`)).length;

describe("on the way to the issuer", () => {
  it("a browser takes what the issuer must know, and nothing that proves anything", async () => {
    const { status, location, headers } = await visitor().get(`${latchkey.url}/p/sign_in`);
    expect([status, location?.origin]).toEqual([302, provider.issuer]);
    expect(Object.fromEntries(location!.searchParams)).toEqual({
      client_id: CLIENT_ID, response_type: "code", redirect_uri: CALLBACK, scope: "openid email", code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/), state: expect.stringMatching(/^[\w-]{43}$/), nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect([headers.get("cache-control"), headers.get("referrer-policy")]).toEqual(["no-store", "no-referrer"]);
  });

  it.each([["?another=1", "login"], ["?another=0", null], ["?another=none", null], ["?prompt=none", null]])("who goes there with %s is asked who they are, although the issuer may remember them: %s", async (query, prompt) => {
    const { location } = await visitor().get(`${latchkey.url}/p/sign_in${query}`);
    expect(location!.searchParams.get("prompt")).toBe(prompt);
  });

  it("the cookie of the sign-in is for this host, for ten minutes, and tells nothing", async () => {
    const { headers, location } = await visitor().get(`${latchkey.url}/p/sign_in?to=${TOKENS_PAGE}`);
    const [cookie, ...others] = headers.getSetCookie();
    expect(others).toEqual([]);
    expect(cookie).toMatch(/^__Host-latchkey-signing-in=[\w.-]+; Max-Age=600; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
    expect(cookie).not.toContain(location!.searchParams.get("state"));
  });

  it("state, nonce and challenge are others every time", async () => {
    const asked = await Promise.all([1, 2, 3].map(async () => (await visitor().get(`${latchkey.url}/p/sign_in`)).location!.searchParams));
    for (const name of ["state", "nonce", "code_challenge"]) expect(new Set(asked.map((each) => each.get(name))).size).toBe(3);
  });
});

describe("a member who proves who they are", () => {
  it("is signed in, with a session of eight hours that scripts cannot read", async () => {
    const member = await newMember();
    const { browser, end, to } = await comeIn(person(member.email));
    expect([end.status, to]).toEqual([302, TOKENS_PAGE]);
    expect(end.headers.getSetCookie()).toEqual([
      `${SIGNING_IN}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax`,
      expect.stringMatching(/^__Host-latchkey-session=[\w.-]+; Max-Age=(?:28800|28799); Path=\/; Secure; HttpOnly; SameSite=Strict$/),
    ]);
    expect(await memberIn(browser)).toEqual(idsOf(member));
  });

  it("is found by their e-mail whatever its letter case", async () => {
    const member = await newMember();
    const { browser } = await comeIn(person(member.email.toUpperCase()));
    expect(await memberIn(browser)).toEqual(idsOf(member));
  });

  it("is brought to the page they asked for", async () => {
    const member = await newMember();
    expect((await comeIn(person(member.email), { query: `?to=${encodeURIComponent("/p/admin/api_docs?api=billing")}` })).to).toBe("/p/admin/api_docs?api=billing");
  });

  it.each(["https://evil.example", "//evil.example", "/\\evil.example", "/p/../../evil", "/p//evil.example", "/p/\\evil.example", "https://evil.example/p/", "javascript:alert(1)", "/admin/api/users.json", "/p/sign_in", ""])(
    "is never brought elsewhere: to=%j", async (to) => {
      const member = await newMember();
      expect((await comeIn(person(member.email), { query: `?to=${encodeURIComponent(to)}` })).to).toBe(TOKENS_PAGE);
    });

  it("has a new session each time: one that somebody planted is not taken over", async () => {
    const member = await newMember();
    const somebody = person(member.email);
    const [first, second] = [await comeIn(somebody), await comeIn(somebody)];
    expect(cookieOf(first.browser, SESSION)).not.toBe(cookieOf(second.browser, SESSION));
    const third = await comeIn(somebody, { browser: first.browser });
    expect(await sessionsOf(member)).toBe(3);
    expect(await memberIn(third.browser)).toEqual(idsOf(member));
  });

  it("stays that member when their e-mail at the issuer becomes another, verified or not", async () => {
    const member = await newMember();
    const somebody = person(member.email);
    await comeIn(somebody);
    Object.assign(somebody, { email: "elsewhere@example.com", emailVerified: false });
    expect(await memberIn((await comeIn(somebody)).browser)).toEqual(idsOf(member));
  });

  it("stays that member when their e-mail at the issuer becomes another member's", async () => {
    const [member, other] = [await newMember(), await newMember()];
    const somebody = person(member.email);
    await comeIn(somebody);
    somebody.email = other.email;
    expect(await memberIn((await comeIn(somebody)).browser)).toEqual(idsOf(member));
  });

  it("stays that member when their e-mail here becomes another", async () => {
    const member = await newMember();
    const somebody = person(member.email);
    await comeIn(somebody);
    await updateMember(latchkey.operator, asAdmin(), member.id, { email: `renamed-${member.email}` });
    expect(await memberIn((await comeIn(somebody)).browser)).toEqual(idsOf(member));
  });

  it("is found by the e-mail they have here now, and no longer by the one they had", async () => {
    const member = await newMember();
    await updateMember(latchkey.operator, asAdmin(), member.id, { email: `new-${member.email}` });
    expect((await comeIn(person(member.email))).to).toBe(refusal("no_membership"));
    expect(await memberIn((await comeIn(person(`new-${member.email}`))).browser)).toEqual(idsOf(member));
  });

  it("is not found by an e-mail that only the index still has", async () => {
    const member = await newMember();
    const { documents: client, operator: { table: { name: TableName } } } = latchkey;
    await client.send(new PutCommand({ TableName, Item: { ...memberRow(member), email: `new-${member.email}` } }));
    expect((await comeIn(person(member.email))).to).toBe(refusal("no_membership"));
  });

  it("may come in twice at once, the first time too", async () => {
    const member = await newMember();
    const identity = { issuer: provider.issuer, subject: person(member.email).subject, verifiedEmail: member.email };
    const outcomes = await Promise.all([1, 2, 3].map(() => signIn(latchkey.operator, identity, undefined)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(["signed_in", "signed_in", "signed_in"]);
  });
});

describe("nobody is let in", () => {
  /** Why somebody was turned away, with no cookie left to them; everything that happened, if it was anything else. */
  const turnedAway = async (who: Parameters<typeof comeIn>[0], query = "") => {
    const { browser, end, to } = await comeIn(who, { query });
    const cookies = [SESSION, SIGNING_IN].filter((name) => cookieOf(browser, name) !== undefined);
    return end.status === 302 && to.startsWith(refusal("")) && cookies.length === 0 ? to.slice(refusal("").length) : { status: end.status, to, cookies };
  };

  it("who is a member of nothing, and no account is made for them", async () => {
    const before = (await everyRow(latchkey)).length;
    expect(await turnedAway(person("stranger@example.com"))).toBe("no_membership");
    expect(await everyRow(latchkey)).toHaveLength(before);
  });

  it("whose e-mail is not verified, though it is a member's", async () => {
    const member = await newMember();
    expect(await turnedAway(person(member.email, false))).toBe("unverified_email");
    expect(await sessionsOf(member)).toBe(0);
  });

  it("whose e-mail only looks like a member's", async () => {
    const { email } = await newMember();
    expect(await turnedAway(person(email.replace("m", "\uFF4D")))).toBe("no_membership");
  });

  it("who is pending", async () => {
    const email = "pending@example.com";
    await createMember(latchkey.operator, asAdmin(), { username: email, email });
    expect(await turnedAway(person(email))).toBe("not_active");
  });

  it("who is suspended, before the first sign-in and after it", async () => {
    const [never, once] = [await newMember(), await newMember()];
    const somebody = person(once.email);
    await comeIn(somebody);
    for (const { id } of [never, once]) await changeState(latchkey.operator, asAdmin(), id, "suspend");
    expect(await turnedAway(person(never.email))).toBe("not_active");
    expect(await turnedAway(somebody)).toBe("not_active");
  });

  it("who has a member's e-mail, when that member is somebody else by now", async () => {
    const member = await newMember();
    await comeIn(person(member.email));
    expect(await turnedAway(person(member.email))).toBe("other_identity");
    expect(await sessionsOf(member)).toBe(1);
  });

  it("as a member whom somebody else becomes at the same time", async () => {
    const member = await newMember();
    const identities = [person(member.email), person(member.email), person(member.email)].map(({ subject }) => ({ issuer: provider.issuer, subject, verifiedEmail: member.email }));
    const outcomes = await Promise.all(identities.map((identity) => signIn(latchkey.operator, identity, undefined)));
    expect(outcomes.map((outcome) => (outcome.kind === "refused" ? outcome.reason : outcome.kind)).toSorted((a, b) => a.localeCompare(b))).toEqual(["other_identity", "other_identity", "signed_in"]);
  });

  it("who was deleted, and whoever was bound to them is nobody again", async () => {
    const member = await newMember();
    const somebody = person(member.email);
    await comeIn(somebody);
    await deleteMember(latchkey.operator, asAdmin(), member.id);
    expect(await turnedAway(somebody)).toBe("no_membership");
  });

  it("to an account they named and are not a member of", async () => {
    const member = await newMember();
    const other = await createTestAccount(latchkey);
    expect(await turnedAway(person(member.email), `?account=${other.admin.member.accountId}`)).toBe("no_membership");
  });

  it("who says no to the issuer", async () => {
    expect(await turnedAway("cancel")).toBe("denied");
  });
});

describe("whoever was deleted and is a member again", () => {
  async function delivered(): Promise<void> {
    await latchkey.pump.drain();
    await latchkey.bus.deliver();
  }

  it("has left nothing behind, once that was removed", async () => {
    const member = await newMember();
    await comeIn(person(member.email));
    const left = async () => (await everyRow(latchkey)).filter((row) => row["type"] !== "event" && JSON.stringify(row).includes(String(member.id))).map(({ type }) => String(type));
    await deleteMember(latchkey.operator, asAdmin(), member.id);
    expect((await left()).toSorted((a, b) => a.localeCompare(b))).toEqual(["access_token", "binding", "identity", "session"]);
    await delivered();
    expect(await left()).toEqual([]);
  });

  it.each([["before", async () => {}], ["after", delivered]] as const)("is let in as the new member, %s what was left of the old one is removed", async (_when, meanwhile) => {
    const { email, id, accountId } = await newMember();
    const somebody = person(email);
    await comeIn(somebody);
    await deleteMember(latchkey.operator, asAdmin(), id);
    await meanwhile();
    const { id: again } = await createMember(latchkey.operator, asAdmin(), { username: email, email });
    await changeState(latchkey.operator, asAdmin(), again, "activate");
    expect(await memberIn((await comeIn(somebody)).browser)).toEqual({ accountId, id: again });
    somebody.emailVerified = false;
    expect(await memberIn((await comeIn(somebody)).browser)).toEqual({ accountId, id: again });
  });
});

describe("a member of several accounts", () => {
  let [other, email] = [undefined as unknown as TestAccount, ""];
  let here: Member;
  let there: Member;
  beforeAll(async () => {
    other = await createTestAccount(latchkey);
    here = await newMember();
    ({ email } = here);
    const { id } = await createMember(latchkey.operator, asAdmin(other), { username: email, email });
    there = await changeState(latchkey.operator, asAdmin(other), id, "activate");
  });

  it("is asked in which, is told their names, and is let in to the one they chose", async () => {
    const somebody = person(email);
    const { browser, end, to } = await comeIn(somebody, { query: `?to=${encodeURIComponent("/p/admin/api_docs")}` });
    expect([to, cookieOf(browser, SESSION)]).toEqual(["/p/sign_in/choose", undefined]);
    expect(end.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-latchkey-signing-in=[\w.-]+; Max-Age=600; Path=\/; Secure; HttpOnly; SameSite=Lax$/)]);
    const choices = await browser.get(`${latchkey.url}/p/sign_in/choices`);
    const { accounts, to: leads } = JSON.parse(choices.text) as { accounts: { id: number; name: string }[]; to: string };
    expect([choices.status, leads, choices.headers.get("cache-control")]).toEqual([200, "/p/admin/api_docs", "no-store"]);
    expect(new Set(accounts.map(({ id }) => id))).toEqual(new Set([here.accountId, there.accountId]));
    expect(accounts.every(({ name }) => /^Account \d+$/.test(name))).toBe(true);

    const chosen = await comeIn(somebody, { browser, query: `?account=${there.accountId}&to=${encodeURIComponent(leads)}` });
    expect([chosen.to, await memberIn(browser)]).toEqual(["/p/admin/api_docs", idsOf(there)]);
    expect((await comeIn(somebody)).to).toBe("/p/sign_in/choose");
    expect(await memberIn((await comeIn(somebody, { query: `?account=${here.accountId}` })).browser)).toEqual(idsOf(here));
  });

  it("is not asked when they are suspended in all but one", async () => {
    await changeState(latchkey.operator, asAdmin(other), there.id, "suspend");
    const [somebody] = people.filter((each) => each.email === email);
    expect(await memberIn((await comeIn(somebody!)).browser)).toEqual(idsOf(here));
  });

  it.each<[string, (browser: Visitor) => Promise<unknown>]>([
    ["no sign-in", async () => {}],
    ["a sign-in that has only begun", (browser) => browser.get(`${latchkey.url}/p/sign_in`)],
  ])("is told no names after %s", async (_what, before) => {
    const browser = visitor();
    await before(browser);
    const { status, text } = await browser.get(`${latchkey.url}/p/sign_in/choices`);
    expect([status, text]).toEqual([403, '{"error":"Access denied","code":"access_denied"}']);
  });
});

describe("the way back leads nowhere", () => {
  /** What Latchkey answers to a way back that was changed. */
  const outcome = async (browser: Visitor, url: string) => (await browser.get(url)).headers.get("location");
  const changed = (url: URL, changes: Readonly<Record<string, string | undefined>>) => {
    const copy = new URL(url);
    for (const [name, value] of Object.entries(changes)) {
      if (value === undefined) copy.searchParams.delete(name);
      else copy.searchParams.set(name, value);
    }
    return here(copy);
  };
  let member: Member;
  let somebody: LocalPerson;
  beforeAll(async () => {
    member = await newMember();
    somebody = person(member.email);
  });

  it("never when it is gone as it came", async () => {
    const browser = visitor();
    expect(await outcome(browser, here(await prove(browser, somebody)))).toBe(TOKENS_PAGE);
  });

  it.each<[string, (url: URL) => string]>([
    ["with another state", (url) => changed(url, { state: "x".repeat(43) })],
    ["without a state", (url) => changed(url, { state: undefined })],
    ["with two states", (url) => `${here(url)}&state=${url.searchParams.get("state")}`],
    ["with another code", (url) => changed(url, { code: "x".repeat(43) })],
    ["without a code", (url) => changed(url, { code: undefined })],
    ["of another issuer", (url) => changed(url, { iss: "https://evil.example" })],
    ["with nothing", (url) => here(url).split("?")[0]!],
    ["with an error that the person did not make", (url) => changed(url, { code: undefined, error: "server_error" })],
    ["with a no that is not this sign-in's", (url) => `${here(url).split("?")[0]}?error=access_denied&state=other&iss=${encodeURIComponent(provider.issuer)}`],
  ])("%s", async (_what, change) => {
    const browser = visitor();
    const back = await prove(browser, somebody);
    expect(await outcome(browser, change(back))).toBe(refusal("failed"));
    expect(cookieOf(browser, SESSION)).toBeUndefined();
    // It has been used up all the same.
    expect(await outcome(browser, here(back))).toBe(refusal("failed"));
  });

  it("a second time, even with a copy of the cookie: the issuer gives nothing for a code that was used", async () => {
    const browser = visitor();
    const back = await prove(browser, somebody);
    const cookie = `${SIGNING_IN}=${cookieOf(browser, SIGNING_IN)}`;
    expect(await outcome(browser, here(back))).toBe(TOKENS_PAGE);
    const again = await fetch(here(back), { redirect: "manual", headers: { cookie } });
    expect([again.headers.get("location"), again.headers.getSetCookie().some((each) => each.startsWith(SESSION))]).toEqual([refusal("failed"), false]);
  });

  it("in a browser that did not begin it", async () => {
    const back = await prove(visitor(), somebody);
    expect(await outcome(visitor(), here(back))).toBe(refusal("failed"));
  });

  it("in a browser that began another", async () => {
    const back = await prove(visitor(), somebody);
    const victim = visitor();
    await victim.get(`${latchkey.url}/p/sign_in`);
    expect(await outcome(victim, here(back))).toBe(refusal("failed"));
    expect(cookieOf(victim, SESSION)).toBeUndefined();
  });

  it("with a cookie that is over, of another purpose, or sealed by somebody else", async () => {
    const back = await prove(visitor(), somebody);
    const now = latchkey.operator.clock();
    const claims = { state: back.searchParams.get("state"), nonce: "n", verifier: "v", to: TOKENS_PAGE };
    const keys = cookieKeys(latchkey.sessionKey);
    const cookies = [
      await sealCookie(keys, "signing-in", claims, epochSeconds(now - 1)), await sealCookie(keys, "session", claims, epochSeconds(now + 60)),
      await sealCookie(keys, "choosing", claims, epochSeconds(now + 60)), await sealCookie(cookieKeys("k".repeat(32)), "signing-in", claims, epochSeconds(now + 60)), "garbage", "",
    ];
    for (const cookie of cookies) {
      const { headers } = await fetch(here(back), { redirect: "manual", headers: { cookie: `${SIGNING_IN}=${cookie}` } });
      expect(headers.get("location")).toBe(refusal("failed"));
    }
  });
});

describe("signing out", () => {
  it("tells the way to the issuer, where they are signed out too, and back", async () => {
    const member = await newMember();
    const { browser } = await comeIn(person(member.email));
    const cookie = `${SESSION}=${cookieOf(browser, SESSION)}`;
    const { json } = await fromPage(latchkey, cookie, "POST", "/p/sign_out");
    const location = new URL(json.location as string);
    expect([location.origin, Object.fromEntries(location.searchParams)]).toEqual([
      provider.issuer, { client_id: CLIENT_ID, post_logout_redirect_uri: `${PUBLIC_URL}/p/signed_out`, logout_uri: `${PUBLIC_URL}/p/signed_out` },
    ]);
    expect((await browser.get(location)).status).toBe(200);
    expect(await memberIn(browser)).toBeUndefined();
  });
});

describe("what is kept of a sign-in", () => {
  it("names no subject and no issuer, and no log has what proves anything", async () => {
    const member = await newMember();
    const somebody = person(member.email);
    const browser = visitor();
    const back = await prove(browser, somebody);
    const sealed = cookieOf(browser, SIGNING_IN)!;
    await browser.get(here(back));
    const secrets = [back.searchParams.get("code")!, back.searchParams.get("state")!, sealed, cookieOf(browser, SESSION)!];
    const kept = JSON.stringify(await everyRow(latchkey));
    expect([...secrets, somebody.subject, provider.issuer].filter((secret) => kept.includes(secret))).toEqual([]);
    expect([...secrets, member.email].filter((secret) => latchkey.logs().includes(secret))).toEqual([]);
  });
});
