import { Button, Flex } from "@patternfly/react-core";
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { sentence } from "../api/answer.ts";
import { revealServiceToken } from "../api/portal.ts";
import type { ServiceToken } from "../api/shapes.ts";
import { CopyButton } from "../shell/copy-button.tsx";

/** A value behind a mask, until somebody looks. It is asked for at each look, and kept nowhere once hidden. */
export function RevealedValue({ token: { service_id: service, service_name: name, value: mask } }: { readonly token: ServiceToken }) {
  const [value, setValue] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  // The browser may keep the page as it is, to come back to.
  useEffect(() => {
    const hide = () => flushSync(() => setValue(undefined));
    addEventListener("pagehide", hide);
    return () => removeEventListener("pagehide", hide);
  }, []);

  const reveal = async () => {
    setBusy(true);
    setProblem("");
    const answer = await revealServiceToken(service);
    setBusy(false);
    if (answer.kind === "ok") setValue(answer.value.value);
    else setProblem(answer.kind === "absent" ? "This service is not there any more." : sentence(answer));
  };
  const isShown = value !== undefined;
  return (
    <>
      <Flex columnGap={{ default: "columnGapSm" }} rowGap={{ default: "rowGapSm" }} alignItems={{ default: "alignItemsCenter" }}>
        <code className="latchkey-value" translate="no">{isShown ? value : <><span aria-hidden="true">{mask}</span><span className="pf-v6-screen-reader">Hidden</span></>}</code>
        <Button
          variant="secondary" size="sm" isLoading={busy} isDisabled={busy} spinnerAriaLabel="Revealing"
          aria-label={`${isShown ? "Hide" : "Reveal"} the token of ${name}`} onClick={() => { if (isShown) setValue(undefined); else void reveal(); }}
        >
          {isShown ? "Hide" : "Reveal"}
        </Button>
        {isShown ? <CopyButton text={value} name="Copy" /> : null}
      </Flex>
      <output>{problem}</output>
    </>
  );
}
