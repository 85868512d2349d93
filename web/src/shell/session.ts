import { createContext, useContext } from "react";
import type { Rights } from "../api/shapes.ts";

export const SessionContext = createContext<Rights | undefined>(undefined);

/** Who is signed in, and what they may do. */
export function useRights(): Rights {
  const rights = useContext(SessionContext);
  if (rights === undefined) throw new Error("Nobody is signed in here");
  return rights;
}

const TRIED = "latchkey.sign-in-tried";

/**
 * Whether this tab was sent to sign in and came back without a session: then it asks, lest the two send each other
 * round and round, or the browser's Back be useless.
 */
export const wasSent = (): boolean => withStorage((storage) => storage.getItem(TRIED) !== null) ?? true;
export const noteSent = (): void => withStorage((storage) => storage.setItem(TRIED, "1"));
export const noteSignedIn = (): void => withStorage((storage) => storage.removeItem(TRIED));

function withStorage<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(sessionStorage);
  } catch {
    return undefined;
  }
}
