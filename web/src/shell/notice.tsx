import { Bullseye, Card, CardBody, CardFooter, Flex, PageSection } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { Frame } from "./frame.tsx";
import { Heading } from "./heading.tsx";

type Props = { readonly title: string; readonly children: ReactNode; readonly actions?: ReactNode };

/** One thing to say, in the middle of a page. */
export function Notice({ title, children, actions }: Props) {
  return (
    <PageSection isFilled hasBodyWrapper={false}>
      <Bullseye>
        <Card className="latchkey-notice">
          <CardBody><Heading title={title} /></CardBody>
          <CardBody>{children}</CardBody>
          {actions === undefined ? null : <CardFooter><Flex>{actions}</Flex></CardFooter>}
        </Card>
      </Bullseye>
    </PageSection>
  );
}

/** The same, as a page for who is not signed in. */
export const NoticePage = (props: Props) => <Frame><Notice {...props} /></Frame>;
