import { PageSection } from "@patternfly/react-core";
import { Heading } from "../shell/heading.tsx";

/** The API documentation. `token` is to try it out with. */
export default function DocsPage({ token }: { readonly token?: string }) {
  return <PageSection isWidthLimited><Heading title="API docs">{token === undefined ? "" : "Your new token is at hand."}</Heading></PageSection>;
}
