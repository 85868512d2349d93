import { afterAll, beforeAll, expect, it } from "vitest";
import { epochSeconds, id } from "../../lib/domain/brands.ts";
import { hourOf, type TokenUse } from "../../lib/domain/last-used.ts";
import { recordUses, type Recorded } from "../../lib/operations/record-use.ts";
import { readAccessToken } from "../../lib/table/access-tokens.ts";
import { through } from "../support/table.ts";
import { Workshop } from "../support/workshop.ts";

/** How often a table is written to for uses of tokens, and what a container keeps in mind for that. */
const w = new Workshop();
beforeAll(() => w.open());
afterAll(() => w.close());

const HOUR = 3600;

/** A token of its own; its uses, so many seconds after one of its hours has begun; and when it was used last, as it is stored. */
async function used() {
  const { token } = await w.account.token(w.account.admin);
  const { accountId, ownerId, id: tokenId, createdAt } = token;
  const begin = hourOf({ id: tokenId, at: epochSeconds(createdAt + 2 * HOUR) });
  const use = (seconds: number): TokenUse => ({ accountId, ownerId, id: tokenId, at: epochSeconds(begin + seconds) });
  const last = async () => (await readAccessToken(w.operator.table, accountId, ownerId, tokenId))?.token.lastUsedAt;
  return { use, begin, last };
}

/** The operator's table, and how many writes it was asked for: in all, and at the same time. */
function counted() {
  const asked = { writes: 0, open: 0, most: 0 };
  const table = through(w.operator.table, async (_operation, _input, ask) => {
    asked.writes++;
    asked.most = Math.max(asked.most, ++asked.open);
    try {
      return await ask();
    } finally {
      asked.open--;
    }
  });
  return { asked, table };
}

it("of the uses in an hour one is written, and none again; with the next hour the next, and the last is forgotten", async () => {
  const { use, begin, last } = await used();
  const { asked, table } = counted();
  const recorded: Recorded = new Map();
  await recordUses({ table, recorded }, [use(0), use(10)]);
  await recordUses({ table, recorded }, [use(20)]);
  await recordUses({ table, recorded }, [use(HOUR - 1)]);
  expect([asked.writes, await last()]).toEqual([1, begin + 10]);
  // Nothing to record forgets nothing.
  await recordUses({ table, recorded }, []);
  await recordUses({ table, recorded }, [use(30)]);
  expect([asked.writes, [...recorded.values()]]).toEqual([1, [begin]]);
  await recordUses({ table, recorded }, [use(HOUR)]);
  expect([asked.writes, await last(), [...recorded.values()]]).toEqual([2, begin + HOUR, [begin + HOUR]]);
});

it("what a container remembers of other tokens goes when their hour is over, and not before", async () => {
  const [one, other] = [await used(), await used()];
  const { asked, table } = counted();
  const recorded: Recorded = new Map();
  await recordUses({ table, recorded }, [one.use(5)]);
  const early = { ...other.use(0), at: epochSeconds(one.begin + HOUR - 1) };
  await recordUses({ table, recorded }, [early]);
  expect(recorded.size).toBe(2);
  const late = { ...other.use(0), at: epochSeconds(hourOf(early) + HOUR) };
  await recordUses({ table, recorded }, [late]);
  expect([asked.writes, [...recorded.values()]]).toEqual([3, [hourOf(late)]]);
});

it("fifty are written at once, however many there are, and all of them", async () => {
  const { use } = await used();
  const { asked, table } = counted();
  await recordUses({ table, recorded: new Map() }, Array.from({ length: 120 }, (_, at) => ({ ...use(0), id: id(at + 1) })));
  expect(asked).toEqual({ writes: 120, open: 0, most: 50 });
});
