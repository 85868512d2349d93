import { useEffect, useRef, useState } from "react";
import type { ApiDocument } from "../rules/api-docs.ts";
import type { Place } from "../rules/docs-place.ts";
import { asSent, bracketed, FORM, type Tokens } from "../rules/try-out.ts";
import { showDocument, type Swagger } from "./swagger.ts";

type Props = {
  readonly view: ApiDocument;
  readonly sought: string;
  readonly opened: Place["operation"];
  readonly tokens: Tokens;
  readonly advise: (status: number | undefined, body: string) => string | undefined;
  readonly onOpen: (operationId: string | undefined) => void;
};

/** The operations of one API, to read and to try. */
export function Explorer({ view, sought, opened, tokens, advise, onOpen }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [swagger, setSwagger] = useState<Swagger>();
  const [said, setSaid] = useState("");
  // It outlives a change of these: what has been filled in and answered stays.
  const now = useRef({ tokens, advise, onOpen });
  useEffect(() => { now.current = { tokens, advise, onOpen }; });

  useEffect(() => {
    const node = document.createElement("div");
    place.current?.append(node);
    setSwagger(showDocument(node, {
      view,
      async send(url, request) {
        setSaid("Waiting for the answer");
        const answer = await send(url, request, now.current.tokens).catch((error: unknown) => { setSaid("No answer came"); throw error; });
        setSaid(`The answer has the status ${answer.status}`);
        return answer;
      },
      advise: (status, body) => now.current.advise(status, body), onOpen: (id) => now.current.onOpen(id),
    }));
    return () => node.remove();
  }, [view]);
  useEffect(() => { swagger?.find(sought); }, [swagger, sought]);
  useEffect(() => { if (opened !== undefined) swagger?.open(opened.group, opened.id); }, [swagger, opened]);

  return (
    <>
      <div ref={place} className="latchkey-docs" />
      <output className="pf-v6-screen-reader">{said}</output>
    </>
  );
}

/** The public API knows no cookies: it is not sent any, and what it answers is kept nowhere. */
function send(shown: string, request: RequestInit, tokens: Tokens): Promise<Response> {
  const { url, headers } = asSent(shown, Object.fromEntries(new Headers(request.headers)), tokens);
  const form = headers["content-type"] === FORM && typeof request.body === "string" ? { body: bracketed(request.body) } : {};
  return fetch(url, { ...request, ...form, headers, credentials: "omit", cache: "no-store", redirect: "error" });
}
