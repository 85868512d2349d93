import { id, type MemberId } from "../domain/brands.ts";
import { BY_DEFAULT } from "../domain/service-settings.ts";
import type { Member, Principal } from "../domain/model.ts";
import { issueAccessToken } from "../operations/access-tokens.ts";
import { createAccount } from "../operations/accounts.ts";
import { createApplication } from "../operations/applications.ts";
import type { Hashing, Sealing, Storage } from "../operations/context.ts";
import { changeState, createMember, updateRights } from "../operations/members.ts";
import { createService } from "../operations/services.ts";

type Person = { readonly id: number; readonly email: string; readonly token: string };
/** What `npm start` tells about the account that it made. */
export type Seeded = {
  readonly account: { readonly id: number };
  readonly people: { readonly admin: Person; readonly limited: Person; readonly none: Person };
  readonly services: readonly { readonly id: number; readonly name: string }[];
};

const SERVICES = ["Service 1", "Service 2", "Service 3"];
const APPLICATIONS_EACH = 2;

/**
 * A small provider, made by the same operations that the API runs: an admin, a member who holds `partners` and
 * reaches only Service 1 of three, a member who holds it and reaches none, and applications on each service.
 */
export async function seed(deps: Storage & Hashing & Sealing): Promise<Seeded> {
  const { account, admin, value } = await createAccount(deps, { name: "Acme APIs", adminEmail: "admin@acme.example" });
  const asAdmin: Principal = { kind: "member", member: admin };

  const services: { id: number; name: string }[] = [];
  for (const name of SERVICES) {
    const service = await createService(deps, asAdmin, { name, settings: BY_DEFAULT });
    services.push({ id: service.id, name });
    for (let number = 1; number <= APPLICATIONS_EACH; number++) {
      await createApplication(deps, asAdmin, {
        serviceId: service.id, name: `App ${number} of ${name}`, description: `Uses ${name}`, userKey: `${service.systemName}-key-${number}`,
      });
    }
  }

  const [first] = services;
  if (first === undefined) throw new Error("No service was made");
  return {
    account: { id: account.id },
    people: {
      admin: { id: admin.id, email: admin.email, token: value },
      limited: await person(deps, asAdmin, "limited@acme.example", [id(first.id)]),
      none: await person(deps, asAdmin, "none@acme.example", []),
    },
    services,
  };
}

async function person(
  deps: Storage & Hashing & Sealing, asAdmin: Principal, email: string, serviceAccess: Exclude<Member["serviceAccess"], "all">,
): Promise<Person> {
  const { id: memberId } = await createMember(deps, asAdmin, { username: email, email });
  await updateRights(deps, asAdmin, id<MemberId>(memberId), { sections: ["partners"], serviceAccess });
  const member = await changeState(deps, asAdmin, memberId, "activate");
  const { value } = await issueAccessToken(
    deps, { kind: "member", member }, { name: "First token", scopes: ["account_management"], permission: "rw", expiresAt: "never" },
  );
  return { id: memberId, email, token: value };
}
