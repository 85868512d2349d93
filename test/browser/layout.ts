import type { Page } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { PAGES } from "../../lib/http/portal/pages.ts";
import { sample } from "../support/sample.ts";
import { address, NARROW, newVisit, signIn, visit, WIDE } from "./support/portal.ts";

const KILOBYTE = 1000;

/** How much of what was seen has moved by itself, as browsers score it (Layout Instability API): 0 is nothing. */
function shift(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const observer = new PerformanceObserver(() => undefined);
    observer.observe({ type: "layout-shift", buffered: true });
    await new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });
    const shifts = observer.takeRecords() as (PerformanceEntry & { readonly value: number; readonly hadRecentInput: boolean })[];
    return shifts.filter(({ hadRecentInput }) => !hadRecentInput).reduce((sum, { value }) => sum + value, 0);
  });
}

export function layout(): void {
  it.each(sample("pages that come slowly", 1, [
    [PAGES.tokens, "Service tokens"], [PAGES.newToken, "New access token"], [PAGES.allTokens, "Access tokens of all members"],
  ] as const))("nothing jumps while %s comes, however slowly, on a wide screen or a phone", async (path, heading) => {
    for (const viewport of [WIDE, NARROW]) {
      const { page } = await visit("admin", PAGES.signedOut);
      await page.setViewportSize(viewport);
      await page.route("**/p/api/**", async (route) => {
        await new Promise((later) => { setTimeout(later, 100); });
        await route.continue();
      });
      await page.goto(address(path));
      await page.getByRole("heading", { name: heading }).waitFor();
      await page.waitForLoadState("networkidle");
      expect(await shift(page)).toBeLessThan(0.005);
    }
  });

  it("nothing moves for whoever wants it so, when light becomes dark and a menu opens", async () => {
    const { page } = await visit("limited");
    await page.getByRole("heading", { name: "Service tokens" }).waitFor();
    // Each that begins says so, however short it is.
    const begun = await page.evaluateHandle(() => {
      const properties: string[] = [];
      document.addEventListener("transitionrun", ({ propertyName }) => properties.push(propertyName));
      return properties;
    });
    await page.emulateMedia({ colorScheme: "dark" });
    await page.getByRole("button", { name: "Signed in as" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
    expect(await begun.jsonValue()).toEqual([]);
  });

  it("the first page brings less than 200 kB of script, and nothing of what the documentation needs", async () => {
    const { page, context } = await newVisit();
    onTestFinished(() => context.close());
    await signIn(page, "admin");
    await page.getByRole("heading", { name: "Service tokens" }).waitFor();
    // Compressed, as it comes over the wire.
    const scripts = await page.evaluate(() => (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
      .filter(({ name }) => name.endsWith(".js")).map(({ name, encodedBodySize }) => ({ name, encodedBodySize })));
    expect(scripts.every(({ encodedBodySize }) => encodedBodySize > 0)).toBe(true);
    expect(scripts.filter(({ name }) => /docs|swagger/i.test(name))).toEqual([]);
    expect(scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)).toBeLessThan(200 * KILOBYTE);
    expect(scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)).toBeGreaterThan(50 * KILOBYTE);
  });
}
