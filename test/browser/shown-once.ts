import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { PAGES } from "../../lib/http/portal/pages.ts";
import { sample } from "../support/sample.ts";
import { newToken } from "./support/new-token.ts";
import { address, visit } from "./support/portal.ts";

/** What stays in a browser when a page has gone: storage of every kind, cookies that scripts see, its history, its name. */
function kept(page: Page): Promise<string> {
  return page.evaluate(async () => JSON.stringify([
    localStorage, sessionStorage, document.cookie, history.state, name, await indexedDB.databases(), await caches.keys(), await navigator.serviceWorker.getRegistrations(),
  ]));
}

export function shownOnce(): void {
  it("is in one answer of the server, and in no address, no storage and nothing that comes after", async () => {
    const { page, context, requests, answers } = await visit("limited");
    const value = await newToken(page, "Shown once");
    expect(await kept(page)).not.toContain(value);
    await page.getByRole("button", { name: "I have copied the token" }).click();
    await page.getByRole("button", { name: "Delete token Shown once" }).waitFor();
    expect(await page.content()).not.toContain(value);
    await page.reload();
    await page.getByRole("button", { name: "Delete token Shown once" }).waitFor();

    expect((await answers()).filter(({ body }) => body.includes(value)).map(({ method, url }) => [method, url])).toEqual([["POST", address("/p/api/admin/api/personal/access_tokens.json")]]);
    expect(requests.filter(({ url }) => url.includes(value))).toEqual([]);
    expect(JSON.stringify(await context.cookies())).not.toContain(value);
    expect(await kept(page)).not.toContain(value);
  });

  it.each(sample("ways back to a page", 1, [
    ["reloading", (page: Page) => page.reload()],
    ["going to another page and back, as the browser put it away", async (page: Page) => {
      await page.goto(address("/openapi.json"));
      await page.goBack();
    }],
    ["going back and forward", async (page: Page) => {
      await page.goBack();
      await page.getByRole("heading", { name: "Access tokens" }).waitFor();
      await page.goForward();
    }],
  ] as const))("is gone after %s", async (_way, go) => {
    const { page } = await visit("limited");
    const value = await newToken(page, "Gone");
    await go(page);
    await page.getByLabel("Name").waitFor();
    expect(page.url()).toBe(address(PAGES.newToken));
    expect(await page.content()).not.toContain(value);
  });

  it("is not lost by a slip: whoever leaves without having copied it is asked first", async () => {
    const { page, asked } = await visit("limited");
    const value = await newToken(page, "Slip");
    await page.getByRole("link", { name: "Tokens", exact: true }).click();
    await page.getByText("Have you copied the token?").waitFor();
    await page.getByRole("button", { name: "Stay here" }).click();
    await page.getByText(value, { exact: true }).waitFor();
    const before = asked();
    await page.reload();
    expect(asked()).toBe(before + 1);
  });
}
