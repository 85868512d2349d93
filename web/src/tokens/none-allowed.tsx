import { Alert } from "@patternfly/react-core";
import type { Rights } from "../api/shapes.ts";
import { missingName, sentenceList } from "../rules/names.ts";

export const mayCreate = ({ scopes }: Rights): boolean => scopes.some(({ allowed }) => allowed);

/** For who may give no scope to a token: what to ask for. */
export function NoneAllowed({ rights: { scopes, account } }: { readonly rights: Rights }) {
  const wanted = scopes.flatMap(({ name, missing }) => (missing === undefined ? [] : `${missingName(missing)} (for the ${name})`));
  return (
    <Alert isInline variant="info" component="p" title="You can't create access tokens yet">
      You hold none of the permissions that they need. Ask an admin of {account.name} to give you {sentenceList(wanted, "or")}.
    </Alert>
  );
}
