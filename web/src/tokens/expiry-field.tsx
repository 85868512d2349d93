import { Alert, FormGroup, FormSelect, FormSelectOption, TextInput } from "@patternfly/react-core";
import { EXPIRY_CHOICES, expiryOf, firstDate, type ExpiryChoice } from "../rules/expiry.ts";
import { inWords } from "../rules/time.ts";
import { useNow } from "../shell/use-now.ts";
import { described, FIELDS, Problem, type Problems } from "./field.tsx";

type Choice = { readonly expiry: ExpiryChoice; readonly date: string };
type Props = Choice & { readonly problems: Problems; readonly onChange: (choice: Partial<Choice>) => void };

/** For how long, and until when exactly. The date field is the browser's own: it knows keyboards, phones and the reader's order of days and months. */
export function ExpiryField({ expiry, date, problems, onChange }: Props) {
  const { id, label } = FIELDS.expires_at;
  const now = useNow();
  const at = expiryOf(expiry, date, now);
  const isCustom = expiry === "custom";
  const until = <output className="latchkey-subtle">{typeof at === "number" ? `The token expires on ${inWords(at)}${isCustom ? ", as that day begins where you are" : ""}.` : ""}</output>;
  return (
    <>
      <FormGroup label={label} isRequired fieldId={id}>
        <FormSelect id={id} value={expiry} className="latchkey-short" {...(isCustom ? {} : described("expires_at", problems))}
          onChange={(_event, value) => onChange({ expiry: EXPIRY_CHOICES.find((choice) => choice.value === value)?.value ?? "7" })}>
          {EXPIRY_CHOICES.map((choice) => <FormSelectOption key={choice.value} value={choice.value} label={choice.label} />)}
        </FormSelect>
        {isCustom ? null : <><Problem field="expires_at" problems={problems} />{until}</>}
      </FormGroup>
      {isCustom ? (
        <FormGroup label="Expires on" isRequired fieldId={`${id}-date`}>
          <TextInput id={`${id}-date`} type="date" min={firstDate(now)} max="9999-12-31" value={date} className="latchkey-short" {...described("expires_at", problems)} onChange={(_event, value) => onChange({ date: value })} />
          <Problem field="expires_at" problems={problems} />
          {until}
        </FormGroup>
      ) : null}
      {at === "never" ? (
        <Alert isInline isLiveRegion variant="warning" component="p" title="This token will never expire">
          Whoever finds it can use it until somebody deletes it. Prefer an expiration, and a new token in time.
        </Alert>
      ) : null}
    </>
  );
}
