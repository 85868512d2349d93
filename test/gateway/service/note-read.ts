import { DeleteItemCommand, DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { APIGatewayProxyEventV2 } from "aws-lambda";

const database = new DynamoDBClient();

export const handler = async (event: APIGatewayProxyEventV2) => {
  const Key = { pk: { S: `NOTE#${event.pathParameters?.["id"]}` }, sk: { S: "NOTE" } };
  const TableName = process.env["TABLE"]!;
  if (event.requestContext.http.method === "DELETE") await database.send(new DeleteItemCommand({ TableName, Key }));
  const { Item } = await database.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
  return Item ? { statusCode: 200, body: Item["text"]?.S } : { statusCode: 404 };
};
