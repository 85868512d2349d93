import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PAGES } from "../../lib/http/portal/pages.ts";
import { returnTo } from "../../lib/http/portal/return-to.ts";

const HOME = "https://latchkey.example";

describe("whoever has signed in is brought", () => {
  it.each(["/p/admin/user/access_tokens", "/p/admin/user/access_tokens/new", "/p/admin/access_tokens", "/p/admin/api_docs", "/p/admin/access_tokens?page=2&name=a%20b", "/p/signed_out_loud", "/p/admin/p/api/x", `/p/${"a".repeat(497)}`])(
    "to the page they asked for: %s", (asked) => {
      expect(returnTo(asked)).toBe(asked);
    });

  it.each([
    null, "", "/", "/p", "/p/", "p/admin", "admin", "/admin/api/users.json", "/px/admin", "/P/admin", "https://evil.example", "https://evil.example/p/admin", "//evil.example", "//evil.example/p/admin",
    "/\\evil.example", "\\/evil.example", "\\\\evil.example", "/p/\\evil.example", "/p//evil.example", "/p/admin//evil.example", "/p/../evil", "/p/..", "/p/./admin", "/p/admin/../../x", "/p/%2e%2e/x", "/p/%2F%2Fevil.example",
    "/p/admin#x", "/p/admin?to=https://evil.example", "/p/admin?a=//evil", "/p/admin?a\n", "/p/admin\n", "\n/p/admin", " /p/admin", "/p/admin ", "/p/ad\tmin", "/p/admin\r\nset-cookie: a=b", "/p/admin\0", "/p/@evil.example", "/p/admin:80",
    "javascript:alert(1)", "data:text/html,x", "/p/sign_in", "/p/sign_in?to=/p/admin", "/p/sign_in/callback", "/p/sign_in/refused", "/p/sign_out", "/p/signed_out", "/p/api/admin/api/personal/access_tokens", "/p/assets/x", `/p/${"a".repeat(498)}`,
  ])("to their tokens, when they asked for %j", (asked) => {
    expect(returnTo(asked)).toBe(PAGES.tokens);
  });

  it("to this host, under /p/, whatever they asked for", () => {
    const part = fc.oneof(fc.constantFrom("/", "//", "\\", "/p/", "..", ".", "%2f", "%5c", "@", ":", "?", "#", "https:", "evil.example", "\t", "\n"), fc.string({ maxLength: 4 }), fc.stringMatching(/^[a-z_]{1,5}$/));
    fc.assert(fc.property(fc.array(part, { maxLength: 8 }).map((parts) => `/p/${parts.join("")}`), (asked) => {
      const { origin, pathname } = new URL(returnTo(asked), HOME);
      expect([origin, pathname.startsWith("/p/")]).toEqual([HOME, true]);
      return true;
    }), { numRuns: 3000 });
  });
});
