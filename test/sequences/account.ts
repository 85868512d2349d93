import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { epochSeconds, id, type ServiceId } from "../../lib/domain/brands.ts";
import type { AccessToken, Member } from "../../lib/domain/model.ts";
import { SECTION_OF } from "../../lib/domain/rights.ts";
import { listings, type Row } from "../../lib/table/model.ts";
import type { Grant, Owner, Section } from "../model/rights.ts";
import { memberLine, PAST, tokenLine, words, World, type Command, type PlainUse, type ServiceUse, type Speaker } from "../model/world.ts";
import { createTestAccount, type Person } from "../support/account.ts";
import type { Deployment } from "../support/deployment.ts";
import { fromPage, signIn } from "../support/portal.ts";
import type { Random } from "../support/random.ts";
import { request, type Answer } from "../support/request.ts";
import { rewriteToken, rowOf } from "../support/rows.ts";
import { PEOPLE, someGrant, someRights } from "./commands.ts";

/** A token as the test knows it: whose it is, under which id, and its value. */
type Held = { readonly id: number; readonly owner: number; readonly value: string };
type Request = { readonly method: string; readonly path: string; readonly json?: object };

const OWN = "/admin/api/personal/access_tokens";
const iso = (expiresAt: number | "never") => (expiresAt === "never" ? null : new Date(expiresAt * 1000).toISOString());

const PLAIN: Readonly<Record<PlainUse, () => Request>> = {
  "own tokens": () => ({ method: "GET", path: `${OWN}.json` }),
  "all tokens": () => ({ method: "GET", path: "/admin/api/access_tokens.json" }),
  "service tokens": () => ({ method: "GET", path: "/admin/api/service_tokens.json" }),
  services: () => ({ method: "GET", path: "/admin/api/services.json" }),
  provider: () => ({ method: "GET", path: "/admin/api/provider.json" }),
  "rename provider": () => ({ method: "PUT", path: "/admin/api/provider.json", json: { org_name: "Renamed" } }),
  members: () => ({ method: "GET", path: "/admin/api/users.json" }),
  invite: () => ({ method: "POST", path: "/admin/api/users.json", json: { email: `invited${++invited}@example.com` } }),
  plans: () => ({ method: "GET", path: "/admin/api/account_plans.json" }),
  invoices: () => ({ method: "GET", path: "/api/invoices.json" }),
  "change an invoice that is not there": () => ({ method: "PUT", path: "/api/invoices/4711.json", json: { period: "2030-01" } }),
  policies: () => ({ method: "GET", path: "/admin/api/registry/policies.json" }),
  "delete a policy that is not there": () => ({ method: "DELETE", path: "/admin/api/registry/policies/4711.json" }),
};
const OF_SERVICE: Readonly<Record<ServiceUse, (service: number) => Request>> = {
  "read service": (service) => ({ method: "GET", path: `/admin/api/services/${service}.json` }),
  "describe service": (service) => ({ method: "PUT", path: `/admin/api/services/${service}.json`, json: { description: "Described" } }),
  "reveal service token": (service) => ({ method: "GET", path: `/admin/api/services/${service}/service_token.json` }),
  "usage of service": (service) => ({ method: "GET", path: `/stats/services/${service}/usage.json?metric_name=hits&period=day` }),
};
let invited = 0;

/** An account of a deployment that is asked what the model is asked; what it answers is told in the model's words. */
export class Account {
  readonly #latchkey: Deployment;
  readonly #services: readonly number[];
  readonly #cookies: readonly string[];
  readonly #members: number[];
  readonly #tokens: Held[];
  readonly #accountId: Member["accountId"];

  private constructor(latchkey: Deployment, accountId: Member["accountId"], services: readonly number[], cookies: readonly string[], members: number[], tokens: Held[]) {
    [this.#latchkey, this.#accountId, this.#services, this.#cookies, this.#members, this.#tokens] = [latchkey, accountId, services, cookies, members, tokens];
  }

  /** A new account: an admin and members with some rights, a token and a session each; and the same in a world. */
  static async open(latchkey: Deployment, random: Random, ends: readonly number[]): Promise<{ readonly account: Account; readonly world: World }> {
    const account = await createTestAccount(latchkey);
    const services: ServiceId[] = [];
    for (const name of ["First", "Second", "Third"]) services.push(id((await account.service(name)).id));
    const world = new World(services.keys().toArray());
    const people: (Person & { readonly rights: Pick<Owner, "sections" | "serviceAccess"> })[] = [{ ...account.admin, rights: { sections: [], serviceAccess: "all" } }];
    while (people.length < PEOPLE) {
      const { sections, serviceAccess } = someRights(random, world);
      const listed = serviceAccess === "all" ? serviceAccess : serviceAccess.map((service) => services[service]!);
      const { scopes, permission, expiresAt } = someGrant(random, ends);
      const end = expiresAt === "never" || expiresAt === PAST ? "never" : epochSeconds(expiresAt);
      const theirs = scopes.filter((scope) => sections.includes(SECTION_OF[scope]));
      people.push({ ...await account.member({ sections, serviceAccess: listed }, { scopes: theirs, permission, expiresAt: end }), rights: { sections, serviceAccess } });
    }
    for (const { member, rights } of people) world.join({ role: member.role, state: member.state, ...rights });
    for (const [owner, { token }] of people.entries()) world.issue({ owner, scopes: token.scopes, permission: token.permission, expiresAt: token.expiresAt });
    const cookies = [];
    for (const { member } of people) cookies.push((await signIn(latchkey, member)).cookie);
    const tokens = people.map(({ token, value }, owner) => ({ id: token.id, owner, value }));
    return { world, account: new Account(latchkey, account.admin.member.accountId, services, cookies, people.map(({ member }) => member.id), tokens) };
  }

  /** Carries a command out: its answer, as the model would say it. */
  async answerTo(command: Command): Promise<string> {
    if (command.does === "expire") {
      const token = this.#asStored(command.token);
      if ((await rowOf(this.#latchkey, token)) !== undefined) await rewriteToken(this.#latchkey, token, { expiresAt: PAST });
      return "done";
    }
    if (command.does === "clean up") {
      const detail = { account_id: this.#accountId, subject: { member_id: this.#members[command.member] } };
      await this.#latchkey.invoke("cleanUp", { "detail-type": "member.deleted", source: "latchkey", detail });
      return "done";
    }
    const answer = await this.#ask(command.speaker, this.#requestOf(command));
    if (command.does === "create" && answer.status === 201) this.#tokens.push({ ...answer.json.access_token, owner: this.#ownerOf(command.speaker) });
    if (command.does === "invite" && answer.status === 201) this.#members.push(answer.json.user.id);
    return this.#told(answer);
  }

  /** Everything that is stored of members and tokens, in the model's words. */
  async stored(): Promise<string[]> {
    const [members, tokens] = await Promise.all([this.#rowsIn(listings.members(this.#accountId)), this.#rowsIn(listings.accessTokensOfAccount(this.#accountId))]);
    return [
      ...members.map((row) => {
        const { id: member, role, state, sections, serviceAccess } = row as unknown as Member;
        return memberLine(this.#members.indexOf(member), role, state, sections, serviceAccess === "all" ? serviceAccess : this.#numbered(serviceAccess));
      }),
      ...tokens.map((row) => {
        const token = row as unknown as AccessToken;
        return `${tokenLine(this.#numberOf(token.id), token)}, of member ${this.#members.indexOf(token.ownerId)}`;
      }),
    ].sort();
  }

  #requestOf(command: Exclude<Command, { does: "expire" | "clean up" }>): Request {
    if ("service" in command) return OF_SERVICE[command.does](this.#services[command.service]!);
    if (isPlain(command)) return PLAIN[command.does]();
    switch (command.does) {
      case "create":
        return { method: "POST", path: command.under === undefined ? `${OWN}.json` : `/admin/api/users/${this.#members[command.under]}/access_tokens.json`, json: { name: "New", ...asSent(command.wanted) } };
      case "change":
        return { method: "PUT", path: this.#pathOf(command), json: { name: "Changed", ...asSent(command.to) } };
      case "read":
        return { method: "GET", path: this.#pathOf(command) };
      case "delete":
        return { method: "DELETE", path: this.#pathOf(command) };
      case "revoke":
        return { method: "DELETE", path: `/admin/api/users/${this.#members[command.member]}/access_tokens/${this.#tokens[command.token]!.id}` };
      case "tokens of":
        return { method: "GET", path: `/admin/api/users/${this.#members[command.member]}/access_tokens.json` };
      case "rights": {
        const { sections, services } = command;
        const allowed = services === undefined ? {} : { allowed_service_ids: services === "all" ? null : services.map((service) => this.#services[service]) };
        return { method: "PUT", path: `/admin/api/users/${this.#members[command.member]}/permissions.json`, json: { ...(sections === undefined ? {} : { allowed_sections: sections }), ...allowed } };
      }
      case "admin": case "member": case "activate": case "suspend": case "unsuspend":
        return { method: "PUT", path: `/admin/api/users/${this.#members[command.member]}/${command.does}.json` };
      case "remove member":
        return { method: "DELETE", path: `/admin/api/users/${this.#members[command.member]}.json` };
      case "look at":
        return { method: "GET", path: `/admin/api/users/${this.#members[command.member]}.json` };
    }
  }

  /** Whoever has a token sends it, whoever is signed in asks from a page. */
  #ask(speaker: Speaker, { method, path, json }: Request): Promise<Answer> {
    const body = json === undefined ? {} : { json };
    if ("person" in speaker) return fromPage(this.#latchkey, this.#cookies[speaker.person], method, `/p/api${path}`, body);
    return request(this.#latchkey, method, path, { token: this.#tokens[speaker.token]!.value, ...body });
  }

  #told({ status, json, text }: Answer): string {
    if (status >= 300) return `${status} ${json?.message === "Forbidden" ? "unknown" : (json?.code ?? text)}`;
    if (json?.access_token !== undefined) {
      const { scopes, permission, expires_at: end, id } = json.access_token;
      return `${status} ${tokenLine(this.#numberOf(id), { scopes, permission, expiresAt: end === undefined ? "never" : Date.parse(end) / 1000 })}`;
    }
    if (json?.user !== undefined) return `${status} member ${this.#members.indexOf(json.user.id)} ${json.user.role} ${json.user.state}`;
    if (json?.permissions !== undefined) {
      const { user_id: member, allowed_sections: sections, allowed_service_ids: services } = json.permissions;
      return `${status} rights of member ${this.#members.indexOf(member)}: ${words(sections as Section[])}, services ${words(services === null ? "all" : this.#numbered(services))}`;
    }
    const listed = (name: string, one: string, key = "id") => (json[name] as Record<string, Record<string, number>>[]).map((item) => item[one]![key]!).sort((a, b) => a - b);
    if (json?.access_tokens !== undefined) return `${status} tokens ${listed("access_tokens", "access_token").map((token) => this.#numberOf(token)).join(" ")}`;
    if (json?.users !== undefined) return `${status} members ${listed("users", "user").map((member) => this.#members.indexOf(member)).join(" ")}`;
    if (json?.services !== undefined) return `${status} services ${this.#numbered(listed("services", "service")).join(" ")}`;
    if (json?.service_tokens !== undefined) return `${status} service tokens ${this.#numbered(listed("service_tokens", "service_token", "service_id")).join(" ")}`;
    const service = json?.service?.id ?? json?.service_token?.service_id;
    if (service !== undefined) return `${status} service ${this.#services.indexOf(service)}`;
    if (json?.account !== undefined) return `${status} account`;
    return [status, ...(text === "" ? [] : [Object.keys(json as object)[0]])].join(" ");
  }

  #pathOf({ token, by }: { readonly token: number; readonly by: "id" | "value" }): string {
    return `${OWN}/${this.#tokens[token]![by]}`;
  }
  #ownerOf(speaker: Speaker): number {
    return "person" in speaker ? speaker.person : this.#tokens[speaker.token]!.owner;
  }
  #numberOf(token: number): number {
    return this.#tokens.findIndex(({ id }) => id === token);
  }
  #numbered(services: readonly number[]): readonly number[] {
    return services.map((service) => this.#services.indexOf(service));
  }
  #asStored(token: number): AccessToken {
    const { id: number, owner } = this.#tokens[token]!;
    return { accountId: this.#accountId, ownerId: this.#members[owner], id: number } as AccessToken;
  }
  async #rowsIn({ index, pk }: { readonly index: string; readonly pk: string }): Promise<Row[]> {
    const { documents, operator: { table } } = this.#latchkey;
    const { Items, LastEvaluatedKey } = await documents.send(new QueryCommand({
      TableName: table.name, IndexName: index, KeyConditionExpression: "#pk = :pk", ExpressionAttributeNames: { "#pk": `${index}pk` }, ExpressionAttributeValues: { ":pk": pk },
    }));
    if (LastEvaluatedKey !== undefined) throw new Error("There is more than a page of them");
    return Items as Row[];
  }
}

const isPlain = (command: Command): command is Extract<Command, { does: PlainUse }> => command.does in PLAIN;

function asSent({ scopes, permission, expiresAt }: Partial<Grant>): object {
  return { ...(scopes === undefined ? {} : { scopes }), ...(permission === undefined ? {} : { permission }), ...(expiresAt === undefined ? {} : { expires_at: iso(expiresAt) }) };
}
