import type { Random } from "../support/random.ts";
import { SCOPES, SECTIONS, type Grant, type Owner } from "../model/rights.ts";
import { PAST, plainUses, serviceUses, type Command, type Naming, type Speaker, type World } from "../model/world.ts";

/** What is asked for, drawn from what there is in a world, so that most of it reaches somewhere and all of it can be refused. */
type Draw = (random: Random, world: World, ends: readonly number[]) => Command;

/** What a page of the portal asks, for whoever is signed in. */
const IN_PERSON = ["own tokens", "all tokens", "service tokens"] as const;
const DAYS = 86_400;

/** Ends of tokens, far enough apart and ahead that no moment of a run is one of them. */
export function endsAfter(now: number): readonly number[] {
  return [1, 7, 30].map((days) => now + days * DAYS);
}

export function nextCommand(random: Random, world: World, ends: readonly number[]): Command {
  return random.of(DRAWS)(random, world, ends);
}

/** A member's rights, mostly enough to work with their tokens. */
export function someRights(random: Random, world: World): Pick<Owner, "sections" | "serviceAccess"> {
  const sections = SECTIONS.filter((section) => random.chance(section === "partners" ? 0.8 : 0.4));
  return { sections, serviceAccess: random.chance(0.3) ? "all" : world.services.filter(() => random.chance(0.5)) };
}

export function someGrant(random: Random, ends: readonly number[]): Grant {
  const scopes = SCOPES.filter((scope) => random.chance(scope === "account_management" ? 0.7 : 0.4));
  return { scopes, permission: random.chance(0.7) ? "rw" : "ro", expiresAt: random.chance(0.05) ? PAST : random.chance(0.5) ? "never" : random.of(ends) };
}

/** Who speaks: mostly a token that is there, sometimes one that is not any more, or somebody who is signed in. */
function someToken(random: Random, world: World): { readonly token: number } {
  const there = [...world.tokens.keys()];
  const last = Math.max(0, ...there);
  return { token: there.length > 0 && random.chance(0.92) ? random.of(there) : random.number(last + 1) };
}
const someMember = (random: Random, world: World) => random.of([...world.members.keys(), random.number(Math.max(...world.members.keys()) + 1)]);
/** Those of the beginning: nobody else has a session. */
const somePerson = (random: Random): Speaker => ({ person: random.number(PEOPLE) });
/** An admin's token, if there is one: so that members are changed often. */
function someAdmin(random: Random, world: World): Speaker {
  const tokens = [...world.tokens].filter(([, { owner }]) => world.members.get(owner)?.role === "admin").map(([token]) => token);
  return tokens.length > 0 && random.chance(0.85) ? { token: random.of(tokens) } : someToken(random, world);
}
/** A token that may change tokens, if there is one, so that the ceiling is what decides. */
function someWriter(random: Random, world: World): { readonly token: number } {
  const writers = [...world.tokens].filter(([, { owner, scopes, permission, expiresAt }]) =>
    world.members.get(owner)?.state === "active" && scopes.includes("account_management") && permission === "rw" && expiresAt !== PAST).map(([token]) => token);
  return writers.length > 0 && random.chance(0.6) ? { token: random.of(writers) } : someToken(random, world);
}
const naming = (random: Random): Naming => (random.chance(0.7) ? "id" : "value");
/** A token that whoever speaks probably owns. */
function nearToken(random: Random, world: World, speaker: Speaker): number {
  const self = "person" in speaker ? speaker.person : world.tokens.get(speaker.token)?.owner;
  const own = [...world.tokens].filter(([, { owner }]) => owner === self).map(([token]) => token);
  return own.length > 0 && random.chance(0.8) ? random.of(own) : someToken(random, world).token;
}

/** Who is there at the beginning: an admin and three members. */
export const PEOPLE = 4;

const create: Draw = (random, world, ends) => {
  const speaker = random.chance(0.3) ? somePerson(random) : someWriter(random, world);
  const wanted = someGrant(random, ends);
  const self = "person" in speaker ? undefined : world.tokens.get(speaker.token)?.owner;
  return { does: "create", speaker, wanted, ...(self === undefined || random.chance(0.7) ? {} : { under: random.chance(0.7) ? self : someMember(random, world) }) };
};
const change: Draw = (random, world, ends) => {
  const speaker = someWriter(random, world);
  const { scopes, permission, expiresAt } = someGrant(random, ends);
  const to = { ...(random.chance(0.5) ? { scopes } : {}), ...(random.chance(0.4) ? { permission } : {}), ...(random.chance(0.4) ? { expiresAt } : {}) };
  return { does: "change", speaker, token: nearToken(random, world, speaker), by: naming(random), to };
};
const read: Draw = (random, world) => {
  const speaker = someToken(random, world);
  return { does: "read", speaker, token: nearToken(random, world, speaker), by: naming(random) };
};
const remove: Draw = (random, world) => {
  const speaker = random.chance(0.3) ? somePerson(random) : someToken(random, world);
  return { does: "delete", speaker, token: nearToken(random, world, speaker), by: naming(random) };
};
const revoke: Draw = (random, world) => {
  const { token } = someToken(random, world);
  const owner = world.tokens.get(token)?.owner;
  const speaker = random.chance(0.2) ? somePerson(random) : someAdmin(random, world);
  return { does: "revoke", speaker, token, member: owner !== undefined && random.chance(0.8) ? owner : someMember(random, world) };
};
const rights: Draw = (random, world) => {
  const { sections, serviceAccess } = someRights(random, world);
  const wanted = { ...(random.chance(0.6) ? { sections } : {}), services: serviceAccess };
  return { does: "rights", speaker: someAdmin(random, world), member: someMember(random, world), ...wanted };
};
const manage: Draw = (random, world) => ({
  does: random.of(["admin", "member", "activate", "suspend", "unsuspend", "unsuspend", "look at", "tokens of"] as const),
  speaker: someAdmin(random, world), member: someMember(random, world),
});
const removeMember: Draw = (random, world) => ({ does: "remove member", speaker: someAdmin(random, world), member: someMember(random, world) });
const invite: Draw = (random, world) => ({ does: "invite", speaker: someAdmin(random, world) });
const expire: Draw = (random, world) => ({ does: "expire", ...someToken(random, world) });
const cleanUp: Draw = (random, world) => {
  const gone = [...world.tokens.values()].map(({ owner }) => owner).filter((owner) => !world.members.has(owner));
  return { does: "clean up", member: gone.length > 0 && random.chance(0.7) ? random.of(gone) : someMember(random, world) };
};
const useOfService: Draw = (random, world) => {
  const does = random.of(serviceUses);
  return { does, speaker: does === "reveal service token" && random.chance(0.3) ? somePerson(random) : someToken(random, world), service: random.of(world.services) };
};
const plainUse: Draw = (random, world) => (random.chance(0.25) ? { does: random.of(IN_PERSON), speaker: somePerson(random) } : { does: random.of(plainUses), speaker: someToken(random, world) });

const DRAWS: readonly Draw[] = [
  create, create, create, change, change, change, change, read, remove, revoke, rights, rights, manage, manage, manage, manage, removeMember, invite, expire, cleanUp,
  useOfService, useOfService, plainUse, plainUse, plainUse,
];
