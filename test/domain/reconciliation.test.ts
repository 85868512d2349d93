import { describe, expect, it } from "vitest";
import { disagreementOf, type Standing } from "../../lib/domain/reconciliation.ts";

/** Everything that can stand for a service, and what is wrong with it: with and without a catalogue that knows it. */
const EVERY: readonly (readonly [Standing["service"], Standing["token"], known: unknown, unknown: unknown])[] = [
  [true, "live", undefined, undefined],
  [true, "none", "service_without_token", "service_without_token"],
  [true, "deleted", "half_deleted", "half_deleted"],
  [false, "live", "token_without_service", "token_without_service"],
  // A deletion is for good, whatever a catalogue still says.
  [false, "deleted", undefined, undefined],
  [false, "none", "missing", undefined],
];

describe("what stands for a service", () => {
  it.each(EVERY)("row %s, token %s: %s when a catalogue knows it, else %s", (service, token, known, unknown) => {
    expect([disagreementOf({ service, token }, true), disagreementOf({ service, token }, false)]).toEqual([known, unknown]);
  });
});
