import { describe, expect, it } from "vitest";
import { APPLICATION_TRANSITIONS, applicationStateAfter, type ApplicationTransition } from "../../lib/domain/application-state.ts";
import { APPLICATION_STATES, type Application } from "../../lib/domain/model.ts";

describe("an application's state", () => {
  const after: Record<ApplicationTransition, Record<Application["state"], Application["state"] | undefined>> = {
    accept: { pending: "live", live: undefined, suspended: undefined },
    suspend: { pending: undefined, live: "suspended", suspended: undefined },
    resume: { pending: undefined, live: undefined, suspended: "live" },
  };
  const rows = (Object.keys(APPLICATION_TRANSITIONS) as ApplicationTransition[]).flatMap((transition) =>
    APPLICATION_STATES.map((state) => [transition, state, after[transition][state]] as const));

  it("has a row for every transition from every state", () => {
    expect(rows).toHaveLength(9);
  });

  it.each(rows)("after %s, from %s, is %s", (transition, state, expected) => {
    expect(applicationStateAfter(state, transition)).toBe(expected);
  });
});
