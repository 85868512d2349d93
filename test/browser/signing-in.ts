import { afterEach, beforeEach, expect, it } from "vitest";
import { PAGES } from "../../lib/http/portal/pages.ts";
import { sample } from "../support/sample.ts";
import { address, emailOf, newVisit, signIn, visit, type Visit } from "./support/portal.ts";

const SESSION = "__Host-latchkey-session";

export function signingIn(): void {
  let visited: Visit;
  beforeEach(async () => { visited = await newVisit(); });
  afterEach(() => visited.context.close());

  it.each(sample("people who sign in", 1, ["admin", "limited", "none"] as const))("is one click for %s, who is then named on the page", async (who) => {
    const { page, complaints } = visited;
    await signIn(page, who);
    await page.getByRole("heading", { name: "Tokens", level: 1 }).waitFor();
    expect(page.url()).toBe(address(PAGES.tokens));
    await page.getByRole("button", { name: `Signed in as ${emailOf(who)}` }).waitFor();
    expect(await page.getByRole("link", { name: "All tokens" }).count()).toBe(who === "admin" ? 1 : 0);
    expect(complaints).toEqual([]);
  });

  it.each(sample("people who are refused", 1, [
    ["stranger", "no_membership", "You are not a member yet", "Ask an admin of your provider to invite this very address"],
    ["unverified", "unverified_email", "Your e-mail address is not verified", "Verify the address where you signed in"],
  ] as const))("is refused to %s, who is told why and what to do, and can be somebody else", async (who, reason, title, advice) => {
    const { page, context } = visited;
    await signIn(page, who);
    await page.getByRole("heading", { name: title }).waitFor();
    expect(page.url()).toBe(`${address(PAGES.refused)}?reason=${reason}`);
    await page.getByText(advice).waitFor();
    expect((await context.cookies()).filter(({ name }) => name.startsWith("__Host-"))).toEqual([]);
    await page.getByRole("link", { name: "Try another account" }).click();
    await page.getByRole("button", { name: emailOf("limited") }).click();
    await page.getByRole("heading", { name: "Access tokens" }).waitFor();
  });

  it("can be broken off, and nobody is signed in then", async () => {
    const { page, context } = visited;
    await page.goto(address("/"));
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("heading", { name: "You were not signed in" }).waitFor();
    expect((await context.cookies()).filter(({ name }) => name === SESSION)).toEqual([]);
  });

  it("comes back to the page that was asked for", async () => {
    const { page } = visited;
    await signIn(page, "limited", PAGES.newToken);
    await page.getByRole("heading", { name: "New access token" }).waitFor();
    expect(page.url()).toBe(address(PAGES.newToken));
  });

  it("leaves a cookie that only this host gets, and no script and no other site", async () => {
    const { page, context } = await visit("limited");
    const cookies = (await context.cookies()).filter(({ name }) => name.startsWith("__Host-"));
    expect(cookies).toEqual([expect.objectContaining({ name: SESSION, path: "/", httpOnly: true, secure: true, sameSite: "Strict" })]);
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  it("ends with signing out: neither Back nor a copy of the cookie opens anything any more", async () => {
    const { page, context } = visited;
    await signIn(page, "limited");
    await page.getByRole("heading", { name: "Access tokens" }).waitFor();
    const copied = (await context.cookies()).find(({ name }) => name === SESSION);
    await page.getByRole("button", { name: "Signed in as" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    expect(page.url()).toBe(address(PAGES.signedOut));
    expect((await context.cookies()).filter(({ name }) => name === SESSION)).toEqual([]);
    const headers = { cookie: `${SESSION}=${copied?.value}` };
    expect((await fetch(address("/p/api/admin/api/personal/access_tokens.json"), { headers })).status).toBe(403);
    await page.goBack();
    await page.getByRole("button", { name: emailOf("limited") }).waitFor();
    expect(await page.getByText("First token").count()).toBe(0);
  });
}
