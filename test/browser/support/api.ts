import { address, description } from "./portal.ts";

export type Answered<Body> = { readonly status: number; readonly body: Body };

/** A call of a program with a token: what people do with the tokens that the pages gave them. */
export async function call<Body = unknown>(token: string, path: string, { method = "GET", body }: { readonly method?: string; readonly body?: unknown } = {}): Promise<Answered<Body>> {
  const response = await fetch(address(path), {
    method, headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: (text === "" ? undefined : JSON.parse(text)) as Body };
}

export type NewToken = { readonly name: string; readonly scopes?: readonly string[]; readonly permission?: "ro" | "rw"; readonly expires_at?: string };
export type MadeToken = { readonly id: number; readonly name: string; readonly value: string };

/** Makes a token as the owner of another would. */
export async function makeToken(by: string, { scopes = ["account_management"], permission = "ro", ...token }: NewToken): Promise<MadeToken> {
  const { status, body } = await call<{ access_token: MadeToken }>(by, "/admin/api/personal/access_tokens.json", { method: "POST", body: { ...token, scopes, permission } });
  if (status !== 201) throw new Error(`${JSON.stringify(token)} was refused: ${JSON.stringify(body)}`);
  return body.access_token;
}

/** What an admin changes about somebody or something. */
export async function asAdmin<Body = unknown>(method: string, path: string, body?: unknown): Promise<Body> {
  const answer = await call<Body>(description().people.admin.token, `/admin/api/${path}`, { method, body });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** An instant so many seconds from now, as the API reads it. */
export const inSeconds = (seconds: number): string => `${new Date(Date.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;
