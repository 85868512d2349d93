import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestAccount, type Person } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer } from "../support/request.ts";
import { rounds } from "../support/rounds.ts";

let latchkey: Deployment;
beforeAll(async () => {
  latchkey = await startDeployment();
});
afterAll(() => latchkey?.stop());

const ROUNDS = rounds(2, 40);
/** What takes an account's admin away. */
const BLOWS = {
  demotes: ["PUT", "/member.json"],
  suspends: ["PUT", "/suspend.json"],
  deletes: ["DELETE", ".json"],
} as const;
type Blow = keyof typeof BLOWS;
const strike = (by: Person, blow: Blow, target: Person) =>
  request(latchkey, BLOWS[blow][0], `/admin/api/users/${target.member.id}${BLOWS[blow][1]}`, { token: by.value });

/** An account with this many admins and no other member. */
async function admins(count: number): Promise<Person[]> {
  const account = await createTestAccount(latchkey);
  const others: Person[] = [];
  while (others.length < count - 1) {
    const person = await account.member({ sections: ["partners"] });
    const answer = await request(latchkey, "PUT", `/admin/api/users/${person.member.id}/admin.json`, { token: account.admin.value });
    expect(answer.json.user).toMatchObject({ role: "admin", state: "active" });
    others.push(person);
  }
  return [account.admin, ...others];
}

type Listed = { readonly user: { readonly id: number; readonly email: string } };
const listedIn = ({ json }: Answer) => (json.users as Listed[]).map(({ user }) => user);
const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

/** Those of them who can still do what only an active admin can. */
async function standing(people: readonly Person[]): Promise<Person[]> {
  const answers = await Promise.all(people.map(({ value: token }) => request(latchkey, "GET", "/admin/api/users.json?role=admin&state=active", { token })));
  const left = people.filter((_, at) => answers[at]?.status === 200);
  for (const answer of answers.filter(({ status }) => status === 200)) {
    expect(listedIn(answer).map((user) => user.id)).toEqual(sorted(left.map(({ member }) => member.id)));
  }
  return left;
}

describe("200 and 403", () => {
  const blows = Object.keys(BLOWS) as Blow[];
  const pairs = blows.flatMap((one, at) => blows.slice(at).map((other) => [one, other] as const));

  it.each(pairs)("of two admins, one %s and the other %s the first at the same time: one succeeds and stays, the other is forbidden", async (one, other) => {
    for (let round = 0; round < ROUNDS; round++) {
      const [a, b] = await admins(2) as [Person, Person];
      const answers = await Promise.all([strike(a, one, b), strike(b, other, a)]);
      expect(sorted(answers.map(({ status }) => status))).toEqual([200, 403]);
      expect(await standing([a, b])).toEqual([answers[0].status === 200 ? a : b]);
    }
  }, 120_000);

  it("of five admins who all strike at all others at the same time, at least one stays", async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const people = await admins(5);
      const answers = await Promise.all(people.flatMap((by, at) => people.filter((target) => target !== by).map((target) => strike(by, blows[at % 3]!, target))));
      for (const { status } of answers) expect([200, 403, 404, 503]).toContain(status);
      expect((await standing(people)).length).toBeGreaterThanOrEqual(1);
    }
  }, 120_000);

  it.each(blows)("an admin who is alone %s not even themselves", async (blow) => {
    const [a] = await admins(1) as [Person];
    expect((await strike(a, blow, a)).status).toBe(403);
    expect(await standing([a])).toEqual([a]);
  });

  it("an admin who was demoted, suspended or deleted creates nobody any more, also when both happen at the same time", async () => {
    for (const blow of blows) {
      for (let round = 0; round < ROUNDS; round++) {
        const [a, b] = await admins(2) as [Person, Person];
        const create = (email: string) => request(latchkey, "POST", "/admin/api/users.json", { token: b.value, json: { email } });
        const answers = await Promise.all([strike(a, blow, b), create("one@example.com"), create("two@example.com")]);
        expect(answers[0].status).toBe(200);
        expect((await create("late@example.com")).status).toBe(403);
        const created = answers.slice(1).filter(({ status }) => status === 201);
        const all = listedIn(await request(latchkey, "GET", "/admin/api/users.json?role=member&state=pending", { token: a.value }));
        expect(all).toHaveLength(created.length);

        await latchkey.pump.drain();
        const entries = latchkey.aws.events().map(({ DetailType, Detail }) => ({ type: DetailType, ...(JSON.parse(Detail) as { actor: { member_id?: number } }) }));
        const struck = entries.findLastIndex(({ actor }) => actor.member_id === a.member.id);
        // The records come in the order in which things happened.
        expect(entries.slice(0, struck).filter(({ type, actor }) => type === "member.created" && actor.member_id === b.member.id)).toHaveLength(created.length);
      }
    }
  }, 120_000);
});
