import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { NARROW, WIDE } from "./portal.ts";

/** Both looks and both sizes, in two of their four pairs. */
export const SCREENS = [{ viewport: WIDE, colorScheme: "light" }, { viewport: NARROW, colorScheme: "dark" }] as const;

/** Pictures of all that was looked at: they stay when the tests have ended. */
const pictures = once(() => {
  const kept = process.env["LATCHKEY_ARTIFACTS"] ?? mkdtempSync(path.join(tmpdir(), "latchkey-screens-"));
  mkdirSync(kept, { recursive: true });
  process.stdout.write(`Screenshots: ${kept}\n`);
  return kept;
});

/** What keeps people from using what is on the page now, as far as axe can tell, on each of these screens; and where it does not fit. */
export async function hindrances(page: Page, what: string, screens: readonly (typeof SCREENS)[number][] = SCREENS): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { viewport, colorScheme } of screens) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await page.screenshot({ path: path.join(pictures(), `${what}-${viewport.width}-${colorScheme}.png`) });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    found.push(...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${viewport.width} ${colorScheme}: ${id}: ${html}`)));
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) found.push(`${viewport.width}: wider than the screen`);
  }
  return found;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
