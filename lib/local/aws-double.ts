import { events } from "./aws-double/events.ts";
import type { PutEvent } from "./aws-double/events.ts";
import { kms } from "./aws-double/kms.ts";
import { AwsError, internalFailure } from "./aws-double/operation.ts";
import type { Operations, Service } from "./aws-double/operation.ts";
import { secretsManager } from "./aws-double/secrets.ts";
import { jsonProtocolServer } from "./aws-double/server.ts";
import { sqs } from "./aws-double/sqs.ts";
import type { DeadLetter } from "./aws-double/sqs.ts";
import { listenOnLoopback, LOOPBACK } from "./ports.ts";

/** Stands in for those AWS services that have no emulator; the real SDK clients talk to it. */
export type AwsDouble = {
  readonly endpoint: string;
  readonly port: number;
  /** How often each operation was asked for, answered or not, by its IAM name: `calls["kms:Decrypt"]`. */
  readonly calls: Readonly<Record<string, number>>;
  deadLetters(): readonly DeadLetter[];
  events(): readonly PutEvent[];
  /** The next `times` calls of the service answer 500 InternalFailure. The SDK makes three tries by itself. */
  failNext(service: Service, times: number): void;
  stop(): Promise<void>;
};

const MASTER_KEY_BYTES = 32;

/**
 * Starts the double. Point the SDK at it with AWS_ENDPOINT_URL_KMS, _SQS, _EVENTBRIDGE and _SECRETS_MANAGER.
 * A queue URL must begin with `endpoint`: the SQS client sends to the host in the queue URL, whatever the variable
 * says.
 */
export async function startAwsDouble(
  { port: wanted, masterKey, secrets = {} }: { port?: number; masterKey: Buffer; secrets?: Record<string, string> },
): Promise<AwsDouble> {
  if (masterKey.length !== MASTER_KEY_BYTES) throw new Error(`The master key must be ${MASTER_KEY_BYTES} bytes long.`);

  const deadLetters: DeadLetter[] = [];
  const accepted: PutEvent[] = [];
  let endpoint = "";
  const operations: Operations = {
    ...kms(masterKey), ...sqs(deadLetters, () => endpoint), ...events(accepted), ...secretsManager(secrets),
  };
  const calls: Record<string, number> = {};
  const failuresLeft = new Map<Service, number>();

  const server = jsonProtocolServer((service, operation, input) => {
    const action = `${service}:${operation}` as const;
    const answer = operations[action];
    if (answer === undefined) throw new AwsError("UnknownOperationException", `${action} has no stand-in.`);
    calls[action] = (calls[action] ?? 0) + 1;
    const failures = failuresLeft.get(service) ?? 0;
    if (failures > 0) {
      failuresLeft.set(service, failures - 1);
      throw internalFailure("A failure that was asked for.");
    }
    return answer(input);
  });
  const port = await listenOnLoopback(server, wanted);
  endpoint = `http://${LOOPBACK}:${port}`;

  return {
    endpoint,
    port,
    calls,
    deadLetters: () => deadLetters,
    events: () => accepted,
    failNext: (service, times) => void failuresLeft.set(service, times),
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
