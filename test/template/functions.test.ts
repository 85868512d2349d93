import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import { describe, expect, inject, it } from "vitest";
import { PSEUDO_PARAMETERS } from "../support/aws.ts";
import { environmentOf } from "../support/environment.ts";
import { loadTemplate } from "../support/template.ts";

const template = loadTemplate(inject("packageDirectory"));
const functions = template.functions.map((fn) => [fn.name, fn] as const);

describe("every function", () => {
  it.each(functions)("%s runs on Node 24 on arm64", (_name, fn) => {
    expect(template.resources[fn.logicalId]?.Properties).toMatchObject({ Runtime: "nodejs24.x", Architectures: ["arm64"] });
  });

  it.each(functions)("%s has a log that forgets", (_name, fn) => {
    const [group, ...others] = Object.values(template.resources).filter(({ Type, Properties }) => Type === "AWS::Logs::LogGroup" && Properties["LogGroupName"] === `/aws/lambda/${fn.functionName}`);
    expect(others).toEqual([]);
    expect(group?.Properties["RetentionInDays"]).toBeGreaterThan(0);
  });

  it.each(functions)("%s keeps no lines of Lambda's own about invocations that end well, and all of what it says itself", (_name, fn) => {
    expect(template.resources[fn.logicalId]?.Properties["LoggingConfig"]).toEqual({ LogFormat: "JSON", SystemLogLevel: "WARN" });
  });

  it.each(functions)("%s fits its environment into Lambda's 4 KB, secrets resolved", (_name, fn) => {
    const arn = (what: string) => `arn:aws:${what}:eu-west-1:123456789012:${"x".repeat(100)}`;
    const values = {
      ...PSEUDO_PARAMETERS, Table: "t".repeat(255), HttpApi: "a".repeat(10), EventBus: "b".repeat(255), DeadLetters: `https://sqs.eu-west-1.amazonaws.com/123456789012/${"q".repeat(80)}`,
      "SealingKey.Arn": arn("kms"), "UserPool.ProviderURL": `https://cognito-idp.eu-west-1.amazonaws.com/${"p".repeat(55)}`, UserPoolClient: "c".repeat(128), Pepper: arn("secretsmanager"), SessionKey: arn("secretsmanager"), [`secretsmanager:${arn("secretsmanager")}`]: "p".repeat(64),
    };
    expect(() => environmentOf(fn, values)).not.toThrow();
  });

  it.each(functions)("%s has an environment whose every name its code reads", (_name, fn) => {
    const code = Buffer.from(unzipSync(readFileSync(fn.zip))[`dist/${fn.name}.mjs`] ?? []).toString("utf8");
    expect(Object.keys(fn.env).filter((name) => !code.includes(name))).toEqual([]);
  });
});
