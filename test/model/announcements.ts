/**
 * What becomes of services that a catalogue announces and people delete, written from design.md (D9) and the README alone: one service
 * and one token under the announced id, whatever order and however often it is said; a deletion is for good; a system name belongs to one
 * service at a time, and what was made from a name gives way. It imports nothing of lib.
 */
export type Happening =
  | { readonly kind: "announced"; readonly id: number; readonly name: string; readonly systemName?: string }
  | { readonly kind: "deleted"; readonly id: number }
  | { readonly kind: "cleaned up"; readonly id: number };

export type Service = { readonly name: string; readonly systemName: string };
/** What there is in the end of each id: a service, or a deletion, or nothing. `refused` announcements lie in the dead-letter queue. */
export type State = { readonly services: Map<number, Service>; readonly deleted: Set<number>; refused: number };

export function stateAfter(happenings: readonly Happening[]): State {
  const state: State = { services: new Map(), deleted: new Set(), refused: 0 };
  for (const happening of happenings) happen(state, happening);
  return state;
}

function happen(state: State, happening: Happening): void {
  const { services, deleted } = state;
  switch (happening.kind) {
    case "announced": {
      const { id, name, systemName } = happening;
      if (services.has(id) || deleted.has(id)) return;
      const wanted = systemName === undefined ? [plain(name), `${plain(name)}_${id.toString(36)}`] : [systemName];
      const free = wanted.find((each) => ![...services.values()].some((service) => service.systemName === each));
      if (free === undefined) state.refused++;
      else services.set(id, { name, systemName: free });
      return;
    }
    case "deleted":
      if (services.delete(happening.id)) deleted.add(happening.id);
      return;
    case "cleaned up":
  }
}

/** Names here are of letters, digits and spaces. */
const plain = (name: string) => name.toLowerCase().replaceAll(" ", "_");
