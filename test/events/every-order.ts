/** Where some happenings can be tried, again and again from the beginning. */
export type Trial<Happening, Seen> = {
  /** As if nothing had happened yet. */
  begin(): Promise<void>;
  /** Resolves with how many were refused. */
  happen(happening: Happening): Promise<number>;
  /** All that is stored, told alike when it differs only in what is drawn or read off a clock; and what is to be known of it. */
  look(): Promise<{ readonly stored: string; readonly seen: Seen }>;
};

type State<Happening, Seen> = {
  readonly seen: Seen;
  /** One way to come here. */
  readonly by: readonly Happening[];
  readonly after: Map<Happening, { readonly stored: string; readonly refused: number }>;
};

/** What is right comes to rest in a few; what grows with everything that happens never would. */
const MOST_STATES = 60;

/**
 * Everything that can be stored in the end, whatever order some happenings come in and however often: each of them is tried
 * once in every state that the others can lead to. What happens next depends on what is stored and on nothing else, so that
 * hundreds of thousands of orders are as many ways through a few dozen states, and what each of them ends in is known.
 * @returns where an order of them ends.
 */
export async function endsOf<Happening, Seen>(happenings: readonly Happening[], trial: Trial<Happening, Seen>) {
  await trial.begin();
  const { stored: beginning, seen: nothing } = await trial.look();
  const states = new Map<string, State<Happening, Seen>>([[beginning, { seen: nothing, by: [], after: new Map() }]]);
  // Those that are found on the way are visited as well.
  for (const { by, after } of states.values()) {
    for (const next of happenings) {
      await trial.begin();
      for (const each of by) await trial.happen(each);
      const refused = await trial.happen(next);
      const { stored, seen } = await trial.look();
      after.set(next, { stored, refused });
      if (states.size > MOST_STATES) throw new Error(`There is no end of states, of which one is:\n${stored}`);
      if (!states.has(stored)) states.set(stored, { seen, by: [...by, next], after: new Map() });
    }
  }

  return {
    states: states.size,
    endOf(order: readonly Happening[]): { readonly seen: Seen; readonly refused: number } {
      let [stored, refused] = [beginning, 0];
      for (const each of order) {
        const step = states.get(stored)!.after.get(each)!;
        [stored, refused] = [step.stored, refused + step.refused];
      }
      return { seen: states.get(stored)!.seen, refused };
    },
  };
}
