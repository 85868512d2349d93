/**
 * The most kilobytes that a function's zip may have: near what it has. Whatever passes its limit has taken something in: look at
 * what test/template/bundles.test.ts prints, and whether every request is to wait for that.
 */
export const ZIP_KB: Readonly<Record<string, number>> = {
  authorizer: 12, sessionAuthorizer: 20, serviceManagementRead: 31, serviceManagementWrite: 31,
  createAccessToken: 48, listAccessTokens: 48, readAccessToken: 48, updateAccessToken: 48, deleteAccessToken: 48, listAccessTokensOfUser: 48, deleteAccessTokenOfUser: 48,
  createService: 115, deleteService: 48, revealServiceToken: 102, readProxyConfigs: 111, promoteProxyConfig: 111,
  accountManagementRead: 77, accountManagementWrite: 77, billingRead: 52, billingWrite: 52, analyticsRead: 50,
  signIn: 49, signOut: 34, publishEvents: 80, countTraffic: 86, recordUse: 10, importService: 90, cleanUp: 15,
  // All operations with all that they do, to describe them: it is asked by people, once in a while.
  openapi: 175,
  // The pages that people see are in it.
  portal: 1750,
};

const ACCESS_TOKENS = ["createAccessToken", "listAccessTokens", "readAccessToken", "updateAccessToken", "deleteAccessToken", "listAccessTokensOfUser", "deleteAccessTokenOfUser"];
const UNSEALING = ["createService", "revealServiceToken", "readProxyConfigs", "promoteProxyConfig"];
const ACCOUNT_MANAGEMENT = ["accountManagementRead", "accountManagementWrite"];
const BILLING = ["billingRead", "billingWrite"];
const OPERATIONS = [...ACCESS_TOKENS, ...UNSEALING, "deleteService", ...ACCOUNT_MANAGEMENT, ...BILLING, "analyticsRead", "openapi"];
const TRAFFIC = ["serviceManagementRead", "serviceManagementWrite"];
const AWS = [...UNSEALING, "importService", "publishEvents", "countTraffic", "openapi"];

/** The packages that weigh something, and who has a use for them. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  "@aws-sdk/client-dynamodb": [], "@aws-sdk/lib-dynamodb": [], "@aws-sdk/credential-provider-node": [], "side-channel": [],
  "@aws-sdk/client-kms": [...UNSEALING, "importService", "openapi"],
  "@aws-sdk/client-eventbridge": ["publishEvents"], "@aws-sdk/client-sqs": ["publishEvents", "countTraffic"],
  "@smithy/core": AWS,
  zod: [...OPERATIONS, "importService"],
  qs: [...OPERATIONS, ...TRAFFIC],
  "fast-xml-builder": [...OPERATIONS, ...TRAFFIC, "signIn", "signOut"],
  "@middy/core": [...OPERATIONS, "signIn", "signOut"],
  jose: ["sessionAuthorizer", "signIn"], "openid-client": ["signIn", "signOut"],
};

/** The modules of functions/ that declare operations, and who serves some of each: no function holds those of another API. */
export const MODULES: Readonly<Record<string, readonly string[]>> = {
  "access-tokens": [...ACCESS_TOKENS, ...ACCOUNT_MANAGEMENT, "openapi"],
  "service-creation": ["createService", "openapi"],
  services: ["createService", "deleteService", ...ACCOUNT_MANAGEMENT, "openapi"],
  "service-tokens": ["revealServiceToken", "openapi"],
  "proxy-configs": ["readProxyConfigs", "promoteProxyConfig", "openapi"],
  applications: [...ACCOUNT_MANAGEMENT, "openapi"], users: [...ACCOUNT_MANAGEMENT, "openapi"],
  invoices: [...BILLING, "openapi"], "line-items": [...BILLING, "openapi"],
  analytics: ["analyticsRead", "openapi"],
  "service-management": TRAFFIC,
};
