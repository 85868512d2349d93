import { useCallback, useState } from "react";
import type { Answer } from "./answer.ts";
import type { Front } from "./front.ts";
import { useLoaded, type Loaded } from "./use-loaded.ts";

/** So many items are there at first. An account may have a hundred thousand. */
const FIRST = 1000;

/** The beginning of a list, kept on the page. `loadMore` doubles it; `loadingMore` until the longer one is there. */
export type Fronted<Item> = {
  readonly loaded: Loaded<Front<Item>>; readonly reload: () => void; readonly loadMore: () => void; readonly loadingMore: boolean;
};

/** @param list reads the first so many items. */
export function useFront<Item>(list: (most: number, signal: AbortSignal) => Promise<Answer<Front<Item>>>): Fronted<Item> {
  const [most, setMost] = useState(FIRST);
  const load = useCallback((signal: AbortSignal) => list(most, signal), [list, most]);
  const [loaded, reload] = useLoaded(load);
  const loadMore = useCallback(() => setMost((so) => so * 2), []);
  return { loaded, reload, loadMore, loadingMore: loaded.kind === "loaded" && loaded.value.more && loaded.value.items.length < most };
}
