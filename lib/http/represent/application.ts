import { isoSeconds } from "../../domain/time.ts";
import { usesOpenIdConnect } from "../../domain/application-keys.ts";
import type { ApplicationPlan } from "../../domain/catalogue.ts";
import type { ShownKey } from "../../operations/application-keys.ts";
import type { ShownApplication } from "../../operations/shown-applications.ts";
import type { Representation, XmlContent } from "../reply.ts";

/**
 * 3scale: app/representers/application_representer.rb and Cinstance#to_xml. The credentials are those that calls of
 * the service are made with; the keys are listed in XML alone.
 */
export const application: Representation<ShownApplication> = {
  one: "application",
  many: "applications",
  json: (shown, base) => ({
    id: shown.id, state: shown.state, enabled: isEnabled(shown), created_at: isoSeconds(shown.createdAt), updated_at: isoSeconds(shown.updatedAt),
    service_id: shown.serviceId, service_name: shown.service.name,
    plan_id: shown.plan?.id, plan_name: shown.plan?.name,
    account_id: shown.developerAccount?.id, org_name: shown.developerAccount?.orgName,
    first_traffic_at: null, first_daily_traffic_at: null,
    ...credentials(shown), name: shown.name, description: shown.description, links: links(shown, base),
  }),
  xml: (shown) => ({
    id: shown.id, created_at: isoSeconds(shown.createdAt), updated_at: isoSeconds(shown.updatedAt), state: shown.state,
    user_account_id: shown.developerAccount?.id,
    first_traffic_at: "", first_daily_traffic_at: "", service_id: shown.serviceId, ...credentialsInXml(shown),
    plan: shown.plan && planInXml(shown.plan),
    name: shown.name, description: shown.description,
  }),
};

/** 3scale: app/representers/application_key_representer.rb. A key never changes. */
export const applicationKey: Representation<ShownKey> = {
  one: "key",
  many: "keys",
  json: ({ value, createdAt, of }, base) => ({
    value, created_at: isoSeconds(createdAt), updated_at: isoSeconds(createdAt), links: [{ rel: "application", href: addressOf(of, base) }],
  }),
  xml: ({ value, createdAt }) => ({ value, created_at: isoSeconds(createdAt), updated_at: isoSeconds(createdAt) }),
};

/** Calls of a live application are let through while its developer account is approved. */
function isEnabled({ state, developerAccount }: ShownApplication): boolean {
  return state === "live" && (developerAccount === undefined || developerAccount.state === "approved");
}

function credentials({ service, userKey, providerVerificationKey, appId, redirectUrl, keys }: ShownApplication) {
  const { backendVersion } = service.settings;
  if (backendVersion === "1") return { user_key: userKey, provider_verification_key: providerVerificationKey };
  if (!usesOpenIdConnect(backendVersion)) return { application_id: appId };
  const [secret] = keys;
  return { application_id: appId, redirect_url: redirectUrl, client_id: appId, client_secret: secret?.value };
}

function credentialsInXml({ service, userKey, providerVerificationKey, appId, redirectUrl, keys }: ShownApplication): Record<string, XmlContent> {
  if (service.settings.backendVersion === "1") return { user_key: userKey, provider_verification_key: providerVerificationKey };
  return { application_id: appId, redirect_url: redirectUrl, keys: { key: keys.map(({ value }) => value) } };
}

function planInXml(plan: ApplicationPlan): XmlContent {
  return {
    "@_custom": false, "@_default": plan.isDefault, id: plan.id, name: plan.name, type: "application_plan", state: plan.state,
    approval_required: plan.approvalRequired, setup_fee: plan.setupFeeCents / 100, cost_per_month: plan.costPerMonthCents / 100,
    trial_period_days: plan.trialPeriodDays, cancellation_period: 0, service_id: plan.serviceId,
  };
}

function links(shown: ShownApplication, base: string) {
  const { serviceId, plan, developerAccount } = shown;
  const service = { rel: "service", href: `${base}/admin/api/services/${serviceId}` };
  if (developerAccount === undefined) return [service];
  return [
    { rel: "self", href: addressOf(shown, base) },
    service,
    { rel: "account", href: `${base}/admin/api/accounts/${developerAccount.id}` },
    ...(plan === undefined ? [] : [{ rel: "plan", href: `${base}/admin/api/services/${serviceId}/application_plans/${plan.id}` }]),
    { rel: "keys", href: `${addressOf(shown, base)}/keys` },
  ];
}

function addressOf({ id, developerAccountId }: ShownApplication, base: string): string {
  return `${base}/admin/api/accounts/${developerAccountId}/applications/${id}`;
}
