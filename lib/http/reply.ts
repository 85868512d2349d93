import XMLBuilder from "fast-xml-builder";
import type { Page } from "../table/page.ts";

/** An XML element's content: text, children by name, or several children of one name. */
export type XmlContent = string | number | boolean | undefined | readonly XmlContent[] | { readonly [name: string]: XmlContent };

/** A table to be saved as a file of this name; its first row names the columns. */
export type Csv = { readonly name: string; readonly rows: readonly (readonly (string | number)[])[] };

/** How one kind of thing is written: its names, and its renderings. `base` is the address of this API, for links. */
export type Representation<T> = {
  readonly one: string;
  readonly many: string;
  /** Where XML has another name for one than JSON has. */
  readonly element?: string;
  readonly json: (value: T, base: string) => object;
  readonly xml?: (value: T) => XmlContent;
  readonly csv?: (value: T) => Csv;
};

/** A page of a list, with the cursor by which it goes on while there is more. */
export type Listed<T> = Omit<Page<T>, "next"> & { readonly next?: string };

/** What is answered, before it is written in the format that was asked for. */
export type Reply = {
  readonly status: 200 | 201 | 202;
  readonly json?: (base: string) => object;
  readonly xml?: () => XmlContent;
  readonly csv?: () => Csv;
  /** The path of what was created. */
  readonly location?: string;
};

/** How an operation answers when all is well: declared once, for the answer itself and for the documentation of it. */
export type Answer<T> = {
  readonly status: Reply["status"];
  readonly shape: "one" | "document" | "many" | "nothing";
  readonly as?: Pick<Representation<unknown>, "one" | "many">;
  readonly reply: (value: T) => Reply;
};

/** 200 with an empty body: 3scale's answer to a deletion. */
export const EMPTY: Answer<void> = { status: 200, shape: "nothing", reply: () => ({ status: 200 }) };

/** One thing: `{"service": {…}}`, `<service>…</service>`. */
export function one<T>(as: Representation<T>): Answer<T> {
  return { status: 200, shape: "one", as, reply: (value) => ({ status: 200, ...writtenAs(as, value) }) };
}

/** One thing that JSON does not name: `{"total": 5}`, `<usage><total>5</total></usage>`. */
export function document<T>(as: Representation<T>): Answer<T> {
  const { csv } = as;
  return {
    status: 200, shape: "document", as,
    reply: (value) => ({
      status: 200, ...writtenAs(as, value), json: (base) => as.json(value, base), ...(csv === undefined ? {} : { csv: () => csv(value) }),
    }),
  };
}

/** 201, the thing, and where it is. */
export function created<T>(as: Representation<T>, location: (value: T) => string): Answer<T> {
  return { status: 201, shape: "one", as, reply: (value) => ({ status: 201, ...writtenAs(as, value), location: location(value) }) };
}

/** A list: `{"services": [{"service": {…}}]}`; with metadata, 3scale's and our cursor, when it is a page of something longer. */
export function many<T>(as: Representation<T>): Answer<readonly T[] | Listed<T>> {
  return { status: 200, shape: "many", as, reply: (list) => listed(as, list) };
}

function writtenAs<T>(as: Representation<T>, value: T): Pick<Reply, "json" | "xml"> {
  const { xml } = as;
  return {
    json: (base) => ({ [as.one]: as.json(value, base) }),
    ...(xml === undefined ? {} : { xml: () => ({ [as.element ?? as.one]: xml(value) }) }),
  };
}

function listed<T>(as: Representation<T>, list: readonly T[] | Listed<T>): Reply {
  const { xml } = as;
  const items: readonly T[] = "items" in list ? list.items : list;
  const metadata = "items" in list && isLonger(list) ? metadataOf(list) : undefined;
  return {
    status: 200,
    json: (base) => ({
      [as.many]: items.map((item) => ({ [as.one]: as.json(item, base) })),
      ...(metadata === undefined ? {} : { metadata }),
    }),
    ...(xml === undefined ? {} : { xml: () => ({ [as.many]: { ...attributes(metadata ?? {}), [as.element ?? as.one]: items.map(xml) } }) }),
  };
}

/** Whether there is more than the page shows: 3scale tells about pages then, and only then. */
function isLonger({ perPage, total, next }: Listed<unknown>): boolean {
  return total === undefined ? next !== undefined : perPage < total;
}

/** What is said of a page: its number and the total only where they were asked for. */
export function metadataOf({ perPage, total, page, next }: Listed<unknown>) {
  return { per_page: perPage, total_entries: total, total_pages: total === undefined ? undefined : Math.ceil(total / perPage), current_page: page, next };
}

/** Values as the attributes of an XML element. */
export function attributes(values: Readonly<Record<string, number | string | undefined>>): Record<string, number | string | undefined> {
  return Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[`@_${name}`, value]])));
}

/** Characters that no XML document may hold, however they are written (XML 1.0, production Char). */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** Writes an XML document of one root element. */
export function xmlDocument(root: XmlContent): string {
  const builder = new XMLBuilder({ ignoreAttributes: false, suppressBooleanAttributes: false });
  return `<?xml version="1.0" encoding="UTF-8"?>${String(builder.build(root)).replace(NOT_XML, "")}`;
}

/** What a spreadsheet would run instead of show: developers choose the names of their applications. */
const FORMULA = /^[=+\-@\t]/;

/** Writes a table as CSV (RFC 4180), with the line ends of Ruby's. A text that begins like a formula gets an apostrophe before it. */
export function csvDocument(rows: Csv["rows"]): string {
  return rows.map((row) => `${row.map(csvField).join(",")}\n`).join("");
}

function csvField(value: string | number): string {
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
