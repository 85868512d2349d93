import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { found, referencesIn, theOne, type Resources } from "./references.ts";
import { statementsOf } from "./role-statements.ts";

export { resolve, resolveStrings, type Values } from "./resolve.ts";

/**
 * The CloudFormation template that `serverless package` writes, as typed views.
 *
 * The tests run what would be deployed: routes, roles, environments and event sources are read from here and
 * never from serverless.yml, because only this file reaches AWS. What a view needs and does not find throws.
 */
export interface Template {
  readonly resources: Resources;
  readonly functions: readonly LambdaFunction[];
  readonly routes: readonly Route[];
  readonly authorizers: readonly Authorizer[];
  readonly eventSourceMappings: readonly EventSourceMapping[];
  readonly rules: readonly Rule[];
  /** The format of the API's access log; undefined when it has none. */
  readonly accessLogFormat: string | undefined;
  readonly logSubscriptions: readonly LogSubscription[];
  /** Every statement that applies to a role: its inline policies and the managed policies of this template. */
  statements(roleLogicalId: string): readonly unknown[];
}

export interface LambdaFunction {
  readonly logicalId: string;
  /** The key under `functions:` in serverless.yml. */
  readonly name: string;
  readonly functionName: string;
  readonly handler: string;
  /** Unresolved: give it to `resolveStrings`. */
  readonly env: Readonly<Record<string, unknown>>;
  readonly zip: string;
  readonly role: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

export interface Route {
  readonly routeKey: string;
  readonly authorizer: string | undefined;
  readonly function: string;
  readonly timeoutMs: number;
}

export interface Authorizer {
  readonly logicalId: string;
  readonly function: string;
  readonly type: string;
  readonly ttlSeconds: number;
  readonly identitySources: readonly string[];
  readonly payloadVersion: string;
  readonly simpleResponses: boolean;
}

export interface EventSourceMapping {
  readonly logicalId: string;
  readonly function: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Rule {
  readonly logicalId: string;
  readonly pattern: unknown;
  readonly schedule: string | undefined;
  readonly function: string;
}

export interface LogSubscription {
  readonly logicalId: string;
  /** The group of logs, by its logical id. */
  readonly group: string;
  readonly pattern: string;
  readonly function: string;
}

const DOCUMENT = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), DependsOn: z.unknown().optional(), Properties: z.record(z.string(), z.unknown()).default({}) })),
});
const STATE = z.object({ service: z.object({ functions: z.record(z.string(), z.object({ name: z.string() })) }) });

export function loadTemplate(packageDirectory: string): Template {
  const read = (file: string): unknown => JSON.parse(readFileSync(path.join(packageDirectory, file), "utf8"));
  const resources = DOCUMENT.parse(read("cloudformation-template-update-stack.json")).Resources;
  const { functions } = STATE.parse(read("serverless-state.json")).service;
  const nameOf = new Map(Object.entries(functions).map(([key, { name }]) => [name, key]));
  const every = (type: string) => Object.entries(resources).filter(([, resource]) => resource.Type === type);
  const target = (value: unknown, type: string) => theOne(referencesIn(value), type, resources);
  const theFunction = (value: unknown) => target(value, "AWS::Lambda::Function");

  return {
    resources,
    functions: every("AWS::Lambda::Function").map(([logicalId, { Properties }]) => {
      const shape = FUNCTION.parse(Properties);
      return {
        logicalId,
        name: found(nameOf.get(shape.FunctionName), `the serverless name of ${shape.FunctionName}`),
        functionName: shape.FunctionName,
        handler: shape.Handler,
        env: shape.Environment.Variables,
        zip: path.join(packageDirectory, path.basename(shape.Code.S3Key)),
        role: target(shape.Role, "AWS::IAM::Role"),
        timeoutMs: shape.Timeout * 1000,
        memoryMb: shape.MemorySize,
      };
    }),
    routes: every("AWS::ApiGatewayV2::Route").map(([, { Properties }]) => {
      const shape = ROUTE.parse(Properties);
      const integration = INTEGRATION.parse(resources[target(shape.Target, "AWS::ApiGatewayV2::Integration")]?.Properties);
      return {
        routeKey: shape.RouteKey,
        authorizer: shape.AuthorizationType === "NONE" ? undefined : target(shape.AuthorizerId, "AWS::ApiGatewayV2::Authorizer"),
        function: theFunction(integration.IntegrationUri),
        timeoutMs: integration.TimeoutInMillis,
      };
    }),
    authorizers: every("AWS::ApiGatewayV2::Authorizer").map(([logicalId, { Properties }]) => {
      const shape = AUTHORIZER.parse(Properties);
      return {
        logicalId,
        function: theFunction(shape.AuthorizerUri),
        type: shape.AuthorizerType,
        ttlSeconds: shape.AuthorizerResultTtlInSeconds,
        identitySources: shape.IdentitySource,
        payloadVersion: shape.AuthorizerPayloadFormatVersion,
        simpleResponses: shape.EnableSimpleResponses,
      };
    }),
    eventSourceMappings: every("AWS::Lambda::EventSourceMapping").map(([logicalId, { Properties }]) => (
      { logicalId, function: theFunction(Properties["FunctionName"]), properties: Properties }
    )),
    rules: every("AWS::Events::Rule").map(([logicalId, { Properties }]) => (
      {
        logicalId,
        pattern: Properties["EventPattern"],
        schedule: z.string().optional().parse(Properties["ScheduleExpression"]),
        function: theFunction(Properties["Targets"]),
      }
    )),
    accessLogFormat: every("AWS::ApiGatewayV2::Stage").map(([, { Properties }]) => STAGE.parse(Properties).AccessLogSettings?.Format)[0],
    logSubscriptions: every("AWS::Logs::SubscriptionFilter").map(([logicalId, { Properties }]) => (
      {
        logicalId,
        group: target(Properties["LogGroupName"], "AWS::Logs::LogGroup"),
        pattern: z.string().parse(Properties["FilterPattern"]),
        function: theFunction(Properties["DestinationArn"]),
      }
    )),
    statements: (roleLogicalId) => statementsOf(roleLogicalId, resources),
  };
}

/** The name of a group of logs, by its logical id. */
export function logGroupName({ resources }: Template, logicalId: string): string {
  return z.string().parse(resources[logicalId]?.Properties["LogGroupName"]);
}

const STAGE = z.object({ AccessLogSettings: z.object({ Format: z.string() }).optional() });
const FUNCTION = z.object({
  FunctionName: z.string(),
  Handler: z.string(),
  Code: z.object({ S3Key: z.string() }),
  Role: z.unknown(),
  Timeout: z.number(),
  MemorySize: z.number(),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }).default({ Variables: {} }),
});
const ROUTE = z.object({
  RouteKey: z.string(),
  Target: z.unknown(),
  AuthorizationType: z.enum(["NONE", "CUSTOM"]).default("NONE"),
  AuthorizerId: z.unknown().optional(),
});
/** The only kind of integration that the gateway here copies; any other makes `loadTemplate` throw. */
const INTEGRATION = z.object({
  IntegrationType: z.literal("AWS_PROXY"),
  PayloadFormatVersion: z.literal("2.0"),
  IntegrationUri: z.unknown(),
  TimeoutInMillis: z.number().default(30_000),
});
const AUTHORIZER = z.object({
  AuthorizerUri: z.unknown(),
  AuthorizerType: z.string(),
  AuthorizerResultTtlInSeconds: z.number(),
  IdentitySource: z.array(z.string()).default([]),
  AuthorizerPayloadFormatVersion: z.string(),
  EnableSimpleResponses: z.boolean(),
});
