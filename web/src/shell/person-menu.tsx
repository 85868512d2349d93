import { Divider, Dropdown, DropdownGroup, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import UserIcon from "@patternfly/react-icons/dist/esm/icons/user-icon";
import { useState } from "react";
import { PAGES } from "../../../lib/http/portal/pages.ts";
import { signOut } from "../api/portal.ts";
import type { Rights } from "../api/shapes.ts";
import { afterSignOut } from "../rules/addresses.ts";
import { useLeave } from "./leave.tsx";
import { useTell } from "./toasts.tsx";

/** Who is signed in, where, and the way out. */
export function PersonMenu({ rights: { user, account } }: { readonly rights: Rights }) {
  const [open, setOpen] = useState(false);
  const leave = useLeave();
  const tell = useTell();
  const out = async () => {
    const answer = await signOut();
    if (answer.kind === "ok") location.assign(afterSignOut(answer.value.location, location.href));
    else if (answer.kind === "session_over") location.assign(PAGES.signedOut);
    else tell("danger", "You could not be signed out. Please try again.");
  };
  return (
    <Dropdown
      isOpen={open} onOpenChange={setOpen} popperProps={{ position: "end", appendTo: "inline" }} shouldFocusFirstItemOnOpen
      toggle={(ref) => (
        <MenuToggle ref={ref} variant="plainText" isExpanded={open} icon={<UserIcon />} aria-label={`Signed in as ${user.email}`} onClick={() => setOpen(!open)} className="latchkey-person">
          <span className="latchkey-wide">{user.email}</span>
        </MenuToggle>
      )}
    >
      <DropdownGroup label={<span className="latchkey-who"><strong>{user.username}</strong><br />{user.username === user.email ? null : <>{user.email}<br /></>}{account.name} · {user.role === "admin" ? "Admin" : "Member"}</span>} labelHeadingLevel="h2">
        <Divider component="li" />
        <DropdownList aria-label="Account">
          <DropdownItem onClick={() => { setOpen(false); leave(() => void out()); }}>Sign out</DropdownItem>
        </DropdownList>
      </DropdownGroup>
    </Dropdown>
  );
}
