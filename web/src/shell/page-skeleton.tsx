import { PageSection, Skeleton } from "@patternfly/react-core";

/** As much room as a page takes, while it is not known who is looking. */
export function PageSkeleton() {
  return (
    <PageSection isWidthLimited aria-label="Loading">
      <Skeleton width="12rem" height="2rem" screenreaderText="Loading" />
      <br />
      <Skeleton height="20rem" />
    </PageSection>
  );
}
