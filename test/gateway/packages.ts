import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { zipSync } from "fflate";
import { loadTemplate, type Template } from "../support/template.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const REPOSITORY = path.join(HERE, "../..");

/** Somewhere to write that is gone when the test is. */
export function scratch(): { readonly directory: string; remove(): void } {
  const directory = mkdtempSync(path.join(tmpdir(), "gateway-test-"));
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** A zip as it would be deployed: one module, bundled, at `index.mjs`. */
export async function zipOf(source: string, directory: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, loader: "ts", resolveDir: REPOSITORY },
    bundle: true, write: false, platform: "node", format: "esm", target: "node24",
  });
  const zip = path.join(mkdtempSync(path.join(directory, "zip-")), "function.zip");
  writeFileSync(zip, zipSync({ "index.mjs": outputFiles[0]!.contents }));
  return zip;
}

/** Bundles the service of this directory and packages it with osls itself, so that its template is a real one. */
export async function packageService(directory: string): Promise<Template> {
  const source = path.join(HERE, "service");
  cpSync(path.join(source, "serverless.yml"), path.join(directory, "serverless.yml"));
  await build({
    entryPoints: readdirSync(source).filter((file) => file.endsWith(".ts")).map((file) => path.join(source, file)),
    outdir: path.join(directory, "dist"), outExtension: { ".js": ".mjs" },
    bundle: true, platform: "node", format: "esm", target: "node24", mainFields: ["module", "main"],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  const manifest = createRequire(import.meta.url).resolve("serverless/package.json");
  const program = path.join(path.dirname(manifest), "bin/serverless.js");
  await promisify(execFile)(process.execPath, [program, "package"], { cwd: directory });
  return loadTemplate(path.join(directory, ".serverless"));
}

/** A template written by hand, for what osls would never write. Every function has code at `index.handler`. */
export function templateOf(directory: string, resources: Readonly<Record<string, unknown>>): Template {
  const functions = Object.entries(resources).filter(([, resource]) => (resource as { Type: string }).Type === "AWS::Lambda::Function");
  mkdirSync(directory, { recursive: true });
  const write = (file: string, content: unknown) => writeFileSync(path.join(directory, file), JSON.stringify(content));
  write("cloudformation-template-update-stack.json", { Resources: resources });
  write("serverless-state.json", { service: { functions: Object.fromEntries(functions.map(([id]) => [id, { name: id }])) } });
  return loadTemplate(directory);
}

interface Api {
  readonly routes: Readonly<Record<string, { readonly authorizer?: string }>>;
  readonly authorizers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly timeoutMs?: number;
}

/** The resources of an HTTP API in the shape osls gives them: function `F` behind every route, `A` in every authorizer. */
export function apiOf({ routes, authorizers = {}, timeoutMs = 30_000 }: Api): Record<string, unknown> {
  const permission = (id: string) => ({
    Type: "AWS::Lambda::Permission", Properties: { Principal: "apigateway.amazonaws.com", FunctionName: { "Fn::GetAtt": [id, "Arn"] } },
  });
  const theFunction = (id: string) => ({
    Type: "AWS::Lambda::Function",
    Properties: { FunctionName: id, Handler: "index.handler", Code: { S3Key: "function.zip" }, Role: { "Fn::GetAtt": ["Role", "Arn"] }, Timeout: 6, MemorySize: 128 },
  });
  const integration = { IntegrationType: "AWS_PROXY", PayloadFormatVersion: "2.0", IntegrationUri: { "Fn::GetAtt": ["F", "Arn"] }, TimeoutInMillis: timeoutMs };
  return {
    Role: { Type: "AWS::IAM::Role", Properties: {} },
    F: theFunction("F"),
    A: theFunction("A"),
    Permission: permission("F"),
    AuthorizerPermission: permission("A"),
    Integration: { Type: "AWS::ApiGatewayV2::Integration", Properties: integration },
    ...Object.fromEntries(Object.entries(authorizers).map(([id, properties]) => [id, {
      Type: "AWS::ApiGatewayV2::Authorizer",
      Properties: {
        AuthorizerType: "REQUEST", AuthorizerPayloadFormatVersion: "2.0", EnableSimpleResponses: true, AuthorizerResultTtlInSeconds: 0,
        AuthorizerUri: { "Fn::Join": ["", ["arn:…/", { "Fn::GetAtt": ["A", "Arn"] }, "/invocations"]] }, ...properties,
      },
    }])),
    ...Object.fromEntries(Object.entries(routes).map(([RouteKey, { authorizer }], index) => [`Route${index}`, {
      Type: "AWS::ApiGatewayV2::Route",
      Properties: {
        RouteKey, Target: { "Fn::Join": ["/", ["integrations", { Ref: "Integration" }]] },
        ...(authorizer ? { AuthorizationType: "CUSTOM", AuthorizerId: { Ref: authorizer } } : {}),
      },
    }])),
  };
}
