import { expect } from "vitest";
import type { Deployment } from "./deployment.ts";
import { request, type Answer } from "./request.ts";

/** What a cursor looks like. */
export const A_CURSOR: unknown = expect.stringMatching(/^[\w-]{32}$/);
/** More pages than any test has: a list that does not end is an error, not a hang. */
const MANY = 1000;

/** The pages of a list by its cursors, from the front to where none follows. */
export async function walk(latchkey: Pick<Deployment, "url">, path: string, token: string): Promise<readonly Answer[]> {
  const pages: Answer[] = [];
  const join = path.includes("?") ? "&" : "?";
  for (let after: string | undefined = ""; after !== undefined; after = pages.at(-1)?.json.metadata?.next) {
    const answer = await request(latchkey, "GET", `${path}${join}after=${after}`, { token });
    if (answer.status !== 200 || pages.push(answer) > MANY) throw new Error(`${path}, page ${pages.length}: ${answer.status} ${answer.text.slice(0, 200)}`);
  }
  return pages;
}

/** The same text with another character in one place. */
export function changedAt(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
}
