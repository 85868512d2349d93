import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { PAGES } from "../../lib/http/portal/pages.ts";
import { sample } from "../support/sample.ts";
import { asAdmin, makeToken } from "./support/api.ts";
import { HOSTILE, REFUSED } from "./support/hostile.ts";
import { address, description, visit } from "./support/portal.ts";

const [SCRIPT = "", , , , , IMAGE = "", , , , , SVG = ""] = HOSTILE;

/** The names of all tokens in a list, page by page, as the page's text has them; `look` is done on each page. */
async function namesIn(page: Page, look: () => Promise<void> = async () => {}): Promise<string[]> {
  const next = page.getByRole("button", { name: "Go to next page" });
  const names: string[] = [];
  for (;;) {
    await page.getByRole("button", { name: /^Delete token / }).first().waitFor();
    names.push(...await page.locator("tbody strong > bdi").evaluateAll((all) => all.map((each) => each.textContent)));
    await look();
    if (await next.isDisabled()) return names;
    await next.click();
  }
}

/** What markup would have left in the page, had any been taken as such. */
const planted = (page: Page) => page.evaluate(() => [...document.querySelectorAll("[onerror],[onload],[onfocus],[onclick],[onmouseover],iframe,object,embed,base,form[action],math,marquee,svg a,body script")].map((each) => each.outerHTML)
  .filter((html) => !/^<script type="module" [^>]*src="\/p\/assets\//.test(html)));

export function hostileNames(): void {
  it("they are text wherever they are shown, and make the browser do nothing", async () => {
    expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(100);
    const { people } = description();
    const names = sample("hostile names", 30, HOSTILE);
    for (const name of names) await makeToken(people.limited.token, { name });
    await asAdmin("PUT", "provider.json", { org_name: IMAGE });
    await asAdmin("PUT", `users/${people.limited.id}.json`, { username: SVG });
    await asAdmin("POST", "services.json", { name: SCRIPT });

    const visits = [await visit("limited"), await visit("admin", PAGES.allTokens)] as const;
    const [{ page: own }, { page: all }] = visits;
    const question = own.getByRole("dialog");
    const shown = await namesIn(own, async () => {
      // A question of each page: the name is its title, and in its text.
      const name = await own.locator("tbody strong > bdi").first().textContent();
      await own.getByRole("button", { name: /^Delete token / }).first().click();
      expect(await question.locator("bdi").first().textContent()).toBe(name);
      await question.getByRole("button", { name: "Cancel" }).click();
    });
    expect(shown).toEqual(expect.arrayContaining([...names]));
    const owners = new Set<string>();
    const seen = await namesIn(all, async () => {
      for (const owner of await all.locator("tbody td:first-child > bdi").evaluateAll((every) => every.map((each) => each.textContent))) owners.add(owner);
    });
    expect(seen).toEqual(expect.arrayContaining([...names]));
    expect(owners).toContain(SVG);
    await all.getByText(`Who at ${IMAGE} holds which tokens.`).waitFor();
    await all.getByRole("button", { name: "Signed in as" }).click();
    await all.getByText(`${IMAGE} · Admin`).waitFor();

    await all.goto(address(PAGES.tokens));
    await all.getByRole("button", { name: `Reveal the token of ${SCRIPT}` }).click();
    await all.getByRole("button", { name: `Hide the token of ${SCRIPT}` }).waitFor();
    await all.goto(`${address(PAGES.refused)}?reason=${encodeURIComponent(SCRIPT)}`);
    await all.getByRole("heading", { name: "Signing in did not work" }).waitFor();
    expect(await all.content()).not.toContain("alert(1)");

    for (const { page, dialogs, complaints, requests } of visits) {
      expect(await planted(page)).toEqual([]);
      expect({ dialogs, complaints }).toEqual({ dialogs: [], complaints: [] });
      expect(requests.filter(({ url }) => new URL(url).origin !== description().baseUrl && !url.startsWith("data:"))).toEqual([]);
    }
  });

  it("that are typed in are text in the form, in what is shown once, and in what becomes of them", async () => {
    const { page, dialogs, complaints } = await visit("admin", PAGES.newToken);
    await page.getByLabel("Analytics API").check();
    const create = page.getByRole("button", { name: "Create access token" });
    for (const name of REFUSED.filter((each) => !/[\0\u2028]/.test(each))) {
      await page.getByLabel("Name").fill(name);
      await create.click();
      await page.getByText("Name must not contain control characters.").waitFor();
    }
    await page.getByLabel("Name").fill(IMAGE);
    await create.click();
    await page.getByRole("definition").getByText(IMAGE, { exact: true }).waitFor();
    await page.getByRole("button", { name: "I have copied the token" }).click();
    await page.getByRole("button", { name: `Delete token ${IMAGE}` }).click();
    await page.getByRole("button", { name: "Delete token", exact: true }).click();
    await page.getByText(`The token “${IMAGE}” was deleted.`).waitFor();
    expect(await planted(page)).toEqual([]);
    expect({ dialogs, complaints }).toEqual({ dialogs: [], complaints: [] });
  });

  it("would be noticed: a question and a script that the policy refuses are", async () => {
    const { page, dialogs, complaints } = await visit("limited");
    await page.evaluate(() => alert(1));
    expect(dialogs).toEqual(["alert: 1"]);
    await page.evaluate(() => {
      document.body.append(Object.assign(document.createElement("script"), { textContent: "alert(2)" }));
      document.body.insertAdjacentHTML("beforeend", "<img src='https://evil.example/' onerror='alert(3)'>");
    });
    await expect.poll(() => complaints.length).toBeGreaterThanOrEqual(2);
    expect(complaints.every((complaint) => complaint.includes("Content Security Policy"))).toBe(true);
    expect(await planted(page)).toHaveLength(2);
    expect(dialogs).toEqual(["alert: 1"]);
  });
}
