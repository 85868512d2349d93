import { expect, it } from "vitest";
import { PAGES } from "../../lib/http/portal/pages.ts";
import { call, makeToken } from "./support/api.ts";
import { description, emailOf, visit } from "./support/portal.ts";

export function admins(): void {
  it("see everybody's tokens, never a value, and can delete one, which is refused with the next call", async () => {
    const { limited } = description().people;
    const { value } = await makeToken(limited.token, { name: "Of somebody else" });
    for (const name of ["A", "B", "C"]) await makeToken(limited.token, { name });
    const { page, answers } = await visit("admin", PAGES.allTokens);
    const member = page.getByRole("gridcell", { name: emailOf("none") });
    await member.first().waitFor();
    await page.getByRole("textbox", { name: "Find by member or name" }).fill("limited somebody");
    await member.first().waitFor({ state: "detached" });
    expect((await answers()).filter(({ body }) => /lk_at_\w{76}/.test(body))).toEqual([]);

    expect((await call(value, "/admin/api/services.json")).status).toBe(200);
    await page.getByRole("button", { name: "Delete token Of somebody else" }).click();
    await page.getByRole("dialog").getByText(`Programs that use “Of somebody else” of ${emailOf("limited")} get 403 Forbidden at once.`).waitFor();
    await page.getByRole("button", { name: "Delete token", exact: true }).click();
    await page.getByText("The token “Of somebody else” was deleted.").waitFor();
    expect((await call(value, "/admin/api/services.json")).status).toBe(403);
  });
}
