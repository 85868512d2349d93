import { day, inWords, lastUse } from "../rules/time.ts";

/** When a token was last used, as far as that is known: to the hour, and not at all before a use was seen. */
export function LastUse({ at, now }: { readonly at: number | undefined; readonly now: number }) {
  if (at === undefined) return <span className="latchkey-subtle">No use seen yet</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={`${inWords(at)}, or less than an hour later`}>
      {lastUse(at, now)}
      <br />
      <span className="latchkey-subtle">{day(at)}</span>
    </time>
  );
}
