import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, inject, it } from "vitest";
import definition from "../../lib/deploy/table.json" with { type: "json" };
import { loadTemplate } from "../support/template.ts";

const directory = inject("packageDirectory");
const template = loadTemplate(directory);

type Resource = { readonly Type: string; readonly DeletionPolicy?: string; readonly UpdateReplacePolicy?: string; readonly Properties: Readonly<Record<string, unknown>> };
const raw = JSON.parse(readFileSync(path.join(directory, "cloudformation-template-update-stack.json"), "utf8")) as {
  readonly Resources: Readonly<Record<string, Resource>>; readonly Outputs: Readonly<Record<string, unknown>>;
};
const every = (type: string): readonly Resource[] => Object.values(raw.Resources).filter(({ Type }) => Type === type);
const the = (type: string): Resource => {
  const [only, ...others] = every(type);
  if (only === undefined || others.length > 0) throw new Error(`Expected one ${type}`);
  return only;
};

/** Every text in a value, with where it stands. */
function textsIn(value: unknown, where = ""): readonly (readonly [string, string])[] {
  if (typeof value === "string") return [[where, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [[`${where}.${key} (name)`, key] as const, ...textsIn(item, `${where}.${key}`)]);
}

describe("the table", () => {
  const { Properties } = the("AWS::DynamoDB::Table");

  it.each([
    ["hands its stream both images", "StreamSpecification", { StreamViewType: "NEW_AND_OLD_IMAGES" }],
    ["sweeps up by the attribute ttl", "TimeToLiveSpecification", { AttributeName: "ttl", Enabled: true }],
    ["can be restored to any second", "PointInTimeRecoverySpecification", { PointInTimeRecoveryEnabled: true }],
    ["cannot be deleted by mistake", "DeletionProtectionEnabled", true],
    ["is encrypted under a key of KMS", "SSESpecification", { SSEEnabled: true, SSEType: "KMS" }],
    ["is paid by request", "BillingMode", "PAY_PER_REQUEST"],
  ])("%s", (_guarantee, property, expected) => {
    expect(Properties[property]).toEqual(expected);
  });

  it("has the keys and indexes that every local table has: one definition for both", () => {
    expect(Properties).toMatchObject(definition);
  });
});

describe("what cannot be made again stays when the stack goes", () => {
  it.each(["AWS::DynamoDB::Table", "AWS::SecretsManager::Secret", "AWS::KMS::Key"])("%s", (type) => {
    for (const resource of every(type)) expect(resource).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
  });
});

describe("the sealing key", () => {
  it("is rotated by KMS", () => {
    expect(the("AWS::KMS::Key").Properties["EnableKeyRotation"]).toBe(true);
  });

  it("obeys this account only", () => {
    const { Statement } = the("AWS::KMS::Key").Properties["KeyPolicy"] as { Statement: { Principal: unknown }[] };
    expect(Statement.map(({ Principal }) => Principal)).toEqual([{ AWS: { "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root" } }]);
  });
});

const reference = (secret: string) => `{{resolve:secretsmanager:\${${secret}}:SecretString}}`;
/** The secrets, the variable in which each reaches functions, how it is written there, and functions that must not have it. */
const SECRETS = [
  ["Pepper", "PEPPERS", `1:${reference("Pepper")}`, ["publishEvents", "cleanUp", "sessionAuthorizer", "signOut"]],
  ["SessionKey", "SESSION_KEY", reference("SessionKey"), ["authorizer", "createAccessToken", "publishEvents", "cleanUp", "signOut"]],
] as const;

describe("the secrets", () => {
  it("are these", () => {
    expect(Object.entries(raw.Resources).filter(([, { Type }]) => Type === "AWS::SecretsManager::Secret").map(([id]) => id).toSorted()).toEqual(SECRETS.map(([id]) => id));
  });

  it.each(SECRETS)("%s is made by AWS, and long: 64 letters and digits are more than 256 bits", (secret) => {
    const { GenerateSecretString, SecretString } = raw.Resources[secret]!.Properties;
    expect(SecretString).toBeUndefined();
    expect(GenerateSecretString).toEqual({ PasswordLength: 64, ExcludePunctuation: true });
  });

  it.each(SECRETS)("%s reaches functions as a reference that CloudFormation resolves, never as a value, and only those that need it", (_secret, variable, value, strangers) => {
    const holders = template.functions.filter(({ env }) => variable in env);
    expect(holders.length).toBeGreaterThan(0);
    expect(holders.filter(({ env }) => JSON.stringify(env[variable]) !== JSON.stringify({ "Fn::Sub": value }))).toEqual([]);
    expect(holders.map(({ name }) => name).filter((name) => (strangers as readonly string[]).includes(name))).toEqual([]);
  });

  it("reach nothing else: not an output, not a description", () => {
    const places = textsIn(raw).filter(([, text]) => text.includes("{{resolve:")).map(([where]) => where);
    const variables = SECRETS.map(([, variable]) => variable).join("|");
    expect(places.filter((where) => !new RegExp(`^\\.Resources\\.\\w+LambdaFunction\\.Properties\\.Environment\\.Variables\\.(${variables})\\.Fn::Sub$`).test(where))).toEqual([]);
  });
});

/** Words that look drawn by lot: keys and tokens of all kinds, in hex, base62, base64 or base64url. */
function secretsIn(text: string): readonly string[] {
  return (text.match(/[A-Za-z0-9+/_=-]{20,}/g) ?? []).filter((word) => {
    if (/^(lk_at_|lk_st_|AKIA|ASIA)/.test(word)) return true;
    if (/^[0-9a-f]{32,}$/i.test(word)) return true;
    // Names end in numbers and dates have a T; what is drawn changes between letters and digits all the time.
    return (word.match(/[A-Za-z](?=\d)|\d(?=[A-Za-z])/g) ?? []).length >= 5;
  });
}

describe("the search for secrets", () => {
  it.each([
    ["a token", `Bearer lk_at_${"0".repeat(76)}`],
    ["a pepper in hex", "1:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0bead9ca2d6c7a2b5a3f0e"],
    ["a pepper in base64url", "1:b2Ff3kP9xQ-7yT1uV5wZ8aC4dE6gH0iJ2lM3nO5pR7sU9vX1"],
    ["a key in base64", "kR3vB9xN2mQ7pL5tY8wZ1cV4bG6hJ0dF+sA/eU2iO9k="],
    ["an access key of AWS", "AKIAIOSFODNN7EXAMPLE"],
    ["a secret key of AWS", "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"],
  ])("finds %s", (_what, text) => {
    expect(secretsIn(text)).toHaveLength(1);
  });

  it("finds nearly everything that is drawn by lot", () => {
    const drawn = Array.from({ length: 500 }, (_, seed) => wordFrom(seed + 1, 43));
    expect(drawn.filter((word) => secretsIn(word).length === 0).length).toBeLessThan(10);
  });

  it.each(["cloudformation-template-create-stack.json", "cloudformation-template-update-stack.json", "serverless-state.json"])("finds nothing in %s", (file) => {
    const texts = textsIn(JSON.parse(readFileSync(path.join(directory, file), "utf8")));
    expect(texts.length).toBeGreaterThan(3);
    expect(texts.filter(([, text]) => secretsIn(text).length > 0)).toEqual([]);
  });
});

/** The same word for the same seed (a linear congruential generator is drawn by lot enough). */
function wordFrom(seed: number, length: number): string {
  const signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  let state = seed;
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return signs.charAt(Math.floor((state / 2_147_483_648) * signs.length));
  }).join("");
}
