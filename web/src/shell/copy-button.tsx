import { Button } from "@patternfly/react-core";
import CheckIcon from "@patternfly/react-icons/dist/esm/icons/check-icon";
import CopyIcon from "@patternfly/react-icons/dist/esm/icons/copy-icon";
import { useEffect, useState } from "react";

const CONFIRMED_MS = 4000;

type Props = { readonly text: string; readonly name: string; readonly variant?: "primary" | "secondary" };

/** Copies, and says so: on the button, and in a status that is read out. */
export function CopyButton({ text, name, variant = "secondary" }: Props) {
  const [outcome, setOutcome] = useState<"copied" | "failed">();
  useEffect(() => {
    if (outcome === undefined) return;
    const over = setTimeout(() => setOutcome(undefined), CONFIRMED_MS);
    return () => clearTimeout(over);
  }, [outcome]);
  const copy = () => navigator.clipboard.writeText(text).then(() => setOutcome("copied"), () => setOutcome("failed"));
  return (
    <>
      <Button variant={variant} size={variant === "primary" ? "default" : "sm"} icon={outcome === "copied" ? <CheckIcon /> : <CopyIcon />} onClick={() => void copy()}>{outcome === "copied" ? "Copied" : name}</Button>
      <output className={outcome === "failed" ? "latchkey-subtle" : "pf-v6-screen-reader"}>
        {outcome === "copied" ? "Copied to the clipboard" : outcome === "failed" ? "Your browser did not allow it: select the text and copy it" : ""}
      </output>
    </>
  );
}
