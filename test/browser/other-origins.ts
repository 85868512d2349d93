import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PAGES } from "../../lib/http/portal/pages.ts";
import { sample } from "../support/sample.ts";
import { call, makeToken } from "./support/api.ts";
import { startOtherOrigin, type OtherOrigin } from "./support/other-origin.ts";
import { ACTION_MS, address, description, visit } from "./support/portal.ts";

const SESSION = "__Host-latchkey-session";
type Where = "sameSite" | "otherSite";

/** All that a page can send to an address which is not its own, in the name of whoever is looking; what it gets to read of the answers. */
function attack(page: Page, id: number): Promise<readonly string[]> {
  return page.evaluate(async ([base, doomed, service]) => {
    const api = `${base}/p/api/admin/api`;
    const forged = JSON.stringify({ name: "Forged", scopes: ["account_management"], permission: "rw" });
    const json = { "content-type": "application/json" };
    const read = await Promise.all([
      fetch(`${api}/personal/access_tokens.json`, { method: "POST", credentials: "include", headers: json, body: forged }),
      fetch(`${api}/personal/access_tokens.json`, { method: "POST", credentials: "include", mode: "no-cors", body: forged }),
      fetch(`${api}/personal/access_tokens.json`, { method: "POST", credentials: "include", body: new URLSearchParams({ name: "Forged", "scopes[]": "account_management", permission: "rw" }) }),
      fetch(`${api}/personal/access_tokens/${doomed}.json`, { method: "DELETE", credentials: "include" }),
      fetch(`${api}/services/${service}/service_token.json`, { credentials: "include" }),
      fetch(`${api}/services/${service}/service_token.json`, { credentials: "include", mode: "no-cors" }),
      fetch(`${base}/p/sign_out`, { method: "POST", credentials: "include", mode: "no-cors" }),
    ].map((asked) => asked.then((answer) => answer.text(), () => "")));
    const loaded = (element: HTMLElement, add: () => void = () => document.body.append(element)) => new Promise((done) => {
      element.addEventListener("load", done);
      element.addEventListener("error", done);
      add();
    });
    await loaded(Object.assign(new Image(), { src: `${api}/services/${service}/service_token.json` }));
    await loaded(Object.assign(document.createElement("script"), { src: `${api}/personal/access_tokens.json` }));
    for (const [action, enctype, name] of [[`${api}/personal/access_tokens.json`, "text/plain", forged], [`${base}/p/sign_out`, "application/x-www-form-urlencoded", "x"]] as const) {
      const frame = Object.assign(document.createElement("iframe"), { name: action });
      const form = Object.assign(document.createElement("form"), { method: "post", action, enctype, target: action });
      form.append(Object.assign(document.createElement("input"), { name }));
      document.body.append(form, frame);
      await loaded(frame, () => form.submit());
    }
    return read;
  }, [description().baseUrl, id, description().services[0]?.id] as const);
}

export function otherOrigins(): void {
  let other: OtherOrigin;
  beforeAll(async () => { other = await startOtherOrigin(); });
  afterAll(() => other.stop());

  it.each(sample<readonly [string, Where]>("other origins", 1, [
    ["on the same host, whom the browser gives the cookie", "sameSite"], ["of another site", "otherSite"],
  ]))("%s: change nothing and read nothing in the name of who is signed in", async (_which, where) => {
    const { people } = description();
    const { id, value } = await makeToken(people.limited.token, { name: `Not to be deleted from ${where}` });
    const { page } = await visit("limited");
    const row = page.getByRole("button", { name: `Delete token Not to be deleted from ${where}` });
    await row.waitFor();
    await page.goto(other[where]);
    const reached: Promise<{ readonly cookie: boolean; readonly status: number }>[] = [];
    page.on("response", (response) => {
      if (response.url().startsWith(description().baseUrl)) {
        reached.push(response.request().allHeaders().then(({ cookie = "" }) => ({ cookie: cookie.includes(SESSION), status: response.status() })));
      }
    });

    expect((await attack(page, id)).filter((text) => /lk_|"(?:access|service)_token"/.test(text))).toEqual([]);

    const answers = await Promise.all(reached);
    expect(answers.length).toBeGreaterThan(6);
    expect(answers.filter(({ status }) => status < 400)).toEqual([]);
    expect(answers.some(({ cookie }) => cookie)).toBe(where === "sameSite");
    expect((await call(value, "/admin/api/services.json")).status).toBe(200);
    await page.goto(address(PAGES.tokens));
    await row.waitFor();
    expect(await page.getByText("Forged").count()).toBe(0);
  });

  it.each(sample<Where>("origins with frames", 1, ["sameSite", "otherSite"]))("show none of our pages in a frame (%s)", async (where) => {
    const { page, complaints } = await visit("limited");
    await page.getByRole("heading", { name: "Access tokens" }).waitFor();
    await page.goto(other[where]);
    await page.evaluate((src) => new Promise((done) => {
      const frame = document.createElement("iframe");
      frame.addEventListener("load", done);
      document.body.append(Object.assign(frame, { src }));
    }), address(PAGES.tokens));
    expect(page.frames()).toHaveLength(2);
    // The browser puts its own page there, in its own time.
    await expect.poll(() => page.frames()[1]?.url(), { timeout: ACTION_MS }).toBe("chrome-error://chromewebdata/");
    expect(complaints).toEqual([expect.stringMatching(/frame-ancestors 'none'|X-Frame-Options/)]);
  });
}
