import { headerOf } from "./credential.ts";

/** The parts of an event that carry cookies: API Gateway gives a list and no header, other gateways the header. */
export type CookieCarrier = {
  readonly cookies?: readonly string[] | null;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
};

/** The value of the cookie of this name. Undefined when there is none, and when there are two: one of them is not ours. */
export function cookieOf(event: CookieCarrier, name: string): string | undefined {
  const pairs = event.cookies ?? headerOf(event, "cookie")?.split(";") ?? [];
  const [only, ...others] = pairs.map((pair) => pair.trim()).filter((pair) => pair.startsWith(`${name}=`));
  return others.length > 0 ? undefined : only?.slice(name.length + 1);
}

/**
 * A `Set-Cookie` for this host alone: `__Host-` makes browsers insist on `Secure`, on `Path=/` and on no `Domain`, so that
 * no neighbour can plant it.
 */
export function setCookie(name: `__Host-${string}`, value: string, sameSite: "Strict" | "Lax", seconds: number): string {
  return `${name}=${value}; Max-Age=${seconds}; Path=/; Secure; HttpOnly; SameSite=${sameSite}`;
}

export function clearCookie(name: `__Host-${string}`, sameSite: "Strict" | "Lax"): string {
  return setCookie(name, "", sameSite, 0);
}
