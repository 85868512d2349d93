import type { Requirement } from "../domain/authorize.ts";
import { invalid, missingParameter } from "../domain/errors.ts";
import type { Principal } from "../domain/model.ts";
import type { Storage } from "../operations/context.ts";
import type { Params } from "./params.ts";
import type { Answer } from "./reply.ts";
import type { z } from "zod/mini";

export type Format = "json" | "xml" | "csv";
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * What an operation is run with: proved, permitted, parsed. `operation` is its name, `path` holds the path's variables as they were written;
 * `format` is for those whose XML tells more than their JSON, so that only it reads more.
 */
export type Call<Input> = Storage & {
  readonly operation: string; readonly principal: Principal; readonly path: Readonly<Record<string, string>>; readonly input: Input; readonly format: Format;
};

/**
 * One operation of the API, declared once: routing, authorization and documentation follow from it.
 * `path` is 3scale's, without the extension; `{name}` stands for one segment, `{name+}` at its end for all that is left.
 */
export type Operation<Schema extends z.ZodMiniType = z.ZodMiniType, Result = unknown> = {
  readonly name: string;
  readonly methods: readonly Method[];
  readonly path: string;
  readonly requires: Requirement;
  /** JSON alone unless said. */
  readonly formats?: readonly Format[];
  /** The name, or names, under which attributes may be wrapped. When `attributesRequired`, a request without any is a 400. */
  readonly wrapper?: string | readonly string[];
  readonly attributesRequired?: true;
  /** The largest body in bytes; 8 KiB unless the operation needs more. */
  readonly maxBodyBytes?: number;
  readonly input: Schema;
  readonly answer: Answer<Result>;
  readonly run: (call: Call<z.output<Schema>>) => Promise<NoInfer<Result>>;
};

/** Declares an operation. */
export function operation<Schema extends z.ZodMiniType, Result>(declared: Operation<Schema, Result>): Operation {
  // What `run` receives is what `input` gave out, what it returns is what `answer` takes; the table of operations need not know the types.
  return declared as unknown as Operation;
}

/** Parses parameters by an operation's schema; what does not fit is told by field (422), unknown fields are dropped. */
export function parseInput(operation: Operation, params: Params): unknown {
  if (operation.attributesRequired && Object.keys(params).length === 0) throw missingParameter(String([operation.wrapper].flat()[0]));
  const parsed = operation.input.safeParse(params);
  if (parsed.success) return parsed.data;
  const fields: Record<string, string[]> = {};
  for (const issue of parsed.error.issues) {
    const messages = (fields[String(issue.path[0] ?? "base")] ??= []);
    if (!messages.includes(issue.message)) messages.push(issue.message);
  }
  throw invalid(fields);
}
