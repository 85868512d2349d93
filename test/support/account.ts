import { epochSeconds, id, type ServiceId } from "../../lib/domain/brands.ts";
import type { DeveloperAccount } from "../../lib/domain/developers.ts";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";
import type { AccessToken, Member, Principal, Service } from "../../lib/domain/model.ts";
import { issueAccessToken, type NewAccessToken } from "../../lib/operations/access-tokens.ts";
import { createAccount } from "../../lib/operations/accounts.ts";
import { createApplication } from "../../lib/operations/applications.ts";
import { changeState, createMember, updateRights, type Rights } from "../../lib/operations/members.ts";
import { createService } from "../../lib/operations/services.ts";
import { newId } from "../../lib/secrets/random.ts";
import { developerAccounts } from "../../lib/table/developers.ts";
import { readMember } from "../../lib/table/members.ts";
import { transact } from "../../lib/table/transact.ts";
import type { Deployment } from "./deployment.ts";
import { prepared } from "./prepared.ts";

/** A member of a test's account, and a token of theirs. */
export type Person = { readonly member: Member; readonly token: AccessToken; readonly value: string };

/** An account to test with, made by the product's own operations. */
export type TestAccount = {
  readonly admin: Person;
  /** A new active member with these rights, who has a token with these properties. */
  member(rights: Rights, token?: Partial<NewAccessToken>): Promise<Person>;
  /** One more token for somebody. */
  token(of: Person, token?: Partial<NewAccessToken>): Promise<Person>;
  /** A service, under a system name of its own when there was one of this name. */
  service(name: string): Promise<Service>;
  application(serviceId: ServiceId, name: string): Promise<number>;
  /** A customer of the provider. */
  developerAccount(orgName: string, state?: DeveloperAccount["state"]): Promise<DeveloperAccount>;
};

const TOKEN: NewAccessToken = { name: "for tests", scopes: ["account_management"], permission: "rw", expiresAt: "never" };
let made = 0;

export async function createTestAccount(latchkey: Pick<Deployment, "operator" | "documents">): Promise<TestAccount> {
  const { operator } = latchkey;
  const { admin, token, value } = await prepared(latchkey, (to) => createAccount(to, { name: `Account ${++made}`, adminEmail: `admin${made}@example.com` }));
  const asAdmin: Principal = { kind: "member", member: admin };
  const names = new Set<string>();

  const issue = async (to: Deployment["operator"], member: Member, wanted: Partial<NewAccessToken>): Promise<Person> =>
    ({ member, ...(await issueAccessToken(to, { kind: "member", member }, { ...TOKEN, ...wanted })) });

  return {
    admin: { member: admin, token, value },
    member: (rights, wanted = {}) => prepared(latchkey, async (to) => {
      const email = `member${++made}@example.com`;
      const { id: memberId } = await createMember(to, asAdmin, { username: email, email });
      await updateRights(to, asAdmin, memberId, rights);
      return issue(to, await changeState(to, asAdmin, memberId, "activate"), wanted);
    }),
    async token(of, wanted = {}) {
      const member = await readMember(operator.table, admin.accountId, of.member.id);
      if (member === undefined) throw new Error("That member is gone");
      return issue(operator, member, wanted);
    },
    service(name) {
      const again = names.has(name);
      names.add(name);
      return prepared(latchkey, (to) => createService(to, asAdmin, { name, settings: BY_DEFAULT, ...(again ? { systemName: `again_${++made}` } : {}) }));
    },
    async application(serviceId, name) {
      const application = await createApplication(operator, asAdmin, { serviceId: id(serviceId), name, description: "", userKey: `key-${++made}` });
      return application.id;
    },
    async developerAccount(orgName, state = "approved") {
      const stamp = { version: 1, createdAt: epochSeconds(1_700_000_000), updatedAt: epochSeconds(1_700_000_000) };
      const developer: DeveloperAccount = { accountId: admin.accountId, id: newId(), orgName, state, ...stamp };
      await transact(operator.table, [{ put: developerAccounts.row(developer), when: "absent" }]);
      return developer;
    },
  };
}
