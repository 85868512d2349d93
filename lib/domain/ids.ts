/** Ids begin here, so that they last until 2124. */
const EPOCH_MS = Date.UTC(2025, 0, 1);
/**
 * How many ids one millisecond can hold. No more, so that ids keep to fourteen digits: a gateway that is written in
 * Lua prints longer numbers as 2.4e+14, and asks for a service that nobody has.
 */
export const IDS_PER_MS = 32;

/**
 * The number of an id made at `timeMs` (milliseconds since 1970) with `random` in [0, IDS_PER_MS): ids grow with
 * time, are exact in every JSON parser, and need no counter (D13). Two may coincide: whoever stores one does so on the condition
 * that it is free, and draws again if it is not.
 */
export function idNumber(timeMs: number, random: number): number {
  return (timeMs - EPOCH_MS) * IDS_PER_MS + random;
}
