import { describe, expect, it } from "vitest";
import { BLANK_DRAFT, readDraft } from "../../web/src/rules/draft.ts";

describe("a draft of a token", () => {
  it("asks for little and for short, as long as nobody says otherwise", () => {
    expect(BLANK_DRAFT).toMatchObject({ scopes: [], permission: "ro", expiry: "7" });
  });

  it("comes back as it was kept", () => {
    const draft = { name: "<b>", scopes: ["finance"], permission: "rw", expiry: "custom", date: "2027-01-01" } as const;
    expect(readDraft(JSON.stringify(draft))).toEqual(draft);
  });

  it.each([
    null, "", "{", "null", "[]", "1", "{}",
    JSON.stringify({ ...BLANK_DRAFT, permission: "admin" }), JSON.stringify({ ...BLANK_DRAFT, expiry: "8" }),
    JSON.stringify({ ...BLANK_DRAFT, scopes: [1] }), JSON.stringify({ ...BLANK_DRAFT, scopes: "finance" }), JSON.stringify({ ...BLANK_DRAFT, name: null }),
  ])("%j is none", (kept) => {
    expect(readDraft(kept)).toBeUndefined();
  });

  it("keeps nothing that it does not know", () => {
    expect(readDraft(JSON.stringify({ ...BLANK_DRAFT, value: "lk_at_secret" }))).toEqual(BLANK_DRAFT);
  });
});
