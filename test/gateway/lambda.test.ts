import { afterAll, describe, expect, it } from "vitest";
import { startLambda, type Lambda, type LambdaOptions } from "../support/lambda.ts";
import { scratch, zipOf } from "./packages.ts";

const place = scratch();
const started: Lambda[] = [];
afterAll(async () => {
  await Promise.all(started.map((lambda) => lambda.stop()));
  place.remove();
});

/** Hostile handlers in one bundle, chosen by the event. */
const SOURCE = `
  let invocations = 0;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const kinds = {
    count: () => ++invocations,
    environment: () => process.env,
    throw: () => { throw Object.assign(new Error("on purpose"), { name: "Purposeful" }); },
    throwText: () => { throw "text"; },
    circular: () => { const self = {}; self.self = self; return self; },
    nothing: () => undefined,
    lossy: () => ({ date: new Date(0), gone: undefined, nan: NaN }),
    huge: () => "x".repeat(7_000_000),
    spin: () => { for (;;); },
    exit: () => process.exit(3),
    reject: async () => { void Promise.reject(new Error("nobody listens")); await pause(5_000); },
    pause: ({ ms }) => pause(ms),
    meet: async () => { invocations += 1; for (let i = 0; i < 1_000 && invocations < 2; i += 1) await pause(5); return invocations; },
    log: () => { for (let i = 0; i < 5_000; i += 1) { console.log("to stdout"); console.error("to stderr"); } },
    context: (_event, context) => ({ ...context, left: context.getRemainingTimeInMillis() }),
  };
  export const handler = async (event, context) => kinds[event.kind](event, context);
  export const callback = (event, context, done) => done(null, "answered");
  export const notAFunction = 1;
`;
const zip = zipOf(SOURCE, place.directory);

async function start(options: Partial<LambdaOptions> = {}): Promise<Lambda> {
  const lambda = startLambda({ zip: await zip, handler: "index.handler", env: {}, timeoutMs: 3_000, ...options });
  started.push(lambda);
  return lambda;
}
const call = async (kind: string, options?: Partial<LambdaOptions>) => (await start(options)).invoke({ kind });

describe("a container", () => {
  it("keeps its modules between invocations, as a warm one does", async () => {
    const lambda = await start();
    await lambda.invoke({ kind: "count" });
    expect(await lambda.invoke({ kind: "count" })).toBe(2);
  });

  it("shares no module state with another function of the same code", async () => {
    const [one, other] = [await start(), await start()];
    await one.invoke({ kind: "count" });
    expect(await other.invoke({ kind: "count" })).toBe(1);
  });

  it("sees its own environment and nothing of the test's", async () => {
    process.env["SECRET_OF_THE_TEST"] = "leaked";
    const env = await call("environment", { env: { TABLE: "t" } });
    expect(env).toEqual({ TABLE: "t", LAMBDA_TASK_ROOT: expect.any(String), _HANDLER: "index.handler" });
  });

  it("runs concurrent invocations side by side", async () => {
    const lambda = await start();
    expect(await Promise.all([lambda.invoke({ kind: "meet" }), lambda.invoke({ kind: "meet" })])).toEqual([2, 2]);
  });

  it("has all output of an invocation in the logs when the invocation is answered", async () => {
    const lambda = await start();
    await lambda.invoke({ kind: "log" });
    for (const line of ["to stdout", "to stderr"]) expect(lambda.logs().split(`${line}\n`)).toHaveLength(5_001);
  });

  it("tells the handler its request and the time it has left", async () => {
    const lambda = await start({ env: { AWS_LAMBDA_FUNCTION_NAME: "notes-dev-read" } });
    expect(await lambda.invoke({ kind: "context" }, { awsRequestId: "r1" })).toEqual({
      awsRequestId: "r1", functionName: "notes-dev-read", left: expect.toSatisfy((ms: number) => ms > 0 && ms <= 3_000),
    });
  });
});

describe("a result", () => {
  it.each([
    ["nothing", null],
    ["lossy", { date: "1970-01-01T00:00:00.000Z", nan: null }],
  ])("is what JSON leaves of it: %s", async (kind, expected) => {
    expect(await call(kind)).toEqual(expected);
  });

  it.each([
    ["an error with its name", "throw", { errorType: "Purposeful", errorMessage: "on purpose" }],
    ["a thrown text", "throwText", { errorType: "string", errorMessage: "text" }],
    ["what JSON cannot say", "circular", { errorType: "Runtime.JSONStringifyError" }],
    ["more than 6 MB", "huge", { errorType: "Function.ResponseSizeTooLarge" }],
    ["a process that ends", "exit", { errorType: "Runtime.ExitError" }],
    ["a rejection nobody handles", "reject", { errorMessage: "nobody listens" }],
  ])("is refused: %s", async (_what, kind, expected) => {
    await expect(call(kind)).rejects.toMatchObject(expected);
  });
});

describe("an invocation", () => {
  it("is refused when its event is larger than 6 MB", async () => {
    const lambda = await start();
    await expect(lambda.invoke("x".repeat(6_291_455))).rejects.toMatchObject({ errorType: "RequestEntityTooLargeException" });
  });

  it.each(["pause", "spin"])("times out although the handler does not yield: %s", async (kind) => {
    const lambda = await start({ timeoutMs: 200 });
    await expect(lambda.invoke({ kind, ms: 5_000 })).rejects.toMatchObject({ errorMessage: "Task timed out after 0.20 seconds" });
  });

  it("finds a new container after one that timed out, and lets others in the old one finish", async () => {
    const lambda = await start({ timeoutMs: 1_500 });
    await lambda.invoke({ kind: "count" });
    const doomed = lambda.invoke({ kind: "pause", ms: 5_000 });
    await new Promise((done) => setTimeout(done, 750));
    const late = lambda.invoke({ kind: "pause", ms: 1_000 });
    await expect(doomed).rejects.toThrow("Task timed out");
    expect(await lambda.invoke({ kind: "count" })).toBe(1);
    expect(await late).toBeNull();
  });

  it("finds a new container after one that crashed", async () => {
    const lambda = await start();
    await expect(lambda.invoke({ kind: "exit" })).rejects.toThrow("exit status 3");
    expect(await lambda.invoke({ kind: "count" })).toBe(1);
  });
});

describe("a handler", () => {
  it.each([
    ["that is not in the bundle", "other.handler", "Runtime.ImportModuleError"],
    ["that is not exported", "index.absent", "Runtime.HandlerNotFound"],
    ["that is not a function", "index.notAFunction", "Runtime.HandlerNotFound"],
    ["whose name has no dot", "index", "Runtime.MalformedHandlerName"],
    ["that takes a callback, which Node.js 24 does not", "index.callback", "Runtime.CallbackHandlerDeprecated"],
  ])("%s fails each invocation", async (_what, handler, errorType) => {
    const lambda = await start({ handler });
    for (const attempt of [1, 2]) await expect(lambda.invoke({ attempt })).rejects.toMatchObject({ errorType });
  });

  it("whose module throws fails with that error", async () => {
    const broken = await zipOf(`throw new TypeError("no pepper"); export const handler = () => 1;`, place.directory);
    await expect(call("count", { zip: broken })).rejects.toMatchObject({ errorType: "TypeError", errorMessage: "no pepper" });
  });

  it("that imports what was not bundled fails instead of finding the test's own modules", async () => {
    const unbundled = await zipOf(`const name = "fflate"; export const handler = () => import(name);`, place.directory);
    await expect(call("count", { zip: unbundled })).rejects.toMatchObject({ errorMessage: expect.stringContaining("fflate") });
  });
});
