import { Button, Content, List, ListItem, Skeleton } from "@patternfly/react-core";
import { PAGES } from "../../../lib/http/portal/pages.ts";
import { listChoices } from "../api/portal.ts";
import { useLoaded } from "../api/use-loaded.ts";
import { signInAddress } from "../rules/addresses.ts";
import { NoticePage } from "../shell/notice.tsx";

/** For a member of several accounts who named none: which is meant. */
export function ChoosePage() {
  const [choices] = useLoaded(listChoices);
  if (choices.kind === "failed") {
    return (
      <NoticePage title="Choose an account" actions={<Button component="a" href={signInAddress(PAGES.tokens)}>Sign in again</Button>}>
        This sign-in is not waiting any more. Please begin anew.
      </NoticePage>
    );
  }
  return (
    <NoticePage title="Choose an account">
      <Content component="p">You are a member of several accounts. Which one would you like to work with?</Content>
      {choices.kind === "loading" ? <Skeleton height="6rem" screenreaderText="Loading" /> : (
        <List isPlain isBordered aria-label="Accounts">
          {choices.value.accounts.map(({ id, name }) => (
            <ListItem key={id}><Button variant="link" isInline component="a" href={signInAddress(choices.value.to, id)} className="latchkey-name">{name}</Button></ListItem>
          ))}
        </List>
      )}
    </NoticePage>
  );
}
