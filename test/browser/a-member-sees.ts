import { expect, it, onTestFinished } from "vitest";
import { PAGES } from "../../lib/http/portal/pages.ts";
import { asAdmin } from "./support/api.ts";
import { address, description, leave, visit } from "./support/portal.ts";

export function aMemberSees(): void {
  it("only the scopes they may give, and what they lack for the others", async () => {
    const { page } = await visit("limited", PAGES.newToken);
    await page.getByText("Not yours to give; an admin of Acme APIs can change that:").waitFor();
    expect(await page.getByRole("checkbox").evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).labels?.[0]?.textContent))).toEqual(["Account Management API"]);
    expect(await page.getByRole("group", { name: "Scopes" }).getByRole("listitem").allInnerTexts()).toEqual([
      "Billing API – needs the Finance permission", "Analytics API – needs the Monitoring permission", "Policy Registry API – needs the Policy registry permission",
    ]);
  });

  it("the tokens of the services they reach, and of no other", async () => {
    const { page } = await visit("limited");
    const rows = page.getByRole("grid", { name: "Service tokens" }).locator("tbody tr");
    await rows.first().waitFor();
    expect(await rows.evaluateAll((all) => all.map((row) => row.querySelector("bdi")?.textContent))).toEqual(["Service 1"]);
  });

  it("nothing of others: neither in the navigation, nor under the address, nor from what the page would ask", async () => {
    const { page } = await visit("limited", PAGES.allTokens);
    await page.getByText("Only admins see the tokens of other members.").waitFor();
    expect(await page.getByRole("link", { name: "All tokens" }).count()).toBe(0);
    const ask = (method: string, path: string) => page.evaluate(async ([how, asked]) => (await fetch(asked, { method: how })).status, [method, `/p/api/admin/api/${path}`] as const);
    expect(await ask("GET", "access_tokens.json")).toBe(403);
    expect(await ask("DELETE", `users/${description().people.admin.id}/access_tokens/1.json`)).toBe(403);
    expect(await ask("GET", `services/${description().services[1]?.id}/service_token.json`)).toBe(404);
  });

  it("what to ask for, when they reach no service and may give no scope", async () => {
    const permissions = `users/${description().people.none.id}/permissions.json`;
    const restore = async () => { await asAdmin("PUT", permissions, { allowed_sections: ["partners"] }); };
    await asAdmin("PUT", permissions, { allowed_sections: [] });
    onTestFinished(() => restore());
    const { page } = await visit("none");
    await page.getByText("Ask an admin of Acme APIs to give you access to the services that you work with.").waitFor();
    expect(await page.getByRole("link", { name: "Add access token" }).count()).toBe(0);
    await page.goto(address(PAGES.newToken));
    await page.getByText("Ask an admin of Acme APIs to give you the Finance permission (for the Billing API), the Partners permission (for the Account Management API)").waitFor();
    expect(await page.getByRole("button", { name: "Create access token" }).count()).toBe(0);
    await restore();
    await page.reload();
    await page.getByRole("button", { name: "Create access token" }).waitFor();
  });

  it("nothing any more once suspended: the next thing they do says that their session is over", async () => {
    const { id } = description().people.none;
    const { page } = await visit("none");
    const add = page.getByRole("link", { name: "Add access token" });
    await add.waitFor();
    await asAdmin("PUT", `users/${id}/suspend.json`);
    onTestFinished(async () => {
      await asAdmin("PUT", `users/${id}/unsuspend.json`);
      await leave("none");
    });
    await add.click();
    await page.getByRole("dialog", { name: "Your session has ended" }).waitFor();
    expect(await page.evaluate(async () => (await fetch("/p/api/admin/api/personal/access_tokens.json")).status)).toBe(403);
  });
}
