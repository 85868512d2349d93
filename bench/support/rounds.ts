/** So many rounds at least stand behind every median. */
export const ROUNDS = 9;

/**
 * Lets the contenders have their turn in every round, each round another one first, so that what else the machine does meets all
 * of them. The first round warms up and is not counted.
 *
 * @param contenders what each measures in a round: a number, or several.
 */
export async function byTurns<Name extends string, Measured>(
  contenders: Readonly<Record<Name, () => Promise<Measured>>>, rounds = ROUNDS,
): Promise<Readonly<Record<Name, readonly Measured[]>>> {
  const names = Object.keys(contenders) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Measured[]>;
  for (let round = 0; round <= rounds; round++) {
    for (const at of names.keys()) {
      const name = names[(round + at) % names.length] as Name;
      const value = await contenders[name]();
      if (round > 0) measured[name].push(value);
    }
  }
  return measured;
}

/** How many times as much as the others of the same round: a machine that slows down slows down both. */
export function ratios(these: readonly number[], others: readonly number[]): readonly number[] {
  return these.map((value, round) => value / (others[round] ?? NaN));
}
