import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import { parse } from "./operation.ts";
import type { Operations } from "./operation.ts";

export type DeadLetter = { readonly queueUrl: string; readonly body: string };

const SendMessage = z.object({ QueueUrl: z.string().min(1), MessageBody: z.string().min(1) });

const GetQueueUrl = z.object({ QueueName: z.string().min(1) });

/** Queues that only receive: Latchkey writes to dead-letter queues and leaves reading them to people. */
export function sqs(deadLetters: DeadLetter[], endpoint: () => string): Operations {
  return {
    "sqs:GetQueueUrl"(input) {
      return { QueueUrl: `${endpoint()}/000000000000/${parse(GetQueueUrl, input).QueueName}` };
    },
    "sqs:SendMessage"(input) {
      const { QueueUrl, MessageBody } = parse(SendMessage, input);
      deadLetters.push({ queueUrl: QueueUrl, body: MessageBody });
      // The SDK compares the digest with its own and refuses an answer without it.
      return { MessageId: randomUUID(), MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex") };
    },
  };
}
