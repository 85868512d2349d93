import type { Operation } from "../../lib/http/operation.ts";
import { SCOPES, SECTIONS } from "../../lib/domain/model.ts";
import { id, type ServiceId } from "../../lib/domain/brands.ts";
import { givenTo, INPUTS, lacking, NAMED_BY_INPUT, pathOf, placesIn, World } from "../api/operations-table.ts";
import { everyOperation } from "../api/wrong-input.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import type { Deployment } from "../support/deployment.ts";
import type { Random } from "../support/random.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";

/** Whoever asks in random traffic: an account, its people, and two services with all that belongs to them. */
export type Party = {
  readonly account: TestAccount;
  readonly people: Readonly<Record<"admin" | "limited" | "none" | "readOnly", Person>>;
  /** What everybody but `none` reaches, and what `limited` does not. */
  own: World;
  hidden: World;
};

/** A request that was made, and what came back. */
export type Asked = { readonly operation: string; readonly method: string; readonly path: string; readonly person: Person; readonly answer: Answer };

export const operations = await everyOperation();
const places = [...new Set(operations.filter((each) => lacking(each).length === 0).flatMap(placesIn))];

export async function newParty(latchkey: Deployment): Promise<Party> {
  const account = await createTestAccount(latchkey);
  const own = await newWorld(latchkey, account);
  const all = { scopes: SCOPES } as const;
  const reached = id<ServiceId>(Number(await own.at("/admin/api/services/{}")));
  return {
    account, own, hidden: await newWorld(latchkey, account),
    people: {
      admin: await account.token(account.admin, all),
      limited: await account.member({ sections: SECTIONS, serviceAccess: [reached] }, all),
      none: await account.member({ sections: SECTIONS, serviceAccess: [] }, all),
      readOnly: await account.token(account.admin, { ...all, permission: "ro" }),
    },
  };
}

/** A world in which everything is there that an operation may be about. */
export async function newWorld(latchkey: Deployment, account: TestAccount): Promise<World> {
  const world = new World(latchkey, account);
  for (const place of places) await world.at(place);
  for (const input of Object.values(INPUTS)) await input(world);
  return world;
}

/** Where the ids of a request come from: one's own things, hidden ones, another account's, or nowhere. */
const SOURCES = ["own", "own", "own", "hidden", "foreign", "missing", "garbage"] as const;
const GARBAGE = ["0", "-1", "1e9", "NaN", "..", "%2e%2e", "9007199254740993", "null", "' OR 1=1", "😀", "a".repeat(300)];

/** One request, as a program might make it that knows the ids of everything that there is. */
export async function ask(latchkey: Deployment, random: Random, party: Party, foreign: Party, among: readonly Operation[] = operations, who?: Person): Promise<Asked> {
  const operation = random.of(among);
  const method = random.of(operation.methods);
  const person = who ?? random.of(Object.values(party.people));
  const source = random.of(SOURCES);
  const world = source === "foreign" ? foreign.own : source === "hidden" ? party.hidden : party.own;
  const path = await pathOf(operation, (place, variable) =>
    source === "garbage" ? Promise.resolve(random.of(GARBAGE)) : source === "missing" && variable.endsWith("id") ? Promise.resolve("4711") : world.at(place));
  const given = await givenTo(operation, method, NAMED_BY_INPUT.includes(operation.name) || random.chance(0.5) ? world : party.own);
  const extension = random.of([".json", ".json", ".json", "", ".xml"]);
  const target = `${path}${extension}${given.query}`;
  const options: RequestOptions = { ...credential(random, person), ...(given.json === undefined ? {} : { json: given.json }) };
  const answer = await request(latchkey, method, target, options);
  return { operation: operation.name, method, path: target, person, answer };
}

function credential(random: Random, { value }: Person): RequestOptions {
  return random.chance(0.8) ? { token: value } : { headers: { authorization: `Basic ${btoa(`${value}:`)}` } };
}
