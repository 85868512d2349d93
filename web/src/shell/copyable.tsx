import { CodeBlock, CodeBlockCode } from "@patternfly/react-core";
import { CopyButton } from "./copy-button.tsx";

type Props = { readonly label: string; readonly text: string; readonly copyName: string; readonly variant?: "primary" | "secondary" };

/** Text to be taken away, whole and wrapped, with its button. `label` names the group. */
export function Copyable({ label, text, copyName, variant = "secondary" }: Props) {
  return (
    <fieldset aria-label={label} className="latchkey-copyable">
      <CodeBlock><CodeBlockCode codeClassName="latchkey-value" translate="no">{text}</CodeBlockCode></CodeBlock>
      <div><CopyButton text={text} name={copyName} variant={variant} /></div>
    </fieldset>
  );
}
