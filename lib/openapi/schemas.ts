import type { Described } from "./described.ts";
import { accessTokens } from "./schemas/access-tokens.ts";
import { account } from "./schemas/account.ts";
import { analytics } from "./schemas/analytics.ts";
import { applications } from "./schemas/applications.ts";
import { audit } from "./schemas/audit.ts";
import { billing } from "./schemas/billing.ts";
import { catalogue } from "./schemas/catalogue.ts";
import { developers } from "./schemas/developers.ts";
import { gateways } from "./schemas/gateways.ts";
import { members } from "./schemas/members.ts";
import { ownRights } from "./schemas/rights.ts";
import { services } from "./schemas/services.ts";

/** What every representation looks like. A test asks for a schema of each that an operation answers with. */
export const SCHEMAS: readonly Described[] = [
  ...accessTokens, ...account, ...analytics, ...applications, ...audit, ...billing, ...catalogue, ...developers, ...gateways, ...members, ...ownRights, ...services,
];
