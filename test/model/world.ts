import {
  isKnown, mayGrant, reachesService, verdict, verdictOnMember,
  type Asked, type Grant, type Owner, type Scope, type Section,
} from "./rights.ts";

/**
 * An account a second time: its members and tokens, what each command is answered and what is stored afterwards. Written
 * from design.md (D1 to D4, D17), the README's table of errors and 3scale's public behaviour, upon the decision of rights.ts.
 * It imports nothing of lib. Members, tokens and services are named by numbers, in the order in which they came to be.
 */
export type Speaker = { readonly token: number } | { readonly person: number };
export type Naming = "id" | "value";
export type Command =
  | { readonly does: "create"; readonly speaker: Speaker; readonly wanted: Grant; /** By the older path, which names a member. */ readonly under?: number }
  | { readonly does: "change"; readonly speaker: Speaker; readonly token: number; readonly by: Naming; readonly to: Partial<Grant> }
  | { readonly does: "read" | "delete"; readonly speaker: Speaker; readonly token: number; readonly by: Naming }
  | { readonly does: "revoke"; readonly speaker: Speaker; readonly token: number; readonly member: number }
  | { readonly does: "tokens of"; readonly speaker: Speaker; readonly member: number }
  | { readonly does: "rights"; readonly speaker: Speaker; readonly member: number; readonly sections?: readonly Section[]; readonly services?: Owner["serviceAccess"] }
  | { readonly does: "admin" | "member" | "activate" | "suspend" | "unsuspend" | "remove member" | "look at"; readonly speaker: Speaker; readonly member: number }
  | { readonly does: "expire"; readonly token: number }
  | { readonly does: "clean up"; readonly member: number }
  | { readonly does: ServiceUse; readonly speaker: Speaker; readonly service: number }
  | { readonly does: PlainUse; readonly speaker: Speaker };

const account = (effect: Asked["effect"], more: Partial<Asked> = {}): Asked => ({ scopes: ["account_management"], effect, about: "account", ...more });
const services = (effect: Asked["effect"], more: Partial<Asked> = {}): Asked => ({ scopes: ["account_management"], effect, about: "services", ...more });
const billing = (effect: Asked["effect"]): Asked => ({ scopes: ["finance", "account_management"], effect, about: "account", section: "finance" });

/** What each use of a token asks: README.md, "What there is", and the interface's table of scopes. */
const SERVICE_USES = {
  "read service": services("read"),
  "describe service": services("write"),
  "reveal service token": services("read", { openInPerson: true }),
  "usage of service": { scopes: ["stats"], effect: "read", about: "services" },
} as const satisfies Record<string, Asked>;
const PLAIN_USES = {
  "own tokens": account("read", { openInPerson: true }),
  "all tokens": account("read", { role: "admin" }),
  "service tokens": services("read", { openInPerson: true }),
  services: services("read"),
  provider: account("read"),
  "rename provider": account("write", { role: "admin" }),
  members: account("read", { role: "admin" }),
  invite: account("write", { role: "admin" }),
  plans: account("read", { section: "plans" }),
  invoices: billing("read"),
  "change an invoice that is not there": billing("write"),
  policies: { scopes: ["policy_registry"], effect: "read", about: "account" },
  "delete a policy that is not there": { scopes: ["policy_registry"], effect: "write", about: "account" },
} as const satisfies Record<string, Asked>;
export type ServiceUse = keyof typeof SERVICE_USES;
export type PlainUse = keyof typeof PLAIN_USES;
export const serviceUses = Object.keys(SERVICE_USES) as readonly ServiceUse[];
export const plainUses = Object.keys(PLAIN_USES) as readonly PlainUse[];

const OTHERWISE: Readonly<Record<Exclude<Command["does"], ServiceUse | PlainUse | "expire" | "clean up">, Asked>> = {
  create: account("write", { openInPerson: true }), change: account("write", { openInPerson: true }),
  read: account("read", { openInPerson: true }), delete: account("write", { openInPerson: true }),
  revoke: account("write", { role: "admin" }), "tokens of": account("read", { role: "admin" }),
  rights: account("write"), admin: account("write"), member: account("write"), activate: account("write"), suspend: account("write"), unsuspend: account("write"),
  "remove member": account("write"), "look at": account("read"),
};

/** A time that is over: what a token's expiry is rewritten to, and what nobody may ask for. */
export const PAST = 1_700_000_000;

export type Token = Grant & { readonly owner: number };
const FORBIDDEN = "403 forbidden";
const NOT_FOUND = "404 not_found";
const INVALID = "422 invalid";
const STEPS = { activate: ["pending", "active"], suspend: ["active", "suspended"], unsuspend: ["suspended", "active"] } as const;

export class World {
  readonly members = new Map<number, Owner>();
  readonly tokens = new Map<number, Token>();
  readonly services: readonly number[];
  /** Whose session has ended: by a suspension, for good. */
  readonly #signedOut = new Set<number>();
  #membersMade = 0;
  #tokensMade = 0;

  constructor(services: readonly number[]) {
    this.services = services;
  }
  join(member: Owner): number {
    this.members.set(this.#membersMade, member);
    return this.#membersMade++;
  }
  issue(token: Token): number {
    this.tokens.set(this.#tokensMade, token);
    return this.#tokensMade++;
  }

  /** What a command is answered at this time, its effect being taken: a status, and what comes with it. */
  answerTo(command: Command, now: number): string {
    if (command.does === "expire") return this.#expire(command.token);
    if (command.does === "clean up") return this.#cleanUp(command.member);
    const { speaker } = command;
    const token = "token" in speaker ? this.tokens.get(speaker.token) : undefined;
    const self = "person" in speaker ? speaker.person : token?.owner;
    const owner = self === undefined ? undefined : this.members.get(self);
    if (self === undefined || owner === undefined || !isKnown(owner, token ?? { scopes: [], permission: "ro", expiresAt: "never" }, now)) return "403 unknown";
    if ("person" in speaker && this.#signedOut.has(speaker.person)) return "403 unknown";
    const asked = { ...OTHERWISE, ...SERVICE_USES, ...PLAIN_USES }[command.does];
    const said = token === undefined ? verdictOnMember(owner, asked) : verdict(owner, token, now, asked);
    if (said !== "allow") return said === "admin_required" ? FORBIDDEN : `403 ${said}`;
    return this.#carryOut(command, self, token === undefined ? { owner } : { owner, token });
  }

  /** Everything that is stored, a line each. */
  stored(): string[] {
    return [
      ...this.members.entries().map(([member, { role, state, sections, serviceAccess }]) => memberLine(member, role, state, sections, serviceAccess)),
      ...this.tokens.entries().map(([token, stored]) => `${tokenLine(token, stored)}, of member ${stored.owner}`),
    ].sort();
  }

  #carryOut(command: Exclude<Command, { does: "expire" | "clean up" }>, self: number, creator: { readonly owner: Owner; readonly token?: Token }): string {
    switch (command.does) {
      case "create": {
        if (command.wanted.scopes.length === 0) return INVALID;
        if (command.under !== undefined && command.under !== self) return FORBIDDEN;
        if (!mayGrant(creator, command.wanted) || command.wanted.expiresAt === PAST) return INVALID;
        const made = this.issue({ ...command.wanted, owner: self });
        return `201 ${tokenLine(made, command.wanted)}`;
      }
      case "change": {
        if (command.to.scopes?.length === 0) return INVALID;
        const held = this.tokens.get(command.token);
        if (held?.owner !== self) return NOT_FOUND;
        const wanted = { ...held, ...command.to };
        // What is over may stay over: programs send back what they read.
        if (!mayGrant(creator, wanted, held) || (wanted.expiresAt === PAST && held.expiresAt !== PAST)) return INVALID;
        this.tokens.set(command.token, wanted);
        return `200 ${tokenLine(command.token, wanted)}`;
      }
      case "read": {
        const held = this.tokens.get(command.token);
        return held?.owner === self ? `200 ${tokenLine(command.token, held)}` : NOT_FOUND;
      }
      case "delete":
        return this.#take(command.token, self);
      case "revoke":
        return this.#take(command.token, command.member);
      case "own tokens":
        return this.#tokensOf((owner) => owner === self);
      case "tokens of":
        return this.members.has(command.member) ? this.#tokensOf((owner) => owner === command.member) : NOT_FOUND;
      case "all tokens":
        return this.#tokensOf((owner) => this.members.has(owner));
      case "members":
        return `200 members ${[...this.members.keys()].join(" ")}`;
      case "invite": {
        const made = this.join({ role: "member", state: "pending", sections: [], serviceAccess: "all" });
        return `201 member ${made} member pending`;
      }
      case "services":
      case "service tokens":
        return `200 ${command.does} ${this.services.filter((service) => reachesService(creator.owner, service)).join(" ")}`;
      case "read service":
      case "describe service":
      case "reveal service token":
        return reachesService(creator.owner, command.service) ? `200 service ${command.service}` : NOT_FOUND;
      case "usage of service":
        return reachesService(creator.owner, command.service) ? "200 metric" : "404 subject_not_found";
      case "plans":
      case "invoices":
      case "policies":
        return `200 ${command.does}`;
      case "provider":
      case "rename provider":
        return "200 account";
      case "change an invoice that is not there":
      case "delete a policy that is not there":
        return NOT_FOUND;
      case "rights": case "admin": case "member": case "activate": case "suspend": case "unsuspend": case "remove member": case "look at":
        return this.#manage(command, self, creator.owner);
    }
  }

  /** 3scale: admins look after everybody, members at themselves; nobody manages themselves, so there is always an admin left. */
  #manage(command: Extract<Command, { speaker: Speaker; member: number; token?: never }>, self: number, owner: Owner): string {
    const { does, member } = command;
    const before = this.members.get(member);
    if (before === undefined) return NOT_FOUND;
    const isSelf = member === self;
    if (does === "look at") return owner.role === "admin" || isSelf ? `200 member ${member} ${before.role} ${before.state}` : FORBIDDEN;
    if (owner.role !== "admin" || isSelf) return FORBIDDEN;
    if (does === "remove member") {
      this.members.delete(member);
      return "200";
    }
    if (does === "rights") {
      if (before.role === "admin") return FORBIDDEN;
      const { sections = before.sections, services = before.serviceAccess } = command;
      const access = services === "all" ? services : services.filter((service) => this.services.includes(service));
      this.members.set(member, { ...before, sections, serviceAccess: access });
      return `200 rights of member ${member}: ${words(sections)}, services ${words(access)}`;
    }
    if (does === "admin" || does === "member") this.members.set(member, { ...before, role: does });
    if (does === "activate" || does === "suspend" || does === "unsuspend") {
      const [from, to] = STEPS[does];
      if (before.state !== from && before.state !== to) return INVALID;
      if (does === "suspend") this.#signedOut.add(member);
      this.members.set(member, { ...before, state: to });
    }
    const { role, state } = this.members.get(member) ?? before;
    return `200 member ${member} ${role} ${state}`;
  }

  #take(token: number, owner: number): string {
    if (this.tokens.get(token)?.owner !== owner) return NOT_FOUND;
    this.tokens.delete(token);
    return "200";
  }

  #tokensOf(isMeant: (owner: number) => boolean): string {
    return `200 tokens ${[...this.tokens].filter(([, { owner }]) => isMeant(owner)).map(([token]) => token).join(" ")}`;
  }

  #expire(token: number): string {
    const held = this.tokens.get(token);
    if (held !== undefined) this.tokens.set(token, { ...held, expiresAt: PAST });
    return "done";
  }

  #cleanUp(member: number): string {
    if (this.members.has(member)) return "done";
    for (const [token, { owner }] of this.tokens) if (owner === member) this.tokens.delete(token);
    return "done";
  }
}

/** The same words for what the model holds and for what an answer or a row says. */
export function tokenLine(token: number, { scopes, permission, expiresAt }: { readonly scopes: readonly Scope[]; readonly permission: string; readonly expiresAt: number | "never" }): string {
  return `token ${token}: ${words(scopes)} ${permission} until ${expiresAt}`;
}
export function memberLine(member: number, role: string, state: string, sections: readonly string[], access: "all" | readonly number[]): string {
  return `member ${member} ${role} ${state}: ${words(sections)}, services ${words(access)}`;
}
export function words(list: "all" | readonly (string | number)[]): string {
  return list === "all" ? "all" : `[${[...list].map(String).sort().join(" ")}]`;
}
