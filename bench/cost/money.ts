/** List prices of a region, in dollars. */
export type Prices = {
  readonly lambdaMillionRequests: number; readonly lambdaGbSecond: number;
  readonly dynamodbMillionReadUnits: number; readonly dynamodbMillionWriteUnits: number; readonly dynamodbGbMonth: number; readonly dynamodbBackupGbMonth: number;
  readonly kmsMillionRequests: number; readonly eventBridgeMillionEvents: number; readonly logsGb: number; readonly httpApiMillionRequests: number;
};
/** What cannot be measured away from AWS: prices.json says what each is. */
export type Assumed = {
  readonly readMs: number; readonly writeMs: number; readonly transactionMs: number; readonly kmsMs: number; readonly eventBridgeMs: number;
  readonly mbOfWholeVcpu: number; readonly invocationsPerColdStart: number; readonly coldMs: number;
  readonly platformLogBytes: number; readonly logLineOverheadBytes: number;
};

/** One invocation of a function, and how many of what is paid for share it: a batch of a hundred is shared by a hundred. */
export type Invocation = {
  readonly name: string; readonly memoryMb: number;
  /** Processor time on a whole core, and time spent waiting for other services. */
  readonly cpuMs: number; readonly waitMs: number;
  readonly logBytes: number; readonly sharedBy: number;
};
/** What happens once for each thing that is paid for. */
export type Usage = {
  readonly invocations: readonly Invocation[];
  readonly readUnits: number; readonly writeUnits: number; readonly kmsRequests: number; readonly events: number;
  readonly httpRequests: number; readonly accessLogBytes: number;
};

/** A part of the bill. The gateway's own would be paid by whoever has a gateway, whatever decides behind it. */
export type Line = { readonly what: string; readonly whose: "latchkey" | "gateway"; readonly dollarsPerMillion: number };

const MILLION = 1_000_000;
const GB = 1_000_000_000;
const MB_PER_GB = 1024;
/** A millisecond that is begun is billed whole: half of one more, on average. */
const ROUNDING_MS = 0.5;

/**
 * How long a function of this memory is billed for. Its share of a vCPU stretches what it computes; that is the worst case, because
 * a short burst may run at full speed.
 */
export function billedMs({ memoryMb, cpuMs, waitMs }: Invocation, { mbOfWholeVcpu, invocationsPerColdStart, coldMs }: Assumed): number {
  const share = Math.min(1, memoryMb / mbOfWholeVcpu);
  return cpuMs / share + waitMs + ROUNDING_MS + coldMs / invocationsPerColdStart;
}

/** What a million of them cost, part by part. */
export function bill(usage: Usage, prices: Prices, assumed: Assumed): readonly Line[] {
  const { invocations } = usage;
  const sum = (of: (invocation: Invocation) => number) => invocations.reduce((all, each) => all + of(each) / each.sharedBy, 0);
  const gbSeconds = sum((each) => (each.memoryMb / MB_PER_GB) * (billedMs(each, assumed) / 1000));
  const line = (what: string, dollarsPerMillion: number, whose: Line["whose"] = "latchkey"): Line => ({ what, whose, dollarsPerMillion });
  return [
    line("Lambda, invocations", sum(() => 1) * prices.lambdaMillionRequests),
    line("Lambda, time", gbSeconds * MILLION * prices.lambdaGbSecond),
    line("DynamoDB, reads", usage.readUnits * prices.dynamodbMillionReadUnits),
    line("DynamoDB, writes", usage.writeUnits * prices.dynamodbMillionWriteUnits),
    line("KMS", usage.kmsRequests * prices.kmsMillionRequests),
    line("EventBridge", usage.events * prices.eventBridgeMillionEvents),
    line("logs of the functions", (sum(({ logBytes }) => logBytes) * MILLION * prices.logsGb) / GB),
    line("HTTP API, requests", usage.httpRequests * prices.httpApiMillionRequests, "gateway"),
    line("HTTP API, access log", (usage.accessLogBytes * MILLION * prices.logsGb) / GB, "gateway"),
  ];
}

/** DynamoDB keeps so much beside each item, and beside each entry of an index. */
const KEPT_BESIDE = 100;

/** What a million items of this size cost a month, each in so many indexes, with the backup of the table to any point in time. */
export function keeping(bytes: number, indexes: number, prices: Prices): number {
  const gb = ((bytes + KEPT_BESIDE) * MILLION) / GB;
  return gb * ((1 + indexes) * prices.dynamodbGbMonth + prices.dynamodbBackupGbMonth);
}

export function total(lines: readonly Line[], whose: Line["whose"]): number {
  return lines.filter((line) => line.whose === whose).reduce((sum, { dollarsPerMillion }) => sum + dollarsPerMillion, 0);
}

/**
 * Replaces figures by one's own. A name that is not there is a mistake, and throws: whoever mistypes a price must not be
 * shown a bill without it.
 */
export function overridden<T extends object>(figures: T, own: object, where = ""): T {
  return Object.entries(own).reduce((all: Record<string, unknown>, [name, value]: [string, unknown]) => {
    const before = all[name];
    if (value === null || typeof before !== typeof value) throw new Error(`There is no ${typeof value} ${where}${name} among the prices`);
    return { ...all, [name]: typeof value === "object" ? overridden(before as object, value as object, `${where}${name}.`) : value };
  }, figures as Record<string, unknown>) as T;
}
