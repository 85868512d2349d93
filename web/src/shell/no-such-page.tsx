import { Button } from "@patternfly/react-core";
import { Link } from "wouter";
import { PAGES } from "../../../lib/http/portal/pages.ts";
import { Notice } from "./notice.tsx";

export function NoSuchPage() {
  return (
    <Notice title="There is no such page" actions={<Button component={Link} href={PAGES.tokens}>To your tokens</Button>}>
      The address may have been mistyped, or what was there is gone.
    </Notice>
  );
}
