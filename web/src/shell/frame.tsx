import { Masthead, MastheadBrand, MastheadContent, MastheadLogo, MastheadMain, MastheadToggle, Page, PageToggleButton, SkipToContent } from "@patternfly/react-core";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";
import { PAGES } from "../../../lib/http/portal/pages.ts";
import type { Rights } from "../api/shapes.ts";
import { MAIN } from "./heading.tsx";
import { Navigation } from "./navigation.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { ThemeMenu } from "./theme-menu.tsx";
import icon from "../icon.svg";

/** PatternFly's `xl`: from there on the navigation stands beside the page. */
const WIDE = "(min-width: 75rem)";

type Props = { readonly rights?: Rights | "loading"; readonly children: ReactNode };

/** What is around every page: masthead and navigation; without the latter for who is not signed in. */
export function Frame({ rights, children }: Props) {
  const [isNarrow, setNarrow] = useState(() => !matchMedia(WIDE).matches);
  const [isOpen, setOpen] = useState(false);
  const person = typeof rights === "object" ? rights : undefined;
  const sidebar = rights === undefined ? {} : { sidebar: <Navigation isOpen={!isNarrow || isOpen} isAdmin={person?.user.role === "admin"} onGo={() => setOpen(false)} /> };
  return (
    <Page
      {...sidebar}
      isContentFilled
      mainContainerId={MAIN}
      onPageResize={() => setNarrow(!matchMedia(WIDE).matches)}
      skipToContent={<SkipToContent href={`#${MAIN}`} onClick={(event) => { event.preventDefault(); document.querySelector<HTMLElement>(`#${MAIN}`)?.focus(); }}>Skip to content</SkipToContent>}
      masthead={(
        <Masthead display={{ default: "inline" }}>
          <MastheadMain>
            {rights !== undefined && isNarrow ? (
              <MastheadToggle><PageToggleButton isHamburgerButton aria-label="Navigation" aria-controls="navigation" isSidebarOpen={isOpen} onSidebarToggle={() => setOpen(!isOpen)} /></MastheadToggle>
            ) : null}
            <MastheadBrand>
              <MastheadLogo component={Link} href={PAGES.tokens} className="latchkey-brand">
                <img src={icon} alt="" width="28" height="28" /> Latchkey
              </MastheadLogo>
            </MastheadBrand>
          </MastheadMain>
          <MastheadContent className="latchkey-tools">
            <ThemeMenu />
            {person === undefined ? null : <PersonMenu rights={person} />}
          </MastheadContent>
        </Masthead>
      )}
    >
      {children}
    </Page>
  );
}
