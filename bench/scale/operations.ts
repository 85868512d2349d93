import { EVERY_APPLICATION } from "../../lib/domain/application-filter.ts";
import type { AccessToken, Principal, Service } from "../../lib/domain/model.ts";
import { deleteOwnAccessToken, issueAccessToken, listAllAccessTokens } from "../../lib/operations/access-tokens.ts";
import { authenticate } from "../../lib/operations/authenticate.ts";
import { listApplicationsFor } from "../../lib/operations/find-applications.ts";
import { listServicesFor } from "../../lib/operations/services.ts";
import { revealServiceToken } from "../../lib/operations/service-tokens.ts";
import type { Page, PageWanted } from "../../lib/table/page.ts";
import type { Filled } from "./filled.ts";
import { idOf, valueAt } from "./world.ts";

/** What is measured. Not 3scale's pages with their totals: they count all of a list, and cost as much as it is long. */
export const OPERATIONS = [
  "authorize", "create", "delete", "reveal", "tokens, first page", "tokens, page 200", "tokens, page 200 by its number", "services, first page", "services, page 200",
  "applications, first page", "applications, page 200", "limited member's applications, first page", "limited member's applications, page 60",
] as const;
export type Operation = (typeof OPERATIONS)[number];
/** Each call is about other rows. */
export type Operations = Readonly<Record<Operation, () => Promise<unknown>>>;

/** So many are on a page, so that a thousand are two hundred pages. */
const PER_PAGE = 5;
const PAGE = 200;
/** The limited member reaches three hundred applications. */
const LAST_OF_LIMITED = 60;
const WANTED = { name: "one more", scopes: ["stats"], permission: "ro", expiresAt: "never" } as const;

/** The product's operations on a filled table. */
export async function operationsOn({ size, ground, deps }: Filled): Promise<Operations> {
  const admin = await proved(deps, ground.admin);
  const limited = await proved(deps, ground.limited);

  // Steps that have no divisor in common with how many there are: far from one another, and each of them in the end.
  let calls = 0;
  const anywhere = (many: number) => (++calls * 7919) % many;
  const made: AccessToken["id"][] = [];

  const tokens = (wanted: PageWanted) => listAllAccessTokens(deps, admin, wanted);
  const services = (wanted: PageWanted) => listServicesFor(deps, admin, wanted);
  const applications = (principal: Principal) => (wanted: PageWanted) => listApplicationsFor(deps, principal, EVERY_APPLICATION, wanted);
  const first = (list: List) => full(list, { perPage: PER_PAGE, after: 0 });
  const by = async (list: List, page: number) => full(list, { perPage: PER_PAGE, after: await cursorOf(list, page) });

  return {
    authorize: () => proved(deps, valueAt(size, ground, anywhere(size.tokens))),
    create: async () => void made.push((await issueAccessToken(deps, admin, WANTED)).token.id),
    delete: async () => deleteOwnAccessToken(deps, admin, known(made.pop())),
    reveal: () => revealServiceToken(deps, admin, idOf<Service["id"]>(anywhere(size.services))),
    "tokens, first page": first(tokens),
    "tokens, page 200": await by(tokens, PAGE),
    "tokens, page 200 by its number": full(tokens, { perPage: PER_PAGE, page: PAGE, withTotal: false }),
    "services, first page": first(services),
    "services, page 200": await by(services, PAGE),
    "applications, first page": first(applications(admin)),
    "applications, page 200": await by(applications(admin), PAGE),
    "limited member's applications, first page": first(applications(limited)),
    "limited member's applications, page 60": await by(applications(limited), LAST_OF_LIMITED),
  };
}

async function proved(deps: Filled["deps"], value: string): Promise<Principal> {
  const principal = await authenticate(deps, value);
  if (principal.kind === "unproved") throw new Error(`A good token was refused: ${principal.reason}`);
  return principal;
}

type List = (wanted: PageWanted) => Promise<Page<unknown>>;

/** A page that must be full: one that is not was asked for wrongly. */
function full(list: List, wanted: PageWanted): () => Promise<void> {
  return async () => {
    const { items } = await list(wanted);
    if (items.length !== wanted.perPage) throw new Error(`The page has ${items.length} of ${wanted.perPage}`);
  };
}

/** Where a page begins: after the id at which the pages before it end. */
async function cursorOf(list: List, page: number): Promise<number> {
  return known((await list({ perPage: (page - 1) * PER_PAGE, after: 0 })).next);
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("What the table was filled with is not there");
  return value;
}
