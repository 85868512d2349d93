import process from "node:process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError } from "../../lib/domain/errors.ts";
import { paged, pageWanted } from "../../lib/http/paging.ts";
import type { PageWanted } from "../../lib/table/page.ts";
import { rounds } from "../support/rounds.ts";
import { tried } from "../support/tried.ts";
import { changedAt } from "../support/walk.ts";

const SEED = 20_261_128;
process.env["PEPPERS"] = `1:${"p".repeat(40)}`;

describe("the page that is asked for", () => {
  it.each([
    ["nothing", {}, { page: 1, perPage: 500 }],
    ["a page", { page: "2" }, { page: 2, perPage: 500 }],
    ["a page and its length", { page: "3", per_page: "20" }, { page: 3, perPage: 20 }],
    ["numbers, as JSON has them", { page: 3, per_page: 20 }, { page: 3, perPage: 20 }],
    ["page 0, which is the first", { page: "0" }, { page: 1, perPage: 500 }],
    ["a page before the first", { page: "-1" }, { page: 1, perPage: 500 }],
    ["a length of 0", { per_page: "0" }, { page: 1, perPage: 500 }],
    ["one more than 3scale's limit", { per_page: "501" }, { page: 1, perPage: 500 }],
    ["just 3scale's limit", { per_page: "500" }, { page: 1, perPage: 500 }],
    ["a page of one", { per_page: "1" }, { page: 1, perPage: 1 }],
    ["words", { page: "two", per_page: "all" }, { page: 1, perPage: 500 }],
    ["blanks", { page: "", per_page: " " }, { page: 1, perPage: 500 }],
    ["fractions", { page: "1.5", per_page: 2.5 }, { page: 1, perPage: 500 }],
    ["other ways to write numbers", { page: "1e3", per_page: "0x10" }, { page: 1, perPage: 500 }],
    ["lists and objects", { page: ["2"], per_page: { $gt: 0 } }, { page: 1, perPage: 500 }],
    ["what is no number", { page: NaN, per_page: Infinity }, { page: 1, perPage: 500 }],
    ["null and true", { page: null, per_page: true }, { page: 1, perPage: 500 }],
  ])("is read from %s, and never an error", (_what, input, page) => {
    expect(pageWanted(input)).toEqual(page);
  });

  it.each([[{}, 20], [{ per_page: "0" }, 20], [{ per_page: "501" }, 20], [{ per_page: "21" }, 21], [{ per_page: "500" }, 500]])("is, of %j, as long as usual where another length is usual: %d", (input, perPage) => {
    expect(pageWanted(input, 20)).toEqual({ page: 1, perPage });
  });

  it("is one that can be counted exactly, whatever is asked", () => {
    fc.assert(fc.property(fc.anything(), fc.oneof(fc.anything(), fc.nat().map(String)), (page, per_page) => {
      const wanted = pageWanted({ page, per_page });
      expect(Number.isSafeInteger(wanted.page) && wanted.page >= 1).toBe(true);
      expect(Number.isSafeInteger(wanted.perPage) && wanted.perPage >= 1 && wanted.perPage <= 500).toBe(true);
      expect(Number.isSafeInteger(wanted.page * wanted.perPage)).toBe(true);
    }), { numRuns: 2000 });
  });
});

describe("a cursor", () => {
  const member = (accountId: number, id: number) => ({ accountId, id });
  type Question = { readonly operation: string; readonly who: ReturnType<typeof member>; readonly path: Readonly<Record<string, string>>; readonly filters: Readonly<Record<string, string | undefined>> };
  type Input = { readonly after?: unknown; readonly per_page?: unknown; readonly page?: unknown };

  /** What a list is asked for, and what it answers to a page that is longer than what it shows; or the error. */
  async function ask({ operation, who, path, filters }: Question, input: Input, otherwise?: "counted" | "uncounted" | "whole") {
    let asked: PageWanted | undefined;
    const call = { operation, path, input: { ...filters, ...input }, principal: { kind: "member", member: who } } as unknown as Parameters<typeof paged>[0];
    try {
      const page = await paged(call, async (wanted) => {
        asked = wanted;
        return { items: [1, 2, 3], perPage: 3, next: 3 };
      }, otherwise === undefined ? {} : { otherwise });
      return { asked, next: page.next };
    } catch (error) {
      return { asked, error: error instanceof DomainError ? `${error.code}: ${error.message}` : String(error) };
    }
  }
  const REFUSED = { asked: undefined, error: "invalid_parameter: after is not a cursor of this list: take it from the answer before" };
  const QUESTION: Question = { operation: "listServices", who: member(1, 2), path: { environment: "sandbox" }, filters: { state: "live" } };

  const small = fc.integer({ min: 1, max: 3 });
  const text = fc.constantFrom("", "a", "b", "a,b", '"],["', "live");
  const question: fc.Arbitrary<Question> = fc.record({
    operation: fc.constantFrom("listServices", "listApplications", "listServiceTokens"),
    who: fc.tuple(small, small).map(([accountId, id]) => member(accountId, id)),
    path: fc.record({ environment: text, account_id: text }, { requiredKeys: [] }),
    filters: fc.record({ state: text, name: text, service_id: text }, { requiredKeys: [] }),
  });
  const same = (one: Question, other: Question) => JSON.stringify(one) === JSON.stringify(other);

  it("opens the list that gave it, at its place, and no other's: another operation, account, member, path or filter", async () => {
    let [own, foreign] = [0, 0];
    await fc.assert(fc.asyncProperty(question, fc.array(question, { minLength: 2, maxLength: 2 }), async (asked, strangers) => {
      // Those that differ in one thing alone are the nearest to passing for it.
      const others = strangers.flatMap((stranger) => [
        stranger, ...(["operation", "who", "path", "filters"] as const).map((what) => ({ ...asked, [what]: stranger[what] })),
        { ...asked, who: member(stranger.who.accountId, asked.who.id) }, { ...asked, who: member(asked.who.accountId, stranger.who.id) },
      ]);
      const { next } = await ask(asked, { after: "" });
      expect(await ask(asked, { after: next })).toEqual({ asked: { perPage: 500, after: 3 }, next });
      own++;
      for (const other of others.filter((each) => !same(each, asked))) {
        expect(await ask(other, { after: next })).toEqual(REFUSED);
        foreign++;
      }
    }), { seed: SEED, numRuns: rounds(200, 1500) });
    tried("cursors", { own, foreign }, SEED);
  });

  it("is refused with any one of its characters changed, cut, made longer, or when it is no text", async () => {
    const { next = "" } = await ask(QUESTION, {});
    let changed = 0;
    for (let at = 0; at < next.length; at++, changed++) {
      for (const bad of [changedAt(next, at), next.slice(0, at) + next.slice(at + 1)]) expect(await ask(QUESTION, { after: bad })).toEqual(REFUSED);
    }
    for (const bad of [`${next}A`, ` ${next}`, next.toLowerCase(), [next], { next }, 3, true, "3", "null", "undefined"]) expect(await ask(QUESTION, { after: bad })).toEqual(REFUSED);
    expect(changed).toBe(32);
  });

  it("goes on with pages of another length, whatever number of a page stands beside it", async () => {
    const { next } = await ask(QUESTION, { page: 7, per_page: 9 });
    expect((await ask(QUESTION, { after: next, per_page: "20", page: "4" })).asked).toEqual({ perPage: 20, after: 3 });
  });

  it.each<[string, Input, "counted" | "uncounted" | "whole" | undefined, object]>([
    ["blank", { after: "" }, undefined, { perPage: 500, after: 0 }],
    ["null, as in JSON", { after: null, per_page: 7 }, "whole", { perPage: 7, after: 0 }],
    ["not there, in a list with totals", { page: 2 }, undefined, { perPage: 500, page: 2, withTotal: true }],
    ["not there, in a list without", { page: 2, per_page: 5 }, "uncounted", { perPage: 5, page: 2, withTotal: false }],
    ["not there, in a list that 3scale gives whole", { page: 2, per_page: 5 }, "whole", { perPage: Infinity, after: 0 }],
  ])("that is %s begins at the front, or asks for something else", async (_what, input, otherwise, wanted) => {
    expect((await ask(QUESTION, input, otherwise)).asked).toEqual(wanted);
  });
});
