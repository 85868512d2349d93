import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listenOnLoopback } from "../../lib/local/ports.ts";
import { authenticate } from "../../lib/operations/authenticate.ts";
import { sample } from "../support/sample.ts";
import { newTable, startAws, type Aws } from "./aws.ts";
import { run, without } from "./cli.ts";

let aws: Aws;
beforeAll(async () => {
  aws = await startAws();
});
afterAll(() => aws.stop());

const CREATE = ["accounts", "create", "--name", "Acme", "--admin-email", "admin@acme.example"] as const;

describe("usage", () => {
  it.each([[["--help"]], [["accounts", "--help"]], [["accounts", "create", "--help"]], [["access-tokens", "import", "--help"]]])(
    "%j shows on standard output how it is used, exit codes included, and ends with 0",
    async (args) => {
      const { code, stdout, stderr } = await run(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/^Usage: latchkey/);
      expect(stdout).toContain("Exit codes:");
      expect(stdout).not.toContain("\u001b");
    },
  );

  it.each([
    ["no command", [], "Usage: latchkey"],
    ["an unknown command", ["acounts"], "unknown command 'acounts'"],
    ["an unknown subcommand", ["accounts", "destroy"], "unknown command 'destroy'"],
    ["an unknown option", ["accounts", "list", "--colour"], "unknown option '--colour'"],
    ["an argument too many", ["accounts", "list", "prod"], "too many arguments"],
    ["--local with a stage", ["accounts", "list", "--local", "--stage", "prod"], "'--local' cannot be used with option '--stage"],
    ["a blank stage", ["accounts", "list", "--stage", ""], "'--stage <stage>'"],
  ])("%s is wrong usage: 2, said on standard error alone", async (_what, args, said) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(said);
  });
});

describe("what AWS answers becomes one line that says what to do, with exit code 1", () => {
  it.each(sample<[string, readonly string[], (env: Aws["env"]) => Record<string, string>, string[]]>("what may be missing in AWS", 3, [
    ["a table that is not there", ["accounts", "list", "--table", "elsewhere"], (env) => env, ["There is no table elsewhere in eu-west-1", "serverless deploy", "--table"]],
    ["a stage without table", ["accounts", "list"], (env) => env, ["There is no table latchkey-dev in eu-west-1", "serverless deploy --stage dev"]],
    ["a stage without pepper", [...CREATE, "--stage", "lost"], (env) => env, ["no secret latchkey/lost/pepper/1", "serverless deploy --stage lost"]],
    ["a pepper that is none", [...CREATE, "--stage", "broken"], (env) => env, ["latchkey/broken/pepper/1 is not a pepper"]],
    ["no region", ["accounts", "list"], (env) => without(env, "AWS_REGION"), ["--region"]],
    ["no credentials", ["accounts", "list"], (env) => without(env, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ["No AWS credentials", "AWS_PROFILE", "--local"]],
    ["an endpoint that nobody listens on", ["accounts", "list"], (env) => ({ ...env, AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:1" }), ["cannot be reached", "network"]],
  ]))("%s", async (_what, args, environment, said) => {
    const { code, stdout, stderr } = await run(args, { env: environment(aws.env) });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(/^error: /);
    for (const words of said) expect(stderr).toContain(words);
  });

  it.each(sample("refusals of AWS", 2, [
    ["DYNAMODB", "com.amazon.coral.service#AccessDeniedException", "is not authorized to perform: dynamodb:Query", "may not do this"],
    ["DYNAMODB", "com.amazon.coral.service#UnrecognizedClientException", "The security token is invalid.", "does not accept these credentials"],
    ["DYNAMODB", "com.amazon.coral.service#ExpiredTokenException", "The token is expired.", "does not accept these credentials"],
    ["SECRETS_MANAGER", "AccessDeniedException", "is not authorized to perform: secretsmanager:GetSecretValue", "may not do this"],
    ["KMS", "NotFoundException", "Alias is not found.", "There is no key alias/latchkey-"],
    ["KMS", "AccessDeniedException", "is not authorized to perform: kms:GenerateDataKey", "may not do this"],
  ] as const))("%s answers %s", async (service, type, message, said) => {
    const { code, stdout, stderr } = await runAgainst(service, (_request, response) => refuse(response, type, message));
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(said);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("while one pepper may not be read, none is used: the newest is the one that new values are hashed under", async () => {
    const { code, stdout, stderr } = await runAgainst("SECRETS_MANAGER", async (request, response) => {
      if ((await text(request)).includes("pepper/1")) response.end(JSON.stringify({ SecretString: "p".repeat(64) }));
      else refuse(response, "AccessDeniedException", "is not authorized to perform: secretsmanager:GetSecretValue");
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain("may not do this");
  });

  /** Tries to make an account where one service of AWS answers as it is told to. */
  async function runAgainst(service: string, answer: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>) {
    const server = createServer((request, response) => void answer(request, response));
    const endpoint = `http://127.0.0.1:${await listenOnLoopback(server)}`;
    const ended = await run([...CREATE, "--stage", aws.stage], { env: { ...aws.env, [`AWS_ENDPOINT_URL_${service}`]: endpoint } });
    server.close();
    return ended;
  }

  function refuse(response: ServerResponse, type: string, message: string): void {
    response.writeHead(400, { "content-type": "application/x-amz-json-1.0", "x-amzn-errortype": type }).end(JSON.stringify({ __type: type, message }));
  }
});

describe("where", () => {
  it("--region wins over the environment's", async () => {
    const { stderr } = await run(["accounts", "list", "--region", "us-east-2"], { env: aws.env });
    expect(stderr).toContain("no table latchkey-dev in us-east-2");
  });

  it("--table names another table, beside the pepper and the sealing key of the stage", async () => {
    const other = await newTable(`${aws.stage}-elsewhere`);
    const { stdout } = await run([...CREATE, "--stage", aws.stage, "--table", other.name, "--json"], { env: aws.env });
    const value = JSON.parse(stdout).access_token.value;
    expect(await authenticate({ ...aws.deps, table: other }, value)).toMatchObject({ kind: "access_token" });
    expect(await authenticate(aws.deps, value)).toEqual({ kind: "unproved", reason: "unknown" });
  });
});
