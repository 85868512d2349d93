import { Checkbox, FormGroup, List, ListItem } from "@patternfly/react-core";
import type { Rights } from "../api/shapes.ts";
import { missingName, opens } from "../rules/names.ts";
import { described, FIELDS, Problem, type Problems } from "./field.tsx";

type Props = { readonly rights: Rights; readonly scopes: readonly string[]; readonly problems: Problems; readonly onChange: (scopes: readonly string[]) => void };

/** The scopes the person may give; under them the others, with what they lack. */
export function ScopesField({ rights: { scopes: offers, account }, scopes, problems, onChange }: Props) {
  const { id, label } = FIELDS.scopes;
  const refused = offers.filter(({ allowed }) => !allowed);
  const toggle = (scope: string, checked: boolean) => onChange(offers.map((offer) => offer.scope).filter((each) => (each === scope ? checked : scopes.includes(each))));
  return (
    // PatternFly's group takes its name from its label.
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
    <FormGroup role="group" label={label} isRequired fieldId={id} isStack {...described("scopes", problems)}>
      {offers.filter(({ allowed }) => allowed).map(({ scope, name }) => (
        <Checkbox key={scope} id={`${id}-${scope}`} label={name} description={opens(scope)} isChecked={scopes.includes(scope)} onChange={(_event, checked) => toggle(scope, checked)} />
      ))}
      <Problem field="scopes" problems={problems} />
      {refused.length === 0 ? null : (
        <div className="latchkey-subtle latchkey-apart">
          <p id={`${id}-missing`}>Not yours to give; an admin of {account.name} can change that:</p>
          <List aria-labelledby={`${id}-missing`}>
            {refused.map(({ scope, name, missing }) => <ListItem key={scope}>{name} – needs {missing === undefined ? "rights that you do not have" : missingName(missing)}</ListItem>)}
          </List>
        </div>
      )}
    </FormGroup>
  );
}
