import type { Page } from "playwright-core";
import { beforeAll, expect, it } from "vitest";
import { PAGES } from "../../lib/http/portal/pages.ts";
import { sample } from "../support/sample.ts";
import { call, inSeconds, makeToken } from "./support/api.ts";
import { hindrances, SCREENS } from "./support/legible.ts";
import { newToken } from "./support/new-token.ts";
import { description, NARROW, visit, type Who } from "./support/portal.ts";

/** Each page in each of its states: who looks at what, and what they do until it is so. */
type Look = readonly [what: string, who: Who, path: string, until: (page: Page) => Promise<unknown>];

const heading = (name: string) => (page: Page) => page.getByRole("heading", { name }).waitFor();

const LOOKS: readonly Look[] = [
  ["tokens", "admin", PAGES.tokens, async (page) => {
    await page.getByRole("button", { name: "Reveal the token of Service 2" }).click();
    await page.getByRole("button", { name: "Hide the token of Service 2" }).waitFor();
  }],
  ["tokens-empty", "none", PAGES.tokens, heading("No access tokens")],
  ["tokens-not-loaded", "admin", PAGES.signedOut, async (page) => {
    await page.route("**/p/api/**/*_tokens.json*", (route) => route.abort());
    await page.getByRole("link", { name: "Latchkey" }).click();
    await heading("The service tokens could not be loaded")(page);
  }],
  ["token-deleting", "admin", PAGES.tokens, async (page) => {
    await page.getByRole("button", { name: "Delete token Grafana" }).click();
    await page.getByRole("dialog").waitFor();
  }],
  ["new-token", "limited", PAGES.newToken, heading("New access token")],
  ["new-token-wrong", "admin", PAGES.newToken, async (page) => {
    await page.getByLabel("Expiration").selectOption("never");
    await page.getByRole("button", { name: "Create access token" }).click();
    await page.getByText("Select at least one scope.").waitFor();
  }],
  ["new-token-custom-date", "admin", PAGES.newToken, async (page) => {
    await page.getByLabel("Expiration").selectOption("custom");
    await page.getByRole("button", { name: "Create access token" }).click();
    await page.getByText("Pick a day.").waitFor();
  }],
  ["shown-once", "limited", PAGES.newToken, (page) => newToken(page, "Nightly report")],
  ["all-tokens", "admin", PAGES.allTokens, (page) => page.getByRole("button", { name: "Delete token Grafana" }).waitFor()],
  ["all-tokens-of-a-member", "limited", PAGES.allTokens, (page) => page.getByText("Only admins see").waitFor()],
  ["person-menu", "admin", PAGES.tokens, async (page) => {
    await heading("Service tokens")(page);
    await page.getByRole("button", { name: "Signed in as" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
  }],
  ["no-such-page", "limited", "/p/nowhere", heading("There is no such page")],
  ["signed-out", "limited", PAGES.signedOut, heading("You are signed out")],
  ["refused", "limited", `${PAGES.refused}?reason=unverified_email`, heading("Your e-mail address is not verified")],
  ["choose-no-more", "limited", PAGES.choose, heading("Choose an account")],
];

export function looks(): void {
  beforeAll(async () => {
    const { admin, none } = description().people;
    for (const [name, scopes, permission, days] of [
      ["CI pipeline", ["account_management"], "rw", 30], ["Billing export", ["finance"], "ro", 2], ["Grafana", ["stats"], "ro", 90],
      ["Terraform", ["account_management", "policy_registry"], "rw", 365], [`Long ${"and longer ".repeat(22)}`, ["stats"], "ro", 7], [`${"x".repeat(255)}`, ["stats"], "ro", 7],
    ] as const) await makeToken(admin.token, { name, scopes, permission, expires_at: inSeconds(days * 86_400) });
    await makeToken(admin.token, { name: "One-off", expires_at: inSeconds(1) });
    const { body } = await call<{ access_tokens: { access_token: { id: number } }[] }>(none.token, "/admin/api/personal/access_tokens.json");
    for (const { access_token: { id } } of body.access_tokens) await call(admin.token, `/admin/api/users/${none.id}/access_tokens/${id}.json`, { method: "DELETE" });
  });

  it.each(sample("looks of pages", 5, LOOKS))("%s: can be used by everybody, light and dark, wide and narrow", async (what, who, at, until) => {
    const { page } = await visit(who, at);
    await until(page);
    expect(await hindrances(page, what)).toEqual([]);
  });

  it("the navigation opens over the page on a phone, and closes when it was used", async () => {
    const { page } = await visit("admin");
    await page.setViewportSize(NARROW);
    await page.getByRole("button", { name: "Navigation" }).click();
    await page.getByRole("link", { name: "All tokens" }).waitFor();
    expect(await hindrances(page, "navigation", SCREENS.filter(({ viewport }) => viewport === NARROW))).toEqual([]);
    await page.getByRole("link", { name: "All tokens" }).click();
    await page.getByRole("heading", { name: "All tokens" }).waitFor();
    await page.getByRole("link", { name: "API docs" }).waitFor({ state: "hidden" });
  });
}
