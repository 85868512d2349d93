type Details = { readonly passing?: boolean; readonly reasons?: readonly string[]; readonly cause?: unknown };

/** Why DynamoDB did not do what it was asked: what it answered, or what happened on the way. */
export class DynamoDbError extends Error {
  /** DynamoDB's own name for it, or the network's, as ECONNREFUSED; `TimeoutError`, `DamagedAnswer` and `UnknownAnswer` are ours. */
  override readonly name: string;
  /** Whether the very same may be done a moment later. */
  readonly passing: boolean;
  /** Of a transaction that was cancelled: what each of its actions met, in their order, `None` where that was nothing. */
  readonly reasons: readonly string[];

  constructor(name: string, message: string, { passing = false, reasons = [], cause }: Details = {}) {
    super(message, { cause });
    this.name = name;
    this.passing = passing;
    this.reasons = reasons;
  }
}

export function isDynamoDbError(error: unknown, name: string): error is DynamoDbError {
  return error instanceof DynamoDbError && error.name === name;
}
