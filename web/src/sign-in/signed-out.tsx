import { Button } from "@patternfly/react-core";
import { useLocation } from "wouter";
import { PAGES } from "../../../lib/http/portal/pages.ts";
import { signInAddress } from "../rules/addresses.ts";
import { Notice, NoticePage } from "../shell/notice.tsx";

const TEXT = "Sign in to see your tokens, and to make new ones.";

/** A way in, on a page that needs it. It comes back to that page. */
export function SignInNotice() {
  const [path] = useLocation();
  return <Notice title="You are not signed in" actions={<SignIn to={path} />}>{TEXT}</Notice>;
}

/** Where sign-out ends. */
export const SignedOutPage = () => <NoticePage title="You are signed out" actions={<SignIn to={PAGES.tokens} />}>{TEXT}</NoticePage>;

function SignIn({ to }: { readonly to: string }) {
  return <Button component="a" href={signInAddress(to)}>Sign in</Button>;
}
