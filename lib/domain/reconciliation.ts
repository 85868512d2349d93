/** What stands for a service in the table: its row, and its token's, or that token's tombstone. */
export type Standing = { readonly service: boolean; readonly token: "live" | "deleted" | "none" };

/**
 * What is wrong with it, if anything is. One transaction makes or ends both (D9), so these come from outside of Latchkey:
 * a table that was restored in part, rows that somebody wrote or removed by hand, announcements of a catalogue that were lost.
 * - `service_without_token`: gateways cannot call for it; it gets a token.
 * - `token_without_service`: it opens what nobody sees; it is revoked.
 * - `half_deleted`: its token says that it was deleted; the deletion is finished, since its id is never used again.
 * - `missing`: the catalogue knows it and nothing of it is here; it is made.
 */
export type Disagreement = "service_without_token" | "token_without_service" | "half_deleted" | "missing";

export function disagreementOf({ service, token }: Standing, announced: boolean): Disagreement | undefined {
  switch (token) {
    case "live":
      return service ? undefined : "token_without_service";
    case "deleted":
      return service ? "half_deleted" : undefined;
    case "none":
      return service ? "service_without_token" : announced ? "missing" : undefined;
  }
}
