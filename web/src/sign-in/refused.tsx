import { Button, Content } from "@patternfly/react-core";
import { useSearch } from "wouter";
import { anotherAddress } from "../rules/addresses.ts";
import { refusalOf } from "../rules/refusals.ts";
import { NoticePage } from "../shell/notice.tsx";

/** Why somebody could not sign in, and what they can do. */
export function RefusedPage() {
  const { title, advice } = refusalOf(new URLSearchParams(useSearch()).get("reason"));
  return (
    <NoticePage title={title} actions={<Button component="a" href={anotherAddress()}>Try another account</Button>}>
      <Content component="p">{advice}</Content>
    </NoticePage>
  );
}
