import { expect, it } from "vitest";
import { asAdmin } from "./support/api.ts";
import { pasted } from "./support/clipboard.ts";
import { address, description, visit } from "./support/portal.ts";

export function serviceTokens(): void {
  it("is masked until somebody looks, is gone from the page when hidden again, and works as it was copied", async () => {
    const service = description().services[1];
    const { service_token: { value } } = await asAdmin<{ service_token: { value: string } }>("GET", `services/${service?.id}/service_token.json`);
    const { page, answers } = await visit("admin");
    const row = page.getByRole("row").filter({ hasText: "Service 2" });
    await row.getByText("Hidden").waitFor();
    expect((await answers()).filter(({ body }) => body.includes(value))).toEqual([]);

    await row.getByRole("button", { name: "Reveal the token of Service 2" }).click();
    await row.getByText(value, { exact: true }).waitFor();
    await row.getByRole("button", { name: "Copy" }).click();
    await row.getByRole("button", { name: "Copied" }).waitFor();
    await row.getByRole("button", { name: "Hide the token of Service 2" }).click();
    await row.getByText("Hidden").waitFor();
    expect(await page.content()).not.toContain(value);

    const copied = await pasted(page);
    expect(copied).toBe(value);
    const authorize = new URLSearchParams({ service_token: copied, service_id: String(service?.id), user_key: "service_2-key-1" });
    expect((await fetch(address(`/transactions/authorize.xml?${authorize}`))).status).toBe(200);
  });
}
