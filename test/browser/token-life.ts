import { expect, it } from "vitest";
import { call } from "./support/api.ts";
import { pasted } from "./support/clipboard.ts";
import { newToken } from "./support/new-token.ts";
import { visit } from "./support/portal.ts";

export function tokenLife(): void {
  it("that is made in the page and copied from it works, until it is deleted in the page, and not a request longer", async () => {
    const { page, complaints } = await visit("limited");
    const value = await newToken(page, "Made in the page");
    expect(value).toMatch(/^lk_at_\w{76}$/);
    await page.getByText("You cannot see this token again").waitFor();
    await page.getByRole("button", { name: "Copy token" }).click();
    await page.getByRole("button", { name: "Copied", exact: true }).waitFor();
    await page.getByRole("button", { name: "I have copied the token" }).click();
    const copied = await pasted(page);
    expect(copied).toBe(value);
    expect((await call(copied, "/admin/api/services.json")).status).toBe(200);
    await page.getByRole("button", { name: "Cancel" }).click();

    const open = page.getByRole("button", { name: "Delete token Made in the page" });
    const question = page.getByRole("dialog");
    await open.click();
    await question.getByText("Programs that use “Made in the page” get 403 Forbidden at once.").waitFor();
    await question.getByRole("button", { name: "Cancel" }).click();
    expect((await call(value, "/admin/api/services.json")).status).toBe(200);
    await open.click();
    await question.getByRole("button", { name: "Delete token" }).click();
    await page.getByText("The token “Made in the page” was deleted.").waitFor();
    expect((await call(value, "/admin/api/services.json")).status).toBe(403);
    await open.waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
  });

  it("that the browser does not let the page copy can be selected, and the page says so", async () => {
    const { page } = await visit("limited");
    await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException("no", "NotAllowedError")); });
    const value = await newToken(page, "Not copied");
    await page.getByRole("button", { name: "Copy token" }).click();
    await page.getByText("Your browser did not allow it: select the text and copy it").waitFor();
    await page.getByRole("group", { name: "New token" }).getByRole("code").dblclick();
    expect(await page.evaluate(() => getSelection()?.toString())).toBe(value);
  });
}
