import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventFrom } from "../../lib/table/events.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { httpEvent } from "../support/gateway.ts";
import { request, type Answer } from "../support/request.ts";
import { everyRow, rewriteMember, rewriteToken, rowOf } from "../support/rows.ts";
import { rounds } from "../support/rounds.ts";
import { tried } from "../support/tried.ts";

/** How a token's life ends, and that it ends at once: nothing is accepted that begins after the answer. */
const PATH = "/admin/api/personal/access_tokens";
const FORBIDDEN = [403, { message: "Forbidden" }];
const DELETIONS = rounds(16, 2000);

let latchkey: Deployment;
let account: TestAccount;
let admin: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  admin = account.admin;
});
afterAll(() => latchkey?.stop());

const call = (method: string, path: string, token = admin.value, json?: unknown) => request(latchkey, method, path, { token, ...(json === undefined ? {} : { json }) });
const shown = ({ status, json }: Answer) => [status, json];

/** Every kind of use of a credential, in every place where it may stand. */
const uses = ({ value, token }: Person): (() => Promise<Answer>)[] => [
  () => call("GET", PATH, value),
  () => call("GET", `${PATH}/${token.id}.json`, value),
  () => call("POST", PATH, value, { name: "From the grave", permission: "ro", scopes: ["account_management"] }),
  () => call("PUT", `${PATH}/${token.id}`, value, { name: "From the grave" }),
  () => call("GET", "/admin/api/provider.json", value),
  () => request(latchkey, "GET", `${PATH}.json?access_token=${value}`),
  () => request(latchkey, "GET", PATH, { headers: { authorization: `Basic ${btoa(`:${value}`)}` } }),
  () => request(latchkey, "POST", PATH, { form: `access_token=${value}&name=From the grave&permission=ro&scopes[]=account_management` }),
];
/** The answers to every use at once. All of them begin after this call. */
const useAll = (person: Person) => Promise.all(uses(person).map((use) => use()));
const accepted = (answers: readonly Answer[]) => answers.filter(({ status }) => status !== 403);

/** `rounds` times, four at once: warm functions, and much else going on. */
async function repeatedly(times: number, round: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (let number = next++; number < times; number = next++) await round(number);
  }));
}

const deletionsOf = async ({ token }: Person) =>
  (await everyRow(latchkey)).filter(({ type }) => type === "event").map(eventFrom)
    .filter(({ type, subject }) => type === "access_token.deleted" && subject.tokenId === token.id);

describe("a deleted token", () => {
  const ways: [string, (person: Person) => Promise<Answer>][] = [
    ["by id", ({ token }) => call("DELETE", `${PATH}/${token.id}.json`)],
    ["by value", ({ value }) => call("DELETE", `${PATH}/${value}`)],
    ["by itself", ({ token, value }) => call("DELETE", `${PATH}/${token.id}`, value)],
    ["by itself, by value", ({ value }) => call("DELETE", `${PATH}/${value}.json`, value)],
    ["by an admin, as one of a member", ({ token }) => call("DELETE", `/admin/api/users/${admin.member.id}/access_tokens/${token.id}.json`)],
  ];

  it("is used at once, in every place, by warm functions: of many rounds nothing is accepted", async () => {
    let uses = 0;
    await repeatedly(DELETIONS, async (round) => {
      const person = await account.token(admin);
      expect((await call("GET", PATH, person.value)).status).toBe(200);
      const [how, remove] = ways[round % ways.length]!;
      expect([how, (await remove(person)).status]).toEqual([how, 200]);
      const answers = await useAll(person);
      uses += answers.length;
      expect([how, accepted(answers)]).toEqual([how, []]);
    });
    tried("uses after deletion", { deletions: DELETIONS, uses });
    expect(uses).toBe(DELETIONS * 8);
    expect((await call("GET", `${PATH}?name=From the grave`)).json.access_tokens).toEqual([]);
  });

  it("is used without pause while it is deleted: what begins after the answer is refused", async () => {
    const late: number[] = [];
    await repeatedly(rounds(5), async () => {
      const person = await account.token(admin);
      let deleted = false;
      let over = false;
      const user = async () => {
        while (!over) {
          const beganAfter = deleted;
          const { status } = await call("GET", PATH, person.value);
          if (beganAfter) late.push(status);
        }
      };
      const users = [user(), user(), user()];
      await call("GET", PATH, person.value);
      expect((await call("DELETE", `${PATH}/${person.token.id}`)).status).toBe(200);
      deleted = true;
      await Promise.all([call("GET", PATH), call("GET", PATH)]);
      over = true;
      await Promise.all(users);
    });
    expect(late.length).toBeGreaterThan(0);
    expect(late.filter((status) => status !== 403)).toEqual([]);
  });

  it("costs one read to refuse, as an unknown one does", async () => {
    const person = await account.token(admin);
    await call("DELETE", `${PATH}/${person.token.id}`);
    latchkey.proxy.reset();
    expect(shown(await call("GET", PATH, person.value))).toEqual(FORBIDDEN);
    expect(latchkey.proxy.calls.map(({ action }) => action)).toEqual(["BatchGetItem"]);
  });

  it.each([["id", "id"], ["value", "value"]] as const)("has been deleted by each of twenty who delete their own credential at once by %s", async (_how, by) => {
    const person = await account.token(admin);
    const path = `${PATH}/${by === "id" ? person.token.id : person.value}`;
    // All twenty have passed the authorizer before the first has deleted anything.
    const { context } = await latchkey.invoke("authorizer", httpEvent({ method: "DELETE", path, headers: { authorization: `Bearer ${person.value}` } })) as { context: unknown };
    const event = httpEvent({ method: "DELETE", path, routeKey: `DELETE ${PATH}/{id}`, context });
    const answers = await Promise.all(Array.from({ length: 20 }, () => latchkey.invoke("deleteAccessToken", event)));
    expect(answers).toEqual(Array.from({ length: 20 }, () => expect.objectContaining({ statusCode: 200, body: "" })));
    expect(await deletionsOf(person)).toHaveLength(1);
    expect(await rowOf(latchkey, person.token)).toBeUndefined();
  });

  it("answers twenty who delete their own credential through the gateway with 200, or with 403 once it is gone", async () => {
    const person = await account.token(admin);
    const answers = await Promise.all(Array.from({ length: 20 }, () => call("DELETE", `${PATH}/${person.token.id}`, person.value)));
    const [done, late] = [answers.filter(({ status }) => status === 200), answers.filter(({ status }) => status !== 200)];
    expect(done.length).toBeGreaterThan(0);
    expect(done.map(({ text }) => text)).toEqual(done.map(() => ""));
    expect(late.map(shown)).toEqual(late.map(() => FORBIDDEN));
    expect(await deletionsOf(person)).toHaveLength(1);
  });

  it("was deleted by exactly one of twenty others, and is not found by the rest", async () => {
    const person = await account.token(admin);
    const answers = await Promise.all(Array.from({ length: 20 }, () => call("DELETE", `${PATH}/${person.token.id}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(19);
    expect(await deletionsOf(person)).toHaveLength(1);
  });

  it("is not brought back by an update on its way", async () => {
    await repeatedly(rounds(8), async () => {
      const person = await account.token(admin);
      const updates = Array.from({ length: 4 }, (_, n) => call("PUT", `${PATH}/${person.token.id}`, admin.value, { name: `Name ${n}` }));
      const answers = await Promise.all([call("DELETE", `${PATH}/${person.token.id}`), ...updates]);
      expect(answers[0].status).toBe(200);
      expect(answers.slice(1).filter(({ status }) => ![200, 404, 503].includes(status))).toEqual([]);
      expect(await rowOf(latchkey, person.token)).toBeUndefined();
      expect(accepted(await useAll(person))).toEqual([]);
    });
  });
});

describe("an expired token", () => {
  it("is refused in every place where it may stand", async () => {
    const person = await account.token(admin);
    await rewriteToken(latchkey, person.token, { expiresAt: 1_700_000_000 });
    expect(accepted(await useAll(person))).toEqual([]);
    expect(shown(await call("GET", PATH, person.value))).toEqual(FORBIDDEN);
  });

  it("is dead in the very second in which it expires, and alive in the one before", async () => {
    const person = await account.token(admin);
    /** The status of a use, with the second in which it began, if it ended in the same one. */
    const useWithin = async (secondsLeft: number): Promise<number | undefined> => {
      const second = Math.floor(Date.now() / 1000);
      await rewriteToken(latchkey, person.token, { expiresAt: second + secondsLeft });
      const { status } = await call("GET", PATH, person.value);
      return Math.floor(Date.now() / 1000) === second ? status : undefined;
    };
    const uninterrupted = async (secondsLeft: number): Promise<number> => {
      for (;;) {
        const status = await useWithin(secondsLeft);
        if (status !== undefined) return status;
      }
    };
    expect([await uninterrupted(1), await uninterrupted(0), await uninterrupted(-1), await uninterrupted(1)]).toEqual([200, 403, 403, 200]);
  });

  it("dies by itself, without anybody doing anything", async () => {
    const expiresAt = Math.floor(Date.now() / 1000) + 3;
    const person = await account.token(admin);
    await rewriteToken(latchkey, person.token, { expiresAt });
    let seen = { before: 0, after: 0 };
    while (seen.after < 3) {
      const began = Date.now();
      const { status } = await call("GET", PATH, person.value);
      if (began >= expiresAt * 1000) seen = { ...seen, after: seen.after + (status === 403 ? 1 : Number.NaN) };
      else if (Date.now() < expiresAt * 1000) seen = { ...seen, before: seen.before + (status === 200 ? 1 : Number.NaN) };
    }
    expect(seen).toEqual({ before: expect.any(Number), after: 3 });
    expect(seen.before).not.toBeNaN();
  });

  it("lives again when a caller who may do so gives it a later end", async () => {
    const person = await account.token(admin);
    await rewriteToken(latchkey, person.token, { expiresAt: 1_700_000_000 });
    expect((await call("PUT", `${PATH}/${person.token.id}`, admin.value, { expires_at: null })).status).toBe(200);
    expect((await call("GET", PATH, person.value)).status).toBe(200);
  });
});

describe("the tokens of a member who is not active", () => {
  const change = async (person: Person, what: string) => {
    expect([what, (await call("PUT", `/admin/api/users/${person.member.id}/${what}.json`)).status]).toEqual([what, 200]);
  };
  const someone = () => account.member({ sections: ["partners"], serviceAccess: "all" });

  it("are refused at once when the member is suspended, and served at once when that is over", async () => {
    const person = await someone();
    for (let round = 0; round < rounds(4); round++) {
      expect((await call("GET", PATH, person.value)).status).toBe(200);
      await change(person, "suspend");
      expect(accepted(await useAll(person))).toEqual([]);
      expect(shown(await call("GET", PATH, person.value))).toEqual(FORBIDDEN);
      await change(person, "unsuspend");
    }
    expect((await call("GET", PATH, person.value)).status).toBe(200);
  });

  it("are refused at once when the member is deleted, before anything was cleaned up", async () => {
    await repeatedly(rounds(4), async () => {
      const person = await someone();
      const second = await account.token(person);
      expect((await call("DELETE", `/admin/api/users/${person.member.id}.json`)).status).toBe(200);
      expect(await rowOf(latchkey, person.token)).toBeDefined();
      expect(accepted([...await useAll(person), ...await useAll(second)])).toEqual([]);
    });
  });

  it("are refused while the member is pending", async () => {
    const person = await someone();
    await rewriteMember(latchkey, person.member, { state: "pending" });
    expect(accepted(await useAll(person))).toEqual([]);
    await rewriteMember(latchkey, person.member, { state: "active" });
    expect((await call("GET", PATH, person.value)).status).toBe(200);
  });

  it("are not made by a request that was let in before the member was suspended", async () => {
    const person = await someone();
    const { context } = await latchkey.invoke("authorizer", httpEvent({ method: "POST", path: PATH, headers: { authorization: `Bearer ${person.value}` } })) as { context: unknown };
    await change(person, "suspend");
    const body = JSON.stringify({ name: "Late", permission: "ro", scopes: ["account_management"] });
    const event = httpEvent({ method: "POST", path: PATH, headers: { "content-type": "application/json" }, body, context });
    expect(await latchkey.invoke("createAccessToken", event)).toMatchObject({ statusCode: 403, body: '{"error":"Access denied","code":"access_denied"}' });
  });
});
