import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { credentialOf, fromText, headerOf } from "../../lib/http/credential.ts";

const TOKEN = "lk_at_000000001000000002000000003JKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz2qbYXr";
const NONE = { kind: "none" };
const MALFORMED = { kind: "malformed" };
const found = (value: string) => ({ kind: "value", value });
const basic = (userAndPassword: string | Uint8Array) => `Basic ${Buffer.from(userAndPassword).toString("base64")}`;
const ofHeader = (authorization: string) => credentialOf({ headers: { authorization } }, true);
const ofQuery = (access_token: string, queryAllowed = true) => credentialOf({ queryStringParameters: { access_token } }, queryAllowed);

describe("a credential in the Authorization header", () => {
  it.each([
    ["a bearer token", `Bearer ${TOKEN}`],
    ["a scheme in lower case", `bearer ${TOKEN}`],
    ["a scheme in capitals", `BEARER ${TOKEN}`],
    ["two spaces after the scheme", `Bearer  ${TOKEN}`],
    ["the white space that HTTP allows around a header", ` \tBearer ${TOKEN} \t`],
    ["a token as user name", basic(`${TOKEN}:`)],
    ["a token as password", basic(`:${TOKEN}`)],
    ["a token as user name without a colon", basic(TOKEN)],
    ["a token as user name and anything as password", basic(`${TOKEN}:x y:z`)],
    ["a token as password of a blank user name", basic(` :${TOKEN}`)],
    ["the scheme of Basic in lower case", basic(`${TOKEN}:`).replace("Basic", "basic")],
    ["the encoding of Basic without its padding", basic(`${TOKEN}:`).replace(/=+$/, "")],
  ])("is found: %s", (_form, header) => {
    expect(ofHeader(header)).toEqual(found(TOKEN));
  });

  it.each([
    ["hex as 3scale issued it", "0123456789abcdef".repeat(6)],
    ["one letter", "a"],
    ["what is no token, which is for parsing to tell", "hello_World"],
  ])("is any one word: %s", (_what, word) => {
    expect(ofHeader(`Bearer ${word}`)).toEqual(found(word));
  });

  it.each([
    ["an empty header", ""],
    ["a blank header", "  \t "],
    ["a bearer scheme alone", "Bearer"],
    ["a bearer scheme and a space", "Bearer "],
    ["Basic alone", "Basic"],
    ["an empty user name and password", basic(":")],
    ["a blank user name and password", basic("  :  ")],
    ["a blank user name", basic(" ")],
  ])("is absent when blank: %s", (_form, header) => {
    expect(ofHeader(header)).toEqual(NONE);
  });

  it.each([
    ["a token without a scheme", TOKEN],
    ["an unknown scheme", `Digest ${TOKEN}`],
    ["an unknown scheme alone", "Negotiate"],
    ["3scale's word, which is a parameter and no scheme", `access_token ${TOKEN}`],
    ["a scheme in two words", `Token token=${TOKEN}`],
    ["a bearer token in quotes", `Bearer "${TOKEN}"`],
    ["a bearer token with a colon", `Bearer ${TOKEN}:`],
    ["the base64 of one, with its padding", `Bearer ${Buffer.from(`${TOKEN}:`).toString("base64")}=`],
    ["two tokens after one scheme", `Bearer ${TOKEN} ${TOKEN}`],
    ["the scheme twice", `Bearer Bearer ${TOKEN}`],
    ["two headers, which the gateway joins", `Bearer ${TOKEN},Bearer ${TOKEN}`],
    ["two headers, joined with a space", `Bearer ${TOKEN}, Bearer ${TOKEN}`],
    ["two headers, of which one is empty", `Bearer ${TOKEN},`],
    ["two headers, of which the first is empty", `,Bearer ${TOKEN}`],
    ["two headers of two schemes", `Bearer ${TOKEN},${basic(`${TOKEN}:`)}`],
    ["two headers of two schemes, the other way round", `${basic(`${TOKEN}:`)},Bearer ${TOKEN}`],
    ["two headers of Basic", `${basic(`${TOKEN}:`)},${basic(`${TOKEN}:`)}`],
    ["two tokens with a semicolon", `Bearer ${TOKEN};Bearer ${TOKEN}`],
    ["a tab after the scheme", `Bearer\t${TOKEN}`],
    ["a tab and a space after the scheme", `Bearer \t${TOKEN}`],
    ["a no-break space after the scheme", `Bearer\u00a0${TOKEN}`],
    ["an ideographic space after the scheme", `Bearer\u3000${TOKEN}`],
    ["a zero-width space before the token", `Bearer \u200b${TOKEN}`],
    ["a line break after the scheme", `Bearer\n${TOKEN}`],
    ["a folded header", `Bearer\r\n ${TOKEN}`],
    ["a line break within the token", `Bearer ${TOKEN.slice(0, 20)}\n${TOKEN.slice(20)}`],
    ["a NUL after the token", `Bearer ${TOKEN}\0`],
    ["a scheme in other letters that look alike", `Ве${"arer"} ${TOKEN}`],
    ["letters of other scripts", "Bearer lk_at_é"],
    ["digits of other scripts", "Bearer lk_at_٣"],
    ["Basic that is no base64", "Basic !!!!"],
    ["Basic with a space within", `Basic ${Buffer.from(TOKEN).toString("base64").slice(0, 8)} ${Buffer.from(TOKEN).toString("base64").slice(8)}`],
    ["Basic in the alphabet of URLs", "Basic ____"],
    ["Basic of what is no UTF-8", basic(Uint8Array.of(0xff, 0xfe, 0x3a))],
    ["a user name that is no word, even before a good password", basic(`no word:${TOKEN}`)],
    ["a user name in other letters", basic(`tökén:${TOKEN}`)],
    ["a password with a colon", basic(`:${TOKEN}:${TOKEN}`)],
    ["a user name with a line break", basic(`${TOKEN}\n:`)],
  ])("is malformed, and so refused: %s", (_form, header) => {
    expect(ofHeader(header)).toEqual(MALFORMED);
  });

  it("takes the user name where user name and password are two tokens, as 3scale does", () => {
    expect(ofHeader(basic("first:second"))).toEqual(found("first"));
  });

  it("is found under any spelling of the header's name", () => {
    for (const name of ["authorization", "Authorization", "AUTHORIZATION"]) {
      expect(credentialOf({ headers: { [name]: `Bearer ${TOKEN}` } }, true)).toEqual(found(TOKEN));
    }
    expect(headerOf({ headers: { "Content-Type": "a" } }, "content-type")).toBe("a");
  });

  it.each([
    ["no headers", {}],
    ["null for headers, as some gateways send", { headers: null, queryStringParameters: null }],
    ["other headers", { headers: { "x-authorization": `Bearer ${TOKEN}`, "proxy-authorization": `Bearer ${TOKEN}`, cookie: TOKEN, "x-user-id": "1" } }],
    ["a header without value", { headers: { authorization: undefined } }],
    ["other parameters", { queryStringParameters: { token: TOKEN, provider_key: TOKEN, "access_token[]": TOKEN, Access_Token: TOKEN } }],
  ])("is absent from %s", (_what, event) => {
    expect(credentialOf(event, true)).toEqual(NONE);
  });
});

describe("a credential in the query", () => {
  it("is found", () => {
    expect(ofQuery(TOKEN)).toEqual(found(TOKEN));
  });

  it.each(["", " ", "\t"])("is absent when blank: %j", (blank) => {
    expect(ofQuery(blank)).toEqual(NONE);
    expect(ofQuery(blank, false)).toEqual(NONE);
    expect(credentialOf({ headers: { authorization: `Bearer ${TOKEN}` }, queryStringParameters: { access_token: blank } }, true)).toEqual(found(TOKEN));
  });

  it.each([
    ["two, which the gateway joins", `${TOKEN},${TOKEN}`],
    ["one with a space before it", ` ${TOKEN}`],
    ["one with a space after it", `${TOKEN} `],
    ["one with its scheme", `Bearer ${TOKEN}`],
    ["one in other letters", "tökén"],
  ])("is malformed: %s", (_what, text) => {
    expect(ofQuery(text)).toEqual(MALFORMED);
  });

  it("is refused when the query form is switched off, not overlooked", () => {
    expect(ofQuery(TOKEN, false)).toEqual(MALFORMED);
    expect(credentialOf({ headers: { authorization: `Bearer ${TOKEN}` }, queryStringParameters: { access_token: TOKEN } }, false)).toEqual(MALFORMED);
  });

  it.each([
    ["the same twice is one", `Bearer ${TOKEN}`, TOKEN, found(TOKEN)],
    ["the same twice is one, in Basic too", basic(`:${TOKEN}`), TOKEN, found(TOKEN)],
    ["two that differ are none that can be right", "Bearer one", "two", MALFORMED],
    ["a good one does not make up for a malformed header", "Digest x", TOKEN, MALFORMED],
    ["a good header does not make up for a malformed one", `Bearer ${TOKEN}`, "a,b", MALFORMED],
    ["beside a blank header it counts", "Bearer ", TOKEN, found(TOKEN)],
  ])("beside one in the header: %s", (_guarantee, authorization, access_token, expected) => {
    expect(credentialOf({ headers: { authorization }, queryStringParameters: { access_token } }, true)).toEqual(expected);
  });
});

describe("a credential in a body", () => {
  it.each([[undefined], [null], [""], ["  "]])("is absent when there is none: %j", (value) => {
    expect(fromText(value)).toEqual(NONE);
  });

  it.each([[0], [1], [false], [true], [[TOKEN]], [{ value: TOKEN }], [[]], [{}]])("is malformed when it is no text: %j", (value) => {
    expect(fromText(value)).toEqual(MALFORMED);
  });

  it("is found when it is one word", () => {
    expect(fromText(TOKEN)).toEqual(found(TOKEN));
  });
});

describe("whatever a request carries", () => {
  const piece = fc.oneof(fc.constantFrom("Bearer", "Basic", " ", "\t", ",", ":", "=", TOKEN, Buffer.from(`${TOKEN}:`).toString("base64")), fc.string({ unit: "binary", maxLength: 5 }));
  const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));

  it("what is found is one word that was there, and nothing throws", () => {
    fc.assert(fc.property(text, text, fc.boolean(), (authorization, access_token, queryAllowed) => {
      const credential = credentialOf({ headers: { authorization }, queryStringParameters: { access_token } }, queryAllowed);
      if (credential.kind !== "value") return;
      expect(credential.value).toMatch(/^\w+$/);
      const decoded = Buffer.from(authorization.trim().replace(/^basic +/i, ""), "base64").toString();
      expect(`${authorization}\n${access_token}\n${decoded}`).toContain(credential.value);
    }), { numRuns: 5000 });
  });
});
