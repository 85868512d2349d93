import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestAccount, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { isLinearizable, tokenStep, type TokenAct } from "../support/linearizable.ts";
import { request } from "../support/request.ts";
import { rounds } from "../support/rounds.ts";
import { newSeed, randomFrom, type Random } from "../support/random.ts";
import { tried } from "../support/tried.ts";

/**
 * Eight clients make, use, list and delete tokens of one member, whatever the others do: of each token there is one order in
 * which all of that can have happened. Lists are read from an index, which lags behind in AWS and does not in the emulator.
 */
const PATH = "/admin/api/personal/access_tokens";
const HISTORIES = rounds(6, 500);
const AT_ONCE = 2;
const CLIENTS = 8;
const STEPS = 10;
/** So many tokens at most that have not been deleted yet are in play: everybody is after the same few. */
const IN_PLAY = 2;

let latchkey: Deployment;
let account: TestAccount;
beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
});
afterAll(() => latchkey?.stop());

type Seen = TokenAct & { readonly start: number; readonly end: number };
type Token = { readonly id: number; readonly value: string };
type History = { readonly tokens: ReadonlyMap<number, readonly Seen[]>; readonly acts: number };

async function record(random: Random): Promise<History> {
  const member = await account.member({ sections: ["partners"] });
  const known: Token[] = [];
  let inPlay = 0;
  const seen: (Seen & { readonly token: number })[] = [];
  const lists: { readonly start: number; readonly end: number; readonly ids: ReadonlySet<number> }[] = [];
  const call = (method: string, path: string, token = member.value, json?: object) => request(latchkey, method, path, { token, ...(json === undefined ? {} : { json }) });
  const any = (): Token | undefined => known[random.number(known.length)];
  const timed = async <T>(act: () => Promise<T>) => {
    const start = performance.now();
    const answer = await act();
    return { start, end: performance.now(), answer };
  };

  async function create(): Promise<void> {
    inPlay++;
    const { start, end, answer } = await timed(() => call("POST", `${PATH}.json`, member.value, { name: "In play", permission: "ro", scopes: ["account_management"] }));
    expect(answer.status).toBe(201);
    const token = answer.json.access_token as Token;
    seen.push({ token: token.id, start, end, act: "create" });
    known.push(token);
  }
  async function use({ id, value }: Token): Promise<void> {
    const { start, end, answer } = await timed(() => call("GET", `${PATH}/${id}.json`, value));
    // Whoever is let in and then finds it deleted has seen both: what is told last is that it is gone.
    expect([200, 403, 404]).toContain(answer.status);
    seen.push({ token: id, start, end, act: "use", found: answer.status === 200 });
  }
  async function remove({ id }: Token): Promise<void> {
    const { start, end, answer } = await timed(() => call("DELETE", `${PATH}/${id}.json`));
    expect([200, 404, 503]).toContain(answer.status);
    if (answer.status === 200) inPlay--;
    seen.push({ token: id, start, end: answer.status === 503 ? Infinity : end, act: "delete", found: answer.status === 503 ? "unknown" : answer.status === 200 });
  }
  async function list(): Promise<void> {
    const { start, end, answer } = await timed(() => call("GET", `${PATH}.json`));
    expect(answer.status).toBe(200);
    const shown = answer.json.access_tokens as { readonly access_token: Token }[];
    lists.push({ start, end, ids: new Set(shown.map(({ access_token: { id } }) => id)) });
  }

  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    for (let step = 0; step < STEPS; step++) {
      const token = any();
      if (token === undefined || random.chance(0.15)) await (inPlay < IN_PLAY ? create() : list());
      else if (random.chance(0.5)) await use(token);
      else if (random.chance(0.6)) await list();
      else await remove(token);
    }
  }));
  await list();
  const listed = (token: number) => lists.map(({ start, end, ids }): Seen => ({ start, end, act: "list", found: ids.has(token) }));
  const tokens = new Map(known.map(({ id }) => [id, [...seen.filter(({ token }) => token === id), ...listed(id)]]));
  return { tokens, acts: [...tokens.values()].reduce((sum, acts) => sum + acts.length, 0) };
}

it("each token of any history has been made once, was there from then on, and was deleted by one", async () => {
  const seed = newSeed();
  const random = randomFrom(seed);
  const counts = { histories: 0, tokens: 0, acts: 0, deletions: 0, "deletions at once": 0 };
  const impossible: (readonly Seen[])[] = [];
  let left = HISTORIES;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) {
      const { tokens, acts } = await record(random);
      counts.histories++;
      counts.tokens += tokens.size;
      counts.acts += acts;
      for (const history of tokens.values()) {
        const deletions = history.filter(({ act }) => act === "delete");
        counts.deletions += deletions.length;
        counts["deletions at once"] += deletions.filter((one) => deletions.some((other) => other !== one && other.start < one.end && one.start < other.end)).length;
        if (!isLinearizable(history.map((did) => ({ start: did.start, end: did.end, after: tokenStep(did) })), "unborn")) impossible.push(history);
      }
    }
  }));
  tried("histories of tokens", counts, seed);
  expect(impossible).toEqual([]);
}, 21_600_000);
