import { useEffect, useRef, useState } from "react";
import { onSessionOver } from "../api/call.ts";
import { BLANK_DRAFT, readDraft, type Draft } from "../rules/draft.ts";

/** What is being filled in. It outlives the trip to sign in again, when the session ended meanwhile: once, and for the same person. */
export function useDraft(person: number): readonly [Draft, (changes: Partial<Draft>) => void] {
  const key = `latchkey.draft.${person}`;
  const [draft, setDraft] = useState(() => kept(key) ?? BLANK_DRAFT);
  const latest = useRef(draft);
  useEffect(() => { latest.current = draft; }, [draft]);
  useEffect(() => {
    withStorage((storage) => storage.removeItem(key));
    return onSessionOver(() => withStorage((storage) => storage.setItem(key, JSON.stringify(latest.current))));
  }, [key]);
  return [draft, (changes) => setDraft((before) => ({ ...before, ...changes }))];
}

function kept(key: string): Draft | undefined {
  let text: string | null = null;
  withStorage((storage) => { text = storage.getItem(key); });
  return readDraft(text);
}

/** Storage may be forbidden; then nothing is kept. */
function withStorage(use: (storage: Storage) => void): void {
  try {
    use(sessionStorage);
  } catch {
    // A draft is a convenience.
  }
}
