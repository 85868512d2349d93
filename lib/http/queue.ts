import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const sqs = new SQSClient({ maxAttempts: 3 });

/** Puts a message into a queue of SQS. */
export async function send(queueUrl: string, message: string): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: message }));
}
