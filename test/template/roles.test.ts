import { describe, expect, inject, it } from "vitest";
import { loadTemplate } from "../support/template.ts";

/** Every right that the template gives, wherever it is written: roles, and the policies of the key, the queue and the bucket. */
const template = loadTemplate(inject("packageDirectory"));

type Statement = { readonly Effect: string; readonly Action?: unknown; readonly NotAction?: unknown; readonly Resource?: unknown; readonly Principal?: unknown; readonly Condition?: unknown };

/** The statements at any depth of a resource. */
function statementsIn(value: unknown): readonly Statement[] {
  if (Array.isArray(value)) return value.flatMap(statementsIn);
  if (typeof value !== "object" || value === null) return [];
  if ("Effect" in value) return [value as Statement];
  return Object.values(value).flatMap(statementsIn);
}

const allowed = Object.entries(template.resources).flatMap(([id, resource]) =>
  statementsIn(resource.Properties).filter(({ Effect }) => Effect !== "Deny").map((statement, at) => [`${id} ${at}`, resource.Type, statement] as const));

/** Those that break a rule, so that a failure shows which. */
const offenders = (obeys: (statement: Statement, type: string) => boolean) => allowed.filter(([, type, statement]) => !obeys(statement, type));

/** A resource of this template by name. "*" may only end a name that is ours: a table's indexes, a log's streams. */
const OURS = [
  /^\{"Fn::GetAtt":\["\w+","(?:Stream)?Arn"\]\}$/,
  /^\{"Fn::Sub":"\$\{Table\.Arn\}\/index\/\*"\}$/,
  /^\{"Fn::Sub":"arn:\$\{AWS::Partition\}:logs:\$\{AWS::Region\}:\$\{AWS::AccountId\}:log-group:\/aws\/lambda\/[\w-]+:\*"\}$/,
];
const isOurs = (resource: unknown) => OURS.some((name) => name.test(JSON.stringify(resource)));

describe("every statement that allows something", () => {
  it("is found by this test", () => {
    expect(new Set(allowed.map(([, type]) => type))).toEqual(new Set(["AWS::IAM::Role", "AWS::KMS::Key", "AWS::SQS::QueuePolicy"]));
    expect(allowed.length).toBeGreaterThan(template.functions.length * 2);
  });

  it("names its actions, one by one: no wildcard, and no action by exclusion", () => {
    const names = (actions: unknown) => [actions].flat().every((action) => typeof action === "string" && /^[a-z]+:[A-Za-z]+$/.test(action));
    expect(offenders(({ Effect, Action, NotAction }) => Effect === "Allow" && NotAction === undefined && names(Action))).toEqual([]);
  });

  it("names its resources: only a key's own policy says \"*\", which there means the key", () => {
    // A trust policy has no resource: it is the role's own.
    expect(offenders(({ Resource }, type) => type === "AWS::KMS::Key" || Resource === undefined || [Resource].flat().every(isOurs))).toEqual([]);
    expect(allowed.filter(([, , { Resource }]) => Resource === "*").map(([, type]) => type)).toEqual(["AWS::KMS::Key"]);
  });

  it("names who, where it stands in the policy of a thing: never everybody", () => {
    expect(offenders(({ Principal }) => !JSON.stringify(Principal ?? {}).includes("*"))).toEqual([]);
    expect(offenders(({ Resource, Principal }) => Resource !== undefined || JSON.stringify(Principal) === '{"Service":"lambda.amazonaws.com"}')).toEqual([]);
  });
});

describe("the roles", () => {
  it("belong to one function each, and are written out in the template", () => {
    const roles = template.functions.map(({ role }) => role);
    expect(new Set(roles).size).toBe(template.functions.length);
    expect(Object.values(template.resources).filter(({ Type, Properties }) => Type === "AWS::IAM::Role" && "ManagedPolicyArns" in Properties)).toEqual([]);
    expect(Object.entries(template.resources).filter(([id, { Type }]) => Type === "AWS::IAM::Role" && !roles.includes(id))).toEqual([]);
  });

  it.each(template.functions.map((fn) => [fn.name, fn] as const))("%s writes to its own log and to no other", (_name, fn) => {
    const logs = (template.statements(fn.role) as Statement[]).filter(({ Action }) => [Action].flat().some((action) => String(action).startsWith("logs:")));
    expect(logs).toEqual([{
      Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [{ "Fn::Sub": `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${fn.functionName}:*` }],
    }]);
  });

  it("open a data key only with the account it belongs to", () => {
    const open = allowed.filter(([, type, { Action }]) => type === "AWS::IAM::Role" && [Action].flat().some((action) => String(action).startsWith("kms:"))).map(([, , statement]) => statement);
    expect(open).toHaveLength(5);
    for (const statement of open) {
      expect(statement).toEqual({
        Effect: "Allow", Action: ["kms:Decrypt"], Resource: [{ "Fn::GetAtt": ["SealingKey", "Arn"] }],
        Condition: { "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": ["latchkey:account"] }, Null: { "kms:EncryptionContextKeys": "false" } },
      });
    }
  });
});
