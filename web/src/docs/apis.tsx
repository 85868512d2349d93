import { Tab, Tabs, TabTitleText } from "@patternfly/react-core";
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import type { ApiDocument } from "../rules/api-docs.ts";
import { hashOf, placeOf } from "../rules/docs-place.ts";
import type { Tokens } from "../rules/try-out.ts";
import { Api } from "./api.tsx";

/** The APIs, a tab each. Tokens are in this component's state and nowhere else, and are asked for once. */
export function Apis({ document, token }: { readonly document: ApiDocument; readonly token: string }) {
  const [place, setPlace] = useState(() => placeOf(document, location.hash));
  const [tokens, setTokens] = useState<Tokens>({ access: token, service: "" });
  const [visit, setVisit] = useState(0);

  useEffect(() => {
    const follow = () => setPlace(placeOf(document, location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [document]);

  // Before the browser puts the page away as it is, to come back to: with the tokens goes what was answered to them.
  useEffect(() => {
    const forget = () => flushSync(() => {
      setTokens({ access: "", service: "" });
      setVisit((before) => before + 1);
    });
    addEventListener("pagehide", forget);
    return () => removeEventListener("pagehide", forget);
  }, []);

  const note = (api: string, operationId?: string) => history.replaceState(history.state, "", hashOf(api, operationId));
  const select = (api: string) => {
    note(api);
    setPlace({ api });
  };
  return (
    <Tabs
      activeKey={document.tags.findIndex(({ name }) => name === place.api)} mountOnEnter unmountOnExit aria-label="APIs" className="latchkey-apis"
      onSelect={(_event, key) => select(document.tags[Number(key)]?.name ?? place.api)}
    >
      {document.tags.map(({ name, description }, at) => (
        <Tab key={name} eventKey={at} title={<TabTitleText>{name}</TabTitleText>}>
          <Api key={visit} document={document} name={name} description={description ?? ""} opened={place.api === name ? place.operation : undefined}
            tokens={tokens} onTokens={setTokens} onOpen={(operationId) => note(name, operationId)} />
        </Tab>
      ))}
    </Tabs>
  );
}
