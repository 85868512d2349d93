import { DynamoDBClient, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import type { APIGatewayProxyEventV2WithLambdaAuthorizer } from "aws-lambda";

const database = new DynamoDBClient();

export const handler = async (event: APIGatewayProxyEventV2WithLambdaAuthorizer<{ owner: string }>) => {
  if (event.routeKey === "GET /health") return "well";
  const { id, text } = JSON.parse(event.body ?? "{}") as { id: string; text: string };
  const TableName = process.env["TABLE"]!;
  await database.send(new TransactWriteItemsCommand({
    TransactItems: [
      { Put: { TableName, Item: { pk: { S: `NOTE#${id}` }, sk: { S: "NOTE" }, text: { S: text } } } },
      { Put: { TableName, Item: { pk: { S: `OWNER#${event.requestContext.authorizer.lambda.owner}` }, sk: { S: id } } } },
    ],
  }));
  return { statusCode: 201, headers: { Location: `/notes/${id}` }, body: "" };
};
