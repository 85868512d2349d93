import type { DynamoDBStreamEvent } from "aws-lambda";

/** Prints what it is given, and cannot bear poison. */
export const handler = async (event: DynamoDBStreamEvent) => {
  for (const { dynamodb } of event.Records) {
    const text = dynamodb?.NewImage?.["text"]?.S;
    if (text === "poison") throw new Error("poisoned");
    console.log(`projected ${text}`);
  }
};
