import { z } from "zod";
import { resolve, type Template, type Values } from "./template.ts";

/** One right a request needs, as IAM is asked for it. */
export interface Need {
  readonly action: string;
  readonly resource: string;
  /** `dynamodb:LeadingKeys`: the partition key values of the request, undefined when it names none. */
  readonly leadingKeys: readonly string[] | undefined;
  /** `dynamodb:Attributes`: of an update, what it names in its key, its changes and its condition. */
  readonly attributes?: readonly string[] | undefined;
  /** `dynamodb:ReturnValues`, when the request says it. */
  readonly returnValues?: string | undefined;
}

type Condition = (need: Need) => boolean;

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
    return [{ effect: Effect, actions, resources: arns.map(glob), conditions: readConditions(resolve(conditions, values), actions) }];
  });
}

/** "An explicit deny overrides any allow", and what is not allowed is denied (IAM, "Policy evaluation logic"). */
export function permits(statements: readonly Statement[], need: Need): boolean {
  const applying = statements.filter(({ actions, resources, conditions }) =>
    actions.includes(need.action) &&
    resources.some((resource) => resource.test(need.resource)) &&
    conditions.every((condition) => condition(need)));
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

const CONDITIONS = z.record(z.string(), z.record(z.string(), oneOrMany(z.string()))).default({});

/** What a request says of each condition key; undefined where it says nothing. */
const KEYS: Readonly<Record<string, (need: Need) => readonly string[] | undefined>> = {
  "dynamodb:LeadingKeys": ({ leadingKeys }) => leadingKeys,
  "dynamodb:Attributes": ({ attributes }) => attributes,
  "dynamodb:ReturnValues": ({ returnValues }) => (returnValues === undefined ? undefined : [returnValues]),
};
/** Only of updates it is known which attributes they name and what they return. */
const OF_UPDATES = ["dynamodb:Attributes", "dynamodb:ReturnValues"];

/**
 * IAM, "Set operators for multi-valued context keys": ForAllValues is also true when the request has no such key,
 * which is why a policy that relies on it adds `"Null": {"dynamodb:LeadingKeys": "false"}`.
 */
const OPERATORS: Readonly<Record<string, (patterns: readonly string[]) => (values: readonly string[] | undefined) => boolean>> = {
  "ForAllValues:StringEquals": (wanted) => (values = []) => values.every((value) => wanted.includes(value)),
  "ForAllValues:StringLike": (wanted) => (values = []) => values.every((value) => wanted.some((pattern) => glob(pattern).test(value))),
  StringEqualsIfExists: (wanted) => (values = []) => values.every((value) => wanted.includes(value)),
  Null: ([wanted]) => (values) => String(values === undefined) === wanted,
};

function readConditions(block: unknown, actions: readonly string[]): readonly Condition[] {
  return Object.entries(CONDITIONS.parse(block)).flatMap(([operator, keys]) => Object.entries(keys).map(([key, wanted]) => {
    const [condition, valuesOf] = [OPERATORS[operator], KEYS[key]];
    const known = !OF_UPDATES.includes(key) || actions.every((action) => action === "dynamodb:UpdateItem");
    if (!condition || !valuesOf || !known) throw new Error(`The condition ${operator} of ${key} is not one that the tests can evaluate.`);
    const holds = condition(wanted);
    return (need: Need) => holds(valuesOf(need));
  }));
}

/** `*` is any text and `?` any one character (IAM, "JSON policy elements: Resource"). */
function glob(pattern: string): RegExp {
  const body = pattern.split(/([*?])/).map((part) => (part === "*" ? ".*" : part === "?" ? "." : RegExp.escape(part))).join("");
  return new RegExp(`^${body}$`, "s");
}
