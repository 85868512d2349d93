import { afterAll, describe, expect, it } from "vitest";
import { environmentOf } from "../support/environment.ts";
import { resolve, resolveStrings } from "../support/template.ts";
import { apiOf, scratch, templateOf } from "./packages.ts";

const place = scratch();
afterAll(() => place.remove());

const ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:pepper-AbCdEf";
const values = {
  Table: "t", "Table.Arn": "arn:t", "Nested.Outputs.Url": "u", "AWS::Region": "eu-west-1", Secret: ARN,
  [`secretsmanager:${ARN}`]: '{"v1":"hot","v2":"mild"}', "secretsmanager:plain": "whole",
};

describe("resolve", () => {
  it.each([
    ["a Ref", { Ref: "Table" }, "t"],
    ["a pseudo parameter", { Ref: "AWS::Region" }, "eu-west-1"],
    ["a GetAtt", { "Fn::GetAtt": ["Table", "Arn"] }, "arn:t"],
    ["a GetAtt in one text", { "Fn::GetAtt": "Table.Arn" }, "arn:t"],
    ["a GetAtt with dots in the attribute", { "Fn::GetAtt": ["Nested", "Outputs.Url"] }, "u"],
    ["a Join of references", { "Fn::Join": ["/", ["a", { Ref: "Table" }, { "Fn::GetAtt": ["Table", "Arn"] }]] }, "a/t/arn:t"],
    ["a Sub", { "Fn::Sub": "${AWS::Region}-${Table.Arn}/${!Literal}" }, "eu-west-1-arn:t/${Literal}"],
    ["a Sub with variables of its own", { "Fn::Sub": ["${Mine}-${Table}", { Mine: { Ref: "AWS::Region" } }] }, "eu-west-1-t"],
    ["one field of a secret", { "Fn::Sub": "{{resolve:secretsmanager:${Secret}:SecretString:v2}}" }, "mild"],
    ["one field with stage and version", `{{resolve:secretsmanager:${ARN}:SecretString:v1:AWSCURRENT:}}`, "hot"],
    ["a whole secret", "{{resolve:secretsmanager:plain}}", "whole"],
    ["a whole secret, said so", "{{resolve:secretsmanager:plain:SecretString}}", "whole"],
    ["lists and records at any depth", { a: [{ b: { Ref: "Table" } }, 1, true, null] }, { a: [{ b: "t" }, 1, true, null] }],
  ])("resolves %s", (_what, value, expected) => {
    expect(resolve(value, values)).toEqual(expected);
  });

  it.each([
    ["a reference nobody gave a value for", { Ref: "Absent" }, '"Absent"'],
    ["an attribute nobody gave a value for", { "Fn::GetAtt": ["Table", "StreamArn"] }, '"Table.StreamArn"'],
    ["an unknown name inside a Sub", { "Fn::Sub": "${Absent}" }, '"Absent"'],
    ["a field the secret does not have", `{{resolve:secretsmanager:${ARN}:SecretString:v3}}`, '"v3"'],
    ["a secret nobody gave", "{{resolve:secretsmanager:other}}", '"secretsmanager:other"'],
    ["another kind of dynamic reference", "{{resolve:ssm:name}}", "ssm:name"],
    ["an intrinsic function it does not know", { "Fn::If": ["C", 1, 2] }, "Fn::If"],
  ])("throws on %s, instead of making it undefined", (_what, value, message) => {
    expect(() => resolve(value, values)).toThrow(message);
  });

  it("makes numbers in an environment text, as Lambda does, and refuses what is not text", () => {
    expect(resolveStrings({ PORT: 1, ON: true }, values)).toEqual({ PORT: "1", ON: "true" });
    expect(() => resolveStrings({ LIST: ["a"] }, values)).toThrow("Expected text");
  });
});

const template = (resources: Readonly<Record<string, unknown>>) => templateOf(place.directory, { ...apiOf({ routes: {} }), ...resources });

describe("statements of a role", () => {
  const document = (...actions: string[]) => ({ Statement: actions.map((Action) => ({ Effect: "Allow", Action, Resource: "*" })) });
  const role = (properties: Readonly<Record<string, unknown>>) => ({ Role: { Type: "AWS::IAM::Role", Properties: properties } });

  it("are those of its own policies and of every policy of the template that is attached to it", () => {
    const policies = template({
      ...role({ Policies: [{ PolicyDocument: document("a") }], ManagedPolicyArns: [{ Ref: "Managed" }] }),
      Managed: { Type: "AWS::IAM::ManagedPolicy", Properties: { PolicyDocument: document("b") } },
      Attached: { Type: "AWS::IAM::Policy", Properties: { PolicyDocument: document("c"), Roles: [{ Ref: "Role" }] } },
      Foreign: { Type: "AWS::IAM::Policy", Properties: { PolicyDocument: document("d"), Roles: [{ Ref: "Other" }] } },
    });
    expect(policies.statements("Role")).toMatchObject([{ Action: "a" }, { Action: "b" }, { Action: "c" }]);
  });

  it.each([
    ["a managed policy of AWS, whose text is not in the template", { ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }, "AWS::IAM::ManagedPolicy"],
    ["a permissions boundary", { PermissionsBoundary: "arn:aws:iam::aws:policy/Boundary" }, "PermissionsBoundary"],
  ])("are not guessed when a role has %s", (_what, properties, message) => {
    expect(() => template(role(properties)).statements("Role")).toThrow(message);
  });
});

describe("a template is refused", () => {
  it.each([
    ["with an integration that is not a Lambda proxy of payload 2.0", { Integration: { Type: "AWS::ApiGatewayV2::Integration", Properties: { IntegrationType: "HTTP_PROXY" } } }, "AWS_PROXY"],
    ["with a route for a JWT authorizer", { Route0: { Type: "AWS::ApiGatewayV2::Route", Properties: { RouteKey: "GET /", Target: { Ref: "Integration" }, AuthorizationType: "JWT" } } }, "AuthorizationType"],
    ["with a route to an integration that does not exist", { Route0: { Type: "AWS::ApiGatewayV2::Route", Properties: { RouteKey: "GET /", Target: { Ref: "Absent" } } } }, "AWS::ApiGatewayV2::Integration"],
  ])("%s", (_what, resources, message) => {
    expect(() => templateOf(place.directory, { ...apiOf({ routes: { "GET /": {} } }), ...resources })).toThrow(message);
  });
});

describe("environmentOf", () => {
  const withEnvironment = (variables: Readonly<Record<string, unknown>>) => {
    const { F } = apiOf({ routes: {} }) as { F: { Type: string; Properties: object } };
    return template({ F: { ...F, Properties: { ...F.Properties, Environment: { Variables: variables } } } }).functions[0]!;
  };

  it("is what the function would find on Lambda, its logical id being its access key", () => {
    expect(environmentOf(withEnvironment({ TABLE: { Ref: "Table" } }), values, { EXTRA: "x" })).toEqual({
      AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "F", AWS_SECRET_ACCESS_KEY: "local",
      AWS_LAMBDA_FUNCTION_NAME: "F", AWS_LAMBDA_FUNCTION_VERSION: "$LATEST", AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128", TABLE: "t", EXTRA: "x",
    });
  });

  it("is refused above Lambda's 4 KB, counted after secrets are resolved", () => {
    const fn = withEnvironment({ BIG: "{{resolve:secretsmanager:big}}" });
    expect(environmentOf(fn, { "secretsmanager:big": "x".repeat(4093) })["BIG"]).toHaveLength(4093);
    expect(() => environmentOf(fn, { "secretsmanager:big": "x".repeat(4094) })).toThrow("4097 bytes");
  });
});
