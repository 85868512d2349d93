import { z } from "zod";
import { resolve, type Template, type Values } from "./template.ts";

/** One right a request needs, as IAM is asked for it. */
export interface Need {
  readonly action: string;
  readonly resource: string;
  /** `dynamodb:LeadingKeys`: the partition key values of the request, undefined when it names none. */
  readonly leadingKeys: readonly string[] | undefined;
}

type Condition = (leadingKeys: readonly string[] | undefined) => boolean;

export interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly RegExp[];
  readonly conditions: readonly Condition[];
}

/** The roles of a deployment, by the logical id of the function that has them. */
export type Roles = ReadonlyMap<string, readonly Statement[]>;

export function rolesOf(template: Template, values: Values): Roles {
  return new Map(template.functions.map((fn) => [fn.logicalId, readStatements(template.statements(fn.role), values)]));
}

/**
 * The DynamoDB statements of a role. What this evaluator would have to guess about throws, so that no role is
 * judged more kindly here than by IAM: NotAction, unknown conditions, and wildcards in actions, which a role with
 * least rights has no use for.
 */
export function readStatements(statements: readonly unknown[], values: Values): readonly Statement[] {
  return statements.flatMap((raw) => {
    const { Action, Resource, Effect, Condition: conditions } = STATEMENT.parse(raw);
    const actions = Action.filter((action) => action.startsWith("dynamodb:") || action.includes("*"));
    if (actions.length === 0) return [];
    const wildcard = actions.find((action) => action.includes("*"));
    if (wildcard !== undefined) throw new Error(`The action ${wildcard} has a wildcard.`);
    const arns = z.array(z.string()).parse(resolve(Resource, values));
    return [{ effect: Effect, actions, resources: arns.map(glob), conditions: readConditions(resolve(conditions, values)) }];
  });
}

/** "An explicit deny overrides any allow", and what is not allowed is denied (IAM, "Policy evaluation logic"). */
export function permits(statements: readonly Statement[], need: Need): boolean {
  const applying = statements.filter(({ actions, resources, conditions }) =>
    actions.includes(need.action) &&
    resources.some((resource) => resource.test(need.resource)) &&
    conditions.every((condition) => condition(need.leadingKeys)));
  return applying.length > 0 && applying.every(({ effect }) => effect === "Allow");
}

const oneOrMany = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((one) => [one])]);

const STATEMENT = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Action: oneOrMany(z.string()),
  Resource: z.unknown().transform((resource) => (Array.isArray(resource) ? resource : [resource])),
  Condition: z.unknown().optional(),
});

const CONDITIONS = z.record(z.string(), z.strictObject({ "dynamodb:LeadingKeys": oneOrMany(z.string()) })).default({});

/**
 * IAM, "Set operators for multi-valued context keys": ForAllValues is also true when the request has no such key,
 * which is why a policy that relies on it adds `"Null": {"dynamodb:LeadingKeys": "false"}`.
 */
const OPERATORS: Readonly<Record<string, (patterns: readonly string[]) => Condition>> = {
  "ForAllValues:StringEquals": (wanted) => (keys = []) => keys.every((key) => wanted.includes(key)),
  "ForAllValues:StringLike": (wanted) => (keys = []) => keys.every((key) => wanted.some((pattern) => glob(pattern).test(key))),
  Null: ([wanted]) => (keys) => String(keys === undefined) === wanted,
};

function readConditions(block: unknown): readonly Condition[] {
  return Object.entries(CONDITIONS.parse(block)).map(([operator, keys]) => {
    const condition = OPERATORS[operator];
    if (!condition) throw new Error(`The condition ${operator} is not one that the tests can evaluate.`);
    return condition(keys["dynamodb:LeadingKeys"]);
  });
}

/** `*` is any text and `?` any one character (IAM, "JSON policy elements: Resource"). */
function glob(pattern: string): RegExp {
  const body = pattern.split(/([*?])/).map((part) => (part === "*" ? ".*" : part === "?" ? "." : RegExp.escape(part))).join("");
  return new RegExp(`^${body}$`, "s");
}
