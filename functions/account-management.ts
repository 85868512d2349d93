import { lambda } from "../lib/http/lambda.ts";
import { findApplication, listApplications } from "./applications.ts";
import { planReads, planWrites } from "./application-plans.ts";
import { metricReads, metricWrites } from "./metrics.ts";
import { readProvider } from "./provider.ts";
import { proxyReads, proxyWrites } from "./proxies.ts";
import { registryReads, registryWrites } from "./registry-policies.ts";
import { listServiceTokens } from "./service-tokens.ts";
import { listServices, readService, updateServiceOperation } from "./services.ts";
import {
  activateUser, createUser, deleteUser, listUsers, makeAdmin, makeMember, readPermissions, readUser, suspendUser, unsuspendUser, updatePermissions, updateUser,
} from "./users.ts";

/**
 * The wide Account Management API: one function per effect behind greedy routes (D18), so that the role of the
 * reading one can do nothing but read (D3).
 */
export const read = lambda(
  readProvider,
  listUsers, readUser, readPermissions,
  listServices, readService, listServiceTokens,
  listApplications, findApplication,
  ...metricReads,
  ...planReads,
  ...proxyReads,
  ...registryReads,
);

export const write = lambda(
  createUser, updateUser, deleteUser, updatePermissions, activateUser, suspendUser, unsuspendUser, makeAdmin, makeMember,
  updateServiceOperation,
  ...metricWrites,
  ...planWrites,
  ...proxyWrites,
  ...registryWrites,
);
