import path from "node:path";
import process from "node:process";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { NARROW, WIDE } from "./portal.ts";

/** Both looks and both sizes, in two of their four pairs. */
export const SCREENS = [{ viewport: WIDE, colorScheme: "light" }, { viewport: NARROW, colorScheme: "dark" }] as const;

/** Where pictures of all that was looked at are to stay; nobody who names no such place waits for them. */
const PICTURES = process.env["LATCHKEY_ARTIFACTS"];

/** What keeps people from using what is on the page now, as far as axe can tell, on each of these screens; and where it does not fit. */
export async function hindrances(page: Page, what: string, screens: readonly (typeof SCREENS)[number][] = SCREENS): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { viewport, colorScheme } of screens) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await drawn(page);
    if (PICTURES !== undefined) await page.screenshot({ path: path.join(PICTURES, `${what}-${viewport.width}-${colorScheme}.png`) });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ["violations"] }).analyze();
    found.push(...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${viewport.width} ${colorScheme}: ${id}: ${html}`)));
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) found.push(`${viewport.width}: wider than the screen`);
  }
  return found;
}

/** Waits until what was changed about the screen is seen on it. */
async function drawn(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
}
