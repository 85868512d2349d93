import type { AccountId, Id, ServiceId } from "../domain/brands.ts";
import { invalid, notFound } from "../domain/errors.ts";
import { actorOf, type EventType, type Subject } from "../domain/events.ts";
import { reaches, serviceAccessOf } from "../domain/rights.ts";
import type { Principal } from "../domain/model.ts";
import { newId } from "../secrets/random.ts";
import type { Collection, Entity, Parent } from "../table/collection.ts";
import { record } from "../table/events.ts";
import { releaseName, takeName } from "../table/members.ts";
import { keys, type Key } from "../table/model.ts";
import type { Write } from "../table/transact.ts";
import { event, memberOf, untilStored, type Storage } from "./context.ts";
import { once, transactOnce } from "./once.ts";

/** A name that only one thing may hold, the field to blame when it is taken, and what is to be found by it. */
export type HeldName = { readonly field: string; readonly scope: string; readonly value: string; readonly holder?: Id };

type Declared<E extends Entity> = {
  readonly collection: Collection<E>;
  /** `metric` gives `metric.created`, `metric.updated`, `metric.deleted`. */
  readonly event: string;
  readonly subject: (entity: E) => Subject;
  readonly facts?: (entity: E) => Readonly<Record<string, unknown>>;
  /** The service it is about: hidden from whoever does not reach that (D4). */
  readonly serviceOf?: (entity: E) => ServiceId;
  readonly names?: (entity: E) => readonly HeldName[];
  /** What it comes to belong to, as a plan: not found when that goes before it is stored. */
  readonly belongsTo?: (after: E, before: E | undefined) => readonly Key[];
  /** What has to change in the same transaction: a projection, a counter, children. Refusing throws. */
  readonly follow?: (deps: Storage, change: { readonly before?: E; readonly after?: E }) => Promise<readonly Write[]>;
};

/** A change of one thing, ready to be stored: alone or with others. What follows from it is not in it. */
export type Change<E extends Entity = Entity> = {
  readonly accountId: AccountId;
  readonly entity: E;
  readonly taken: readonly HeldName[];
  readonly writes: readonly Write[];
};

/** Load, ask, store for one kind of thing. */
export type Entities<E extends Entity> = {
  readonly all: (deps: Storage, principal: Principal, of: "account" | Parent) => Promise<E[]>;
  readonly read: (deps: Storage, principal: Principal, id: E["id"]) => Promise<E>;
  readonly create: (deps: Storage, principal: Principal, wanted: Omit<E, keyof Entity>) => Promise<E>;
  readonly update: (deps: Storage, principal: Principal, id: E["id"], next: (before: E) => E) => Promise<E>;
  readonly remove: (deps: Storage, principal: Principal, id: E["id"], ask?: (before: E) => void) => Promise<void>;
  /** A new thing, and a changed one, for transactions of several. */
  readonly born: (deps: Storage, principal: Principal, wanted: Omit<E, keyof Entity>) => Change<E>;
  readonly changed: (deps: Storage, principal: Principal, before: E, wanted: E) => Change<E>;
};

/**
 * Declares the operations on a kind of thing: every change is one transaction of the thing, the names it holds, what
 * follows from it and the record of it, stored only if nobody changed the thing meanwhile.
 */
export function entities<E extends Entity>(declared: Declared<E>): Entities<E> {
  const { collection, names = () => [], facts = () => ({}), belongsTo = () => [], follow = async () => [] } = declared;

  async function read(deps: Storage, principal: Principal, id: E["id"]): Promise<E> {
    const member = memberOf(principal);
    const entity = await collection.read(deps.table, member.accountId, id);
    if (entity === undefined) throw notFound();
    const service = declared.serviceOf?.(entity);
    if (service !== undefined && !reaches(serviceAccessOf(member), service)) throw notFound();
    return entity;
  }

  function change(deps: Storage, principal: Principal, before: E | undefined, after: E | undefined): Change<E> {
    const entity = after ?? before;
    if (entity === undefined) throw new Error("Nothing changes");
    const taken = after === undefined ? [] : names(after).filter((name) => before === undefined || !names(before).some(same(name)));
    const released = before === undefined ? [] : names(before).filter((name) => after === undefined || !names(after).some(same(name)));
    const when = before === undefined ? "absent" : { version: before.version };
    const verb = before === undefined ? "created" : after === undefined ? "deleted" : "updated";
    return {
      accountId: entity.accountId, entity, taken,
      writes: [
        after === undefined ? { remove: keys.entity(collection.kind, entity.accountId, entity.id), when } : { put: collection.row(after), when },
        ...released.map(({ scope, field, value }) => releaseName(entity.accountId, `${scope}${field}`, value)),
        record(event(deps, {
          accountId: entity.accountId, type: `${declared.event}.${verb}` as EventType, actor: actorOf(principal),
          subject: declared.subject(entity), facts: facts(entity),
        })),
      ],
    };
  }

  async function store(deps: Storage, principal: Principal, before: E | undefined, after: E | undefined): Promise<boolean> {
    const follows = await follow(deps, { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
    return storeTogether(deps, [change(deps, principal, before, after)], follows, after === undefined ? [] : belongsTo(after, before));
  }

  function newborn(deps: Storage, principal: Principal, wanted: Omit<E, keyof Entity>): E {
    const now = deps.clock();
    return { ...wanted, accountId: memberOf(principal).accountId, id: newId(), version: 1, createdAt: now, updatedAt: now } as E;
  }

  const advanced = (deps: Storage, before: E, wanted: E): E => ({ ...wanted, version: before.version + 1, updatedAt: deps.clock() });

  return {
    read,
    all: (deps, principal, of) => collection.all(deps.table, memberOf(principal).accountId, of),
    create: (deps, principal, wanted) =>
      once<E, E["id"]>(deps, async () => {
        const entity = newborn(deps, principal, wanted);
        return (await store(deps, principal, undefined, entity)) ? entity : undefined;
      }, (id) => read(deps, principal, id)),
    update: (deps, principal, id, next) =>
      once<E, E["id"]>(deps, async () => {
        const before = await read(deps, principal, id);
        const wanted = next(before);
        // What is as it was already is not a change: it is neither stored nor recorded.
        if (wanted === before) return before;
        const after = advanced(deps, before, wanted);
        return (await store(deps, principal, before, after)) ? after : undefined;
      }, () => read(deps, principal, id)),
    async remove(deps, principal, id, ask) {
      await untilStored(async () => {
        const before = await read(deps, principal, id);
        ask?.(before);
        return (await store(deps, principal, before, undefined)) || undefined;
      });
    },
    born: (deps, principal, wanted) => change(deps, principal, undefined, newborn(deps, principal, wanted)),
    changed: (deps, principal, before, wanted) => change(deps, principal, before, advanced(deps, before, wanted)),
  };
}

/**
 * Stores changes and what follows from them, all or nothing. False when somebody else changed one of the things meanwhile;
 * throws when a name is taken, and `not_found` when something that is `needed` is gone. The first of them is what the request is about.
 */
export async function storeTogether(deps: Storage, changes: readonly Change[], follows: readonly Write[], needed: readonly Key[] = []): Promise<boolean> {
  const taken = changes.flatMap(({ accountId, taken: names }) => names.map((name) => ({ accountId, ...name })));
  const outcome = await transactOnce(deps, [
    ...needed.map((check) => ({ check, when: "present" as const })),
    ...taken.map(({ accountId, scope, field, value, holder }) => takeName(accountId, `${scope}${field}`, value, holder)),
    ...changes.flatMap(({ writes }) => writes),
    ...follows,
  ], changes[0]?.entity.id);
  if (outcome.done) return true;
  if (outcome.refused.some((at) => at < needed.length)) throw notFound();
  // An id that is taken is drawn again: nobody chose it.
  const refused = taken.filter(({ field }, at) => outcome.refused.includes(needed.length + at) && field !== "id");
  if (refused.length > 0) throw invalid(Object.fromEntries(refused.map(({ field }) => [field, ["has already been taken"]])));
  return false;
}

function same(one: HeldName) {
  return (other: HeldName) => one.scope === other.scope && one.field === other.field && one.value === other.value;
}
