import { logEvent, type LogLine } from "../../lib/local/log-event.ts";
import type { Invoke } from "./lambda.ts";
import { logGroupName, type LogSubscription, type Template } from "./template.ts";

/** CloudWatch Logs, as far as functions are subscribed to it; driven by the test instead of by time. */
export interface LogSubscriptions {
  /** Takes a line of the API's access log. */
  readonly write: (line: string) => void;
  /** Hands on the lines since the last time that a subscription is for. Resolves to how many there were. */
  deliver(): Promise<number>;
}

/** @param logOf all that a function has written so far, by its logical id. */
export function createLogSubscriptions({ template, invoke, logOf }: {
  readonly template: Template; readonly invoke: Invoke; readonly logOf: (functionId: string) => string;
}): LogSubscriptions {
  const accessLog: LogLine[] = [];
  const read = new Map<string, number>();
  const writers = new Map(template.functions.map((fn) => [`/aws/lambda/${fn.functionName}`, fn.logicalId]));

  /** The new lines of a group: of the access log, or of a function's own. */
  function newLines(group: string): readonly LogLine[] {
    const writer = writers.get(group);
    if (writer === undefined) return accessLog.splice(0);
    const text = logOf(writer).slice(read.get(writer) ?? 0);
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    read.set(writer, (read.get(writer) ?? 0) + whole.length);
    return whole.split("\n").filter((line) => line !== "").map((message) => ({ message, timestamp: Date.now() }));
  }

  async function handOn({ group, pattern, function: reader }: LogSubscription): Promise<number> {
    const name = logGroupName(template, group);
    const lines = newLines(name).filter(({ message }) => matches(pattern, message));
    if (lines.length > 0) await invoke(reader, logEvent(name, lines));
    return lines.length;
  }

  return {
    write: (message) => void accessLog.push({ message, timestamp: Date.now() }),
    async deliver() {
      const handed = await Promise.all(template.logSubscriptions.map(handOn));
      return handed.reduce((sum, lines) => sum + lines, 0);
    },
  };
}

/**
 * The patterns that ours are (CloudWatch Logs, "Filter pattern syntax", JSON): a property is there and is, or is not, some text. Any
 * other throws. Whether "is not" holds of a property that is absent is not said there: here it does not.
 */
export function matches(pattern: string, line: string): boolean {
  const [, property, operator, text] = /^\{ \$\.(\w+) (!?=) (\*|"[^"*]*") \}$/.exec(pattern) ?? [];
  if (property === undefined || text === undefined) throw new Error(`The pattern ${pattern} is not one that the tests can match.`);
  const value = propertyOf(line, property);
  if (typeof value !== "string" && typeof value !== "number") return false;
  const equals = text === "*" || String(value) === text.slice(1, -1);
  return operator === "=" ? equals : !equals;
}

function propertyOf(line: string, property: string): unknown {
  try {
    return (JSON.parse(line) as Readonly<Record<string, unknown>>)[property];
  } catch {
    return undefined;
  }
}
