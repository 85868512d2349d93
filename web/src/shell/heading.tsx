import { Content, Title } from "@patternfly/react-core";
import { useEffect, useRef, type ReactNode } from "react";

/** The scrolling part of the page, where "Skip to content" leads. */
export const MAIN = "main";

/** The page that the browser opened is announced by the browser itself. */
let isFirst = true;

type Props = { readonly title: string; readonly documentTitle?: string; readonly focused?: boolean; readonly children?: ReactNode };

/** A page's heading. It names the page to the browser, and takes the focus when the person came from another page of ours. */
export function Heading({ title, documentTitle = title, focused = true, children }: Props) {
  const heading = useRef<HTMLDivElement>(null);
  useEffect(() => { document.title = `${documentTitle} · Latchkey`; }, [documentTitle]);
  useEffect(() => {
    if (isFirst) {
      isFirst = false;
      return;
    }
    document.querySelector(`#${MAIN}`)?.scrollTo(0, 0);
    if (focused) heading.current?.focus({ preventScroll: true });
  }, [focused]);
  return (
    <div ref={heading} tabIndex={-1} className="latchkey-heading">
      <Title headingLevel="h1">{title}</Title>
      {children === undefined ? null : <Content component="p">{children}</Content>}
    </div>
  );
}
