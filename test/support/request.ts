import type { Deployment } from "./deployment.ts";

/** An answer as a program sees it. `json` is undefined when the body is none. */
// oxlint-disable-next-line typescript/no-explicit-any -- an answer is what the tests find out about
export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string; readonly json: any };

export type RequestOptions = {
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
  readonly json?: unknown;
  readonly form?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
};

/** A real HTTP request to the deployment. */
export async function request({ url }: Pick<Deployment, "url">, method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  const { token, json, form, headers = {}, body } = options;
  const sent = json !== undefined ? JSON.stringify(json) : (form ?? body);
  const type = json !== undefined ? "application/json" : form !== undefined ? "application/x-www-form-urlencoded" : undefined;
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(type === undefined ? {} : { "content-type": type }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
