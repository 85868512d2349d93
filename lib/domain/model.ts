import type { AccessTokenId, AccountId, ApplicationId, DeveloperAccountId, EpochSeconds, MemberId, PlanId, ServiceId, SessionId } from "./brands.ts";

/** What a member may be given rights to in the provider's administration (3scale: admin sections). */
export const SECTIONS = ["finance", "monitoring", "partners", "plans", "policy_registry", "portal", "settings"] as const;
export type Section = (typeof SECTIONS)[number];

/** The APIs a token may reach, in the order 3scale lists them. */
export const SCOPES = ["finance", "account_management", "stats", "policy_registry"] as const;
export type Scope = (typeof SCOPES)[number];

export const PERMISSIONS = ["ro", "rw"] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ["admin", "member"] as const;
export type Role = (typeof ROLES)[number];

export const MEMBER_STATES = ["pending", "active", "suspended"] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

/** The services a member may reach. "all" is said, never implied by an absence. */
export type ServiceAccess = "all" | readonly ServiceId[];

/** Every stored thing counts its changes, so that a change made from an old reading is noticed. */
export type Versioned = { readonly version: number; readonly createdAt: EpochSeconds; readonly updatedAt: EpochSeconds };

/** An API provider. `wrappedKey` is its data key for service tokens, as KMS wrapped it (D8), in base64. */
export type Account = Versioned & {
  readonly id: AccountId;
  readonly name: string;
  readonly wrappedKey: string;
};

export type Member = Versioned & {
  readonly accountId: AccountId;
  readonly id: MemberId;
  readonly username: string;
  readonly email: string;
  readonly role: Role;
  readonly state: MemberState;
  readonly sections: readonly Section[];
  readonly serviceAccess: ServiceAccess;
  /** When they were suspended last: their sessions in the portal that began until then have ended for good. */
  readonly sessionsEndedAt?: EpochSeconds;
};

export type AccessToken = Versioned & {
  readonly accountId: AccountId;
  readonly ownerId: MemberId;
  readonly id: AccessTokenId;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly permission: Permission;
  readonly expiresAt: EpochSeconds | "never";
  /** A use of it, less than an hour before the last one; absent when none has been seen. See last-used.ts. */
  readonly lastUsedAt?: EpochSeconds;
};

/** A member's stay in the portal: from sign-in until sign-out, or until it expires. */
export type Session = { readonly accountId: AccountId; readonly memberId: MemberId; readonly id: SessionId; readonly expiresAt: EpochSeconds };

/** One of the provider's APIs. Settings that Latchkey only keeps for its users are in `settings`. */
export type Service = Versioned & {
  readonly accountId: AccountId;
  readonly id: ServiceId;
  readonly name: string;
  readonly systemName: string;
  readonly state: ServiceState;
  readonly settings: ServiceSettings;
};

export const SERVICE_STATES = ["incomplete", "published", "hidden"] as const;
export type ServiceState = (typeof SERVICE_STATES)[number];

export const BACKEND_VERSIONS = ["1", "2", "oauth", "oidc"] as const;
export const DEPLOYMENT_OPTIONS = [
  "hosted", "self_managed", "service_mesh_istio", "plugin_ruby", "plugin_python", "plugin_rest", "plugin_java", "plugin_php", "plugin_csharp",
] as const;

/** 3scale's settings of a service; their defaults are those of a service made by its API. */
export type ServiceSettings = {
  readonly description?: string;
  readonly supportEmail?: string;
  readonly backendVersion: (typeof BACKEND_VERSIONS)[number];
  readonly deploymentOption: (typeof DEPLOYMENT_OPTIONS)[number];
  readonly flags: Readonly<Record<ServiceFlag, boolean>>;
};

export const SERVICE_FLAG_DEFAULTS = {
  intentions_required: false, buyers_manage_apps: true, buyers_manage_keys: true, referrer_filters_required: false,
  custom_keys_enabled: true, buyer_key_regenerate_enabled: true, mandatory_app_key: true, buyer_can_select_plan: false,
} as const;
export type ServiceFlag = keyof typeof SERVICE_FLAG_DEFAULTS;

/** The token a gateway presents for one service. Its value is sealed in the table, see lib/secrets/seal.ts. */
export type ServiceToken = { readonly accountId: AccountId; readonly serviceId: ServiceId; readonly createdAt: EpochSeconds };

/** A program of a developer that uses a service. */
export type Application = Versioned & {
  readonly accountId: AccountId;
  readonly id: ApplicationId;
  readonly serviceId: ServiceId;
  /** Whose it is. */
  readonly developerAccountId?: DeveloperAccountId;
  /** The plan that says what it may do; without one it has no limits. */
  readonly planId?: PlanId;
  readonly name: string;
  readonly description: string;
  readonly state: (typeof APPLICATION_STATES)[number];
  /** What requests name it by: the user key, or, in services with application ids, `app_id` (3scale: `application_id`) with a key. */
  readonly userKey: string;
  readonly appId: string;
  readonly keys: readonly ApplicationKey[];
  readonly providerVerificationKey: string;
  readonly redirectUrl?: string;
};

export const APPLICATION_STATES = ["live", "suspended", "pending"] as const;
export type ApplicationKey = { readonly value: string; readonly createdAt: EpochSeconds };

/** What the table keeps of a token's value: an HMAC, and the version of the pepper under it (D7). */
export type Digest = { readonly pepper: number; readonly hash: string };

/** Whoever was proved to be calling. */
export type Principal =
  | { readonly kind: "member"; readonly member: Member }
  | { readonly kind: "access_token"; readonly token: AccessToken; readonly owner: Member }
  | { readonly kind: "service_token"; readonly token: ServiceToken };
