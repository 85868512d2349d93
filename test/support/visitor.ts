/** An answer on a visitor's way: redirects are answers too, followed one by one. */
export type Stop = {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where it sends the visitor, if it does. */
  readonly location: URL | undefined;
};

export type Visitor = {
  readonly get: (url: string | URL) => Promise<Stop>;
  readonly post: (url: string | URL, form: Readonly<Record<string, string>>) => Promise<Stop>;
  /** Follows redirects from there until `done` holds for an address, which is not visited, or a page is there. */
  readonly follow: (from: Stop, done?: (url: URL) => boolean) => Promise<Stop>;
  /** The cookies that a request to this address would carry. */
  readonly cookies: (url: string | URL) => Readonly<Record<string, string>>;
};

type Cookie = { readonly name: string; readonly value: string; readonly host: string; readonly path: string };

/** A browser without a screen: it keeps cookies by host and path (RFC 6265, where ports do not count) and follows redirects. */
export function visitor(): Visitor {
  let jar: readonly Cookie[] = [];

  const cookiesFor = (url: URL) => jar.filter(({ host, path }) => host === url.hostname && (url.pathname === path || url.pathname.startsWith(path.endsWith("/") ? path : `${path}/`)));
  const keep = (line: string, url: URL) => {
    const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
    const [name = "", value = ""] = split(pair);
    const said = new Map(attributes.map((attribute) => split(attribute)).map(([key, text = ""]) => [key?.toLowerCase() ?? "", text]));
    const cookie = { name, value, host: url.hostname, path: said.get("path") ?? url.pathname.replace(/\/[^/]*$/, "") + "/" };
    const gone = said.get("max-age") === "0" || Date.parse(said.get("expires") ?? "") < Date.now();
    jar = jar.filter((each) => each.name !== name || each.host !== cookie.host || each.path !== cookie.path).concat(gone ? [] : [cookie]);
  };
  const visit = async (address: string | URL, init: RequestInit): Promise<Stop> => {
    const url = new URL(address);
    const cookie = cookiesFor(url).map(({ name, value }) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { ...init, redirect: "manual", headers: { accept: "text/html", ...(cookie === "" ? {} : { cookie }) } });
    for (const line of response.headers.getSetCookie()) keep(line, url);
    const location = response.headers.get("location");
    return { url, status: response.status, headers: response.headers, text: await response.text(), location: location === null ? undefined : new URL(location, url) };
  };
  const get = (url: string | URL) => visit(url, { method: "GET" });

  return {
    get,
    post: (url, form) => visit(url, { method: "POST", body: new URLSearchParams(form) }),
    async follow(from, done = () => false) {
      let at = from;
      while (at.location !== undefined && !done(at.location)) at = await get(at.location);
      return at;
    },
    cookies: (url) => Object.fromEntries(cookiesFor(new URL(url)).map(({ name, value }) => [name, value])),
  };
}

/** The hidden fields of a page's only form, and where it goes. */
export function formOf({ url, text }: Stop): { readonly action: URL; readonly fields: Readonly<Record<string, string>> } {
  const [, action] = /<form[^>]* action="([^"]*)"/.exec(text) ?? [];
  if (action === undefined) throw new Error(`There is no form at ${url.href}`);
  const inputs = [...text.matchAll(/<input type="hidden"[^>]*>/g)].map(([input]) => [/ name="([^"]*)"/.exec(input)?.[1] ?? "", / value="([^"]*)"/.exec(input)?.[1] ?? ""] as const);
  return { action: new URL(action, url), fields: Object.fromEntries(inputs) };
}

/** A pair at its first `=`. */
function split(pair: string): readonly string[] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair] : [pair.slice(0, at), pair.slice(at + 1)];
}
