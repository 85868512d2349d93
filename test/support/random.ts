import process from "node:process";

/** Draws that come out the same for the same seed. */
export type Random = {
  /** From 0 up to, and without, `below`. */
  readonly number: (below: number) => number;
  readonly of: <T>(all: readonly T[]) => T;
  /** True so often. */
  readonly chance: (share: number) => boolean;
};

/** A generator of 32 bits (mulberry32): small, and good enough to choose requests with. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const number = (below: number) => Math.floor(next() * below);
  return { number, of: (all) => all[number(all.length)]!, chance: (share) => next() < share };
}

/** The seed of this run, or the one that TEST_SEED repeats. */
export function newSeed(): number {
  return Number(process.env["TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
}

/** The same things in another order. */
export function shuffled<T>(all: readonly T[], { number }: Random): T[] {
  return all.map((each) => [number(2 ** 32), each] as const).toSorted(([one], [other]) => one - other).map(([, each]) => each);
}
