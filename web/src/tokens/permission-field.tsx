import { FormGroup, Radio } from "@patternfly/react-core";
import { PERMISSION_NAMES } from "../rules/names.ts";
import { described, FIELDS, Problem, type Problems } from "./field.tsx";

const MEANING = { ro: "It can look at everything in its scopes, and change nothing.", rw: "It can also create, change and delete." } as const;

type Props = { readonly permission: "ro" | "rw"; readonly problems: Problems; readonly onChange: (permission: "ro" | "rw") => void };

export function PermissionField({ permission, problems, onChange }: Props) {
  const { id, label } = FIELDS.permission;
  return (
    <FormGroup role="radiogroup" label={label} isRequired fieldId={id} isStack {...described("permission", problems)}>
      {(["ro", "rw"] as const).map((each) => (
        <Radio key={each} id={`${id}-${each}`} name="permission" label={PERMISSION_NAMES[each]} description={MEANING[each]} isChecked={permission === each} onChange={() => onChange(each)} />
      ))}
      <Problem field="permission" problems={problems} />
    </FormGroup>
  );
}
