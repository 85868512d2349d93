/**
 * The one account and region in which the test suite pretends to be deployed.
 *
 * Every ARN that the gateway, the IAM proxy and the stream pump make up is built here, so that a policy
 * resolved from the template and a request seen on the wire are compared as equal strings.
 */
export const ACCOUNT_ID = "123456789012";
export const REGION = "eu-west-1";
export const API_ID = "latchkey01";

/** What `Ref: AWS::…` means here (CloudFormation, "Pseudo parameters reference"). */
export const PSEUDO_PARAMETERS = {
  "AWS::AccountId": ACCOUNT_ID,
  "AWS::Region": REGION,
  "AWS::Partition": "aws",
  "AWS::URLSuffix": "amazonaws.com",
} as const;

export const tableArn = (table: string, region = REGION): string =>
  `arn:aws:dynamodb:${region}:${ACCOUNT_ID}:table/${table}`;

export const functionArn = (name: string): string => `arn:aws:lambda:${REGION}:${ACCOUNT_ID}:function:${name}`;
