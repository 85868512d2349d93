import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Plugin } from "esbuild";
import { zipSync } from "fflate";
import { bundle } from "../lib/deploy/bundle.ts";
import type { Deployment } from "../test/support/deploy.ts";
import { createTestAccount } from "../test/support/account.ts";
import { authorizerEvent } from "../test/support/gateway-authorizer.ts";
import { httpEvent } from "../test/support/gateway.ts";
import { gatewayOf, usage } from "../test/support/traffic.ts";
import { bareStart, coldStart, type Start, type Taken } from "./cold/fresh-process.ts";
import type { Benchmark, Row } from "./support/benchmark.ts";
import { codeOf } from "./support/in-process.ts";
import { startLatchkey } from "./support/latchkey.ts";
import { byTurns, ratios, ROUNDS } from "./support/rounds.ts";

const ROOT = path.join(import.meta.dirname, "..");
/** So many processes of each contender, which take turns, are a round. The fastest counts: what else this machine does only ever adds. */
const PROCESSES = 7;

/** The functions that are measured, by their sources. */
const SOURCES = { authorizer: "functions/authorizer.handler", authrep: "functions/service-management.write" } as const;
const DEPLOYED = { authorizer: "authorizer", authrep: "serviceManagementWrite" } as const;

export default {
  about: "What a caller waits for when no container is warm: import and first answer in a fresh process, beyond what Node itself takes, beside the same function on AWS's own client.",
  limits: {
    "authorizer, of its twin on AWS's client": { most: 0.4 },
    "authrep, of its twin on AWS's client": { most: 0.5 },
    "authorizer, of its twin, CPU": { most: 0.4 },
    "authrep, of its twin, CPU": { most: 0.5 },
    "authorizer, zip": { most: 60 },
  },
  async run() {
    const latchkey = await startLatchkey();
    const directory = mkdtempSync(path.join(tmpdir(), "bench-cold-"));
    try {
      const own = Object.fromEntries(Object.entries(DEPLOYED).map(([name, fn]) => [name, unpacked(latchkey, fn, directory)]));
      await bundle(ROOT, SOURCES, path.join(directory, "twins"), [onAwsClient]);
      const starts = await startsOf(latchkey);
      const start = (name: keyof typeof SOURCES, file: string) => async () => coldStart(file, starts[name]);
      const twin = (name: keyof typeof SOURCES) => path.join(directory, "twins", `${name}.mjs`);
      const measured = await byTurns({
        bare: async () => bareStart(),
        authorizer: start("authorizer", own["authorizer"] ?? ""), authorizerTwin: start("authorizer", twin("authorizer")),
        authrep: start("authrep", own["authrep"] ?? ""), authrepTwin: start("authrep", twin("authrep")),
      }, ROUNDS * PROCESSES);
      const beyond = (name: keyof typeof measured, of: keyof Taken) => {
        const bare = fastest(measured.bare, of);
        return fastest(measured[name], of).map((value, round) => value - (bare[round] ?? NaN));
      };
      const row = (what: string, unit: Row["unit"], rounds: readonly number[]): Row => ({ what, unit, rounds });
      const size = (name: string, file: string) => row(name, "kB", [zipped(file)]);
      return [
        row("Node itself", "ms", fastest(measured.bare, "wall")),
        row("authorizer, beyond Node itself", "ms", beyond("authorizer", "wall")), row("its twin on AWS's client", "ms", beyond("authorizerTwin", "wall")),
        row("authrep, beyond Node itself", "ms", beyond("authrep", "wall")), row("authrep's twin on AWS's client", "ms", beyond("authrepTwin", "wall")),
        row("authorizer, of its twin on AWS's client", "×", ratios(beyond("authorizer", "wall"), beyond("authorizerTwin", "wall"))),
        row("authrep, of its twin on AWS's client", "×", ratios(beyond("authrep", "wall"), beyond("authrepTwin", "wall"))),
        row("authorizer, of its twin, CPU", "×", ratios(beyond("authorizer", "cpu"), beyond("authorizerTwin", "cpu"))),
        row("authrep, of its twin, CPU", "×", ratios(beyond("authrep", "cpu"), beyond("authrepTwin", "cpu"))),
        row("authorizer, zip", "kB", [zipSize(latchkey, "authorizer")]), size("the twin's zip", twin("authorizer")),
        row("authrep, zip", "kB", [zipSize(latchkey, "serviceManagementWrite")]), size("authrep's twin's zip", twin("authrep")),
      ];
    } finally {
      rmSync(directory, { recursive: true, force: true });
      await latchkey.stop();
    }
  },
} satisfies Benchmark;

/** The fastest process of each round. */
function fastest(processes: readonly Taken[], of: keyof Taken): readonly number[] {
  return Array.from({ length: ROUNDS }, (_, round) => Math.min(...processes.slice(round * PROCESSES, (round + 1) * PROCESSES).map((each) => each[of])));
}

/** Builds a function on AWS's own client as it comes, its search for credentials included: every other module is the product's. */
const onAwsClient: Plugin = {
  name: "on-aws-client",
  setup(build) {
    build.onResolve({ filter: /\/dynamodb\/client\.ts$/ }, () => ({ path: path.join(ROOT, "bench/cold/sdk-client.ts") }));
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path: name }) => ({ path: path.join(ROOT, "node_modules", name, "dist-es/index.js"), sideEffects: false }));
  },
};

/** A real token of a real member, and a gateway's real report: what the functions are first asked. */
async function startsOf(latchkey: Deployment): Promise<Record<keyof typeof SOURCES, Start>> {
  const account = await createTestAccount(latchkey);
  const gateway = await gatewayOf(latchkey, account.admin, (await account.service("Measured")).id);
  const { userKey } = await gateway.application();
  const { endpoint, credentials } = latchkey.database;
  const environment = (name: string) => ({ ...latchkey.environment(name), AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_ACCESS_KEY_ID: credentials.accessKeyId });
  const query = new URLSearchParams({ service_token: gateway.serviceToken, service_id: String(gateway.serviceId), user_key: userKey, ...usage({ hits: 1 }) });
  return {
    authorizer: {
      environment: environment(DEPLOYED.authorizer), expected: '"isAuthorized":true,"context":{"kind":"access_token"',
      event: authorizerEvent(httpEvent({ method: "GET", path: "/admin/api/services.json", headers: { authorization: `Bearer ${account.admin.value}` } }), []),
    },
    authrep: {
      environment: environment(DEPLOYED.authrep), expected: "<authorized>true</authorized>",
      event: httpEvent({ method: "GET", path: `/transactions/authrep.xml?${query.toString()}` }),
    },
  };
}

function functionOf({ template }: Deployment, name: string) {
  const fn = template.functions.find((each) => each.name === name);
  if (fn === undefined) throw new Error(`There is no function ${name}`);
  return fn;
}

/** The very file that would be deployed. */
function unpacked(latchkey: Deployment, name: string, directory: string): string {
  const file = path.join(directory, `${name}.mjs`);
  writeFileSync(file, codeOf(functionOf(latchkey, name).zip, name));
  return file;
}

const zipSize = (latchkey: Deployment, name: string) => readFileSync(functionOf(latchkey, name).zip).length / 1000;
const zipped = (file: string) => zipSync({ [path.basename(file)]: readFileSync(file) }, { level: 9 }).length / 1000;
