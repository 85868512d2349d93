import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from "@patternfly/react-core";
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { Router } from "wouter";

type Reason = { readonly title: string; readonly text: string; readonly leave: string; readonly stay: string };
type Guard = { readonly leave: (go: () => void) => void; readonly hold: (reason: Reason | undefined) => void };

const Context = createContext<Guard>({ leave: (go) => go(), hold: () => undefined });

/** Goes at once, or after the person has agreed to lose what `useHold` holds. */
export const useLeave = () => useContext(Context).leave;

/** Whoever leaves the page is asked first: by us for our own pages, by the browser for others. Answers what ends that. */
export function useHold(reason: Reason): () => void {
  const { hold } = useContext(Context);
  useEffect(() => {
    hold(reason);
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => {
      hold(undefined);
      removeEventListener("beforeunload", warn);
    };
  }, [hold, reason]);
  return () => hold(undefined);
}

/** The pages' addresses, with a question before leaving one that holds something. */
export function Leaving({ children }: { readonly children: ReactNode }) {
  const held = useRef<Reason>(undefined);
  const [question, setQuestion] = useState<{ readonly reason: Reason; readonly go: () => void }>();
  const leave = useCallback((go: () => void) => {
    if (held.current === undefined) go();
    else setQuestion({ reason: held.current, go });
  }, []);
  const guard = useMemo<Guard>(() => ({ leave, hold: (reason) => { held.current = reason; } }), [leave]);
  return (
    <Context value={guard}>
      <Router aroundNav={(navigate, to, options) => leave(() => navigate(to, options))}>
        {children}
      </Router>
      {question === undefined ? null : (
        <Modal isOpen variant="small" onClose={() => setQuestion(undefined)} aria-labelledby="leaving-title" aria-describedby="leaving-text">
          <ModalHeader title={question.reason.title} titleIconVariant="warning" labelId="leaving-title" />
          <ModalBody id="leaving-text">{question.reason.text}</ModalBody>
          <ModalFooter>
            <Button onClick={() => setQuestion(undefined)}>{question.reason.stay}</Button>
            <Button variant="link" onClick={() => { setQuestion(undefined); question.go(); }}>{question.reason.leave}</Button>
          </ModalFooter>
        </Modal>
      )}
    </Context>
  );
}
