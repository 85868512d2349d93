import type { Answer } from "./answer.ts";

/** A page of a list, and the cursor by which it goes on. */
export type Page<Item> = { readonly items: readonly Item[]; readonly next?: string | undefined };
/** The beginning of a list, and whether there is more of it. */
export type Front<Item> = { readonly items: readonly Item[]; readonly more: boolean };

/** Reads a list from its beginning, page by page, until it has `most` items or ends. The first failure is the answer. */
export async function front<Item>(read: (after: string) => Promise<Answer<Page<Item>>>, most: number): Promise<Answer<Front<Item>>> {
  const items: Item[] = [];
  let after: string | undefined = "";
  while (after !== undefined && items.length < most) {
    const answer: Answer<Page<Item>> = await read(after);
    if (answer.kind !== "ok") return answer;
    items.push(...answer.value.items);
    after = answer.value.next;
  }
  return { kind: "ok", value: { items, more: after !== undefined } };
}
