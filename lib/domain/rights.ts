import type { ServiceId } from "./brands.ts";
import { SCOPES, SECTIONS, type Member, type Scope, type Section, type ServiceAccess } from "./model.ts";

/** The section that unlocks each scope (3scale: AccessToken::Scope#permission_name). */
export const SECTION_OF: Record<Scope, Section> = {
  finance: "finance", account_management: "partners", stats: "monitoring", policy_registry: "policy_registry",
};

/** The sections under which services are worked with; a member with none of them reaches no service. */
const SERVICE_SECTIONS: readonly Section[] = ["partners", "plans", "monitoring", "policy_registry"];

/** The sections a member holds now. An admin holds every one. */
export function sectionsOf(member: Member): readonly Section[] {
  return member.role === "admin" ? SECTIONS : member.sections;
}

/** The scopes a member may give to a token now, and a token of theirs may use now. */
export function scopesOf(member: Member): readonly Scope[] {
  const sections = sectionsOf(member);
  return SCOPES.filter((scope) => sections.includes(SECTION_OF[scope]));
}

/** The services a member reaches now (3scale: permitted_services_status). */
export function serviceAccessOf(member: Member): ServiceAccess {
  if (member.role === "admin") return "all";
  return SERVICE_SECTIONS.some((section) => member.sections.includes(section)) ? member.serviceAccess : [];
}

/** Whether a service is among those. */
export function reaches(access: ServiceAccess, service: ServiceId): boolean {
  return access === "all" || access.includes(service);
}
