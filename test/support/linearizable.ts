/** Something that a client did: between `start` and `end` it took effect, at one moment. */
export type Done<State> = {
  readonly start: number;
  /** When its client heard what had come of it; Infinity when it never did: then it may take effect at any time, or never. */
  readonly end: number;
  /** The states that may follow when it takes effect in this one; none, when what its client heard cannot have been said then. */
  readonly after: (state: State) => readonly State[];
};

/**
 * Whether there is an order of these in which each could have happened as its client saw it, and which keeps what was over
 * before something else began before that (Herlihy and Wing, 1990). Looks through all of them, each set of things done only
 * once for each state that it can end in (Lowe, 2017).
 */
export function isLinearizable<State>(history: readonly Done<State>[], initial: State): boolean {
  const byStart = history.toSorted((one, other) => one.start - other.start);
  const all = (1n << BigInt(byStart.length)) - 1n;
  const seen = new Set<string>();

  function rest(done: bigint, state: State): boolean {
    if (done === all) return true;
    const name = `${done} ${String(state)}`;
    if (seen.has(name)) return false;
    seen.add(name);
    // Whoever comes next began before any of those that are left was over.
    const firstEnd = byStart.reduce((least, { end }, at) => ((done >> BigInt(at)) & 1n ? least : Math.min(least, end)), Infinity);
    for (const [at, one] of byStart.entries()) {
      if (one.start > firstEnd) break;
      const bit = 1n << BigInt(at);
      if (!(done & bit) && one.after(state).some((next) => rest(done | bit, next))) return true;
    }
    return false;
  }
  return rest(0n, initial);
}

/** A token is there or not, and once it is gone it is so for good. */
export type TokenState = "unborn" | "alive" | "dead";
/** What clients do with a token, and what they hear: that they made it, that it was let in or shown or not, that they deleted it or nobody can. */
export type TokenAct = { readonly act: "create" } | { readonly act: "use" | "list" | "delete"; readonly found: boolean | "unknown" };

/** A token is seen exactly while it is alive, and deleted by one. */
export function tokenStep(did: TokenAct): (state: TokenState) => readonly TokenState[] {
  return (state) => {
    if (did.act === "create") return state === "unborn" ? ["alive"] : [];
    if (did.found === "unknown") return did.act === "delete" && state === "alive" ? [state, "dead"] : [state];
    if (did.found !== (state === "alive")) return [];
    return [did.act === "delete" && did.found ? "dead" : state];
  };
}
