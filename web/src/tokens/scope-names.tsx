import type { ScopeOffer } from "../api/shapes.ts";
import { missingName } from "../rules/names.ts";

export const nameOfScope = (scope: string, offers: readonly ScopeOffer[]): string => offers.find((offer) => offer.scope === scope)?.name ?? scope;

type Props = { readonly scopes: readonly string[]; readonly offers: readonly ScopeOffer[]; readonly isOwn: boolean };

/** What a token reaches; and what it no longer does, because its owner (who is looking) lost a permission. */
export function ScopeNames({ scopes, offers, isOwn }: Props) {
  return scopes.map((scope) => {
    const missing = isOwn ? offers.find((offer) => offer.scope === scope)?.missing : undefined;
    return (
      <div key={scope}>
        {nameOfScope(scope, offers)}
        {missing === undefined ? null : <div className="latchkey-subtle">Does not work now: you lost {missingName(missing)}</div>}
      </div>
    );
  });
}
