type Function = { readonly name: string; readonly events?: readonly { readonly httpApi?: unknown }[] };
export type Resources = Readonly<Record<string, object>>;

/** The function that is told of the uses of tokens, in functions/record-use.ts. */
const READER = "recordUse";

/**
 * Subscribes that function to the logs that tell of a token's use (lib/http/use-log.ts): the access log of the API, where the
 * authorizer saw the token, and the logs of the functions behind it, which find it in a body. serverless.yml's own
 * `cloudwatchLog` does not wait for the group to be there, and would fail in the first deployment.
 */
export function subscriptions(functions: Readonly<Record<string, Function>>): Resources {
  const reader = functions[READER];
  if (reader === undefined) throw new Error(`There is no function ${READER}`);
  const invoke = { Action: "lambda:InvokeFunction", FunctionName: { "Fn::GetAtt": [`${idOf(READER)}LambdaFunction`, "Arn"] }, Principal: "logs.amazonaws.com" };
  const prefix = reader.name.slice(0, -READER.length);
  return {
    AccessLogMayRecordUse: { Type: "AWS::Lambda::Permission", Properties: { ...invoke, SourceArn: { "Fn::GetAtt": ["HttpApiLogGroup", "Arn"] } } },
    // One for all: what Lambda keeps of permissions with a function is limited to 20 KB.
    FunctionLogsMayRecordUse: {
      Type: "AWS::Lambda::Permission",
      Properties: { ...invoke, SourceArn: { "Fn::Sub": `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:/aws/lambda/${prefix}*` } },
    },
    // API Gateway writes "-" for what there is not.
    HttpApiLogGroupSubscription: subscription("HttpApiLogGroup", '{ $.tokenId != "-" }', "AccessLogMayRecordUse"),
    ...Object.fromEntries(Object.entries(functions).filter(([, fn]) => takesTokens(fn)).map(([name]) => {
      const group = `${idOf(name)}LogGroup`;
      return [`${group}Subscription`, subscription(group, "{ $.tokenId = * }", "FunctionLogsMayRecordUse")];
    })),
  };
}

function subscription(group: string, pattern: string, permission: string) {
  return {
    Type: "AWS::Logs::SubscriptionFilter",
    // CloudWatch Logs tries the function when it is subscribed.
    DependsOn: [permission],
    Properties: { LogGroupName: { Ref: group }, FilterPattern: pattern, DestinationArn: { "Fn::GetAtt": [`${idOf(READER)}LambdaFunction`, "Arn"] } },
  };
}

/** Whether it serves routes of the public API, behind the authorizer of tokens. */
function takesTokens({ events = [] }: Function): boolean {
  return events.some(({ httpApi }) => (httpApi as { authorizer?: { name?: string } } | undefined)?.authorizer?.name === "tokens");
}

/** How serverless begins the ids of a function's resources. */
export function idOf(functionName: string): string {
  return `${functionName.charAt(0).toUpperCase()}${functionName.slice(1)}`;
}
