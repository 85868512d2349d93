import { lambda } from "../lib/http/lambda.ts";
import { listAccessTokensOfAccount } from "./access-tokens.ts";
import { applicationReads, applicationWrites } from "./account-applications.ts";
import { accountPlanReads, accountPlanWrites } from "./account-plans.ts";
import { applicationKeyReads, applicationKeyWrites } from "./application-keys.ts";
import { planReads, planWrites } from "./application-plans.ts";
import { applicationSearches } from "./applications.ts";
import { listAuditRecords } from "./audit.ts";
import { developerAccountReads, developerAccountWrites } from "./developer-accounts.ts";
import { developerUserReads, developerUserWrites } from "./developer-users.ts";
import { metricReads, metricWrites } from "./metrics.ts";
import { readRights } from "./own-rights.ts";
import { readProvider, updateProvider } from "./provider.ts";
import { proxyReads, proxyWrites } from "./proxies.ts";
import { registryReads, registryWrites } from "./registry-policies.ts";
import { listServiceTokens } from "./service-token-list.ts";
import { listServices, readService, updateServiceOperation } from "./services.ts";
import {
  activateUser, createUser, deleteUser, listUsers, makeAdmin, makeMember, readPermissions, readUser, suspendUser, unsuspendUser, updatePermissions, updateUser,
} from "./users.ts";

/**
 * The wide Account Management API: one function per effect behind greedy routes (D18), so that the role of the
 * reading one can do nothing but read (D3).
 */
export const read = lambda(
  readProvider, readRights, listAccessTokensOfAccount, listAuditRecords,
  listUsers, readUser, readPermissions,
  listServices, readService, listServiceTokens,
  ...applicationSearches,
  ...applicationReads,
  ...applicationKeyReads,
  ...metricReads,
  ...planReads,
  ...accountPlanReads,
  ...developerAccountReads,
  ...developerUserReads,
  ...proxyReads,
  ...registryReads,
);

export const write = lambda(
  updateProvider,
  createUser, updateUser, deleteUser, updatePermissions, activateUser, suspendUser, unsuspendUser, makeAdmin, makeMember,
  updateServiceOperation,
  ...applicationWrites,
  ...applicationKeyWrites,
  ...metricWrites,
  ...planWrites,
  ...accountPlanWrites,
  ...developerAccountWrites,
  ...developerUserWrites,
  ...proxyWrites,
  ...registryWrites,
);
