import { useCallback, useEffect, useRef, useState } from "react";
import type { Answer, Failure } from "./answer.ts";

export type Loaded<T> = { readonly kind: "loading" } | { readonly kind: "failed"; readonly failure: Failure } | { readonly kind: "loaded"; readonly value: T };

/** What a call answers, kept on the page; `reload` replaces it when the new answer is there, and not before. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<Answer<T>>): readonly [Loaded<T>, () => void] {
  const [loaded, setLoaded] = useState<Loaded<T>>({ kind: "loading" });
  const running = useRef<AbortController>(undefined);

  const reload = useCallback(() => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    load(controller.signal).then(
      (answer) => { if (!controller.signal.aborted) setLoaded(answer.kind === "ok" ? { kind: "loaded", value: answer.value } : { kind: "failed", failure: answer }); },
      () => undefined, // aborted: somebody else answers
    );
  }, [load]);

  useEffect(() => {
    reload();
    return () => running.current?.abort();
  }, [reload]);

  return [loaded, reload];
}
