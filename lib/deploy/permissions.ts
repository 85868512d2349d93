/**
 * What a function may do in AWS, by the names that serverless.yml gives it: the second wall behind the decision (D3).
 * A closed list of exact actions on exact resources.
 */
export type Permission = keyof typeof PERMISSIONS;
type Statement = { readonly Effect: "Allow"; readonly Action: readonly string[]; readonly Resource: unknown; readonly Condition?: unknown };

const table = { "Fn::GetAtt": ["Table", "Arn"] };
const indexes = { "Fn::Sub": "${Table.Arn}/index/*" };

export const PERMISSIONS = {
  /** Read rows, lists and indexes. */
  readTable: { Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"], Resource: [table, indexes] },
  /** Take part in transactions; the condition checks among them too. */
  writeTable: { Effect: "Allow", Action: ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"], Resource: [table] },
  /** Add to the record of what happened, and touch nothing else. */
  appendEvents: {
    Effect: "Allow", Action: ["dynamodb:PutItem"], Resource: [table],
    Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["EVENT#*"] }, Null: { "dynamodb:LeadingKeys": "false" } },
  },
  /** Add what was reported, and touch nothing else. */
  appendReports: {
    Effect: "Allow", Action: ["dynamodb:PutItem"], Resource: [table],
    Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["REPORT#*"] }, Null: { "dynamodb:LeadingKeys": "false" } },
  },
  /** Count on in the rows of what was used. */
  countUse: {
    Effect: "Allow", Action: ["dynamodb:UpdateItem"], Resource: [table],
    Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["ACCOUNT#*#USED#METRIC#*"] }, Null: { "dynamodb:LeadingKeys": "false" } },
  },
  /** Note when a token was last used: two attributes of tokens that are there, and nothing else of theirs. */
  noteLastUse: {
    Effect: "Allow", Action: ["dynamodb:UpdateItem"], Resource: [table],
    Condition: {
      "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["ACCOUNT#*#MEMBER#*#TOKEN#*"] },
      // Those of the key have to be among them, and those of the condition.
      "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "sk", "lastUsedAt", "version"] },
      Null: { "dynamodb:LeadingKeys": "false", "dynamodb:Attributes": "false" },
      StringEqualsIfExists: { "dynamodb:ReturnValues": ["NONE"] },
    },
  },
  readStream: {
    Effect: "Allow",
    Action: ["dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"],
    Resource: [{ "Fn::GetAtt": ["Table", "StreamArn"] }],
  },
  /** Open the data keys of accounts, each only for the account it belongs to. */
  openDataKeys: {
    Effect: "Allow", Action: ["kms:Decrypt"], Resource: [{ "Fn::GetAtt": ["SealingKey", "Arn"] }],
    Condition: { "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": ["latchkey:account"] }, Null: { "kms:EncryptionContextKeys": "false" } },
  },
  putEvents: { Effect: "Allow", Action: ["events:PutEvents"], Resource: [{ "Fn::GetAtt": ["EventBus", "Arn"] }] },
  sendDeadLetters: { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [{ "Fn::GetAtt": ["DeadLetters", "Arn"] }] },
} as const satisfies Record<string, Statement>;

/** The role of one function: to write its own log, and what it is permitted. */
export function roleOf(functionName: string, permissions: readonly Permission[]) {
  const log: Statement = {
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: [{ "Fn::Sub": `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${functionName}:*` }],
  };
  const Statement = [log, ...permissions.map((permission): Statement => PERMISSIONS[permission])];
  return {
    Type: "AWS::IAM::Role",
    Properties: {
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
      },
      Policies: [{ PolicyName: "permissions", PolicyDocument: { Version: "2012-10-17", Statement } }],
    },
  };
}
