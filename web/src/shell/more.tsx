import { Alert, Button } from "@patternfly/react-core";

type Props = { readonly shown: number; readonly of: string; readonly onMore: () => void; readonly isLoading: boolean };

const NUMBERS = new Intl.NumberFormat("en");

/** Says that a list goes on, so that nobody takes what is here for all there is. */
export function More({ shown, of, onMore, isLoading }: Props) {
  return (
    <Alert
      isInline variant="info" component="p" title={`The first ${NUMBERS.format(shown)} ${of} are here, in the order in which they were made; there are more`}
      actionLinks={<Button variant="link" isInline isLoading={isLoading} isDisabled={isLoading} onClick={onMore}>Load more</Button>}
    >
      What is looked for is looked for among these.
    </Alert>
  );
}
