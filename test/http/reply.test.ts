import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { created, csvDocument, document, EMPTY, many, one, xmlDocument, type Representation } from "../../lib/http/reply.ts";

type Thing = { readonly id: number; readonly name: string };
const thing: Representation<Thing> = {
  one: "thing", many: "things",
  json: ({ id, name }, base) => ({ id, name, links: [{ rel: "self", href: `${base}/things/${id}` }] }),
  xml: ({ id, name }) => ({ id, name }),
};
const jsonOnly: Representation<Thing> = { one: "thing", many: "things", json: ({ id }) => ({ id }) };
const a = { id: 1, name: "a" };
const b = { id: 2, name: "b" };
const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const xmlOf = (reply: { xml?: () => Parameters<typeof xmlDocument>[0] }) => (reply.xml === undefined ? undefined : xmlDocument(reply.xml()));

describe("an answer", () => {
  it("with one thing names it", () => {
    const reply = one(thing).reply(a);
    expect([reply.status, reply.json?.("https://api.example.com")]).toEqual([200, { thing: { id: 1, name: "a", links: [{ rel: "self", href: "https://api.example.com/things/1" }] } }]);
    expect(xmlOf(reply)).toBe(`${XML}<thing><id>1</id><name>a</name></thing>`);
  });

  it("that is a document of its own has no name in JSON, and one in XML", () => {
    const reply = document({ ...thing, csv: ({ id, name }) => ({ name: `${id}.csv`, rows: [["Name"], [name]] }) }).reply(a);
    expect([reply.status, reply.json?.(""), reply.csv?.()]).toEqual([200, { id: 1, name: "a", links: [{ rel: "self", href: "/things/1" }] }, { name: "1.csv", rows: [["Name"], ["a"]] }]);
    expect(xmlOf(reply)).toBe(`${XML}<thing><id>1</id><name>a</name></thing>`);
    expect(document(jsonOnly).reply(a)).not.toHaveProperty("csv");
  });

  it("to a creation is 201 and tells where the thing is", () => {
    expect(created(thing, () => "/things/1").reply(a)).toMatchObject({ status: 201, location: "/things/1" });
  });

  it("with a list wraps each thing", () => {
    const reply = many(thing).reply([a, b]);
    expect(reply.json?.("")).toMatchObject({ things: [{ thing: { id: 1 } }, { thing: { id: 2 } }] });
    expect(reply.json?.("")).not.toHaveProperty("metadata");
    expect(xmlOf(reply)).toBe(`${XML}<things><thing><id>1</id><name>a</name></thing><thing><id>2</id><name>b</name></thing></things>`);
  });

  it("with an empty list is an empty list", () => {
    expect(many(thing).reply([]).json?.("")).toEqual({ things: [] });
    expect(xmlOf(many(thing).reply([]))).toBe(`${XML}<things></things>`);
  });

  it("with a page of something longer tells what 3scale tells about it", () => {
    const reply = many(thing).reply({ items: [b], page: 2, perPage: 1, total: 3 });
    expect(reply.json?.("")).toMatchObject({ metadata: { per_page: 1, total_entries: 3, total_pages: 3, current_page: 2 } });
    expect(xmlOf(reply)).toBe(`${XML}<things per_page="1" total_entries="3" total_pages="3" current_page="2"><thing><id>2</id><name>b</name></thing></things>`);
  });

  it("with a page that another follows tells the cursor; without totals, whether another follows says all", () => {
    const reply = many(thing).reply({ items: [a], perPage: 1, next: "on" });
    expect(reply.json?.("")).toMatchObject({ metadata: { per_page: 1, next: "on" } });
    expect(JSON.parse(JSON.stringify(reply.json?.("")))["metadata"]).toEqual({ per_page: 1, next: "on" });
    expect(xmlOf(reply)).toBe(`${XML}<things per_page="1" next="on"><thing><id>1</id><name>a</name></thing></things>`);
    expect(many(thing).reply({ items: [a], perPage: 1 }).json?.("")).not.toHaveProperty("metadata");
    expect(many(thing).reply({ items: [a], page: 1, perPage: 1, total: 2, next: "on" }).json?.("")).toMatchObject({ metadata: { total_entries: 2, next: "on" } });
  });

  it("with a page past the end is an empty list", () => {
    expect(many(thing).reply({ items: [], page: 9, perPage: 2, total: 3 }).json?.("")).toMatchObject({ things: [], metadata: { total_pages: 2, current_page: 9 } });
  });

  it("with all there is on one page needs no metadata", () => {
    expect(many(thing).reply({ items: [a, b], page: 1, perPage: 2, total: 2 }).json?.("")).not.toHaveProperty("metadata");
  });

  it("is JSON alone for what 3scale has no XML of", () => {
    expect([one(jsonOnly).reply(a), created(jsonOnly, () => "/").reply(a), many(jsonOnly).reply([a])].filter((reply) => "xml" in reply)).toEqual([]);
  });

  it("to a deletion is 200 and empty, never 204", () => {
    expect(EMPTY.reply()).toEqual({ status: 200 });
  });
});

describe("an XML document", () => {
  const text = (value: string) => xmlDocument({ name: value }).slice(`${XML}<name>`.length, -"</name>".length);
  /** What an XML parser reads from text content. */
  const readBack = (xml: string) => xml.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&apos;", "'").replaceAll("&amp;", "&");

  it.each([
    ["markup", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    ["an ampersand", "a & b", "a &amp; b"],
    ["what is escaped already, once more", "&amp;&lt;", "&amp;amp;&amp;lt;"],
    ["the end of a CDATA section", "]]>", "]]&gt;"],
    ["a closing tag", "</name><admin>true</admin><name>", "&lt;/name&gt;&lt;admin&gt;true&lt;/admin&gt;&lt;name&gt;"],
    ["an entity of a document type", "&xxe;", "&amp;xxe;"],
    ["a processing instruction", "<?php ?>", "&lt;?php ?&gt;"],
    ["a comment", "<!-- -->", "&lt;!-- --&gt;"],
    ["white space around it", " a ", " a "],
    ["letters of any script", "é東😀", "é東😀"],
  ])("escapes %s", (_what, value, written) => {
    expect(text(value)).toBe(written);
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])("shows %j to a spreadsheet as text, and numbers as numbers", (field) => {
    expect(csvDocument([[field, -1]])).toMatch(/^"?'[^,]*,-1\n$/);
  });

  it("holds any text so that it is read as it was", () => {
    fc.assert(fc.property(fc.string({ unit: fc.oneof(fc.constantFrom("<", ">", "&", '"', "'", "]", ";", "amp"), fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 })) }), (value) => {
      expect(text(value)).not.toMatch(/[<>]|&(?!lt;|gt;|amp;|quot;|apos;)/);
      expect(readBack(text(value))).toBe(value);
    }), { numRuns: 1000 });
  });

  it("escapes attributes", () => {
    expect(xmlDocument({ a: { "@_b": '"><c d="', "#text": "" } })).not.toMatch(/<c/);
  });

  it("writes numbers and booleans, repeats an element for a list, and leaves out what is not there", () => {
    expect(xmlDocument({ a: { n: 0, t: true, f: false, list: ["x", "y"], none: [], missing: undefined, empty: "" } })).toBe(
      `${XML}<a><n>0</n><t>true</t><f>false</f><list>x</list><list>y</list><empty></empty></a>`,
    );
  });

  it.each(["\uffff", "\ufffe"])("never holds %j, which no XML parser reads on from", (value) => {
    expect(xmlDocument({ name: `a${value}b` })).not.toContain(value);
  });
});

describe("a CSV document", () => {
  it.each([
    ["a comma", 'a,b', '"a,b"'], ["quotes", 'a "b"', '"a ""b"""'], ["a line end", "a\nb", '"a\nb"'], ["blanks around it", " a", '" a"'], ["nothing special", "a b;c'd", "a b;c'd"],
  ])("quotes a field with %s", (_what, field, written) => {
    expect(csvDocument([[field, 1], ["x", 2]])).toBe(`${written},1\nx,2\n`);
  });

  it("holds any text so that it is read as it was", () => {
    const read = (csv: string) => [...csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(?:,|\n)/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare);
    fc.assert(fc.property(fc.array(fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r", " ", "é") }), { minLength: 1 }), (row) => {
      expect(read(csvDocument([row]))).toEqual(row);
    }));
  });
});
