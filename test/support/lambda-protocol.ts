/** What the thread of a Lambda container and its owner say to each other. */

export interface ContainerSetup {
  readonly taskRoot: string;
  readonly handler: string;
}

export interface Invocation {
  readonly id: number;
  readonly event: string;
  readonly deadline: number;
  readonly context: Readonly<Record<string, unknown>>;
}

export interface ReportedError {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** First one answer with `id: "init"`, then one for each invocation. */
export interface Answer {
  readonly id: number | "init";
  readonly result?: string;
  readonly error?: ReportedError;
  /** When Stryker is at work: which of its changes were come by (mutants.ts). */
  readonly hits?: Record<string, number>;
}
