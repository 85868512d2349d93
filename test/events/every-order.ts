/** Where some happenings can be tried, again and again from what was there before. */
export type Trial<Happening, Seen> = {
  /** Keeps what is stored now. @returns what brings it back. */
  keep(): Promise<() => Promise<void>>;
  /** Resolves with how many were refused. */
  happen(happening: Happening): Promise<number>;
  /** All that is stored, told alike when it differs only in what is drawn or read off a clock; and what is to be known of it. */
  look(): Promise<{ readonly stored: string; readonly seen: Seen }>;
};

type State<Happening, Seen> = {
  readonly seen: Seen;
  readonly comeBack: () => Promise<void>;
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
  const { stored: beginning, seen: nothing } = await trial.look();
  const states = new Map<string, State<Happening, Seen>>([[beginning, { seen: nothing, comeBack: await trial.keep(), after: new Map() }]]);
  // Those that are found on the way are visited as well.
  for (const { comeBack, after } of states.values()) {
    for (const next of happenings) {
      await comeBack();
      const refused = await trial.happen(next);
      const { stored, seen } = await trial.look();
      after.set(next, { stored, refused });
      if (states.size > MOST_STATES) throw new Error(`There is no end of states, of which one is:\n${stored}`);
      if (!states.has(stored)) states.set(stored, { seen, comeBack: await trial.keep(), after: new Map() });
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
