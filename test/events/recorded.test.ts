import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { id, tenThousandths, type ApplicationId, type MemberId, type ServiceId } from "../../lib/domain/brands.ts";
import type { DomainEvent, EventType } from "../../lib/domain/events.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { BY_DEFAULT } from "../../lib/domain/service-settings.ts";
import { deleteAccessTokenOf, deleteOwnAccessToken, issueAccessToken, updateAccessToken } from "../../lib/operations/access-tokens.ts";
import { createAccountPlan, deleteAccountPlan, updateAccountPlan } from "../../lib/operations/account-plans.ts";
import { createAccount, updateOwnAccount } from "../../lib/operations/accounts.ts";
import { addApplicationKey, removeApplicationKey } from "../../lib/operations/application-keys.ts";
import { changeApplicationPlan, changeApplicationState, createApplication, deleteApplication, updateApplication } from "../../lib/operations/applications.ts";
import { cleanUpAfter } from "../../lib/operations/clean-up.ts";
import { changeAccountState, deleteDeveloperAccount, updateDeveloperAccount } from "../../lib/operations/developer-accounts.ts";
import { createDeveloperUser, deleteDeveloperUser, updateDeveloperUser } from "../../lib/operations/developer-users.ts";
import { createInvoice, updateInvoice } from "../../lib/operations/invoices.ts";
import { createLineItem, deleteLineItem } from "../../lib/operations/line-items.ts";
import { changeRole, changeState, createMember, deleteMember, updateMember, updateRights } from "../../lib/operations/members.ts";
import { createRule, deleteRule, updateRule } from "../../lib/operations/mapping-rules.ts";
import { createMetric, deleteMetric, updateMetric } from "../../lib/operations/metrics.ts";
import { createLimit, createPlan, deleteLimit, deletePlan, updateLimit, updatePlan } from "../../lib/operations/plans.ts";
import { signUp } from "../../lib/operations/signup.ts";
import { deployProxy, updateOidcFlows, updatePolicies, updateProxy } from "../../lib/operations/proxies.ts";
import { promoteConfig } from "../../lib/operations/proxy-configs.ts";
import { createPolicy, deletePolicy, updatePolicy } from "../../lib/operations/registry-policies.ts";
import { repair } from "../../lib/operations/reconcile.ts";
import { createService, deleteService, importService, updateService } from "../../lib/operations/services.ts";
import { endSession, startSession } from "../../lib/operations/sessions.ts";
import { revealServiceToken } from "../../lib/operations/service-tokens.ts";
import { newId } from "../../lib/secrets/random.ts";
import { DynamoDbError } from "../../lib/table/dynamodb/error.ts";
import { eventFrom } from "../../lib/table/events.ts";
import { keys, type Key, type Row } from "../../lib/table/model.ts";
import { transact } from "../../lib/table/transact.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { sessionFor } from "../support/portal.ts";
import { request } from "../support/request.ts";
import { through } from "../support/table.ts";
import { openStream, type StreamReader, type StreamRecord } from "../support/stream.ts";

/** The operator's rights, on a connection to the store that may be bad. */
type Deps = Deployment["operator"];
/** When writes fail: before they reach the store, or on the way back, when they have happened. */
type Fault = "none" | "first answer lost" | "every answer lost" | "out of reach";

let latchkey: Deployment;
let account: TestAccount;
let admin: Principal;
let stream: StreamReader;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  admin = { kind: "access_token", token: account.admin.token, owner: account.admin.member };
  stream = openStream({ database: latchkey.database, tableName: latchkey.operator.table.name });
});
afterAll(() => latchkey?.stop());

function over(fault: Fault): Deps {
  let written = 0;
  const table = through(latchkey.operator.table, async (operation, _input, ask) => {
    if (!/Write|Put/.test(operation)) return ask();
    const lost = () => new DynamoDbError("TimeoutError", "No answer", { passing: true });
    if (fault === "out of reach") throw lost();
    const answer = await ask();
    written++;
    if (fault === "every answer lost") throw lost();
    // The client asks the very same again when no answer comes.
    return fault === "first answer lost" && written === 1 ? ask() : answer;
  });
  return { ...latchkey.operator, table };
}

/** Every change of a row, of whatever type, that the store saw while this was done. */
async function stored(act: () => Promise<unknown>): Promise<readonly StreamRecord[]> {
  await stream.read();
  await act();
  return stream.read();
}

/** The events that entered the stream while this was done, in order. An event's row never changes. */
async function recorded(act: () => Promise<unknown>): Promise<DomainEvent[]> {
  return eventsIn(await stored(act));
}

function eventsIn(changes: readonly StreamRecord[]): DomainEvent[] {
  const records = changes.filter(({ dynamodb }) => (dynamodb.NewImage ?? dynamodb.OldImage)?.["type"]?.["S" as never] === "event");
  expect(records.map(({ eventName }) => eventName)).toEqual(records.map(() => "INSERT"));
  return records.map(({ dynamodb }) => eventFrom(unmarshall(dynamodb.NewImage as Record<string, AttributeValue>) as Row));
}
const typesOf = (events: readonly DomainEvent[]) => events.map(({ type }) => String(type)).sort();

let made = 0;
const email = () => `user${++made}@example.com`;
const sections = ["partners"] as const;
const member = () => account.member({ sections });
const memberId = async (): Promise<MemberId> => (await createMember(latchkey.operator, admin, { username: email(), email: email() })).id;
const serviceId = async (): Promise<ServiceId> => (await account.service(`Service ${++made}`)).id;
const token = { name: "one more", scopes: ["account_management"], permission: "ro", expiresAt: "never" } as const;

const metric = async () =>
  createMetric(latchkey.operator, admin, await serviceId(), { friendlyName: `Metric ${++made}`, unit: "hit", description: "" });
const PLAN = { name: "Basic", state: "hidden", approvalRequired: false, trialPeriodDays: 0, setupFeeCents: 0, costPerMonthCents: 0 } as const;
const plan = async () => createPlan(latchkey.operator, admin, await serviceId(), PLAN);
const limited = async () => {
  const { serviceId: service, id } = await metric();
  const { id: planId } = await createPlan(latchkey.operator, admin, service, PLAN);
  const limit = await createLimit(latchkey.operator, admin, planId, id, { period: "hour", value: 1 });
  return { plan: planId, metric: id, limit: limit.id };
};

const accountPlan = async () => createAccountPlan(latchkey.operator, admin, { name: `Plan ${++made}`, state: "hidden", approvalRequired: false });
const signup = () => ({ orgName: `Org ${++made}`, username: `dev${made}`, withPassword: true });
const developer = async () => signUp(latchkey.operator, admin, signup());
const developerUser = async () => {
  const { id: of } = await developer();
  return createDeveloperUser(latchkey.operator, admin, of, { username: `dev${++made}`, email: email() });
};
const developed = async () => {
  const [{ serviceId: service, id: planId }, { id: developer }] = [await plan(), await account.developerAccount("Buyer")];
  const wanted = { serviceId: service, planId, developerAccountId: developer, name: "App", description: "", keys: ["first-key"] };
  return { service, developer, application: (await createApplication(latchkey.operator, admin, wanted)).id };
};
const invoice = async () => createInvoice(latchkey.operator, admin, { developerAccountId: (await account.developerAccount("Buyer")).id });
const LINE_ITEM = { kind: "plain", cost: tenThousandths(1) } as const;
const RULE = { httpMethod: "GET", pattern: "/a", delta: 1, last: false } as const;
const ruled = async () => {
  const { serviceId: service, id: metricId } = await metric();
  return { service, metricId, rule: await createRule(latchkey.operator, admin, service, { ...RULE, metricId }) };
};
/** A service whose gateways in the sandbox have a configuration, and one that has rules since then. */
/** A row is gone, as after somebody's mistake. */
const lose = async (key: Key) => void (await transact(latchkey.operator.table, [{ remove: key }]));
const deployed = async (): Promise<ServiceId> => {
  const service = await serviceId();
  await updateProxy(latchkey.operator, admin, service, { api_backend: "https://echo.example.com" });
  return service;
};
const pending = async (): Promise<ServiceId> => {
  const { service } = await ruled();
  await updateProxy(latchkey.operator, admin, service, { api_backend: "https://echo.example.com" });
  const { id: metricId } = await createMetric(latchkey.operator, admin, service, { friendlyName: `Metric ${++made}`, unit: "hit", description: "" });
  await createRule(latchkey.operator, admin, service, { ...RULE, metricId });
  return service;
};
const registered = () => {
  const [name, version] = [`policy-${++made}`, "1.0"];
  return { name, policyVersion: version, schema: { $schema: "x", name, summary: "", version, configuration: {} } };
};

/** A change: what it needs is made on a good connection, the change itself is what comes back. */
type Change = () => Promise<(deps: Deps) => Promise<unknown>>;

/** Every type of event, and every kind of change that is recorded under it. A new type does not compile without. */
const CHANGES: Record<EventType, Readonly<Record<string, Change>>> = {
  "account.created": {
    "an account is created": async () => (deps) => createAccount(deps, { name: "New", adminEmail: email() }),
  },
  "account.updated": {
    "the account is renamed": async () => {
      const name = `Renamed ${++made}`;
      return (deps) => updateOwnAccount(deps, admin, { name });
    },
  },
  "member.created": {
    "a member is created": async () => (deps) => createMember(deps, admin, { username: email(), email: email() }),
  },
  "member.updated": {
    "a member is renamed": async () => {
      const [who, username] = [await memberId(), email()];
      return (deps) => updateMember(deps, admin, who, { username });
    },
    "a member renames themselves": async () => {
      const { member: owner, token: own } = await member();
      const username = email();
      return (deps) => updateMember(deps, { kind: "access_token", token: own, owner }, owner.id, { username });
    },
  },
  "member.rights_changed": {
    "sections are given": async () => {
      const who = await memberId();
      return (deps) => updateRights(deps, admin, who, { sections });
    },
    "services are limited": async () => {
      const [who, service] = [await memberId(), await serviceId()];
      return (deps) => updateRights(deps, admin, who, { serviceAccess: [service] });
    },
    "a member becomes an admin": async () => {
      const who = await memberId();
      return (deps) => changeRole(deps, admin, who, "admin");
    },
    "a service that a member was limited to is cleaned up": async () => {
      const service = await serviceId();
      await account.member({ sections, serviceAccess: [service] });
      await deleteService(latchkey.operator, admin, service);
      return (deps) => cleanUpAfter(deps, { accountId: account.admin.member.accountId, type: "service.deleted", serviceId: service });
    },
  },
  "member.state_changed": {
    "a member is activated": async () => {
      const who = await memberId();
      return (deps) => changeState(deps, admin, who, "activate");
    },
    "a member is suspended": async () => {
      const { id: who } = (await member()).member;
      return (deps) => changeState(deps, admin, who, "suspend");
    },
    "a member is unsuspended": async () => {
      const { id: who } = (await member()).member;
      await changeState(latchkey.operator, admin, who, "suspend");
      return (deps) => changeState(deps, admin, who, "unsuspend");
    },
  },
  "member.deleted": {
    "a member is deleted": async () => {
      const who = await memberId();
      return (deps) => deleteMember(deps, admin, who);
    },
  },
  "member.signed_in": {
    "a session is started": async () => (deps) => startSession(deps, account.admin.member),
  },
  "member.signed_out": {
    "a session is ended": async () => {
      const session = await sessionFor(latchkey, account.admin.member);
      return (deps) => endSession(deps, session);
    },
  },
  "access_token.created": {
    "a token is issued": async () => (deps) => issueAccessToken(deps, admin, token),
  },
  "access_token.updated": {
    "a token is renamed": async () => {
      const { token: own } = await account.token(account.admin);
      return (deps) => updateAccessToken(deps, admin, own.id, { name: "another name" });
    },
  },
  "access_token.deleted": {
    "a token is deleted by its owner": async () => {
      const { token: own } = await account.token(account.admin);
      return (deps) => deleteOwnAccessToken(deps, admin, own.id);
    },
    "a token is deleted by an admin": async () => {
      const { member: owner, token: own } = await member();
      return (deps) => deleteAccessTokenOf(deps, admin, owner.id, own.id);
    },
    "a deleted member's token is cleaned up": async () => {
      const { member: owner } = await member();
      await deleteMember(latchkey.operator, admin, owner.id);
      return (deps) => cleanUpAfter(deps, { accountId: owner.accountId, type: "member.deleted", memberId: owner.id });
    },
  },
  "service.created": {
    "a service is created": async () => (deps) => createService(deps, admin, { name: `Service ${++made}`, settings: BY_DEFAULT }),
    "a service is imported": async () => {
      const service = newId<ServiceId>();
      return (deps) => importService(deps, account.admin.member.accountId, service, { name: `Service ${++made}`, settings: BY_DEFAULT });
    },
  },
  "service.updated": {
    "a service is renamed": async () => {
      const service = await serviceId();
      return (deps) => updateService(deps, admin, service, () => ({ name: "another name" }));
    },
  },
  "service.deleted": {
    "a service is deleted": async () => {
      const service = await serviceId();
      return (deps) => deleteService(deps, admin, service);
    },
  },
  "service_token.revealed": {
    "a service's token is revealed": async () => {
      const service = await serviceId();
      return (deps) => revealServiceToken(deps, admin, service);
    },
  },
  "service_token.created": {
    "a service that lost its token gets another": async () => {
      const service = await serviceId();
      await lose(keys.serviceToken(account.admin.member.accountId, service));
      return (deps) => repair(deps, account.admin.member.accountId, { serviceId: service, disagreement: "service_without_token" }, new Map());
    },
  },
  "service_token.deleted": {
    "the token of a service that is lost is revoked": async () => {
      const service = await serviceId();
      await lose(keys.service(account.admin.member.accountId, service));
      return (deps) => repair(deps, account.admin.member.accountId, { serviceId: service, disagreement: "token_without_service" }, new Map());
    },
  },
  "metric.created": {
    "a metric is made": async () => {
      const service = await serviceId();
      return (deps) => createMetric(deps, admin, service, { friendlyName: "Searches", unit: "search", description: "" });
    },
  },
  "metric.updated": {
    "a metric is described anew": async () => {
      const { serviceId: service, id } = await metric();
      return (deps) => updateMetric(deps, admin, service, id, { description: "new" });
    },
  },
  "metric.deleted": {
    "a metric is deleted": async () => {
      const { serviceId: service, id } = await metric();
      return (deps) => deleteMetric(deps, admin, service, id);
    },
  },
  "application_plan.created": {
    "a plan is made": async () => {
      const service = await serviceId();
      return (deps) => createPlan(deps, admin, service, PLAN);
    },
  },
  "application_plan.updated": {
    "a plan is renamed": async () => {
      const { serviceId: service, id } = await plan();
      return (deps) => updatePlan(deps, admin, service, id, { name: "another name" });
    },
  },
  "application_plan.deleted": {
    "a plan is deleted": async () => {
      const { serviceId: service, id } = await plan();
      return (deps) => deletePlan(deps, admin, service, id);
    },
  },
  "limit.created": {
    "a limit is set": async () => {
      const { plan: planId, metric: metricId } = await limited();
      return (deps) => createLimit(deps, admin, planId, metricId, { period: "day", value: 10 });
    },
  },
  "limit.updated": {
    "a limit is raised": async () => {
      const { plan: planId, metric: metricId, limit } = await limited();
      return (deps) => updateLimit(deps, admin, planId, metricId, limit, { value: 20 });
    },
  },
  "limit.deleted": {
    "a limit is lifted": async () => {
      const { plan: planId, metric: metricId, limit } = await limited();
      return (deps) => deleteLimit(deps, admin, planId, metricId, limit);
    },
  },
  "account_plan.created": {
    "an account plan is made": async () => (deps) => createAccountPlan(deps, admin, { name: "Gold", state: "hidden", approvalRequired: true }),
  },
  "account_plan.updated": {
    "an account plan is renamed": async () => {
      const { id } = await accountPlan();
      return (deps) => updateAccountPlan(deps, admin, id, { name: "another name" });
    },
  },
  "account_plan.deleted": {
    "an account plan is deleted": async () => {
      const { id } = await accountPlan();
      return (deps) => deleteAccountPlan(deps, admin, id);
    },
  },
  "developer_account.created": {
    "a developer signs up": async () => {
      const wanted = signup();
      return (deps) => signUp(deps, admin, wanted);
    },
  },
  "developer_account.updated": {
    "a developer account is renamed": async () => {
      const { id } = await developer();
      return (deps) => updateDeveloperAccount(deps, admin, id, { orgName: "another name" });
    },
    "a developer account is rejected": async () => {
      const { id } = await developer();
      return (deps) => changeAccountState(deps, admin, id, "reject");
    },
  },
  "developer_account.deleted": {
    "a developer account is deleted": async () => {
      const { id } = await developer();
      return (deps) => deleteDeveloperAccount(deps, admin, id);
    },
  },
  "developer_user.created": {
    "a user is made": async () => {
      const [{ id }, username] = [await developer(), `dev${++made}`];
      return (deps) => createDeveloperUser(deps, admin, id, { username, email: `${username}@example.com` });
    },
  },
  "developer_user.updated": {
    "a user is renamed": async () => {
      const [{ id, developerAccountId }, username] = [await developerUser(), `dev${++made}`];
      return (deps) => updateDeveloperUser(deps, admin, developerAccountId, id, { username });
    },
  },
  "developer_user.deleted": {
    "a user is deleted": async () => {
      const { id, developerAccountId } = await developerUser();
      return (deps) => deleteDeveloperUser(deps, admin, developerAccountId, id);
    },
  },
  "invoice.created": {
    "an invoice is made": async () => {
      const { id: buyer } = await account.developerAccount("Buyer");
      return (deps) => createInvoice(deps, admin, { developerAccountId: buyer });
    },
  },
  "invoice.updated": {
    "an invoice gets another number": async () => {
      const { id } = await invoice();
      return (deps) => updateInvoice(deps, admin, id, { friendlyId: "2026-00000001" });
    },
  },
  "line_item.created": {
    "a line item is billed": async () => {
      const { id } = await invoice();
      return (deps) => createLineItem(deps, admin, id, LINE_ITEM);
    },
  },
  "line_item.deleted": {
    "a line item is taken off": async () => {
      const { id } = await invoice();
      const { id: item } = await createLineItem(latchkey.operator, admin, id, LINE_ITEM);
      return (deps) => deleteLineItem(deps, admin, id, item);
    },
  },
  "proxy.updated": {
    "a setting of the gateway changes": async () => {
      const service = await serviceId();
      return (deps) => updateProxy(deps, admin, service, { auth_user_key: `key-${service}` });
    },
    "the policy chain changes": async () => {
      const service = await serviceId();
      return (deps) => updatePolicies(deps, admin, service, [{ name: "cors", version: "builtin", configuration: {}, enabled: true }]);
    },
    "a flow is allowed": async () => {
      const service = await serviceId();
      return (deps) => updateOidcFlows(deps, admin, service, { implicit_flow_enabled: true });
    },
  },
  "mapping_rule.created": {
    "a mapping rule is added": async () => {
      const { serviceId: service, id: metricId } = await metric();
      return (deps) => createRule(deps, admin, service, { ...RULE, metricId });
    },
  },
  "mapping_rule.updated": {
    "a mapping rule is changed": async () => {
      const { service, rule } = await ruled();
      return (deps) => updateRule(deps, admin, service, rule.id, { pattern: "/b" });
    },
  },
  "mapping_rule.deleted": {
    "a mapping rule is deleted": async () => {
      const { service, rule } = await ruled();
      return (deps) => deleteRule(deps, admin, service, rule.id);
    },
  },
  "proxy_config.created": {
    "what is pending is deployed": async () => {
      const service = await pending();
      return (deps) => deployProxy(deps, admin, service);
    },
  },
  "proxy_config.promoted": {
    "a version is promoted": async () => {
      const service = await deployed();
      return (deps) => promoteConfig(deps, admin, service, "sandbox", 1, "production");
    },
  },
  "policy.created": {
    "a policy is registered": async () => (deps) => createPolicy(deps, admin, registered()),
  },
  "policy.updated": {
    "a policy is changed": async () => {
      const policy = registered();
      const { id: policyId } = await createPolicy(latchkey.operator, admin, policy);
      return (deps) => updatePolicy(deps, admin, String(policyId), { schema: { ...policy.schema, summary: "Better" } });
    },
  },
  "policy.deleted": {
    "a policy is deleted": async () => {
      const { id: policyId } = await createPolicy(latchkey.operator, admin, registered());
      return (deps) => deletePolicy(deps, admin, String(policyId));
    },
  },
  "application.created": {
    "an application is created": async () => {
      const service = await serviceId();
      return (deps) => createApplication(deps, admin, { serviceId: service, name: "App", description: "", userKey: `key-${++made}` });
    },
    "an application of a developer account is created on a plan": async () => {
      const [{ serviceId: service, id: planId }, { id: developerAccountId }] = [await plan(), await account.developerAccount("Buyer")];
      return (deps) => createApplication(deps, admin, { serviceId: service, planId, developerAccountId, name: "App", description: "" });
    },
  },
  "application.updated": {
    "an application gets another user key": async () => {
      const { developer, application } = await developed();
      return (deps) => updateApplication(deps, admin, developer, application, { userKey: `key-${++made}` });
    },
    "an application is suspended": async () => {
      const { developer, application } = await developed();
      return (deps) => changeApplicationState(deps, admin, developer, application, "suspend");
    },
    "an application comes to another plan": async () => {
      const { developer, application, service } = await developed();
      const { id: planId } = await createPlan(latchkey.operator, admin, service, { ...PLAN, name: "Other" });
      return (deps) => changeApplicationPlan(deps, admin, developer, application, planId);
    },
    "an application gets a key": async () => {
      const { developer, application } = await developed();
      return (deps) => addApplicationKey(deps, admin, developer, application);
    },
    "an application loses a key": async () => {
      const { developer, application } = await developed();
      return (deps) => removeApplicationKey(deps, admin, developer, application, "first-key");
    },
  },
  "application.deleted": {
    "an application is deleted": async () => {
      const { developer, application } = await developed();
      return (deps) => deleteApplication(deps, admin, developer, application);
    },
  },
};
const rows = Object.entries(CHANGES).flatMap(([type, changes]) => Object.entries(changes).map(([what, change]) => [type, what, change] as const));
/** Kinds of things that are stored by the very code that stores metrics (entities): what holds of a metric on a bad connection holds of them. */
const STORED_LIKE_METRICS: readonly string[] = [
  "application",
  "application_plan",
  "limit",
  "account_plan",
  "developer_account",
  "developer_user",
  "line_item",
  "policy",
];
const fragile = rows.filter(([type]) => !STORED_LIKE_METRICS.some((kind) => type.startsWith(`${kind}.`)));
/** An account is born with a token, a developer account with a user, which are recorded as every other is. */
const BORN_WITH: Readonly<Record<string, string>> = { "account.created": "access_token.created", "developer_account.created": "developer_user.created" };
const recordsOf = (type: string) => [...[BORN_WITH[type] ?? []].flat(), type].toSorted();


describe("a change is recorded exactly once", () => {
  it.each(rows)("%s: %s", async (type, _what, change) => {
    const act = await change();
    expect(typesOf(await recorded(() => act(over("none"))))).toEqual(recordsOf(type));
  });

  it.each(fragile)("%s: %s, and the answer of the store is lost on the way: it is asked again, and has happened once", async (type, _what, change) => {
    const act = await change();
    expect(typesOf(await recorded(() => act(over("first answer lost"))))).toEqual(recordsOf(type));
  });

  it.each(fragile)("%s: %s, and no answer ever comes: whoever asked is told of a failure, and what happened is recorded once", async (type, _what, change) => {
    const act = await change();
    const events = await recorded(() => expect(act(over("every answer lost"))).rejects.toThrow("No answer"));
    expect(typesOf(events)).toEqual(recordsOf(type));
  });
});

describe("what did not happen is not recorded", () => {
  it.each(fragile)("%s: %s, and the store is out of reach", async (_type, _what, change) => {
    const act = await change();
    expect(await stored(() => expect(act(over("out of reach"))).rejects.toThrow("No answer"))).toEqual([]);
  });

  it.each(fragile.filter(([type]) => /deleted|changed|updated/.test(type)))("%s: %s, for the second time", async (type, _what, change) => {
    const act = await change();
    await act(latchkey.operator);
    let failure: string | undefined;
    const changes = await stored(async () => {
      failure = await act(latchkey.operator).then(() => undefined, (error: Error) => error.message);
    });
    expect([undefined, "Not found"]).toContain(failure);
    const again = eventsIn(changes).length;
    // A member who becomes what they are is not changed. Other things may be stored again, and are recorded then.
    expect(again).toBeLessThanOrEqual(/^member|deleted$/.test(type) ? 0 : 1);
    expect(again === 1 || changes.length === 0).toBe(true);
  });

  describe("refused by the API", () => {
    let limited: Person;
    let none: Person;
    let readOnly: Person;
    let pending: MemberId;
    let hidden: ServiceId;
    let reached: ServiceId;
    beforeAll(async () => {
      pending = (await createMember(latchkey.operator, admin, { username: "held", email: email() })).id;
      hidden = await serviceId();
      reached = await serviceId();
      limited = await account.member({ sections, serviceAccess: [reached] });
      none = await account.member({ sections, serviceAccess: [] });
      readOnly = await account.token(account.admin, { permission: "ro" });
    });

    const asAdmin = () => account.admin;
    const asMember = () => limited;
    const asNone = () => none;
    const asReadOnly = () => readOnly;
    it.each<[string, number, string, () => string, () => Person, object?]>([
      ["a user by a member", 403, "POST", () => "/users.json", asMember, { email: "x@example.com" }],
      ["a user without an address", 422, "POST", () => "/users.json", asAdmin, { username: "x" }],
      ["a user with ro", 403, "POST", () => "/users.json", asReadOnly, { email: "x@example.com" }],
      ["another's name by a member", 403, "PUT", () => `/users/${none.member.id}.json`, asMember, { username: "x" }],
      ["a name that is taken", 422, "PUT", () => `/users/${none.member.id}.json`, asAdmin, { username: "HELD" }],
      ["rights by a member", 403, "PUT", () => `/users/${limited.member.id}/permissions.json`, asMember, { allowed_service_ids: null }],
      ["an admin's rights", 403, "PUT", () => `/users/${account.admin.member.id}/permissions.json`, asAdmin, { allowed_sections: [] }],
      ["one's own role", 403, "PUT", () => `/users/${account.admin.member.id}/member.json`, asAdmin],
      ["one's own state", 403, "PUT", () => `/users/${account.admin.member.id}/suspend.json`, asAdmin],
      ["a step that there is not", 422, "PUT", () => `/users/${pending}/suspend.json`, asAdmin],
      ["one's own deletion", 403, "DELETE", () => `/users/${account.admin.member.id}.json`, asAdmin],
      ["the deletion of nobody", 404, "DELETE", () => "/users/1.json", asAdmin],
      ["a token with more than one has", 422, "POST", () => "/personal/access_tokens.json", asMember, { name: "x", scopes: ["finance"], permission: "ro" }],
      ["a token with ro", 403, "POST", () => "/personal/access_tokens.json", asReadOnly, { name: "x", scopes: ["account_management"], permission: "ro" }],
      ["a token without a name", 422, "POST", () => "/personal/access_tokens.json", asMember, { scopes: ["account_management"], permission: "ro" }],
      ["another's token renamed", 404, "PUT", () => `/personal/access_tokens/${account.admin.token.id}.json`, asMember, { name: "x" }],
      ["a token widened", 422, "PUT", () => `/personal/access_tokens/${limited.token.id}.json`, asMember, { scopes: ["finance"] }],
      ["another's token deleted", 404, "DELETE", () => `/personal/access_tokens/${account.admin.token.id}.json`, asMember],
      ["another's token deleted as an admin would", 403, "DELETE", () => `/users/${account.admin.member.id}/access_tokens/${account.admin.token.id}.json`, asMember],
      ["a service by a member", 403, "POST", () => "/services.json", asMember, { name: "x" }],
      ["a service without a name", 422, "POST", () => "/services.json", asAdmin, {}],
      ["a hidden service changed", 404, "PUT", () => `/services/${hidden}.json`, asMember, { name: "x" }],
      ["a service changed to no name", 422, "PUT", () => `/services/${reached}.json`, asMember, { name: "" }],
      ["a service deleted by a member", 403, "DELETE", () => `/services/${reached}.json`, asMember],
      ["a service deleted that never was", 404, "DELETE", () => "/services/1.json", asAdmin],
      ["a hidden service's token", 404, "GET", () => `/services/${hidden}/service_token.json`, asMember],
      ["a token of a service, by who reaches none", 403, "GET", () => `/services/${reached}/service_token.json`, asNone],
      ["a token of a service that never was", 404, "GET", () => "/services/1/service_token.json", asAdmin],
    ])("%s: %i", async (_what, status, method, path, by, json) => {
      expect(await stored(async () => {
        expect((await request(latchkey, method, `/admin/api${path()}`, { token: by().value, ...(json === undefined ? {} : { json }) })).status).toBe(status);
      })).toEqual([]);
    });

    it("an application of a service that is gone", async () => {
      const wanted = { serviceId: id<ServiceId>(1), name: "App", description: "", userKey: "key" };
      expect(await recorded(() => expect(createApplication(latchkey.operator, admin, wanted)).rejects.toThrow("Not found"))).toEqual([]);
    });

    it("a service and a reveal while KMS is down", async () => {
      const events = await recorded(async () => {
        latchkey.aws.failNext("kms", 3);
        expect((await request(latchkey, "POST", "/admin/api/services.json", { token: account.admin.value, json: { name: "x" } })).status).toBe(503);
        latchkey.aws.failNext("kms", 3);
        expect((await request(latchkey, "GET", `/admin/api/services/${reached}/service_token.json`, { token: limited.value })).status).toBe(503);
      });
      latchkey.aws.failNext("kms", 0);
      expect(events).toEqual([]);
    });
  });
});

describe("a record tells", () => {
  const api = async (method: string, path: string, by: Person, json?: unknown) => {
    const answer = await request(latchkey, method, `/admin/api${path}`, { token: by.value, ...(json === undefined ? {} : { json }) });
    expect([200, 201]).toContain(answer.status);
    return answer.json;
  };

  it("who did what to whom, with which token, when, and the facts", async () => {
    const by = await account.token(account.admin);
    const actor = { memberId: by.member.id, tokenId: by.token.id };
    const since = latchkey.operator.clock();
    const seen = async (act: () => Promise<unknown>) => {
      const [event, ...others] = await recorded(act);
      expect(others).toEqual([]);
      expect(event).toMatchObject({ accountId: by.member.accountId, actor });
      expect(event?.at).toBeGreaterThanOrEqual(since);
      expect(event?.at).toBeLessThanOrEqual(latchkey.operator.clock());
      return { type: event?.type, subject: event?.subject, facts: event?.facts };
    };

    let who = 0;
    expect(await seen(async () => { who = (await api("POST", "/users.json", by, { email: email() })).user.id; })).toEqual({ type: "member.created", subject: { memberId: who }, facts: {} });
    expect(await seen(() => api("PUT", `/users/${who}.json`, by, { username: "Renamed" }))).toEqual({ type: "member.updated", subject: { memberId: who }, facts: {} });
    expect(await seen(() => api("PUT", `/users/${who}/activate.json`, by))).toEqual({ type: "member.state_changed", subject: { memberId: who }, facts: { state: "active" } });
    let service = 0;
    expect(await seen(async () => { service = (await api("POST", "/services.json", by, { name: "Echo", system_name: "echo" })).service.id; }))
      .toEqual({ type: "service.created", subject: { serviceId: service }, facts: { name: "Echo", system_name: "echo" } });
    expect(await seen(() => api("PUT", `/users/${who}/permissions.json`, by, { allowed_sections: ["partners"], allowed_service_ids: [service] })))
      .toEqual({ type: "member.rights_changed", subject: { memberId: who }, facts: { role: "member", sections: ["partners"], service_access: [service] } });
    expect(await seen(() => api("PUT", `/users/${who}/admin.json`, by)))
      .toEqual({ type: "member.rights_changed", subject: { memberId: who }, facts: { role: "admin", sections: ["partners"], service_access: [service] } });
    expect(await seen(() => api("GET", `/services/${service}/service_token.json`, by))).toEqual({ type: "service_token.revealed", subject: { serviceId: service }, facts: {} });
    expect(await seen(() => api("PUT", `/services/${service}.json`, by, { name: "Echo 2" })))
      .toMatchObject({ type: "service.updated", subject: { serviceId: service }, facts: { name: "Echo 2" } });
    expect(await seen(() => api("DELETE", `/services/${service}.json`, by))).toMatchObject({ type: "service.deleted", subject: { serviceId: service } });
    let issued = 0;
    expect(await seen(async () => {
      issued = (await api("POST", "/personal/access_tokens.json", by, { name: "CI", scopes: ["account_management"], permission: "ro", expires_at: "2099-01-01T00:00:00Z" })).access_token.id;
    })).toEqual({
      type: "access_token.created", subject: { memberId: by.member.id, tokenId: issued },
      facts: { name: "CI", scopes: ["account_management"], permission: "ro", expires_at: "2099-01-01T00:00:00Z" },
    });
    expect(await seen(() => api("PUT", `/personal/access_tokens/${issued}.json`, by, { name: "CI 2" })))
      .toMatchObject({ type: "access_token.updated", subject: { memberId: by.member.id, tokenId: issued }, facts: { name: "CI 2" } });
    expect(await seen(() => api("DELETE", `/personal/access_tokens/${issued}.json`, by)))
      .toMatchObject({ type: "access_token.deleted", subject: { memberId: by.member.id, tokenId: issued }, facts: { name: "CI 2" } });
    expect(await seen(() => api("DELETE", `/users/${who}.json`, by))).toEqual({ type: "member.deleted", subject: { memberId: who }, facts: {} });
  });

  it("that Latchkey itself did it, when nobody asked", async () => {
    const { accountId } = account.admin.member;
    const imported = newId<ServiceId>();
    const [created] = await recorded(() => importService(latchkey.operator, accountId, imported, { name: "Imported", settings: BY_DEFAULT }));
    expect(created).toMatchObject({ type: "service.created", actor: { system: "import" }, subject: { serviceId: imported }, facts: { name: "Imported", system_name: "imported" } });
    const limited = await account.member({ sections, serviceAccess: [imported] });
    await deleteService(latchkey.operator, admin, imported);
    const [forgotten] = await recorded(() => cleanUpAfter(latchkey.operator, { accountId, type: "service.deleted", serviceId: imported }));
    expect(forgotten).toMatchObject({
      type: "member.rights_changed", actor: { system: "clean_up" }, subject: { memberId: limited.member.id }, facts: { role: "member", sections: ["partners"], service_access: [] },
    });
    const founded = await recorded(() => createAccount(latchkey.operator, { name: "Founded", adminEmail: email() }));
    expect(founded.filter(({ type }) => type === "account.created")).toMatchObject([{ actor: { system: "cli" }, facts: { name: "Founded" } }]);
  });

  it("an application's service and its own id", async () => {
    const service = await serviceId();
    let application = 0;
    const [event] = await recorded(async () => { application = await account.application(service, "App"); });
    expect(event).toMatchObject({ type: "application.created", subject: { serviceId: service, applicationId: id<ApplicationId>(application) }, facts: { name: "App" } });
  });
});
