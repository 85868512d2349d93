import { describe, expect, it } from "vitest";
import { permits, readStatements, type Need } from "../support/iam-policy.ts";

const TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/t";
const need = (over: Partial<Need> = {}): Need => ({ action: "dynamodb:GetItem", resource: TABLE, leadingKeys: ["A#1"], ...over });
const statement = (over: object = {}) => ({ Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: { "Fn::GetAtt": ["Table", "Arn"] }, ...over });
const allows = (statements: readonly unknown[], wanted: Need) => permits(readStatements(statements, { "Table.Arn": TABLE }), wanted);
const onlyKeys = (operator: string, ...keys: string[]) => statement({ Condition: { [operator]: { "dynamodb:LeadingKeys": keys } } });
const onlyAttributes = (...names: string[]) => statement({
  Action: ["dynamodb:UpdateItem"],
  Condition: { "ForAllValues:StringEquals": { "dynamodb:Attributes": names }, StringEqualsIfExists: { "dynamodb:ReturnValues": ["NONE"] } },
});
const update = (over: Partial<Need>) => need({ action: "dynamodb:UpdateItem", ...over });

describe("a role", () => {
  it.each([
    ["what a statement says", [statement()], need()],
    ["an action given as text", [statement({ Action: "dynamodb:GetItem" })], need()],
    ["an index by its own ARN", [statement({ Resource: `${TABLE}/index/*` })], need({ action: "dynamodb:Query", resource: `${TABLE}/index/gsi1` })],
    ["a key that is like the pattern", [onlyKeys("ForAllValues:StringLike", "A#*", "B#?")], need({ leadingKeys: ["A#1", "A#22", "B#1"] })],
    ["a key that is listed", [onlyKeys("ForAllValues:StringEquals", "A#1")], need()],
    ["a request without keys, for ForAllValues is true of none", [onlyKeys("ForAllValues:StringLike", "A#*")], need({ leadingKeys: undefined })],
    ["a key that must be there and is", [statement({ Condition: { Null: { "dynamodb:LeadingKeys": "false" } } })], need()],
    ["an update of attributes that are listed", [onlyAttributes("pk", "seen")], update({ attributes: ["pk", "seen"], returnValues: "NONE" })],
    ["an update that does not say what it returns", [onlyAttributes("pk", "seen")], update({ attributes: ["pk"] })],
  ])("allows %s", (_what, statements, wanted) => {
    expect(allows(statements, wanted)).toBe(true);
  });

  it.each([
    ["what no statement says", [], need()],
    ["another action", [statement()], need({ action: "dynamodb:PutItem" })],
    ["another table", [statement()], need({ resource: `${TABLE}2` })],
    ["an index of a table that it may read", [statement()], need({ resource: `${TABLE}/index/gsi1` })],
    ["one key that is not like the pattern", [onlyKeys("ForAllValues:StringLike", "A#*")], need({ leadingKeys: ["A#1", "B#1"] })],
    ["a key that only begins like the pattern", [onlyKeys("ForAllValues:StringLike", "A#?")], need({ leadingKeys: ["A#12"] })],
    ["a key that is like a listed one", [onlyKeys("ForAllValues:StringEquals", "A#*")], need()],
    ["a request without keys where a key must be there", [statement({ Condition: { Null: { "dynamodb:LeadingKeys": "false" } } })], need({ leadingKeys: undefined })],
    ["an update of an attribute that is not listed", [onlyAttributes("pk", "seen")], update({ attributes: ["pk", "seen", "scopes"] })],
    ["an update that returns more than is said", [onlyAttributes("pk", "seen")], update({ attributes: ["pk"], returnValues: "ALL_OLD" })],
    ["what is also denied", [statement(), statement({ Effect: "Deny" })], need()],
    ["DynamoDB by a statement about another service", [statement({ Action: "kms:Decrypt" })], need()],
  ])("refuses %s", (_what, statements, wanted) => {
    expect(allows(statements, wanted)).toBe(false);
  });

  it.each([
    ["a wildcard in an action", statement({ Action: "dynamodb:*" }), "wildcard"],
    ["a wildcard for everything", statement({ Action: "*" }), "wildcard"],
    ["NotAction", { Effect: "Allow", NotAction: "dynamodb:PutItem", Resource: "*" }, "NotAction"],
    ["a condition on another key", statement({ Condition: { StringEquals: { "dynamodb:Select": "COUNT" } } }), "dynamodb:Select"],
    ["a condition on the attributes of a read", statement({ Condition: { "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk"] } } }), "dynamodb:Attributes"],
    ["an operator it does not know", onlyKeys("StringNotLike", "A#*"), "StringNotLike"],
    ["a resource that resolves to nothing", statement({ Resource: { Ref: "Absent" } }), "Absent"],
  ])("is not read when it has %s", (_what, raw, message) => {
    expect(() => readStatements([raw], { "Table.Arn": TABLE })).toThrow(message);
  });

  it("may have what conditions it likes on other services", () => {
    const raw = statement({ Action: "kms:Decrypt", Resource: { Ref: "Absent" }, Condition: { StringEquals: { "kms:EncryptionContext:account": "1" } } });
    expect(readStatements([raw], {})).toEqual([]);
  });
});
