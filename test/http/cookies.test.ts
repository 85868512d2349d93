import { describe, expect, it } from "vitest";
import { clearCookie, cookieOf, setCookie } from "../../lib/http/cookies.ts";

const NAME = "__Host-latchkey-session";

describe("a cookie", () => {
  it.each([
    ["in the list that API Gateway gives", { cookies: ["a=1", `${NAME}=v`, "b=2"] }, "v"],
    ["in the header that other gateways give", { headers: { cookie: `a=1; ${NAME}=v;b=2` } }, "v"],
    ["in a header written otherwise", { headers: { Cookie: `${NAME}=v` } }, "v"],
    ["with a value that has the sign in it", { cookies: [`${NAME}=v=w==`] }, "v=w=="],
    ["that is empty", { cookies: [`${NAME}=`] }, ""],
    ["in the list: the header does not count beside it", { cookies: [`${NAME}=v`], headers: { cookie: `${NAME}=w` } }, "v"],
    ["in the header beside a list without it", { cookies: [], headers: { cookie: `${NAME}=w` } }, undefined],
    ["that is given twice, even alike", { cookies: [`${NAME}=v`, `${NAME}=v`] }, undefined],
    ["that is given twice in the header", { headers: { cookie: `${NAME}=v; ${NAME}=w` } }, undefined],
    ["whose name only begins so", { cookies: [`${NAME}2=v`] }, undefined],
    ["whose name only ends so", { cookies: [`x${NAME}=v`] }, undefined],
    ["whose name has another case", { cookies: [`${NAME.toUpperCase()}=v`] }, undefined],
    ["without a value", { cookies: [NAME] }, undefined],
    ["that is not there", { cookies: ["a=1"] }, undefined],
    ["where nothing is", {}, undefined],
    ["where nothing is, as null", { cookies: null, headers: null }, undefined],
  ])("%s", (_what, event, value) => {
    expect(cookieOf(event, NAME)).toBe(value);
  });

  it("is for this host alone, over TLS alone, and out of the reach of scripts", () => {
    expect(setCookie(NAME, "v", "Strict", 60)).toBe(`${NAME}=v; Max-Age=60; Path=/; Secure; HttpOnly; SameSite=Strict`);
  });

  it("is cleared as it was set", () => {
    expect(clearCookie(NAME, "Lax")).toBe(`${NAME}=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax`);
  });
});
