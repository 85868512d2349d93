import type { BrowserContext } from "playwright-core";

/** What happened in a browser since `begin`, whether or not it could be seen. */
export type Watched = {
  /** Questions of the browser's own that scripts made it ask. All are agreed to. */
  readonly dialogs: readonly string[];
  /** How often the browser asked whether to leave a page. */
  readonly asked: () => number;
  /** What the browser complained about: uncaught errors, what a policy refused, what React warned of. */
  readonly complaints: readonly string[];
  readonly requests: readonly { readonly method: string; readonly url: string }[];
  /** The bodies of all answers, when they are there. */
  readonly answers: () => Promise<readonly Answer[]>;
  /** Forgets what was before. */
  readonly begin: () => void;
};
export type Answer = { readonly method: string; readonly url: string; readonly body: string };

/** The browser mentions every status from 400 on; what is refused is looked at where it is refused. */
const STATUS = /^Failed to load resource: the server responded with a status of 4\d\d /;

export function watch(context: BrowserContext): Watched {
  const dialogs: string[] = [];
  const complaints: string[] = [];
  const requests: { method: string; url: string }[] = [];
  const answers: Promise<Answer>[] = [];
  let asked = 0;
  context.on("dialog", (dialog) => {
    if (dialog.type() === "beforeunload") asked += 1;
    else dialogs.push(`${dialog.type()}: ${dialog.message()}`);
    void dialog.accept();
  });
  context.on("weberror", (error) => complaints.push(error.error().message));
  context.on("console", (message) => {
    if ((message.type() === "error" || message.type() === "warning") && !STATUS.test(message.text())) complaints.push(message.text());
  });
  context.on("request", (request) => requests.push({ method: request.method(), url: request.url() }));
  context.on("response", (response) => {
    const about = { method: response.request().method(), url: response.url() };
    // A redirect has none, and that of a page which is left at once may be lost.
    answers.push(response.text().then((body) => ({ ...about, body }), () => ({ ...about, body: "" })));
  });
  return {
    dialogs, complaints, requests, asked: () => asked, answers: () => Promise.all(answers),
    begin: () => [dialogs, complaints, requests, answers].forEach((kept) => { kept.length = 0; }),
  };
}
