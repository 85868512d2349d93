/** Why a command ends without having done its work, in words for whoever called it. 1: it failed; 2: wrong usage. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** An error of somebody else's, as one line without its stack. */
export function inOneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const words = error.message.replaceAll(/\s+/g, " ").trim();
  return words === "" ? error.name : `${error.name}: ${words}`;
}

/** A value that was given where none belongs, as an argument, is not repeated on the screen or in a log. */
export function hidingValues(text: string): string {
  return text.replaceAll(/[0-9A-Fa-f]{64,}|lk_(?:at|st)_[0-9A-Za-z]+/g, "(a value, hidden)");
}
