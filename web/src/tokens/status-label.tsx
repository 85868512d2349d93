import { Label } from "@patternfly/react-core";
import type { Status } from "../rules/expiry.ts";

/** Says what is unusual about a token's expiry; nothing for what is not. */
export function StatusLabel({ status }: { readonly status: Status }) {
  if (status === "expired") return <div><Label isCompact status="danger">Expired</Label></div>;
  if (status === "soon") return <div><Label isCompact status="warning">Expires soon</Label></div>;
  return null;
}
