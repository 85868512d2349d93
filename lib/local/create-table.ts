import {
  CreateTableCommand, DynamoDBClient, ResourceInUseException, UpdateTimeToLiveCommand, waitUntilTableExists, type CreateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import definition from "../deploy/table.json" with { type: "json" };

/** Makes the table as the template defines it, with its stream and TTL. One that is there already stays as it is. */
export async function createTable(TableName: string, client: DynamoDBClient = new DynamoDBClient()): Promise<void> {
  try {
    await client.send(
      new CreateTableCommand({
        ...(definition as Omit<CreateTableCommandInput, "TableName">),
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      }),
    );
  } catch (error) {
    if (error instanceof ResourceInUseException) return;
    throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName });
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true } }));
}
