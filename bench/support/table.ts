import { median, type Judged, type Limit } from "./benchmark.ts";

/** One table of all that was measured, in Markdown, as `bench/README.md` shows it. */
export function tableOf(found: readonly (Judged & { readonly benchmark: string })[]): string {
  const lines = [
    ["benchmark", "what", "median", "rounds from … to", "limit", ""],
    ...found.map(({ benchmark, what, unit, rounds, limit, kept }) => [
      benchmark, what, rounds.length === 0 ? "not measured" : told(median(rounds), unit),
      rounds.length < 2 ? "" : `${rounds.length}: ${told(Math.min(...rounds), unit)} … ${told(Math.max(...rounds), unit)}`,
      limit === undefined ? "" : limitOf(limit, unit), limit === undefined ? "" : kept ? "kept" : "MISSED",
    ]),
  ];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const [head = "", ...rest] = lines.map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  return [head, `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...rest].join("\n");
}

function limitOf(limit: Limit, unit: string): string {
  return "most" in limit ? `≤ ${told(limit.most, unit)}` : `≥ ${told(limit.least, unit)}`;
}

/** Three digits that matter, and whole numbers as they are. */
function told(value: number, unit: string): string {
  const number = Number.isInteger(value) || Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
  return unit === "" ? number : `${number} ${unit}`;
}
