import process from "node:process";

/** Prints one line, or several, for people. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Prints one JSON object, for programs. */
export function printJson(object: object): void {
  print(JSON.stringify(object, null, 2));
}

/** Rows in columns that begin below each other. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, widthOf(cell))));
  return rows.map((row) => row.map((cell, at) => cell + " ".repeat((widths[at] ?? 0) - widthOf(cell))).join("  ").trimEnd());
}

const widthOf = (text: string) => Array.from(text).length;
