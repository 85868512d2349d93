import type { Application } from "./model.ts";

type State = Application["state"];

/** What moves an application from one state to another (3scale: app/models/cinstance.rb, its state machine). */
export const APPLICATION_TRANSITIONS = {
  accept: { from: "pending", to: "live" },
  suspend: { from: "live", to: "suspended" },
  resume: { from: "suspended", to: "live" },
} as const satisfies Record<string, { readonly from: State; readonly to: State }>;
export type ApplicationTransition = keyof typeof APPLICATION_TRANSITIONS;

/** The state after a transition; undefined when the state does not allow it, as when it took effect before. */
export function applicationStateAfter(state: State, transition: ApplicationTransition): State | undefined {
  const { from, to } = APPLICATION_TRANSITIONS[transition];
  return state === from ? to : undefined;
}
