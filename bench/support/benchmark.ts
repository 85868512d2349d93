/** One benchmark: a file directly under `bench/` whose default export is this, and whose name is the file's. */
export type Benchmark = {
  /** What is measured, in a sentence. */
  readonly about: string;
  /** What must be true of its rows, by their names. */
  readonly limits: Readonly<Record<string, Limit>>;
  /** Measures. It runs in a process of its own, which ends with it. */
  run(): Promise<readonly Row[]>;
};

export type Limit = { readonly most: number } | { readonly least: number };
/** `×` is a ratio. */
export type Unit = "×" | "µs" | "ms" | "/s" | "B" | "kB" | "calls" | "items" | "$" | "";
/** One figure: what each round measured. What is counted or computed has one round. */
export type Row = { readonly what: string; readonly unit: Unit; readonly rounds: readonly number[] };
/** A row against its limit. A limit whose row is missing is not kept: absence refuses. */
export type Judged = Row & { readonly limit?: Limit; readonly kept: boolean };

export function judged(rows: readonly Row[], limits: Benchmark["limits"]): readonly Judged[] {
  const missing = Object.keys(limits).filter((what) => !rows.some((row) => row.what === what)).map((what): Row => ({ what, unit: "", rounds: [] }));
  return [...rows, ...missing].map((row) => {
    const limit = limits[row.what];
    return limit === undefined ? { ...row, kept: true } : { ...row, limit, kept: keeps(median(row.rounds), limit) };
  });
}

function keeps(value: number, limit: Limit): boolean {
  return "most" in limit ? value <= limit.most : value >= limit.least;
}

/** The middle of the values; NaN, which keeps no limit, when there is none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value under which `share` of the values lie: between two of them, in proportion. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(at)] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
  return below + (above - below) * (at - Math.floor(at));
}
