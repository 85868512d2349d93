import { id, type PlanId, type ServiceId } from "../../lib/domain/brands.ts";
import type { Application } from "../../lib/domain/model.ts";
import { untilStored } from "../../lib/operations/context.ts";
import { revealServiceToken } from "../../lib/operations/service-tokens.ts";
import { newHex, newId } from "../../lib/secrets/random.ts";
import { applications } from "../../lib/table/applications.ts";
import { credentialWrites } from "../../lib/table/application-traffic.ts";
import { transact } from "../../lib/table/transact.ts";
import type { Person } from "./account.ts";
import type { Deployment } from "./deployment.ts";
import { request, type Answer } from "./request.ts";

/** A service as its gateway sees it: calls with its token, and applications that call through it. */
export type Gateway = {
  readonly serviceId: number;
  readonly serviceToken: string;
  get(call: string, params: Params, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  report(params: Params, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  application(of?: Partial<Application>): Promise<Application>;
};
export type Params = Readonly<Record<string, string>>;

export async function gatewayOf(latchkey: Deployment, { member }: Person, serviceId: number): Promise<Gateway> {
  const { value: serviceToken } = await revealServiceToken(latchkey.operator, { kind: "member", member }, id<ServiceId>(serviceId));
  const proved = { service_token: serviceToken, service_id: String(serviceId) };
  return {
    serviceId, serviceToken,
    get: (call, params, headers = {}) => request(latchkey, "GET", `/transactions/${call}.xml?${new URLSearchParams({ ...proved, ...params }).toString()}`, { headers }),
    report: (params, headers = {}) => request(latchkey, "POST", "/transactions.xml", { form: new URLSearchParams({ ...proved, ...params }).toString(), headers }),
    application: (of = {}) =>
      // Many at once may draw the same id: as the product does, draw again.
      untilStored(async () => {
        const now = latchkey.operator.clock();
        const application: Application = {
          accountId: member.accountId, id: newId(), serviceId: id<ServiceId>(serviceId), name: "App", description: "", state: "live",
          userKey: newHex(32), appId: newHex(8), keys: [], providerVerificationKey: newHex(32), version: 1, createdAt: now, updatedAt: now, ...of,
        };
        const { writes } = await credentialWrites(latchkey.operator.table, undefined, application);
        const { done } = await transact(latchkey.operator.table, [{ put: applications.row(application), when: "absent" }, ...writes]);
        return done ? application : undefined;
      }),
  };
}

/** `usage[hits]=3` for `{hits: "3"}`. */
export function usage(of: Readonly<Record<string, string | number>>): Params {
  return Object.fromEntries(Object.entries(of).map(([metric, value]) => [`usage[${metric}]`, String(value)]));
}

/** The counts that an answer tells: `hits/minute` → current of max. */
export function reportsIn({ text }: Answer): Readonly<Record<string, string>> {
  return Object.fromEntries([...text.matchAll(/<usage_report metric="(.*?)" period="(.*?)"( exceeded="true")?>.*?<max_value>(\d+)<\/max_value><current_value>(\d+)<\/current_value><\/usage_report>/g)]
    .map(([, metric, period, exceeded = "", max, current]) => [`${metric}/${period}`, `${current}/${max}${exceeded === "" ? "" : " exceeded"}`]));
}

/** Between tags a quotation mark may stand for itself or be written as an entity. */
const unquoted = (text: string | undefined) => text?.replaceAll("&quot;", '"');
export const reasonIn = ({ text }: Answer) => unquoted(/<reason>(.*?)<\/reason>/.exec(text)?.[1]);
export const errorIn = ({ text }: Answer) => {
  const [, code, message] = /^<\?xml version="1\.0" encoding="UTF-8"\?><error code="(.*?)">(.*)<\/error>$/.exec(text) ?? [];
  return [code, unquoted(message)];
};
export const planId = (value: number) => id<PlanId>(value);
