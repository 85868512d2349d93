import { Nav, NavGroup, NavItem, PageSidebar, PageSidebarBody } from "@patternfly/react-core";
import { Link, useLocation } from "wouter";
import { PAGES } from "../../../lib/http/portal/pages.ts";

type Props = { readonly isOpen: boolean; readonly isAdmin: boolean; readonly onGo: () => void };

/** The pages there are, grouped as in 3scale's menu. */
export function Navigation({ isOpen, isAdmin, onGo }: Props) {
  const [path] = useLocation();
  const item = (to: string, name: string, isActive: boolean) => (
    <NavItem component={Link} to={to} isActive={isActive} onClick={onGo}>{name}</NavItem>
  );
  return (
    <PageSidebar isSidebarOpen={isOpen} id="navigation">
      <PageSidebarBody>
        <Nav aria-label="Global">
          <NavGroup title="Personal">{item(PAGES.tokens, "Tokens", path === PAGES.tokens || path === PAGES.newToken)}</NavGroup>
          {isAdmin ? <NavGroup title="Account">{item(PAGES.allTokens, "All tokens", path === PAGES.allTokens)}</NavGroup> : null}
          <NavGroup title="Integrate">{item(PAGES.apiDocs, "API docs", path === PAGES.apiDocs)}</NavGroup>
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  );
}
