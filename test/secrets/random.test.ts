import { describe, expect, it, vi } from "vitest";
import { toId } from "../../lib/domain/brands.ts";
import { newEventId, newId, newSecret } from "../../lib/secrets/random.ts";

const many = <T>(make: () => T, times = 5000) => Array.from({ length: times }, make);
/** Something made at each of these moments. */
function madeAt<T>(moments: readonly Date[], make: () => T): T[] {
  vi.useFakeTimers({ toFake: ["Date"] });
  try {
    return moments.map((moment) => {
      vi.setSystemTime(moment);
      return make();
    });
  } finally {
    vi.useRealTimers();
  }
}

const FIRST_DAY = new Date("2025-01-02T00:00:00Z");
const MOMENTS = [FIRST_DAY, new Date("2025-01-02T00:00:00.001Z"), new Date("2026-08-01T12:00:00Z"), new Date("2040-01-01T00:00:00Z"), new Date("2094-01-01T00:00:00Z")];

describe("newId", () => {
  it("makes ids", () => {
    expect(many(() => newId()).filter((made) => toId(made) === undefined)).toEqual([]);
  });

  it("makes ids that grow with time, for all the years they are made for", () => {
    const ids = madeAt(MOMENTS, () => Number(newId()));
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });

  it("draws within a millisecond, so that two who make one at once seldom meet", () => {
    const [ids = []] = madeAt([FIRST_DAY], () => many(() => Number(newId()), 400));
    expect(new Set(ids).size).toBe(32);
  });

  it("draws none twice in a millisecond, as long as there are others", () => {
    for (let trial = 0; trial < 100; trial++) {
      const [ids = []] = madeAt([new Date(FIRST_DAY.getTime() + 1 + trial)], () => many(() => newId(), 32));
      expect(new Set(ids).size).toBe(32);
    }
  });

  it("fails when the clock is lost, instead of making what is no id", () => {
    expect(() => madeAt([new Date("1999-12-31T23:59:59Z")], () => newId())).toThrow(RangeError);
  });
});

describe("newSecret", () => {
  it("makes 43 characters of base62, never the same twice", () => {
    const secrets = many(newSecret);
    expect(secrets.filter((secret) => !/^[0-9A-Za-z]{43}$/.test(secret))).toEqual([]);
    expect(new Set(secrets).size).toBe(secrets.length);
  });

  it("uses the whole alphabet at every place", () => {
    const secrets = many(newSecret);
    const used = Array.from({ length: 43 }, (_, at) => new Set(secrets.map((secret) => secret.charAt(at))).size);
    expect(used).toEqual(Array.from({ length: 43 }, () => 62));
  });
});

describe("newEventId", () => {
  it("makes ids that sort as text in the order of time", () => {
    const ids = madeAt(MOMENTS, newEventId);
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids.map((made) => made.length)).size).toBe(1);
  });

  it("never makes the same twice, in one millisecond either", () => {
    const [ids = []] = madeAt([FIRST_DAY], () => many(newEventId));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
