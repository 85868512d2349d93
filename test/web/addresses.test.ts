import { describe, expect, it } from "vitest";
import { PAGES } from "../../lib/http/portal/pages.ts";
import { afterSignOut, anotherAddress, signInAddress } from "../../web/src/rules/addresses.ts";

describe("where sign-in begins", () => {
  it("knows the page to come back to, whatever is in its name", () => {
    expect(signInAddress("/p/a?b=c&d")).toBe("/p/sign_in?to=%2Fp%2Fa%3Fb%3Dc%26d");
    expect(anotherAddress()).toBe("/p/sign_in?to=%2Fp%2Fadmin%2Fuser%2Faccess_tokens&another=1");
    expect(signInAddress(PAGES.tokens, 42)).toBe("/p/sign_in?to=%2Fp%2Fadmin%2Fuser%2Faccess_tokens&account=42");
  });
});

describe("where sign-out ends", () => {
  const HERE = "https://latchkey.example/p/admin/user/access_tokens";
  it.each([
    ["a page of ours", "/p/signed_out", "https://latchkey.example/p/signed_out"],
    ["the issuer's sign-out", "https://issuer.example/end?x=1", "https://issuer.example/end?x=1"],
    ["an issuer on this machine", "http://127.0.0.1:3005/end", "http://127.0.0.1:3005/end"],
    ["never in the open", "http://issuer.example/end", PAGES.signedOut],
    ["never a script", "javascript:alert(1)", PAGES.signedOut],
    ["never what is no address", "https://", PAGES.signedOut],
  ])("%s", (_guarantee, told, gone) => {
    expect(afterSignOut(told, HERE)).toBe(gone);
  });
});
