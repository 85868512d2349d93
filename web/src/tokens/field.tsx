import { FormHelperText, HelperText, HelperTextItem } from "@patternfly/react-core";

/** The fields of the form by the API's names: their ids, and what people call them. */
export const FIELDS = {
  name: { id: "token-name", label: "Name" },
  scopes: { id: "token-scopes", label: "Scopes" },
  permission: { id: "token-permission", label: "Permission" },
  expires_at: { id: "token-expiry", label: "Expiration" },
} as const;
export type Field = keyof typeof FIELDS;
/** What is wrong, by field: whole sentences. */
export type Problems = Partial<Record<Field, string>>;

export const problemId = (field: Field) => `${FIELDS[field].id}-problem`;
/** What a control says of its problem to assistive technology. */
export const described = (field: Field, problems: Problems) => (problems[field] === undefined ? {} : { "aria-describedby": problemId(field), "aria-invalid": true } as const);

/** What is wrong with a field, under it. */
export function Problem({ field, problems }: { readonly field: Field; readonly problems: Problems }) {
  const text = problems[field];
  if (text === undefined) return null;
  return (
    <FormHelperText>
      <HelperText id={problemId(field)}><HelperTextItem variant="error">{text}</HelperTextItem></HelperText>
    </FormHelperText>
  );
}
