import { useEffect, useState } from "react";

const TICK_MS = 30_000;

/** The time in milliseconds, moving on while the page is open: what expires meanwhile is shown as expired. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(ticking);
  }, []);
  return now;
}
