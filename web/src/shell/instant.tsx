import { inWords, moment, relative } from "../rules/time.ts";

/** "in 7 days", and under it when that is exactly: to be seen without pointing at anything, on a phone too. */
export function Instant({ at, now }: { readonly at: number; readonly now: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={inWords(at)}>
      {relative(at, now)}
      <br />
      <span className="latchkey-subtle">{moment(at)}</span>
    </time>
  );
}
