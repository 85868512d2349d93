import { randomUUID } from "node:crypto";
import type { AwsDouble } from "../../lib/local/aws-double.ts";
import { ACCOUNT_ID, REGION } from "./aws.ts";
import { matches, type Pattern } from "./event-pattern.ts";
import type { Invoke } from "./lambda.ts";
import type { Template } from "./template.ts";

/** An event that somebody puts on the bus. */
export type BusEntry = { readonly Source: string; readonly DetailType: string; readonly Detail: string };

/** Lambda, "Asynchronous invocation": two more tries after a function error, then the on-failure destination. */
const ATTEMPTS = 3;

export type Bus = {
  /** Delivers what the functions have put on the bus since the last time. Resolves to the entries. */
  deliver(): Promise<readonly BusEntry[]>;
  /** Delivers one entry, as if somebody else had put it there, to every function whose rule matches. */
  put(entry: BusEntry): Promise<void>;
  /** What functions could not process, as the on-failure destination receives it. */
  readonly deadLetters: { readonly requestPayload: unknown; readonly function: string }[];
};

/** The event bus, driven by the test: the rules are those of the template. */
export function createBus({ template, aws, invoke }: { template: Template; aws: AwsDouble; invoke: Invoke }): Bus {
  let delivered = 0;
  const deadLetters: Bus["deadLetters"] = [];

  async function put({ Source, DetailType, Detail }: BusEntry): Promise<void> {
    const event = {
      version: "0", id: randomUUID(), "detail-type": DetailType, source: Source, account: ACCOUNT_ID, time: new Date().toISOString(),
      region: REGION, resources: [], detail: JSON.parse(Detail) as unknown,
    };
    const rules = template.rules.filter(({ pattern }) => pattern !== undefined && matches(pattern as Pattern, event));
    await Promise.all(rules.map((rule) => invokeAsync(rule.function, event)));
  }

  async function invokeAsync(logicalId: string, event: unknown): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        await invoke(logicalId, event);
        return;
      } catch (error) {
        if (attempt === ATTEMPTS) deadLetters.push({ requestPayload: event, function: logicalId });
        else if (!(error instanceof Error)) throw error;
      }
    }
  }

  return {
    deadLetters,
    put,
    async deliver() {
      const fresh = aws.events().slice(delivered).map(({ Source, DetailType, Detail }) => ({ Source, DetailType, Detail }));
      delivered += fresh.length;
      for (const entry of fresh) await put(entry);
      return fresh;
    },
  };
}
