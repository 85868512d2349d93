import { id, type ServiceId } from "../../lib/domain/brands.ts";
import type { Person, TestAccount } from "../support/account.ts";
import type { Deployment } from "../support/deployment.ts";
import { httpEvent } from "../support/gateway.ts";
import { request, type Answer } from "../support/request.ts";
import { rewriteToken } from "../support/rows.ts";

/** What the authorizer tells of a credential: undefined when it refuses. */
type Context = Readonly<Record<string, string>> | undefined;

/** One way to lose what one had. */
export type Kind = {
  readonly name: string;
  /** Somebody who has it, ready to lose it. */
  prepare(): Promise<Subject>;
};
export type Subject = {
  /** Takes it away; resolves with the answer. Without: it ends by itself, at `endsAt` (ms since 1970). */
  readonly revoke?: () => Promise<Answer>;
  readonly endsAt?: number;
  /** Whether a use is let in: asked of the authorizer alone, and over HTTP. */
  readonly uses: readonly [byAuthorizer: () => Promise<boolean>, overHttp: () => Promise<boolean>];
  /** Gives it back, where that is cheaper than to make another. */
  readonly restore?: () => Promise<unknown>;
};

const USERS = "/admin/api/users";
const TOKENS = "/admin/api/personal/access_tokens";

export function kindsIn(latchkey: Deployment, account: TestAccount): readonly Kind[] {
  const { admin } = account;
  const asAdmin = (method: string, path: string, json?: object) => request(latchkey, method, path, { token: admin.value, ...(json === undefined ? {} : { json }) });

  async function context(value: string): Promise<Context> {
    const event = httpEvent({ method: "GET", path: "/", headers: { authorization: `Bearer ${value}` } });
    const found = await latchkey.invoke("authorizer", event) as { readonly isAuthorized: boolean; readonly context?: Context };
    return found.isAuthorized ? (found.context ?? {}) : undefined;
  }
  const usesOf = (value: string, path: string, has: (found: NonNullable<Context>) => boolean = () => true): Subject["uses"] => [
    async () => {
      const found = await context(value);
      return found !== undefined && has(found);
    },
    async () => (await request(latchkey, "GET", path, { token: value })).status === 200,
  ];

  // Whoever can get it back is used again: the same few people, of whom each is in one trial at a time.
  const waiting = new Map<string, Person[]>();
  async function ofMember(name: string, make: () => Promise<Person>, subject: (person: Person) => Subject): Promise<Subject> {
    const idle = waiting.get(name) ?? [];
    waiting.set(name, idle);
    const person = idle.pop() ?? (await make());
    const made = subject(person);
    return { ...made, restore: async () => {
      await made.restore?.();
      idle.push(person);
    } };
  }
  const member = () => account.member({ sections: ["partners"], serviceAccess: "all" });
  const change = (person: Person, what: string, json?: object) => asAdmin("PUT", `${USERS}/${person.member.id}/${what}.json`, json);

  return [
    { name: "a token is deleted", prepare: async () => {
      const { token, value } = await account.token(admin);
      return { revoke: () => asAdmin("DELETE", `${TOKENS}/${token.id}.json`), uses: usesOf(value, `${TOKENS}.json`) };
    } },
    { name: "an admin becomes a member", prepare: () => ofMember("admin", async () => {
      const person = await member();
      await change(person, "admin");
      return person;
    }, (person) => ({
      revoke: () => change(person, "member"), restore: () => change(person, "admin"), uses: usesOf(person.value, `${USERS}.json?role=admin`, ({ role }) => role === "admin"),
    })) },
    { name: "a member loses a section", prepare: () => ofMember("section", member, (person) => ({
      revoke: () => change(person, "permissions", { allowed_sections: ["plans"] }), restore: () => change(person, "permissions", { allowed_sections: ["partners"] }),
      uses: usesOf(person.value, "/admin/api/provider.json", ({ sections = "" }) => sections.split(",").includes("partners")),
    })) },
    { name: "a member loses a service", prepare: async () => {
      const service = await serviceOf(account);
      return ofMember("service", member, (person) => ({
        revoke: () => change(person, "permissions", { allowed_service_ids: [] }), restore: () => change(person, "permissions", { allowed_service_ids: null }),
        uses: usesOf(person.value, `/admin/api/services/${service}.json`, ({ services }) => services === "all"),
      }));
    } },
    { name: "a member is suspended", prepare: () => ofMember("suspended", member, (person) => ({
      revoke: () => change(person, "suspend"), restore: () => change(person, "unsuspend"), uses: usesOf(person.value, `${TOKENS}.json`),
    })) },
    { name: "a member is deleted", prepare: async () => {
      const person = await member();
      return { revoke: () => asAdmin("DELETE", `${USERS}/${person.member.id}.json`), uses: usesOf(person.value, `${TOKENS}.json`) };
    } },
    { name: "a service is deleted", prepare: async () => {
      const { id: service } = await account.service("Doomed");
      const { value } = (await asAdmin("GET", `/admin/api/services/${service}/service_token.json`)).json.service_token as { value: string };
      const [byAuthorizer] = usesOf(value, "");
      const query = new URLSearchParams({ service_token: value, service_id: String(service), user_key: "nobody" }).toString();
      return { revoke: () => asAdmin("DELETE", `/admin/api/services/${service}.json`), uses: [
        byAuthorizer,
        // Whose token is known hears that the user key is not.
        async () => !(await request(latchkey, "GET", `/transactions/authorize.xml?${query}`)).text.includes("service_token_invalid"),
      ] };
    } },
    { name: "a token expires", prepare: async () => {
      const { token, value } = await account.token(admin);
      const expiresAt = Math.floor(Date.now() / 1000) + 2;
      await rewriteToken(latchkey, token, { expiresAt });
      return { endsAt: expiresAt * 1000, uses: usesOf(value, `${TOKENS}.json`) };
    } },
  ];
}

const services = new WeakMap<TestAccount, Promise<ServiceId>>();
function serviceOf(account: TestAccount): Promise<ServiceId> {
  const made = services.get(account) ?? account.service("Guarded").then(({ id: service }) => id<ServiceId>(service));
  services.set(account, made);
  return made;
}
