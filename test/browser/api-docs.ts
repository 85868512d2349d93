import { expect, it } from "vitest";
import { PAGES } from "../../lib/http/portal/pages.ts";
import { hindrances } from "./support/legible.ts";
import { description, visit } from "./support/portal.ts";

/** The documentation, in which calls can be tried. */
export function apiDocs(): void {
  it("try a call on the running system: with the token that was pasted, which is kept nowhere, and never with a cookie; without a good one it is refused", async () => {
    const { page, context } = await visit("admin", PAGES.apiDocs);
    const { people, baseUrl } = description();
    const called: { readonly authorization: string | undefined; readonly cookie: string | undefined }[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(`${baseUrl}/admin/api/`)) return;
      void request.allHeaders().then(({ authorization, cookie }) => called.push({ authorization, cookie }));
    });
    await page.getByRole("textbox", { name: "Find a call of the Account Management API" }).fill("list services");
    await page.getByRole("button", { name: "GET /admin/api/services.json List services" }).click();
    const status = (code: string) => page.locator(".live-responses-table .response-col_status", { hasText: code }).waitFor();

    await page.getByRole("textbox", { name: "Access token" }).fill("lk_at_nobodys");
    await page.getByRole("button", { name: "Execute" }).click();
    await status("403");
    await page.getByRole("textbox", { name: "Access token" }).fill(people.admin.token);
    await page.getByRole("button", { name: "Execute" }).click();
    await status("200");
    expect(await page.locator(".live-responses-table pre").first().innerText()).toContain("Service 1");

    expect(called).toEqual([{ authorization: "Bearer lk_at_nobodys", cookie: undefined }, { authorization: `Bearer ${people.admin.token}`, cookie: undefined }]);
    const kept = JSON.stringify([await context.storageState(), await page.evaluate(() => [location.href, Object.entries(localStorage), Object.entries(sessionStorage)])]);
    expect(kept).not.toContain(people.admin.token);
    expect(await hindrances(page, "api-docs")).toEqual([]);
  });
}
