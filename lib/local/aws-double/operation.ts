import { z } from "zod";

/** What a stood-in service can do, by the name IAM gives the action: the request's JSON in, the answer's out. */
export type Operations = Readonly<Record<`${Service}:${string}`, (input: unknown) => object>>;
export type Service = "kms" | "sqs" | "events" | "secretsmanager";

/** An answer that the SDK turns into an exception of the name `code`. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** What AWS answers when the fault is its own; the SDK tries again. */
export const internalFailure = (cause: unknown) => new AwsError("InternalFailure", String(cause), 500);

/** Parses a request, or refuses it as AWS does. */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (!result.success) throw new AwsError("ValidationException", z.prettifyError(result.error));
  return result.data;
}
