import { PageSection } from "@patternfly/react-core";
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import type { IssuedToken } from "../api/shapes.ts";
import { Heading } from "../shell/heading.tsx";
import { useRights } from "../shell/session.ts";
import { NewTokenForm } from "./new-token-form.tsx";
import { mayCreate, NoneAllowed } from "./none-allowed.tsx";
import { ShownOnce } from "./shown-once.tsx";

/**
 * Makes a token, and shows its value. That is in this component's state and nowhere else: whatever leads away from here, a
 * reload, another page, Back, loses it for good.
 */
export function NewTokenPage() {
  const rights = useRights();
  const [issued, setIssued] = useState<IssuedToken>();

  // Before the browser puts the page away as it is, to come back to.
  useEffect(() => {
    const forget = () => flushSync(() => setIssued(undefined));
    addEventListener("pagehide", forget);
    return () => removeEventListener("pagehide", forget);
  }, []);

  if (issued !== undefined) return <ShownOnce token={issued} offers={rights.scopes} />;
  const may = mayCreate(rights);
  return (
    <>
      <PageSection isWidthLimited><Heading title="New access token" focused={!may}>It acts as you: give it no more than its program needs.</Heading></PageSection>
      <PageSection isWidthLimited>{may ? <NewTokenForm rights={rights} onIssued={setIssued} /> : <NoneAllowed rights={rights} />}</PageSection>
    </>
  );
}
