import type * as z from "zod/mini";
import type { Answer, Failure } from "./answer.ts";
import { invalid, refusal } from "./shapes.ts";

type Request = { readonly method?: "GET" | "POST" | "DELETE"; readonly body?: unknown; readonly signal?: AbortSignal; readonly cache?: RequestCache };

/** Who wants to know that nobody is signed in any more, whichever call found out. */
const listeners = new Set<() => void>();
export function onSessionOver(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Calls the portal's own API with the session of this browser. It answers, whatever happens; only an abort is thrown. */
export async function call<Shape extends z.ZodMiniType>(path: string, shape: Shape, { method = "GET", body, signal, cache = "no-store" }: Request = {}): Promise<Answer<z.output<Shape>>> {
  try {
    const response = await fetch(path, {
      method,
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      credentials: "same-origin", cache, redirect: "error",
    });
    const answer = parsed(await response.text());
    if (!response.ok) return failed(response.status, answer);
    const read = shape.safeParse(answer);
    return read.success ? { kind: "ok", value: read.data } : { kind: "unavailable" };
  } catch (error) {
    if (signal?.aborted) throw error;
    return { kind: "unavailable" };
  }
}

/** Deleting answers with an empty body. */
function parsed(text: string): unknown {
  return text === "" ? undefined : JSON.parse(text);
}

function failed(status: number, answer: unknown): Failure {
  if (status === 404) return { kind: "absent" };
  if (status === 422) {
    const read = invalid.safeParse(answer);
    return read.success ? { kind: "invalid", fields: read.data.errors } : { kind: "unavailable" };
  }
  if (status !== 403 && status !== 401) return { kind: "unavailable" };
  const read = refusal.safeParse(answer);
  // The gateway refuses without a code: it found no session.
  if (!read.success || read.data.code === undefined) {
    for (const listener of listeners) listener();
    return { kind: "session_over" };
  }
  return { kind: "refused", code: read.data.code, message: read.data.error ?? "it was refused", missing: read.data.missing ?? [] };
}
