/** The address of a server, as gateways are told it. */
export type Address = { readonly scheme: string; readonly host: string; readonly port: number; readonly path: string };

/** No object: it would know a `constructor:` too. */
const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([["http", 80], ["ws", 80], ["https", 443], ["wss", 443]]);
const HOST = String.raw`[A-Za-z0-9_][A-Za-z0-9_-]{0,62}(?:\.[A-Za-z0-9_-]{1,63})*`;
const PATH = String.raw`/(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*`;
const ADDRESS = new RegExp(`^(?<scheme>[a-z]+)://(?<host>${HOST})(?::(?<port>\\d{1,5}))?(?<path>${PATH})?$`);
const HOSTNAME = new RegExp(`^${HOST}(?::\\d{1,5})?$`);

/** Reads `scheme://host(:port)(/path)` of the known schemes; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const found = ADDRESS.exec(text)?.groups as { scheme: string; host: string; port?: string; path?: string } | undefined;
  if (found === undefined || found.host.length > 255) return undefined;
  const { scheme, host, port, path = "" } = found;
  const defaultPort = DEFAULT_PORTS.get(scheme);
  if (defaultPort === undefined) return undefined;
  const number = port === undefined ? defaultPort : Number(port);
  if (number < 1 || number > 65_535) return undefined;
  return { scheme, host, port: number, path };
}

/** An address with its port written out, as 3scale keeps them: `https://echo.example.com:443`. */
export function withPort({ scheme, host, port, path }: Address): string {
  return `${scheme}://${host}:${port}${path}`;
}

/** The host of an address, in the lower case in which requests are compared with it. */
export function hostOf(address: string): string | undefined {
  return parseAddress(address)?.host.toLowerCase();
}

/** Whether a host is the machine itself, which from a gateway is not what was meant (3scale: NonLocalhostValidator). */
export function isLocalhost(host: string): boolean {
  return /^(?:localhost|127(?:\.\d{1,3}){3})$/i.test(host);
}

/** A host name, with or without a port. */
export function isHostname(text: string): boolean {
  return HOSTNAME.test(text);
}
