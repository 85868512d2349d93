import type { Route } from "./template.ts";

export interface SelectedRoute {
  readonly route: Route;
  /** Absent when the route has no variables, as in the event. */
  readonly pathParameters: Readonly<Record<string, string>> | undefined;
}

export type SelectRoute = (method: string, path: string) => SelectedRoute | undefined;

interface Candidate {
  readonly route: Route;
  readonly method: string;
  readonly pattern: RegExp;
  readonly rank: string;
}

/**
 * Route selection of an HTTP API (API Gateway, "Create routes for HTTP APIs", "Routing API requests"): the most
 * specific match, which is a full match of path and method, then a match with a greedy variable, then `$default`.
 *
 * Within a kind, a literal segment goes before a variable (`/pets/dog/1` before `/pets/dog/{id}` in AWS's example),
 * the longer prefix of a greedy route before the shorter, and a method before ANY ("all methods that you haven't
 * defined"). A variable is one segment that is not empty, a trailing slash is a segment, and HEAD is not GET.
 *
 * `path` is the decoded one: HTTP APIs decode before they select, so `%2F` separates segments.
 */
export function routeSelector(routes: readonly Route[]): SelectRoute {
  const fallback = routes.find(({ routeKey }) => routeKey === "$default");
  const candidates = routes.filter((route) => route !== fallback).map(candidate).toSorted((a, b) => a.rank.localeCompare(b.rank));

  return (method, path) => {
    for (const { route, pattern, method: wanted } of candidates) {
      if (wanted !== "ANY" && wanted !== method) continue;
      const match = pattern.exec(path);
      if (match) return { route, pathParameters: match.groups && named(route, match) };
    }
    return fallback && { route: fallback, pathParameters: undefined };
  };
}

function candidate(route: Route): Candidate {
  const [method, path, ...rest] = route.routeKey.split(" ");
  if (!method || !path?.startsWith("/") || rest.length > 0) throw new Error(`"${route.routeKey}" is not a route key.`);
  const segments = path.slice(1).split("/");
  if (segments.slice(0, -1).some(isGreedy)) throw new Error(`The greedy variable must be at the end of "${route.routeKey}".`);
  return {
    route,
    method,
    pattern: new RegExp(`^${segments.map((segment, index) => `/${segmentPattern(segment, index)}`).join("")}$`, "su"),
    rank: `${isGreedy(segments.at(-1)!) ? 1 : 0}${segments.map(specificity).join("")}${method === "ANY" ? 1 : 0}`,
  };
}

const isGreedy = (segment: string): boolean => segment.endsWith("+}");
const isVariable = (segment: string): boolean => segment.startsWith("{");

/** Sorts literal segments first; one digit a segment, and the end of a greedy route after any longer prefix. */
const specificity = (segment: string): string => (isGreedy(segment) ? "2" : isVariable(segment) ? "1" : "0");

/** Groups are named by position, because `{account-id}` is a route variable but not a group name. */
function segmentPattern(segment: string, index: number): string {
  if (!isVariable(segment)) return RegExp.escape(segment);
  return `(?<v${index}>${isGreedy(segment) ? ".+" : "[^/]+"})`;
}

function named(route: Route, match: RegExpExecArray): Record<string, string> {
  const segments = route.routeKey.split("/").slice(1);
  return Object.fromEntries(Object.entries(match.groups ?? {}).map(([group, value]) =>
    [segments[Number(group.slice(1))]!.replaceAll(/[{}+]/g, ""), value ?? ""]));
}
