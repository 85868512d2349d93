import { useIn } from "../http/use-log.ts";
import { logEvent, type LogLine } from "./log-event.ts";
import { LOOPBACK } from "./ports.ts";

/** Lines of so long go together. */
const GATHERED_MS = 200;

/**
 * Stands in for the subscriptions of lib/deploy/subscriptions.ts: the lines of what is printed that tell of a token's use are
 * handed to the function that records it. Takes the text as it comes; what cannot be handed on is lost, as in AWS.
 */
export function handOnUses(lambdaPort: number, functionName: string): (text: string) => void {
  const url = `http://${LOOPBACK}:${lambdaPort}/2015-03-31/functions/${functionName}/invocations`;
  let unfinished = "";
  let gathered: LogLine[] = [];

  function handOn(): void {
    const body = JSON.stringify(logEvent("local", gathered));
    gathered = [];
    fetch(url, { method: "POST", body }).then((answer) => answer.body?.cancel()).catch(() => {});
  }

  return (text) => {
    const lines = (unfinished + text).split("\n");
    unfinished = lines.pop() ?? "";
    const timestamp = Date.now();
    const uses = lines.filter((line) => useIn(line, timestamp) !== undefined).map((message) => ({ message, timestamp }));
    if (uses.length > 0 && gathered.length === 0) setTimeout(handOn, GATHERED_MS).unref();
    gathered.push(...uses);
  };
}
