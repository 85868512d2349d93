import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from "@patternfly/react-core";

type Props = { readonly title: string; readonly text: string; readonly onRetry: () => void };

/** Where a part of a page should be that could not be loaded. */
export function Failed({ title, text, onRetry }: Props) {
  return (
    <EmptyState status="danger" variant="sm" headingLevel="h3" titleText={title}>
      <EmptyStateBody>{text}</EmptyStateBody>
      <EmptyStateFooter><EmptyStateActions><Button variant="secondary" onClick={onRetry}>Try again</Button></EmptyStateActions></EmptyStateFooter>
    </EmptyState>
  );
}
