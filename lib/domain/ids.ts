/** Ids begin here, so that 41 bits of milliseconds last until 2094. */
const EPOCH_MS = Date.UTC(2025, 0, 1);
/** How many ids one millisecond can hold. */
export const IDS_PER_MS = 4096;

/**
 * The number of an id made at `timeMs` (milliseconds since 1970) with `random` in [0, IDS_PER_MS): ids grow with
 * time, fit in 53 bits, and need no counter (D13). Two may coincide: whoever stores one does so on the condition
 * that it is free, and draws again if it is not.
 */
export function idNumber(timeMs: number, random: number): number {
  return (timeMs - EPOCH_MS) * IDS_PER_MS + random;
}
