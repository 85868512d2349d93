import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { PAGES } from "../../../lib/http/portal/pages.ts";
import { PEOPLE } from "../../../lib/local/people.ts";
import { copyOfTree, descriptionIn, freeBase, PATIENCE_MS, run, stopAll, up, type Description } from "../../support/start.ts";
import { watch, type Watched } from "./watch.ts";

/** Debian's, or another by `CHROMIUM`. */
export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
export const hasChromium = existsSync(CHROMIUM);
/** Two cores that others use as well: waiting is no failure. */
export const ACTION_MS = PATIENCE_MS / 2;

export type Who = (typeof PEOPLE)[number]["subject"];
export type Visit = Watched & { readonly page: Page; readonly context: BrowserContext };
export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 390, height: 844 };

let place: string;
let latchkey: Description;
let browser: Browser;
const atHome = new Map<Who, Visit>();

/** `npm start` and a browser: one of each for all these tests. */
export async function startPortal(): Promise<void> {
  place = copyOfTree();
  const started = run(place, ["--port", String(await freeBase())]);
  browser = await chromium.launch({
    executablePath: CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage"],
    // People go back to pages that their browser has put away as they were.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  await up(started);
  latchkey = descriptionIn(place);
}

export async function stopPortal(): Promise<void> {
  await browser?.close();
  await stopAll();
}

/** The command line, beside `npm start`. */
export async function latchkeyCommand(...args: readonly string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [path.join(place, "lib/cli/latchkey.mjs"), ...args, "--local"]);
}

/** What `npm start` tells about itself. */
export const description = (): Description => latchkey;
export const address = (path: string): string => latchkey.baseUrl + path;
export const emailOf = (who: Who): string => PEOPLE.find(({ subject }) => subject === who)?.email ?? "";

/** A browser that nobody has used before. */
export async function newVisit(): Promise<Visit> {
  const context = await browser.newContext({ viewport: WIDE, reducedMotion: "reduce", permissions: ["clipboard-write"] });
  context.setDefaultTimeout(ACTION_MS);
  return { ...watch(context), context, page: await context.newPage() };
}

/** The page of somebody who has signed in, each in a browser of their own, which they keep. What is watched begins here. */
export async function visit(who: Who, at: string = PAGES.tokens): Promise<Visit> {
  const there = atHome.get(who) ?? await home(who);
  await there.page.unrouteAll();
  await there.page.emulateMedia({ colorScheme: "light" });
  await there.page.setViewportSize(WIDE);
  there.begin();
  await there.page.goto(address(at));
  return there;
}

async function home(who: Who): Promise<Visit> {
  const there = await newVisit();
  await signIn(there.page, who);
  await there.page.getByRole("heading", { name: "Tokens", level: 1 }).waitFor();
  atHome.set(who, there);
  return there;
}

/** Their session is over: next time they sign in. */
export async function leave(who: Who): Promise<void> {
  await atHome.get(who)?.context.close();
  atHome.delete(who);
}

/** From the first page on, as a person does it: open it, and click who one is. */
export async function signIn(page: Page, who: Who, at = "/"): Promise<void> {
  await page.goto(address(at));
  await page.getByRole("button", { name: emailOf(who) }).click();
}
