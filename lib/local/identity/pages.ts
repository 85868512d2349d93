import { createHash } from "node:crypto";
import type { LocalPerson } from "../people.ts";

/** A page and the Content-Security-Policy that fits it: its one style and its one script, and nothing from anywhere else. */
export type Page = { readonly html: string; readonly policy: string };

const STYLE = `
  :root { color-scheme: light dark; --line: light-dark(#c7c7c7, #4d4d4d); --quiet: light-dark(#4d4d4d, #c7c7c7); --accent: light-dark(#0066cc, #92c5f9); }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.5 "Red Hat Text", system-ui, sans-serif; background: light-dark(#f2f2f2, #151515); color: light-dark(#151515, #ffffff); }
  main { box-sizing: border-box; width: min(30rem, 100%); padding: 2rem 1.5rem; background: light-dark(#ffffff, #292929); border-top: 3px solid var(--accent); }
  h1 { margin: 0 0 .25rem; font-size: 1.5rem; font-weight: 500; }
  p { margin: 0 0 1.5rem; color: var(--quiet); }
  ul { margin: 0; padding: 0; list-style: none; }
  button { box-sizing: border-box; width: 100%; margin: 0 0 .5rem; padding: .75rem 1rem; font: inherit; text-align: start; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 6px; cursor: pointer; overflow-wrap: anywhere; }
  button:hover { border-color: var(--accent); }
  button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  button strong { display: block; font-weight: 500; }
  button span { font-size: .875rem; color: var(--quiet); }
  button.plain { width: auto; margin: .5rem 0 0; color: var(--accent); border-color: transparent; }
`;
const SUBMIT = "document.forms[0].submit()";

/** Who is signing in? One button each. */
export function choicePage(action: string, people: readonly LocalPerson[]): Page {
  const choices = people.map(({ subject, email, about }) =>
    `<li><button name="person" value="${escaped(subject)}"><strong>${escaped(email)}</strong><span>${escaped(about)}</span></button></li>`);
  return page("Sign in to Latchkey", `
    <p>This identity provider is part of <code>npm start</code>: it asks for no password.</p>
    <form method="post" action="${escaped(action)}">
      <ul>${choices.join("")}</ul>
      <button class="plain" name="cancel" value="yes">Cancel</button>
    </form>`);
}

/** Submits the library's form by itself; whoever runs no scripts has the button. */
export function signOutPage(form: string): Page {
  return page("Signing out", `${form}
    <button form="op.logoutForm" name="logout" value="yes">Sign out</button>
    <input type="hidden" form="op.logoutForm" name="logout" value="yes">`, SUBMIT);
}

export function signedOutPage(): Page {
  return page("You are signed out", "<p>You can close this page.</p>");
}

/** What is wrong with a request, in the words of OAuth: those who see this are building something. */
export function errorPage({ error, error_description = "" }: { readonly error: string; readonly error_description?: string | undefined }): Page {
  return page("This sign-in does not work", `<p>${escaped(error)}: ${escaped(error_description)}</p><p>Go back to where you came from and start again.</p>`);
}

function page(title: string, body: string, script?: string): Page {
  return {
    html: `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${STYLE}</style></head>
<body><main><h1>${title}</h1>${body}</main>${script === undefined ? "" : `<script>${script}</script>`}</body>
</html>
`,
    policy: `default-src 'none'; style-src '${digest(STYLE)}'; script-src ${script === undefined ? "'none'" : `'${digest(script)}'`}; base-uri 'none'; frame-ancestors 'none'`,
  };
}

function digest(source: string): string {
  return `sha256-${createHash("sha256").update(source).digest("base64")}`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
