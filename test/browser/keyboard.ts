import { expect, it } from "vitest";
import { call } from "./support/api.ts";
import { focusComesTo, focused, tabTo } from "./support/focus.ts";
import { visit } from "./support/portal.ts";

export function keyboard(): void {
  it("makes a token, copies it and deletes it, and the focus is seen at every stop", async () => {
    const { page } = await visit("limited");
    await page.getByRole("button", { name: /^Delete token / }).first().waitFor();

    await tabTo(page, "Skip to content");
    await page.keyboard.press("Enter");
    await tabTo(page, "Add access token");
    await page.keyboard.press("Enter");
    await focusComesTo(page, "Name");
    await page.keyboard.type("By keyboard");
    await tabTo(page, "Account Management API");
    await page.keyboard.press("Space");
    await tabTo(page, "Read only");
    await page.keyboard.press("ArrowDown");
    await tabTo(page, "Expiration");
    await page.keyboard.press("ArrowDown");
    expect(await page.getByLabel("Expiration").inputValue()).toBe("30");
    await tabTo(page, "Create access token");
    await page.keyboard.press("Enter");

    await focusComesTo(page, "Copy your new token");
    const value = await page.getByRole("group", { name: "New token" }).getByRole("code").innerText();
    await tabTo(page, "Copy token");
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("Copied to the clipboard").waitFor();
    await tabTo(page, "I have copied the token");
    await page.keyboard.press("Enter");

    await focusComesTo(page, "Tokens");
    await page.getByRole("button", { name: "Delete token By keyboard" }).waitFor();
    await tabTo(page, "Delete token By keyboard");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await focusComesTo(page, "Delete token By keyboard");
    await page.keyboard.press("Enter");
    await tabTo(page, "Cancel");
    await page.keyboard.press("Shift+Tab");
    expect(await focused(page)).toBe("Delete token");
    await page.keyboard.press("Enter");
    await page.getByText("The token “By keyboard” was deleted.").waitFor();
    await focusComesTo(page, "Access tokens");
    expect((await call(value, "/admin/api/services.json")).status).toBe(403);
  });

  it("keeps what is behind a question out of reach while it is asked", async () => {
    const { page } = await visit("limited");
    await page.getByRole("button", { name: "Delete token First token" }).click();
    await page.getByRole("dialog").waitFor();
    const stops: string[] = [];
    for (let pressed = 0; pressed < 4; pressed += 1) {
      stops.push(await focused(page));
      await page.keyboard.press("Tab");
    }
    expect(new Set(stops)).toEqual(new Set(["Close", "Delete token", "Cancel"]));
  });
}
