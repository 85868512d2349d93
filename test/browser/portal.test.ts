import process from "node:process";
import { afterAll, beforeAll, describe } from "vitest";
import { PATIENCE_MS } from "../support/start.ts";
import { aMemberSees } from "./a-member-sees.ts";
import { admins } from "./admins.ts";
import { apiDocs } from "./api-docs.ts";
import { hostileNames } from "./hostile-names.ts";
import { keyboard } from "./keyboard.ts";
import { layout } from "./layout.ts";
import { looks } from "./looks.ts";
import { otherOrigins } from "./other-origins.ts";
import { serviceTokens } from "./service-tokens.ts";
import { shownOnce } from "./shown-once.ts";
import { signingIn } from "./signing-in.ts";
import { CHROMIUM, hasChromium, startPortal, stopPortal } from "./support/portal.ts";
import { tokenLife } from "./token-life.ts";
import { twoAccounts } from "./two-accounts.ts";

if (!hasChromium) {
  const what = `There is no Chromium at ${CHROMIUM} (CHROMIUM names another)`;
  if (process.env["LATCHKEY_REQUIRE_BROWSER"] === "1") throw new Error(what);
  process.stdout.write(`${what}: the portal is not tried in a browser.\n`);
}

/** What `npm start` runs, in a real browser. Started once for all: each part below is a file of its own. */
describe.runIf(hasChromium)("the portal in a browser", { timeout: PATIENCE_MS }, () => {
  beforeAll(startPortal, PATIENCE_MS);
  afterAll(stopPortal, PATIENCE_MS);

  describe("signing in", () => { signingIn(); });
  describe("an access token", () => { tokenLife(); });
  describe("the value of a new token", () => { shownOnce(); });
  describe("a member sees", () => { aMemberSees(); });
  describe("a service token", () => { serviceTokens(); });
  describe("admins", () => { admins(); });
  describe("the API docs", () => { apiDocs(); });
  describe("the keyboard alone", () => { keyboard(); });
  describe("pages that come", () => { layout(); });
  describe("what is seen", () => { looks(); });
  describe("other origins", () => { otherOrigins(); });
  describe("members of two accounts", () => { twoAccounts(); });
  // Last: it leaves the account full of them.
  describe("hostile names", () => { hostileNames(); });
});
