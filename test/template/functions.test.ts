import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { bundle, type Sources } from "../../lib/deploy/bundle.ts";
import { PSEUDO_PARAMETERS } from "../support/aws.ts";
import { environmentOf } from "../support/environment.ts";
import { loadTemplate } from "../support/template.ts";

const template = loadTemplate(inject("packageDirectory"));
const functions = template.functions.map((fn) => [fn.name, fn] as const);
const ROOT = path.join(import.meta.dirname, "../..");

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

describe("what is uploaded", () => {
  let outdir: string;
  beforeAll(async () => {
    outdir = mkdtempSync(path.join(tmpdir(), "bundles-"));
    await bundle(ROOT, sources(), outdir);
  }, 60_000);
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  it.each(functions)("%s: one file, which is what this tree makes of it", (name, fn) => {
    // The portal has its pages beside it, which test/portal/pages.test.ts looks at.
    const entries = Object.entries(unzipSync(readFileSync(fn.zip))).filter(([file]) => !(name === "portal" && file.startsWith("dist/pages/")));
    expect(entries.map(([file]) => file)).toEqual([`dist/${name}.mjs`]);
    expect(fn.handler).toBe(`dist/${name}.handler`);
    // Half a megabyte each: a difference is told as one, not printed.
    expect(Buffer.from(entries[0]![1]).equals(readFileSync(path.join(outdir, `${name}.mjs`)))).toBe(true);
  });

  it.each(functions)("%s: no source map, nor a pointer to one", (_name, fn) => {
    for (const bytes of Object.values(unzipSync(readFileSync(fn.zip)))) expect(Buffer.from(bytes).toString("utf8")).not.toContain("sourceMappingURL");
  });

  it("is nothing but the template, its state and the zips", () => {
    const files = readdirSync(inject("packageDirectory")).toSorted();
    expect(files).toEqual([
      "cloudformation-template-create-stack.json", "cloudformation-template-update-stack.json", "serverless-state.json", ...template.functions.map(({ name }) => `${name}.zip`),
    ].toSorted());
  });
});

/** Where each handler is written. The package no longer knows: there, it is in the bundle. */
function sources(): Sources {
  const declared = readFileSync(path.join(ROOT, "serverless.yml"), "utf8").matchAll(/^ {2}(\w+):\n {4}handler: (functions\/\S+)$/gm);
  const found = Object.fromEntries([...declared].map(([, name = "", handler = ""]) => [name, handler]));
  expect(Object.keys(found).toSorted()).toEqual(template.functions.map(({ name }) => name).toSorted());
  return found;
}
