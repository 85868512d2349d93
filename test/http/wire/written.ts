import { epochSeconds } from "../../../lib/domain/brands.ts";
import { xmlDocument, type Representation } from "../../../lib/http/reply.ts";

/** How things look on the wire, under an address of this API, made and changed at two moments. */
export const BASE = "https://latchkey.example";
export const STAMPS = { version: 1, createdAt: epochSeconds(Date.UTC(2026, 0, 2, 3, 4, 5) / 1000), updatedAt: epochSeconds(Date.UTC(2026, 5, 7, 8, 9, 10) / 1000) };
export const DATES = { created_at: "2026-01-02T03:04:05Z", updated_at: "2026-06-07T08:09:10Z" };
export const DATES_IN_XML = "<created_at>2026-01-02T03:04:05Z</created_at><updated_at>2026-06-07T08:09:10Z</updated_at>";

/** As JSON has it, in which what is undefined is not there. */
export function inJson<T>(as: Representation<T>, value: T): unknown {
  return JSON.parse(JSON.stringify(as.json(value, BASE)));
}

/** The element's content, without the declaration. */
export function inXml<T>(as: Representation<T>, value: T): string {
  if (as.xml === undefined) throw new Error(`${as.one} is not written in XML`);
  return xmlDocument({ x: as.xml(value) }).replace(/^<\?xml[^>]*\?><x>|<\/x>$/g, "");
}

/** What it is called, alone, in a list, and in XML. */
export const namesOf = <T>({ one, many, element }: Representation<T>) => [one, many, element];
