/** A template's value with its references replaced. Nothing unknown ever becomes `undefined`: it throws. */

/**
 * What references resolve to, by name: `Table` for a Ref, `Table.Arn` for a GetAtt, `AWS::Region` for a
 * pseudo parameter, and `secretsmanager:<secret id>` for the SecretString of a secret.
 */
export type Values = Readonly<Record<string, string>>;

type Intrinsic = (argument: unknown, values: Values) => string;

/** The intrinsic functions that a template of ours may use (CloudFormation, "Intrinsic function reference"). */
const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, values) => lookup(text(name), values),
  "Fn::GetAtt": (path, values) => lookup(Array.isArray(path) ? path.map(text).join(".") : text(path), values),
  "Fn::Join": (argument, values) => {
    const [separator, parts] = pair(argument);
    return list(parts).map((part) => text(resolve(part, values))).join(text(separator));
  },
  "Fn::Sub": (argument, values) => {
    const [template, own] = Array.isArray(argument) ? pair(argument) : [argument, {}];
    const all: Values = { ...values, ...resolveStrings(own, values) };
    return text(template).replaceAll(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) =>
      literal ? `\${${name}}` : lookup(name.trim(), all));
  },
};

/** Resolves a value of any shape; text that holds `{{resolve:…}}` is resolved as CloudFormation does on deployment. */
export function resolve(value: unknown, values: Values): unknown {
  if (typeof value === "string") return dynamicReferences(value, values);
  if (Array.isArray(value)) return value.map((item) => resolve(item, values));
  if (typeof value !== "object" || value === null) return value;
  const [only, ...others] = Object.entries(value);
  if (only && others.length === 0 && (only[0] === "Ref" || only[0].startsWith("Fn::"))) {
    const intrinsic = INTRINSICS[only[0]];
    if (!intrinsic) throw new Error(`The template uses ${only[0]}, which the tests cannot resolve.`);
    return dynamicReferences(intrinsic(only[1], values), values);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, values)]));
}

/** Resolves a record whose values must all be text, such as a function's environment. */
export function resolveStrings(record: unknown, values: Values): Record<string, string> {
  const resolved = resolve(record, values);
  if (typeof resolved !== "object" || resolved === null) throw new Error("Expected a record of text.");
  return Object.fromEntries(Object.entries(resolved).map(([key, value]) => [key, text(value)]));
}

/**
 * `{{resolve:secretsmanager:<id>:SecretString:<json key>:<stage>:<version>}}`: the SecretString of a secret, or
 * one field of it when it is JSON. The id may be an ARN, which has colons of its own (CloudFormation,
 * "Get a secret or secret value from Secrets Manager").
 */
function dynamicReferences(value: string, values: Values): string {
  return value.replaceAll(/\{\{resolve:([^}]*)\}\}/g, (whole, reference: string) => {
    const match = /^secretsmanager:(.+?)(?::SecretString(?::([^:]*))?(?::[^:]*){0,2})?$/.exec(reference);
    if (!match) throw new Error(`The tests cannot resolve ${whole}.`);
    const secret = lookup(`secretsmanager:${match[1]}`, values);
    if (!match[2]) return secret;
    const fields: unknown = JSON.parse(secret);
    return lookup(match[2], resolveStrings(fields, {}));
  });
}

function lookup(name: string, values: Values): string {
  const value = values[name];
  if (value === undefined) throw new Error(`The template refers to "${name}", for which the test gives no value.`);
  return value;
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Error(`Expected text in the template, got ${JSON.stringify(value)}.`);
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new Error(`Expected a list in the template, got ${JSON.stringify(value)}.`);
  return value;
}

function pair(value: unknown): readonly [unknown, unknown] {
  const [first, second, ...rest] = list(value);
  if (second === undefined || rest.length > 0) throw new Error(`Expected a pair, got ${JSON.stringify(value)}.`);
  return [first, second];
}
