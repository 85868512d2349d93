/**
 * The decision a second time, written from the documents alone: 3scale's public behaviour (which section opens which
 * scope, the scope algorithm, permitted services) and design.md, D1 to D4. It imports nothing of lib and is built
 * differently: a position and a token are sets of words, and a question is whether sets meet. Where this and
 * lib/domain disagree, one of them has misread the documents.
 */
export type Section = "finance" | "monitoring" | "partners" | "plans" | "policy_registry" | "portal" | "settings";
export type Scope = "finance" | "account_management" | "stats" | "policy_registry";

/** The rights that a section gives: the scope it opens, and whether those who hold it work with services. */
const RIGHTS: readonly (readonly [section: Section, scope: Scope | "none", services: "works with services" | "does not"])[] = [
  ["portal", "none", "does not"],
  ["finance", "finance", "does not"],
  ["partners", "account_management", "works with services"],
  ["monitoring", "stats", "works with services"],
  ["policy_registry", "policy_registry", "works with services"],
  ["plans", "none", "works with services"],
  ["settings", "none", "does not"],
];

export const SECTIONS: readonly Section[] = RIGHTS.map(([section]) => section);
export const SCOPES: readonly Scope[] = RIGHTS.flatMap(([, scope]) => (scope === "none" ? [] : [scope]));

export type Owner = {
  readonly role: "admin" | "member";
  readonly state: "pending" | "active" | "suspended";
  readonly sections: readonly Section[];
  readonly serviceAccess: "all" | readonly number[];
};
export type Grant = { readonly scopes: readonly Scope[]; readonly permission: "ro" | "rw"; readonly expiresAt: number | "never" };
export type Asked = {
  readonly scopes: readonly Scope[];
  readonly effect: "read" | "write";
  readonly about: "account" | "services";
  readonly section?: Section;
  readonly role?: "admin";
  readonly openInPerson?: true;
};
export type Verdict = "unknown" | "allow" | "insufficient_rights" | "insufficient_scope" | "read_only" | "no_service_access" | "admin_required";

/** What somebody who is signed in, without a token, is held to: every scope, to every effect, for ever. */
const NO_TOKEN: Grant = { scopes: SCOPES, permission: "rw", expiresAt: "never" };

/** The first refusal that holds, from who is asking to what they hold to what they ask; "allow" when none does. */
export function verdict(owner: Owner, token: Grant, now: number, asked: Asked): Verdict {
  if (!isKnown(owner, token, now)) return "unknown";
  return decide(position(owner), uses(token), asked);
}

/** The verdict on somebody who is signed in, without a token: what is open in person asks them for no section. */
export function verdictOnMember(owner: Owner, asked: Asked): Verdict {
  const words = position(owner);
  return decide(asked.openInPerson ? words.union(EVERY_SECTION) : words, uses(NO_TOKEN), asked);
}

/** D2: a token speaks while it has not expired, for an owner who is active. */
export function isKnown(owner: Owner, token: Grant, now: number): boolean {
  return owner.state === "active" && now < lastOf(token);
}

/** D4: whether a service exists as far as this owner can see. */
export function reachesService(owner: Owner, service: number): boolean {
  const words = position(owner);
  return words.has("every service") || words.has(`service ${service}`);
}

/** D1: whether a creator may make this grant, or turn `held` into it: it gives nothing that they, or it before, did not. */
export function mayGrant(creator: { readonly owner: Owner; readonly token?: Grant }, wanted: Grant, held?: Grant): boolean {
  const words = position(creator.owner);
  const theirs = powers(creator.token ?? NO_TOKEN);
  const before = held === undefined ? NOTHING : powers(held);
  return powers(wanted).entries().every(([power, until]) => until <= Math.max(words.has(power) ? (theirs.get(power) ?? 0) : 0, before.get(power) ?? 0));
}

/** What sections open; not what those who hold them reach. */
const EVERY_SECTION = new Set(RIGHTS.flatMap(([section, scope]) => [`section ${section}`, `${scope}/read`, `${scope}/write`]));

const NOTHING: ReadonlyMap<string, number> = new Map();

/** Everything a grant lets somebody do, "finance/write", and when that ends. */
export const powers = once((grant: Grant): ReadonlyMap<string, number> => new Map(grant.scopes.flatMap((scope) => {
  const effects = grant.permission === "rw" ? ["read", "write"] : ["read"];
  return effects.map((effect) => [`${scope}/${effect}`, lastOf(grant)] as const);
})));

/** Everything that is true of an owner now. */
const position = once((owner: Owner): ReadonlySet<string> => {
  const isAdmin = owner.role === "admin";
  const rows = RIGHTS.filter(([section]) => isAdmin || owner.sections.includes(section));
  const words = new Set(rows.flatMap(([section, scope, services]) => [`section ${section}`, `${scope}/read`, `${scope}/write`, services]));
  if (isAdmin) words.add("admin");
  if (isAdmin || (words.has("works with services") && owner.serviceAccess === "all")) words.add("every service").add("some service");
  else if (words.has("works with services") && owner.serviceAccess !== "all") {
    for (const service of owner.serviceAccess) words.add(`service ${service}`).add("some service");
  }
  return words;
});

const uses = once((grant: Grant): ReadonlySet<string> => new Set(powers(grant).keys()));

/** The doors to an operation, one of which is enough, and what stands behind them. */
const doors = once((asked: Asked) => ({
  reading: new Set(asked.scopes.map((scope) => `${scope}/read`)),
  wanted: new Set(asked.scopes.map((scope) => `${scope}/${asked.effect}`)),
  behind: [
    ...(asked.about === "services" ? [["no_service_access", "some service"] as const] : []),
    ...(asked.role === undefined ? [] : [["admin_required", asked.role] as const]),
  ],
}));

function decide(owner: ReadonlySet<string>, token: ReadonlySet<string>, asked: Asked): Verdict {
  const { reading, wanted, behind } = doors(asked);
  const open = wanted.intersection(owner);
  if (open.size === 0) return "insufficient_rights";
  if (asked.section !== undefined && !owner.has(`section ${asked.section}`)) return "insufficient_rights";
  if (reading.intersection(owner).isDisjointFrom(token)) return "insufficient_scope";
  if (open.isDisjointFrom(token)) return "read_only";
  return behind.find(([, needed]) => !owner.has(needed))?.[0] ?? "allow";
}

function lastOf({ expiresAt }: Grant): number {
  return expiresAt === "never" ? Infinity : expiresAt;
}

/** Works something out once for each object, however often it is asked. */
function once<K extends object, V>(work: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) known.set(key, (value = work(key)));
    return value;
  };
}
