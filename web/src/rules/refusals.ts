/** Why a sign-in was refused (`/p/sign_in/refused?reason=…`), and what the person can do about it. */
export type Refusal = { readonly title: string; readonly advice: string };

const REFUSALS: Readonly<Record<string, Refusal>> = {
  no_membership: {
    title: "You are not a member yet",
    advice: "Nobody has invited the e-mail address that you signed in with. Ask an admin of your provider to invite this very address, or sign in with the account that was invited.",
  },
  not_active: {
    title: "Your membership is not active",
    advice: "It is suspended, or was never activated. Ask an admin of your provider to activate it, then sign in again.",
  },
  unverified_email: {
    title: "Your e-mail address is not verified",
    advice: "Verify the address where you signed in (look for the message it sent you), then try again. Until then anybody could claim that address.",
  },
  other_identity: {
    title: "Your membership belongs to another sign-in",
    advice: "This e-mail address already signs in as somebody else at the same sign-in service. Use the account that you used before, or ask an admin of your provider to invite you anew.",
  },
  denied: { title: "You were not signed in", advice: "You, or the service that signs you in, declined. Nothing was changed; try again whenever you like." },
  failed: { title: "Signing in did not work", advice: "The sign-in took too long, was opened twice, or its answer could not be trusted. Please try again; if it keeps failing, tell an admin of your provider." },
};

/** Anything this page has not heard of is a failure. */
export function refusalOf(reason: string | null): Refusal {
  const known = reason !== null && Object.hasOwn(REFUSALS, reason) ? REFUSALS[reason] : undefined;
  return known ?? { title: "Signing in did not work", advice: "Please try again; if it keeps failing, tell an admin of your provider." };
}
