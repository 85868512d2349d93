import { PageSection, Skeleton } from "@patternfly/react-core";
import { sentence } from "../api/answer.ts";
import { readDocument } from "../api/portal.ts";
import { useLoaded } from "../api/use-loaded.ts";
import { Failed } from "../shell/failed.tsx";
import { Heading } from "../shell/heading.tsx";
import { Apis } from "./apis.tsx";

/** The API documentation. `token` is to try it out with. */
export default function DocsPage({ token = "" }: { readonly token?: string }) {
  const [document, reload] = useLoaded(readDocument);
  return (
    <>
      <PageSection isWidthLimited><Heading title="API docs">Read what each call does, and try it. What you try here is real: it changes what it says.</Heading></PageSection>
      <PageSection isWidthLimited>
        {document.kind === "loaded" ? <Apis document={document.value} token={token} />
          : document.kind === "failed" ? <Failed title="The documentation could not be loaded" text={sentence(document.failure)} onRetry={reload} />
          : <Skeleton height="30rem" screenreaderText="Loading" />}
      </PageSection>
    </>
  );
}
