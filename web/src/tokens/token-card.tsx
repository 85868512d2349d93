import { Card, CardBody, CardHeader, CardTitle, Content, Skeleton } from "@patternfly/react-core";
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { sentence, type Answer } from "../api/answer.ts";
import type { ScopeOffer } from "../api/shapes.ts";
import type { Fronted } from "../api/use-front.ts";
import { Failed } from "../shell/failed.tsx";
import { More } from "../shell/more.tsx";
import { useTell } from "../shell/toasts.tsx";
import { DeleteToken } from "./delete-token.tsx";
import { TokenList } from "./token-list.tsx";
import type { Row } from "./tokens-table.tsx";

type Props<Token extends Row> = {
  readonly title: string;
  readonly explanation: ReactNode;
  readonly action?: ReactNode;
  readonly empty: ReactNode;
  readonly list: Fronted<Token>;
  readonly remove: (token: Token) => Promise<Answer<unknown>>;
  readonly offers: readonly ScopeOffer[];
  readonly isOwn: boolean;
};

/** A card of access tokens that can be deleted. */
export function TokenCard<Token extends Row>({ title, explanation, action, empty, list: { loaded, reload, loadMore, loadingMore }, remove, offers, isOwn }: Props<Token>) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const [doomed, setDoomed] = useState<Token>();
  const tell = useTell();
  // The button that was pressed goes with its row, and the focus with it: it is brought to the list's heading.
  const hasDeleted = useRef(false);
  useEffect(() => {
    if (hasDeleted.current) heading.current?.focus();
    hasDeleted.current = false;
  }, [loaded]);
  const deleted = (token: Token) => {
    setDoomed(undefined);
    tell("success", `The token “${token.name}” was deleted.`);
    hasDeleted.current = true;
    reload();
  };
  return (
    <Card component="section" aria-labelledby={id}>
      <CardHeader {...(action === undefined ? {} : { actions: { actions: action, hasNoOffset: true } })}>
        <CardTitle><h2 id={id} ref={heading} tabIndex={-1} className="latchkey-heading">{title}</h2></CardTitle>
      </CardHeader>
      <CardBody>
        <Content component="p">{explanation}</Content>
        {loaded.kind === "loading" ? <Skeleton height="16rem" screenreaderText="Loading" />
          : loaded.kind === "failed" ? <Failed title="The tokens could not be loaded" text={sentence(loaded.failure)} onRetry={reload} />
          : loaded.value.items.length === 0 ? empty
          : <TokenList label={title} tokens={loaded.value.items} offers={offers} isOwn={isOwn} onDelete={(row) => setDoomed(loaded.value.items.find((token) => token.id === row.id))} />}
        {loaded.kind === "loaded" && loaded.value.more ? <More shown={loaded.value.items.length} of="tokens" onMore={loadMore} isLoading={loadingMore} /> : null}
      </CardBody>
      {doomed === undefined ? null : (
        <DeleteToken token={doomed} offers={offers} remove={() => remove(doomed)} onDeleted={() => deleted(doomed)} onClose={() => setDoomed(undefined)} />
      )}
    </Card>
  );
}
