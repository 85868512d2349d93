import type { EventType } from "../../../lib/domain/events.ts";
import type { Deployment } from "../../support/deployment.ts";
import { ofCustomers } from "./customers.ts";
import { ofPeople } from "./people.ts";
import { ofServices } from "./services.ts";
import type { Workshop } from "../../support/workshop.ts";

/** The operator's rights, on a connection to the store that may be bad. */
export type Deps = Deployment["operator"];
/** A change: what it needs is made on a good connection, the change itself is what comes back. */
type Change = () => Promise<(deps: Deps) => Promise<unknown>>;
/** By the type of the event that records it, and by what is changed. */
export type Changes = Partial<Record<EventType, Readonly<Record<string, Change>>>>;

/** Every type of event, and every kind of change that is recorded under it. A new type does not compile without. */
export function changesIn(workshop: Workshop) {
  const all: Required<Changes> = { ...ofPeople(workshop), ...ofServices(workshop), ...ofCustomers(workshop) };
  return Object.entries(all).flatMap(([type, changes]) => Object.entries(changes).map(([what, change]) => [type, what, change] as const));
}
