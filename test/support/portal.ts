import type { Member, Session } from "../../lib/domain/model.ts";
import { sessionCookie } from "../../lib/http/session-cookie.ts";
import { startSession } from "../../lib/operations/sessions.ts";
import { cookieKeys } from "../../lib/secrets/sealed-cookie.ts";
import { PUBLIC_URL, type Deployment } from "./deployment.ts";
import { request, type Answer, type RequestOptions } from "./request.ts";

/** The `Cookie` header of a browser that was given this `Set-Cookie`. */
export const cookieFrom = (setCookie: string): string => setCookie.split(";")[0]!;

/** The cookie of a session, as sign-in gives it. */
export async function cookieFor({ operator: { clock }, sessionKey }: Deployment, session: Session): Promise<string> {
  return cookieFrom(await sessionCookie(cookieKeys(sessionKey), session, clock()));
}

/** A session of a member who is active. */
export async function sessionFor({ operator }: Pick<Deployment, "operator">, member: Member): Promise<Session> {
  const session = await startSession(operator, member);
  if (session === undefined) throw new Error("That member is not active");
  return session;
}

/** Signs a member in without asking who they are. */
export async function signIn(latchkey: Deployment, member: Member): Promise<{ readonly session: Session; readonly cookie: string }> {
  const session = await sessionFor(latchkey, member);
  return { session, cookie: await cookieFor(latchkey, session) };
}

/** A request that a page of the portal makes. Headers that are given come on top; one that is `undefined` is not sent. */
export async function fromPage(
  latchkey: Deployment, cookie: string | undefined, method: string, path: string,
  { headers = {}, ...options }: Omit<RequestOptions, "headers"> & { readonly headers?: Readonly<Record<string, string | undefined>> } = {},
): Promise<Answer> {
  const own = { "sec-fetch-site": "same-origin", ...(method === "GET" ? {} : { origin: PUBLIC_URL }), cookie, ...headers };
  return request(latchkey, method, path, { ...options, headers: Object.fromEntries(Object.entries(own).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))) });
}
