import { id, tenThousandths, type MemberId, type ServiceId } from "../../lib/domain/brands.ts";
import type { Principal } from "../../lib/domain/model.ts";
import { createAccountPlan } from "../../lib/operations/account-plans.ts";
import { createApplication } from "../../lib/operations/applications.ts";
import { createDeveloperUser } from "../../lib/operations/developer-users.ts";
import { createInvoice } from "../../lib/operations/invoices.ts";
import { createRule } from "../../lib/operations/mapping-rules.ts";
import { createMember } from "../../lib/operations/members.ts";
import { createMetric } from "../../lib/operations/metrics.ts";
import { createLimit, createPlan } from "../../lib/operations/plans.ts";
import { updateProxy } from "../../lib/operations/proxies.ts";
import { signUp } from "../../lib/operations/signup.ts";
import type { Key } from "../../lib/table/model.ts";
import { transact } from "../../lib/table/transact.ts";
import { createTestAccount, type TestAccount } from "./account.ts";
import { startDeployment, type Deployment } from "./deployment.ts";

export const SECTIONS = ["partners"] as const;
export const TOKEN = { name: "one more", scopes: ["account_management"], permission: "ro", expiresAt: "never" } as const;
export const PLAN = { name: "Basic", state: "hidden", approvalRequired: false, trialPeriodDays: 0, setupFeeCents: 0, costPerMonthCents: 0 } as const;
export const LINE_ITEM = { kind: "plain", cost: tenThousandths(1) } as const;
export const RULE = { httpMethod: "GET", pattern: "/a", delta: 1, last: false } as const;

/** A deployment with an account, and where all is made that changes are about. Open before anything is asked of it. */
export class Workshop {
  latchkey!: Deployment;
  account!: TestAccount;
  /** The admin of the account, with a token. */
  admin!: Principal;
  #made = 0;

  async open(): Promise<void> {
    this.latchkey = await startDeployment();
    this.account = await createTestAccount(this.latchkey);
    this.admin = { kind: "access_token", token: this.account.admin.token, owner: this.account.admin.member };
  }

  async close(): Promise<void> {
    await (this.latchkey as Deployment | undefined)?.stop();
  }

  get operator(): Deployment["operator"] {
    return this.latchkey.operator;
  }

  /** A number that nothing here has yet. */
  next(): number {
    return ++this.#made;
  }

  email(): string {
    return `user${this.next()}@example.com`;
  }

  /** Takes a row away, as after somebody's mistake. */
  async lose(key: Key): Promise<void> {
    await transact(this.operator.table, [{ remove: key }]);
  }

  member() {
    return this.account.member({ sections: SECTIONS });
  }

  async memberId(): Promise<MemberId> {
    return (await createMember(this.operator, this.admin, { username: this.email(), email: this.email() })).id;
  }

  async serviceId(): Promise<ServiceId> {
    return id((await this.account.service(`Service ${this.next()}`)).id);
  }

  async metric() {
    return createMetric(this.operator, this.admin, await this.serviceId(), { friendlyName: `Metric ${this.next()}`, unit: "hit", description: "" });
  }

  async plan() {
    return createPlan(this.operator, this.admin, await this.serviceId(), PLAN);
  }

  /** A plan with a limit on a metric. */
  async limited() {
    const { serviceId, id: metric } = await this.metric();
    const { id: plan } = await createPlan(this.operator, this.admin, serviceId, PLAN);
    const { id: limit } = await createLimit(this.operator, this.admin, plan, metric, { period: "hour", value: 1 });
    return { plan, metric, limit };
  }

  async accountPlan() {
    return createAccountPlan(this.operator, this.admin, { name: `Plan ${this.next()}`, state: "hidden", approvalRequired: false });
  }

  signup() {
    const number = this.next();
    return { orgName: `Org ${number}`, username: `dev${number}`, withPassword: true };
  }

  async developer() {
    return signUp(this.operator, this.admin, this.signup());
  }

  async developerUser() {
    const { id: of } = await this.developer();
    return createDeveloperUser(this.operator, this.admin, of, { username: `dev${this.next()}`, email: this.email() });
  }

  /** An application of a developer account, with a key. */
  async developed() {
    const [{ serviceId: service, id: planId }, { id: developer }] = [await this.plan(), await this.account.developerAccount("Buyer")];
    const wanted = { serviceId: service, planId, developerAccountId: developer, name: "App", description: "", keys: ["first-key"] };
    return { service, developer, application: (await createApplication(this.operator, this.admin, wanted)).id };
  }

  async invoice() {
    return createInvoice(this.operator, this.admin, { developerAccountId: (await this.account.developerAccount("Buyer")).id });
  }

  /** A service with a mapping rule. */
  async ruled() {
    const { serviceId: service, id: metricId } = await this.metric();
    return { service, metricId, rule: await createRule(this.operator, this.admin, service, { ...RULE, metricId }) };
  }

  /** A service whose gateways in the sandbox have a configuration. */
  async deployed(): Promise<ServiceId> {
    const service = await this.serviceId();
    await updateProxy(this.operator, this.admin, service, { api_backend: "https://echo.example.com" });
    return service;
  }

  /** A service that has got rules since its gateways had a configuration. */
  async pending(): Promise<ServiceId> {
    const { service } = await this.ruled();
    await updateProxy(this.operator, this.admin, service, { api_backend: "https://echo.example.com" });
    const { id: metricId } = await createMetric(this.operator, this.admin, service, { friendlyName: `Metric ${this.next()}`, unit: "hit", description: "" });
    await createRule(this.operator, this.admin, service, { ...RULE, metricId });
    return service;
  }

  registered() {
    const [name, version] = [`policy-${this.next()}`, "1.0"];
    return { name, policyVersion: version, schema: { $schema: "x", name, summary: "", version, configuration: {} } };
  }
}
