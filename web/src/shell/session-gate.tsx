import { Button } from "@patternfly/react-core";
import { useCallback, useEffect, useRef, useState, type ReactNode } from "react";
import { useLocation } from "wouter";
import { sentence } from "../api/answer.ts";
import { onSessionOver } from "../api/call.ts";
import { readRights } from "../api/portal.ts";
import { useLoaded } from "../api/use-loaded.ts";
import { signInAddress } from "../rules/addresses.ts";
import { SignInNotice } from "../sign-in/signed-out.tsx";
import { Frame } from "./frame.tsx";
import { NoticePage } from "./notice.tsx";
import { PageSkeleton } from "./page-skeleton.tsx";
import { SessionContext, noteSent, noteSignedIn, wasSent } from "./session.ts";
import { SessionOver } from "./session-over.tsx";

/** Shows its pages to who is signed in; everybody else is sent to sign in, once. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const [rights, reload] = useLoaded(readRights);
  const [path] = useLocation();
  const [over, setOver] = useState(false);
  const [asking, setAsking] = useState(false);
  const isSignedIn = useRef(false);

  const ended = useCallback(() => {
    if (isSignedIn.current) {
      setOver(true);
    } else if (wasSent()) {
      setAsking(true);
    } else {
      noteSent();
      location.replace(signInAddress(location.pathname));
    }
  }, []);
  useEffect(() => onSessionOver(ended), [ended]);

  // Rights change while somebody works: every page is opened with those of now.
  const opened = useRef(path);
  useEffect(() => {
    if (opened.current === path) return;
    opened.current = path;
    reload();
  }, [path, reload]);

  // What was known stays on the page when it cannot be read anew.
  const [known, setKnown] = useState(rights.kind === "loaded" ? rights.value : undefined);
  if (rights.kind === "loaded" && rights.value !== known) setKnown(rights.value);
  useEffect(() => {
    if (known === undefined) return;
    isSignedIn.current = true;
    noteSignedIn();
  }, [known]);

  if (known === undefined) {
    if (asking) return <Frame><SignInNotice /></Frame>;
    if (rights.kind === "failed" && rights.failure.kind !== "session_over") {
      return <NoticePage title="This page could not be opened" actions={<Button onClick={reload}>Try again</Button>}>{sentence(rights.failure)}</NoticePage>;
    }
    return <Frame rights="loading"><PageSkeleton /></Frame>;
  }
  return (
    <SessionContext value={known}>
      <Frame rights={known}>{children}</Frame>
      {over ? <SessionOver onClose={() => setOver(false)} /> : null}
    </SessionContext>
  );
}
