import { expect, it, onTestFinished } from "vitest";
import { PAGES } from "../../lib/http/portal/pages.ts";
import { asAdmin } from "./support/api.ts";
import { hindrances } from "./support/legible.ts";
import { address, emailOf, latchkeyCommand, newVisit, signIn } from "./support/portal.ts";

const OTHER = "Elsewhere & Sons";

export function twoAccounts(): void {
  it("choose which one they mean, and are in that one then", async () => {
    const email = emailOf("stranger");
    await latchkeyCommand("accounts", "create", "--name", OTHER, "--admin-email", email);
    const { user: { id } } = await asAdmin<{ user: { id: number } }>("POST", "users.json", { username: email, email });
    await asAdmin("PUT", `users/${id}/activate.json`);
    const { page, context } = await newVisit();
    onTestFinished(() => context.close());

    await signIn(page, "stranger", PAGES.newToken);
    const accounts = page.getByRole("list", { name: "Accounts" }).getByRole("link");
    await accounts.first().waitFor();
    expect((await accounts.allInnerTexts()).toSorted()).toEqual(["Acme APIs", OTHER]);
    expect(await hindrances(page, "choose")).toEqual([]);
    await page.getByRole("link", { name: OTHER }).click();
    await page.getByRole("button", { name: email }).click();
    await page.getByRole("heading", { name: "New access token" }).waitFor();
    expect(page.url()).toBe(address(PAGES.newToken));
    await page.getByRole("button", { name: "Signed in as" }).click();
    await page.getByText(`${OTHER} · Admin`).waitFor();
  });
}
