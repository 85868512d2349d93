import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, inject, it } from "vitest";
import LatchkeyPlugin from "../../lib/deploy/plugin.ts";
import { API_ID, PSEUDO_PARAMETERS } from "../support/aws.ts";
import { resolve } from "../support/resolve.ts";
import { loadTemplate } from "../support/template.ts";

/** Where people sign in on AWS: the stack's own user pool, by the package that would be deployed. */
type Resource = { readonly Type: string; readonly DeletionPolicy?: string; readonly UpdateReplacePolicy?: string; readonly Properties: Readonly<Record<string, unknown>> };
const directory = inject("packageDirectory");
const { Resources } = JSON.parse(readFileSync(path.join(directory, "cloudformation-template-update-stack.json"), "utf8")) as { readonly Resources: Readonly<Record<string, Resource>> };
const ofCognito = Object.entries(Resources).filter(([, { Type }]) => Type.startsWith("AWS::Cognito::"));
const URL = `https://${API_ID}.execute-api.eu-west-1.amazonaws.com`;
const properties = (id: string) => resolve(Resources[id]?.Properties, { ...PSEUDO_PARAMETERS, HttpApi: API_ID, UserPool: "pool", UserPoolClient: "client" }) as Readonly<Record<string, unknown>>;

describe("the user pool", () => {
  it("is one pool with one client, an address, and pages there", () => {
    expect(Object.fromEntries(ofCognito.map(([id, { Type }]) => [id, Type]))).toEqual({
      UserPool: "AWS::Cognito::UserPool", UserPoolClient: "AWS::Cognito::UserPoolClient", UserPoolDomain: "AWS::Cognito::UserPoolDomain", UserPoolPages: "AWS::Cognito::ManagedLoginBranding",
    });
    for (const id of ["UserPoolClient", "UserPoolDomain", "UserPoolPages"]) expect(properties(id)["UserPoolId"]).toBe("pool");
    expect(properties("UserPoolPages")).toMatchObject({ ClientId: "client", UseCognitoProvidedValues: true });
  });

  it.each([
    ["knows people by their e-mail, whatever its letter case", { UsernameAttributes: ["email"], UsernameConfiguration: { CaseSensitive: false } }],
    ["has an e-mail proved, a changed one before it counts", { AutoVerifiedAttributes: ["email"], UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ["email"] } }],
    ["lets people make their account themselves: what they may do is Latchkey's to say", { AdminCreateUserConfig: { AllowAdminCreateUserOnly: false } }],
    ["gives access back by the proved e-mail alone", { AccountRecoverySetting: { RecoveryMechanisms: [{ Name: "verified_email", Priority: 1 }] } }],
    ["takes a second factor from those who set one up", { MfaConfiguration: "OPTIONAL", EnabledMfas: ["SOFTWARE_TOKEN_MFA"] }],
    ["cannot be deleted by mistake", { DeletionProtection: "ACTIVE" }],
  ])("%s", (_guarantee, wanted) => {
    expect(properties("UserPool")).toMatchObject(wanted);
  });

  it("stays when the stack goes: nobody can make the people's passwords again", () => {
    expect(Resources["UserPool"]).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
  });

  it("has an address that no other account, stage or region has: the prefix of all lies in one namespace a region", () => {
    const { Domain } = properties("UserPoolDomain");
    expect(Domain).toBe("latchkey-dev-123456789012");
    // Cognito's own rule for it.
    expect(Domain).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
  });
});

describe("its client", () => {
  it.each([
    ["gets codes and nothing else: no token ever comes in an address", { AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthFlows: ["code"] }],
    ["asks who it is and for their e-mail, and for no right over their account", { AllowedOAuthScopes: ["openid", "email"] }],
    ["is a public one: PKCE proves its codes", { GenerateSecret: false }],
    ["comes back to the portal, after signing in and out, and nowhere else", { CallbackURLs: [`${URL}/p/sign_in/callback`], LogoutURLs: [`${URL}/p/signed_out`] }],
    ["does not tell who has an account", { PreventUserExistenceErrors: "ENABLED" }],
    ["reads whether the e-mail is proved, and cannot say so itself", { ReadAttributes: ["email", "email_verified"], WriteAttributes: ["email"] }],
    ["is given what lasts for the moment it is needed", { IdTokenValidity: 5, AccessTokenValidity: 5, RefreshTokenValidity: 60, TokenValidityUnits: { IdToken: "minutes", AccessToken: "minutes", RefreshToken: "minutes" } }],
  ])("%s", (_guarantee, wanted) => {
    expect(properties("UserPoolClient")).toMatchObject(wanted);
  });
});

describe("the functions", () => {
  const { functions } = loadTemplate(directory);

  it.each(["signIn", "signOut"])("%s asks that pool, as that client", (name) => {
    expect(functions.find((fn) => fn.name === name)?.env).toMatchObject({ OIDC_ISSUER: { "Fn::GetAtt": ["UserPool", "ProviderURL"] }, OIDC_CLIENT_ID: { Ref: "UserPoolClient" } });
  });

  it("are the only ones that know of it", () => {
    expect(functions.filter(({ env }) => /UserPool/.test(JSON.stringify(env))).map(({ name }) => name).toSorted()).toEqual(["signIn", "signOut"]);
  });
});

describe("a stage that names an issuer", () => {
  /** What is left of the resources when people sign in there. */
  function madeFor(issuer: unknown): readonly string[] {
    const resources = { Resources: { ...Resources } };
    const signIn = { handler: "functions/sign-in.handler", name: "latchkey-prod-signIn", environment: { OIDC_ISSUER: issuer } };
    const others = Object.fromEntries(["recordUse", "authorizer", "sessionAuthorizer"].map((name) => [name, { handler: "functions/other.handler", name: `latchkey-prod-${name}` }]));
    const plugin = new LatchkeyPlugin({ serviceDir: "", service: { functions: { signIn, ...others }, resources }, configSchemaHandler: { defineFunctionProperties() {} } });
    void plugin.hooks["initialize"]!();
    return Object.keys(resources.Resources);
  }

  it("of its own has no user pool, and all the rest", () => {
    expect(madeFor("https://login.example.com")).toEqual(Object.keys(Resources).filter((id) => !id.startsWith("UserPool")));
  });

  it("that the stack makes has it", () => {
    expect(madeFor({ "Fn::GetAtt": ["UserPool", "ProviderURL"] })).toEqual(Object.keys(Resources));
  });
});
