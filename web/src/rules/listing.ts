/** Search, order and pages of lists that are complete on this side. */
export type Order<Key extends string> = { readonly by: Key; readonly descending: boolean };
/** What a column is ordered by: "never" is `Infinity`, what nobody knows is `-Infinity`. */
export type Rank = string | number;

const COLLATOR = new Intl.Collator("en", { sensitivity: "base", numeric: true });

/** Whether every word of what is looked for is somewhere in the texts, whatever the case and the accents. */
export function matches(texts: readonly string[], wanted: string): boolean {
  const plain = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const among = texts.map(plain).join("\n");
  return plain(wanted).split(/\s+/).every((word) => among.includes(word));
}

/** In order; what ranks the same stays as it came, in both directions. */
export function ordered<Row, Key extends string>(rows: readonly Row[], { by, descending }: Order<Key>, rank: (row: Row, by: Key) => Rank): readonly Row[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => sign * compared(rank(a, by), rank(b, by)));
}

function compared(a: Rank, b: Rank): number {
  if (typeof a === "number" && typeof b === "number") return a === b ? 0 : a - b;
  return COLLATOR.compare(String(a), String(b));
}

/** The rows of a page, counted from 1. A page past the end is the last one: rows may have gone since it was opened. */
export function pageOf<Row>(rows: readonly Row[], page: number, perPage: number): { readonly page: number; readonly rows: readonly Row[] } {
  const last = Math.max(1, Math.ceil(rows.length / perPage));
  const shown = Math.min(Math.max(1, page), last);
  return { page: shown, rows: rows.slice((shown - 1) * perPage, shown * perPage) };
}
