import { EmptyState, EmptyStateBody } from "@patternfly/react-core";
import type { ReactNode } from "react";

/** There is something, but nothing of what was looked for. */
export function NothingFound({ children }: { readonly children: ReactNode }) {
  return <EmptyState variant="sm" headingLevel="h3" titleText="Nothing found"><EmptyStateBody>{children}</EmptyStateBody></EmptyState>;
}
