import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Call } from "../../lib/table/dynamodb/client.ts";

/** What takes the place of lib/table/dynamodb/client.ts in the twins: the same calls by AWS's own client, as many as the measured functions make. */
export function dynamoDb(): Call {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ maxAttempts: 3, requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true } }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  const commands: Readonly<Record<string, (input: never) => Promise<object>>> = {
    GetItem: (input) => client.send(new GetCommand(input)),
    BatchGetItem: (input) => client.send(new BatchGetCommand(input)),
    PutItem: (input) => client.send(new PutCommand(input)),
  };
  return ((operation: string, input: never) => commands[operation]?.(input)) as Call;
}

/** AWS's client finds these by itself. */
export const accessFromEnvironment = () => undefined;
