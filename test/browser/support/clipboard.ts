import type { Page } from "playwright-core";
import { PAGES } from "../../../lib/http/portal/pages.ts";
import { address } from "./portal.ts";

/** What the clipboard holds, as a person finds out: by pasting it. (The pages' policy lets no script of theirs read it.) */
export async function pasted(page: Page): Promise<string> {
  await page.goto(address(PAGES.newToken));
  const field = page.getByLabel("Name");
  await field.focus();
  await page.keyboard.press("ControlOrMeta+V");
  return field.inputValue();
}
