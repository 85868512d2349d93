/**
 * What became of a call. `session_over`: nobody is signed in any more. `refused`: they are, but may not. `invalid`: what
 * is wrong with each field. `absent`: there is no such thing, or not any more. `unavailable`: nobody can say; try again.
 */
export type Failure =
  | { readonly kind: "session_over" }
  | { readonly kind: "refused"; readonly code: string; readonly message: string; readonly missing: readonly string[] }
  | { readonly kind: "invalid"; readonly fields: Readonly<Record<string, readonly string[]>> }
  | { readonly kind: "absent" }
  | { readonly kind: "unavailable" };
export type Answer<T> = { readonly kind: "ok"; readonly value: T } | Failure;

/** A failure in a sentence, for where nothing better is known. */
export function sentence(failure: Failure): string {
  switch (failure.kind) {
    case "session_over": return "Your session has ended. Sign in again.";
    case "refused": return failure.code === "no_service_access" ? "You have no access to any service." : `You may not do this: ${failure.message}.`;
    case "invalid": return "Something in what was sent is not valid.";
    case "absent": return "This is not there any more.";
    case "unavailable": return "Latchkey did not answer. Please try again.";
  }
}
