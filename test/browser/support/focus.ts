import type { Page } from "playwright-core";
import { expect } from "vitest";
import { ACTION_MS } from "./portal.ts";

const MOST_STOPS = 40;
const AROUND = 6;

/** Goes on with Tab until what is named has the focus. At every stop on the way it must be seen where the focus is. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = [];
  for (let stops = 0; stops < MOST_STOPS; stops += 1) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    passed.push(at);
    if (!(await isFocusSeen(page))) throw new Error(`Nobody sees that “${at}” has the focus`);
    if (typeof name === "string" ? at === name : name.test(at)) return;
  }
  throw new Error(`Tab leads past ${passed.join(", ")} and never to ${name}`);
}

/** Waits until what is called so has the focus. */
export async function focusComesTo(page: Page, name: string): Promise<void> {
  await expect.poll(() => focused(page), { timeout: ACTION_MS }).toBe(name);
}

/** What the focused element is called. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement;
    const labels = at instanceof HTMLInputElement || at instanceof HTMLSelectElement ? at.labels : null;
    return (at?.getAttribute("aria-label") ?? labels?.[0]?.textContent ?? at?.textContent ?? "").replace(/\s*\*$/, "").trim();
  });
}

/** Whether the screen looks different around the focused element from how it looks without the focus. */
async function isFocusSeen(page: Page): Promise<boolean> {
  const box = await page.evaluate(() => {
    const { x, y, width, height } = document.activeElement?.getBoundingClientRect() ?? new DOMRect();
    return { x, y, width, height };
  });
  const clip = { x: Math.max(0, box.x - AROUND), y: Math.max(0, box.y - AROUND), width: box.width + 2 * AROUND, height: box.height + 2 * AROUND };
  const look = () => page.screenshot({ clip, animations: "disabled" });
  const element = await page.evaluateHandle(() => document.activeElement as HTMLElement);
  const withFocus = await look();
  await element.evaluate((each) => each.blur());
  const without = await look();
  await element.evaluate((each) => each.focus({ preventScroll: true }));
  return !withFocus.equals(without);
}
