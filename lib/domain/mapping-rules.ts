import type { EpochSeconds, MappingRuleId, MetricId } from "./brands.ts";

/** Which requests count how much of which metric. Their order is the order in which a gateway tries them. */
export type MappingRule = {
  readonly id: MappingRuleId;
  readonly metricId: MetricId;
  readonly httpMethod: (typeof HTTP_METHODS)[number];
  readonly pattern: string;
  readonly delta: number;
  /** Whether a gateway stops after this rule has matched. */
  readonly last: boolean;
  readonly createdAt: EpochSeconds;
  readonly updatedAt: EpochSeconds;
};

export const HTTP_METHODS = ["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"] as const;

const HINT = "can only contain valid URL characters and\n'wildcards' - words inside curly brackets ('{}')\n";
const ESCAPED = "%[0-9A-Fa-f]{2}";
const PATH = String.raw`(?:/(?:[\w\-.!~*'():@&=+,;]|${ESCAPED}|\{\w+\})*)+`;
/** In a query a wildcard is a whole value. */
const QUERY = String.raw`(?:[\w\-.!~*'();/?:@&=+$,[\]]|${ESCAPED}|(?<=\w=)\{\w+\})*`;
const PATTERN = new RegExp(String.raw`^${PATH}\$?(?:\?${QUERY})?$`);

/** What is wrong with a pattern, in 3scale's words (app/models/proxy_rule.rb); nothing for a good one. */
export function patternFaults(pattern: string): readonly string[] {
  if (pattern.trim() === "") return [`a Mapping Rule can't be empty, has to start with '/' and ${HINT}`];
  // Too long a text is not looked into.
  if (pattern.length > 255) return ["is too long (maximum is 255 characters)"];
  const names = [...parametersOf(pattern), ...queryOf(pattern).map(([key]) => key)];
  return [
    ...(PATTERN.test(pattern) ? [] : [`a Mapping Rule has to start with '/' and ${HINT}`]),
    ...(new Set(names).size === names.length ? [] : ["Can't have repeated variable names"]),
    ...(queryOf(pattern).some(([key]) => /\{\w+\}/.test(key)) ? ["Can't use variables as keys in the querystring"] : []),
  ];
}

/** The names of the wildcards in a pattern's path. */
export function parametersOf(pattern: string): readonly string[] {
  return [...pathOf(pattern).matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
}

/** What a pattern wants of the query: `?a={x}` is `{"a": "{x}"}`. */
export function querystringParametersOf(pattern: string): Readonly<Record<string, string>> {
  return Object.fromEntries(queryOf(pattern));
}

/** The rules with one more, or with one changed, at a position from 1 on; without a position it stays, or comes last. */
export function placed(rules: readonly MappingRule[], rule: MappingRule, position?: number): readonly MappingRule[] {
  const at = rules.findIndex(({ id }) => id === rule.id);
  const others = rules.filter(({ id }) => id !== rule.id);
  return others.toSpliced(position === undefined ? (at === -1 ? others.length : at) : Math.max(position, 1) - 1, 0, rule);
}

function pathOf(pattern: string): string {
  return pattern.replace(/\?.*/s, "");
}

function queryOf(pattern: string): readonly (readonly [string, string])[] {
  const query = pattern.slice(pathOf(pattern).length + 1);
  return query.split("&").filter((pair) => pair !== "").map((pair) => {
    const [key, ...value] = pair.split("=") as [string, ...string[]];
    return [key, value.join("=")] as const;
  });
}
