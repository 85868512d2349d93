import type { Page } from "playwright-core";
import { PAGES } from "../../../lib/http/portal/pages.ts";
import { address } from "./portal.ts";

/** Makes a token as a person does, and reads its value off the page that shows it once. */
export async function newToken(page: Page, name: string): Promise<string> {
  if (page.url() !== address(PAGES.newToken)) await page.getByRole("link", { name: "Add access token" }).click();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Account Management API").check();
  await page.getByRole("button", { name: "Create access token" }).click();
  return page.getByRole("group", { name: "New token" }).getByRole("code").innerText();
}
