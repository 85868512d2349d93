import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { connect, createServer } from "node:net";
import path from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PEOPLE } from "../../lib/local/people.ts";
import { freePort, LOOPBACK } from "../../lib/local/ports.ts";
import { MEMORY_FOLDER } from "../support/memory-folder.ts";
import { sample } from "../support/sample.ts";
import { copyOfTree, descriptionIn, freeBase, PATIENCE_MS, portsOf, ROOT, run, stopAll, temporary, until, up, type Description, type Run } from "../support/start.ts";
import { formOf, visitor } from "../support/visitor.ts";

afterAll(stopAll, PATIENCE_MS);

/** By connecting: to try and take the port oneself could keep its owner from taking it. */
function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK, () => {
      socket.destroy();
      resolve(true);
    }).once("error", () => resolve(false));
  });
}

/** Nothing is left: no process, no port, no file but the log. */
async function expectNothingLeft(place: string, base: number, started: Run): Promise<void> {
  await until("all its processes end", () => !started.alive());
  for (const port of portsOf(base)) await until(`port ${port} is free`, () => freePort(port).then(() => true, () => false));
  expect(readdirSync(path.join(place, ".local")).filter((file) => file !== "latchkey.log")).toEqual([]);
}

type Answer<Body> = { readonly status: number; readonly text: string; readonly json: Body };

async function call<Body>(url: string, token: string, { method = "GET", form }: { method?: string; form?: string } = {}): Promise<Answer<Body>> {
  const response = await fetch(url, {
    method, headers: { authorization: `Bearer ${token}`, ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }) },
    ...(form === undefined ? {} : { body: form }),
  });
  const body = await response.text();
  return { status: response.status, text: body, json: (body === "" ? undefined : JSON.parse(body)) as Body };
}

function fromBody(url: string, token: string, params: object): Promise<Answer<Found>> {
  const body = JSON.stringify(params);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "content-length": body.length, connection: "close" };
  return new Promise((resolve, reject) => {
    request(url, { method: "GET", headers }, (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, text: answer, json: JSON.parse(answer) as Found }), reject);
    }).once("error", reject).end(body);
  });
}

/** Whoever comes to the provider's page from Latchkey and clicks this person: what they end up at, and their cookies. */
async function clickedAs(person: string, baseUrl: string) {
  const browser = visitor();
  const page = await browser.follow(await browser.get(`${baseUrl}/p/sign_in`));
  const end = await browser.follow(await browser.post(formOf(page).action, { person }));
  const cookies = browser.cookies(baseUrl);
  return { browser, end, session: cookies[SESSION] === undefined ? undefined : `${SESSION}=${cookies[SESSION]}` };
}
const SESSION = "__Host-latchkey-session";
/** What pages of the portal ask first: whose they are. 403 when they are nobody's. */
async function rightsIn(baseUrl: string, cookie: string): Promise<number | string> {
  const response = await fetch(`${baseUrl}/p/api/admin/api/personal/rights.json`, { headers: { cookie, "sec-fetch-site": "same-origin" } });
  return response.ok ? ((await response.json()) as { rights: { user: { email: string } } }).rights.user.email : response.status;
}

type Found = { readonly account: { readonly id: number } };
type Made = { readonly access_token: { readonly id: number; readonly value: string } };
type Revealed = { readonly service_token: { readonly value: string } };

describe("npm start", () => {
  let place: string;
  let data: string;
  let base: number;
  let started: Run;
  let description: Description;
  let api: string;

  beforeAll(async () => {
    place = copyOfTree();
    data = path.join(temporary(MEMORY_FOLDER), "made", "here");
    base = await freeBase();
    // Settings for AWS that a developer may have, each of which would lead astray.
    started = run(place, ["--port", String(base), "--data", data], {
      AWS_PROFILE: "somebody", AWS_SESSION_TOKEN: "elsewhere", AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true", AWS_USE_FIPS_ENDPOINT: "true",
      AWS_ENDPOINT_URL_DYNAMODB: "http://127.0.0.1:9",
    });
    await up(started);
    description = descriptionIn(place);
    api = `${description.baseUrl}/admin/api`;
  }, PATIENCE_MS);

  describe("prints what one needs to begin", () => {
    const commands = () => started.out().split("\n").filter((line) => line.trimStart().startsWith("curl "));

    it("where it is, and the token of each person", () => {
      const { people } = description;
      expect(started.out()).toContain(`Latchkey is running at http://127.0.0.1:${base}\n`);
      for (const [who, { token }] of Object.entries(people)) expect(started.out()).toMatch(new RegExp(`^ +${who} +${token}$`, "m"));
      expect(started.err()).toBe("");
    });

    it("sentences that fit into 80 columns; only tokens and commands are longer", () => {
      expect(started.out().split("\n").filter((line) => line.length > 80 && !line.includes("lk_at_"))).toEqual([]);
    });

    it("three commands, which show all applications, those of Service 1, and a refusal", async () => {
      const [all, some, none, ...others] = await Promise.all(commands().map(shell));
      const namesIn = (answer = "") => (JSON.parse(answer) as { applications: { application: { service_name: string } }[] }).applications.map(({ application }) => application.service_name);
      const names = description.services.map(({ name }) => name);
      expect(new Set(namesIn(all))).toEqual(new Set(names));
      expect(new Set(namesIn(some))).toEqual(new Set(names.slice(0, 1)));
      expect(JSON.parse(none ?? "")).toEqual({ error: "Access denied", code: "no_service_access" });
      expect((await call(`${api}/applications.json`, description.people.none.token)).status).toBe(403);
      expect(others).toEqual([]);
    });
  });

  describe("describes itself for scripts in .local/latchkey.json", () => {
    it("in the documented shape", () => {
      const person = (email: string) => ({ id: expect.any(Number), email, token: expect.stringMatching(/^lk_at_\w{76}$/) });
      expect(description).toEqual({
        baseUrl: `http://127.0.0.1:${base}`,
        pid: started.child.pid,
        account: { id: expect.any(Number) },
        people: { admin: person("admin@acme.example"), limited: person("limited@acme.example"), none: person("none@acme.example") },
        services: [1, 2, 3].map((number) => ({ id: expect.any(Number), name: `Service ${number}` })),
      });
    });

    it("which only this user may read, as everything there that holds a secret", () => {
      const modes = readdirSync(path.join(place, ".local")).filter((file) => /lk_[as]t_|PEPPERS/.test(readFileSync(path.join(place, ".local", file), "utf8")))
        .map((file) => [file, (statSync(path.join(place, ".local", file)).mode & 0o777).toString(8)]);
      expect(modes).toEqual([["environment.json", "600"], ["latchkey.json", "600"]]);
    });

    it("and which git ignores", () => {
      expect(readFileSync(path.join(ROOT, ".gitignore"), "utf8").split("\n")).toContain(".local/");
    });
  });

  it("issues a token that works until it is deleted, and not a request longer", async () => {
    const { token: admin } = description.people.admin;
    const made = await call<Made>(`${api}/personal/access_tokens.json`, admin, { method: "POST", form: "name=reports&permission=ro&scopes[]=account_management" });
    expect(made).toMatchObject({ status: 201, json: { access_token: { name: "reports", value: expect.stringMatching(/^lk_at_/) } } });
    const { id, value } = made.json.access_token;
    expect((await call(`${api}/provider.json`, value)).status).toBe(200);
    expect(await call(`${api}/personal/access_tokens/${id}.json`, admin, { method: "DELETE" })).toMatchObject({ status: 200, text: "" });
    expect((await call(`${api}/provider.json`, value)).status).toBe(403);
  });

  it("knows a moment later that a token was used, wherever in the request it was", async () => {
    const { token: admin } = description.people.admin;
    const make = async () => (await call<Made>(`${api}/personal/access_tokens.json`, admin, { method: "POST", form: "name=used&permission=rw&scopes[]=account_management" })).json.access_token;
    const [inHeader, inBody] = [await make(), await make()];
    const isSeen = async ({ id }: Made["access_token"]) => "last_used_at" in (await call<{ access_token: object }>(`${api}/personal/access_tokens/${id}.json`, admin)).json.access_token;
    expect([await isSeen(inHeader), await isSeen(inBody)]).toEqual([false, false]);
    await call(`${api}/provider.json`, inHeader.value);
    await fetch(`${api}/services.json`, { method: "POST", body: new URLSearchParams({ access_token: inBody.value, name: "" }) });
    await until("both uses are recorded", async () => await isSeen(inHeader) && await isSeen(inBody));
  }, PATIENCE_MS);

  it("takes parameters of GET from the body, and any key of an application from the path, as API Gateway does", async () => {
    const { token } = description.people.admin;
    // fetch() sends no body with GET; the Python client does.
    const found = await fromBody(`${api}/accounts/find.json`, token, { username: "developer1" });
    expect(found).toMatchObject({ status: 200, json: { account: { id: expect.any(Number) } } });
    const list = await call<{ applications: { application: { id: number } }[] }>(`${api}/accounts/${found.json.account.id}/applications.json`, token);
    const keys = `${api}/accounts/${found.json.account.id}/applications/${list.json.applications[0]?.application.id}/keys`;
    const key = String.raw`a!"#$%&'()*+,-./:;<=>@[\]^_{|}~%2F`;
    expect((await call(`${keys}.json`, token, { method: "POST", form: `key=${encodeURIComponent(key)}` })).status).toBe(201);
    expect((await call(`${keys}/${encodeURIComponent(key)}.json`, token, { method: "DELETE" })).status).toBe(200);
    expect((await call<{ keys: unknown }>(`${keys}.json`, token)).json.keys).toEqual([]);
  });

  it("carries what happens to the event bus, and from there to those who wait for it", async () => {
    const { admin, limited } = description.people;
    const permissions = `${api}/users/${limited.id}/permissions.json`;
    const [first] = description.services;
    const runsOf = (name: string) => readFileSync(path.join(place, ".local/latchkey.log"), "utf8").split(`(λ: ${name}) RequestId`).length;

    const published = runsOf("publishEvents");
    const { id } = (await call<{ service: { id: number } }>(`${api}/services.json`, admin.token, { method: "POST", form: "name=Short-lived" })).json.service;
    await until("the stream's reader runs", () => runsOf("publishEvents") > published);

    await call(permissions, admin.token, { method: "PUT", form: `allowed_service_ids[]=${first?.id}&allowed_service_ids[]=${id}` });
    const reached = async () => (await call<{ permissions: { allowed_service_ids: number[] } }>(permissions, admin.token)).json.permissions.allowed_service_ids;
    expect(await reached()).toEqual([first?.id, id]);
    expect((await call(`${api}/services/${id}.json`, admin.token, { method: "DELETE" })).status).toBe(200);
    // The table's stream, publishEvents, the bus, cleanUp: only then the deleted service is gone from the member's list.
    await until("the clean-up", async () => (await reached()).length === 1);
  }, PATIENCE_MS);

  it("takes a service that somebody else announces on the bus, once however often it is said", async () => {
    const { admin } = description.people;
    const bus = new EventBridgeClient({ endpoint: `http://${LOOPBACK}:${base + 4}`, region: "eu-west-1", credentials: { accessKeyId: "catalogue", secretAccessKey: "local" } });
    const announced = {
      EventBusName: "latchkey-local", Source: "catalogue", DetailType: "service.created",
      Detail: JSON.stringify({ account_id: description.account.id, service: { id: 4711, name: "Announced", system_name: "announced" } }),
    };
    await bus.send(new PutEventsCommand({ Entries: [announced, announced] }));
    await until("the service is there", async () => (await call(`${api}/services/4711.json`, admin.token)).status === 200);
    const { json } = await call<{ services: { service: { name: string } }[] }>(`${api}/services.json`, admin.token);
    expect(json.services.filter(({ service }) => service.name === "Announced")).toHaveLength(1);
    expect((await call<Revealed>(`${api}/services/4711/service_token.json`, admin.token)).json.service_token.value).toMatch(/^lk_st_/);
  }, PATIENCE_MS);

  it("answers something wherever it is asked: the provider that it made lives", async () => {
    const service = description.services[0]?.id;
    const { token } = description.people.admin;
    const answered = async (path: string) => {
      const { status, text: body } = await call<undefined>(`${description.baseUrl}${path}`, token);
      return [path, status, body.length > 20 && !/":\[\]/.test(body.slice(0, 40))];
    };
    const paths = [
      "/admin/api/accounts.json", "/admin/api/account_plans.json", `/admin/api/services/${service}/metrics.json`, `/admin/api/services/${service}/application_plans.json`,
      `/admin/api/services/${service}/proxy.json`, `/admin/api/services/${service}/proxy/mapping_rules.json`, `/admin/api/services/${service}/proxy/configs/production/latest.json`,
      "/admin/api/account/proxy_configs/production.json?version=latest", "/api/invoices.json", `/stats/services/${service}/usage.json?metric_name=hits&period=week`, "/openapi.json",
    ];
    expect(await Promise.all(paths.map(answered))).toEqual(paths.map((path) => [path, 200, true]));
  }, PATIENCE_MS);

  it("runs the bundles that would be deployed, and the pages beside them", async () => {
    const page = await fetch(`${description.baseUrl}/p/signed_out`);
    const script = / src="([^"]+)"/.exec(await page.text())?.[1] ?? "";
    const { status, headers } = await fetch(description.baseUrl + script);
    expect([page.headers.get("content-type"), status, headers.get("content-type")]).toEqual(["text/html; charset=utf-8", 200, "text/javascript; charset=utf-8"]);
  });

  describe("lets people sign in to the portal with one click", () => {
    it.each(PEOPLE.filter(({ about }) => !about.endsWith("refused")))("$email", async ({ subject, email }) => {
      const { end, session = "" } = await clickedAs(subject, description.baseUrl);
      expect([end.status, end.url.href, end.headers.get("content-type")]).toEqual([200, `${description.baseUrl}/p/admin/user/access_tokens`, "text/html; charset=utf-8"]);
      expect(await rightsIn(description.baseUrl, session)).toBe(email);
    });

    it.each([["stranger", "no_membership"], ["unverified", "unverified_email"]])("but %s is refused, and told why", async (subject, reason) => {
      const { end, session } = await clickedAs(subject, description.baseUrl);
      expect([end.status, end.url.pathname + end.url.search, session]).toEqual([200, `/p/sign_in/refused?reason=${reason}`, undefined]);
    });

    it("and out again, at the provider too: the session's cookie opens nothing any more", async () => {
      const { baseUrl } = description;
      const { browser, session = "" } = await clickedAs("limited", baseUrl);
      const signOut = await fetch(`${baseUrl}/p/sign_out`, { method: "POST", headers: { cookie: session, origin: baseUrl } });
      expect(signOut.headers.getSetCookie()).toEqual([expect.stringMatching(new RegExp(`^${SESSION}=; Max-Age=0; .*Secure; HttpOnly; SameSite=Strict; Path=/$`))]);
      const { location } = (await signOut.json()) as { location: string };
      const { action, fields } = formOf(await browser.get(location));
      expect((await browser.follow(await browser.post(action, fields))).url.href).toBe(`${baseUrl}/p/signed_out`);
      expect(await rightsIn(baseUrl, session)).toBe(403);
    });

    it("also who opens it at localhost: they are sent to where they can sign in; programs are served there as well", async () => {
      const { port } = new URL(description.baseUrl);
      const at = async (path: string) => {
        const [answer] = (await once(request({ host: LOOPBACK, port, path, headers: { host: `localhost:${port}` } }).end(), "response")) as [IncomingMessage];
        return [answer.resume().statusCode, answer.headers.location];
      };
      for (const path of ["/", "/p/sign_in?to=%2Fp%2Fadmin%2Fapi_docs"]) expect(await at(path)).toEqual([302, description.baseUrl + path]);
      expect(await at("/openapi.json")).toEqual([200, undefined]);
    });

    it("whatever cookies other programs on this machine have set", async () => {
      const { session = "" } = await clickedAs("none", description.baseUrl);
      expect(await rightsIn(description.baseUrl, `theme={"dark": "yes"}; =; ,; ${session}`)).toBe("none@acme.example");
    });
  });

  it("judges calls of applications by the service token, and shows a moment later what they used", async () => {
    const service = description.services[0]?.id;
    const { token } = description.people.admin;
    const { value } = (await call<Revealed>(`${api}/services/${service}/service_token.json`, token)).json.service_token;
    const { application } = (await call<{ applications: { application: { id: number; user_key: string } }[] }>(`${api}/applications.json?service_id=${service}`, token)).json.applications[0]!;
    const used = async () => (await call<{ total: number }>(`${description.baseUrl}/stats/applications/${application.id}/usage.json?metric_name=hits&period=day`, token)).json.total;
    const before = await used();
    const query = new URLSearchParams({ service_token: value, service_id: String(service), user_key: application.user_key, "usage[hits]": "3" });
    const judged = await fetch(`${description.baseUrl}/transactions/authrep.xml?${query.toString()}`);
    expect([judged.status, await judged.text()]).toEqual([200, expect.stringContaining('<usage_report metric="hits" period="minute">')]);
    await until("the traffic is counted", async () => (await used()) === before + 3);
    await sleep(200);
    expect(readdirSync(path.join(place, ".local")).filter((file) => readFileSync(path.join(place, ".local", file), "utf8").includes(value))).toEqual([]);
  }, PATIENCE_MS);

  it("is what npx latchkey works on with --local", async () => {
    const listed = await shell(`cd '${place}' && npx latchkey accounts list --local --json`);
    expect(listed).toContain(String(description.account.id));
  });

  it("writes no credential to any log, in whatever form it came", async () => {
    const { admin, limited } = description.people;
    const bad = `${admin.token.slice(0, -1)}_`;
    for (const value of [admin.token, limited.token, bad]) {
      await fetch(`${api}/provider.json?access_token=${value}`);
      await fetch(`${api}/services.json?access_token=${value}`, { method: "POST" });
      await fetch(`${api}/provider.json`, { headers: { authorization: `Basic ${Buffer.from(`${value}:`).toString("base64")}` } });
      await fetch(`${description.baseUrl}/nowhere?access_token=${value}`);
    }
    const basic = Buffer.from(admin.token).toString("base64").slice(0, 60);
    const logs = readdirSync(path.join(place, ".local")).filter((file) => file.endsWith(".log"));
    expect(logs).toEqual(["latchkey.log"]);
    expect(readFileSync(path.join(place, ".local/latchkey.log"), "utf8")).toContain("/admin/api/provider.json");
    expect(logs.map((file) => readFileSync(path.join(place, ".local", file), "utf8")).filter((log) => /lk_[as]t_|access_token=/.test(log) || log.includes(basic))).toEqual([]);
    expect(started.err()).toBe("");
  });

  it.runIf(process.platform === "linux")("listens on its six ports, and on loopback only", () => {
    // With a Java that cannot compile, the database is on all interfaces, and that is said.
    const open = started.out().includes("listens on all interfaces") ? "00000000" : "0100007F";
    const wanted = portsOf(base).map((port) => [port, port === base + 2 ? open : "0100007F"]);
    expect(listening(started.child.pid ?? 0).toSorted(([a], [b]) => a - b)).toEqual(wanted);
  });

  it("says in one line that it is running already, and leaves the running one alone", async () => {
    const second = run(place, ["--port", String(await freeBase())]);
    expect(await second.ended).toBe(1);
    expect(second.err()).toBe(`Latchkey did not start: it is running already at ${description.baseUrl} (process ${started.child.pid}); press Ctrl-C where it runs.\n`);
    expect(second.out()).toBe("");
    expect(descriptionIn(place)).toEqual(description);
    expect((await call(`${api}/provider.json`, description.people.admin.token)).status).toBe(200);
  }, PATIENCE_MS);

  it("says in one line that a port is in use, which, and how to take others", async () => {
    const other = temporaryCopyOnce();
    const second = run(other, ["--port", String(base - 2)]);
    expect(await second.ended).toBe(1);
    expect(second.err()).toBe(`Latchkey did not start: Port ${base} is in use by another program: stop it or choose another port. Latchkey takes six, from ${base - 2} on: npm start -- --port <number>\n`);
    expect(existsSync(path.join(other, ".local"))).toBe(false);
  }, PATIENCE_MS);

  it("ends on Ctrl-C, with all that it started, and keeps with --data what the next one goes on with: data, tokens, sessions and keys, readable to nobody else", async () => {
    const { people, services, account, baseUrl } = description;
    const { access_token: kept } = (await call<Made>(`${api}/personal/access_tokens.json`, people.limited.token, { method: "POST", form: "name=kept&permission=ro&scopes[]=account_management" })).json;
    const tokenUrl = `${api}/services/${services[0]?.id}/service_token.json`;
    const { value: serviceToken } = (await call<Revealed>(tokenUrl, people.admin.token)).json.service_token;
    const applications = async () => (await call<{ applications: unknown[] }>(`${api}/applications.json`, people.admin.token)).json.applications.length;
    const { session = "" } = await clickedAs("limited", baseUrl);
    const before = await applications();
    started.signal("SIGINT");
    expect(await started.ended).toBe(0);
    expect(started.err()).toBe("");
    await expectNothingLeft(place, base, started);
    const secrets = ["keys.json", "seed.json"].map((file) => (statSync(path.join(data, file)).mode & 0o777).toString(8));
    expect(secrets).toEqual(["600", "600"]);

    const second = run(place, ["--port", String(base), "--data", data]);
    await up(second);
    expect(descriptionIn(place)).toMatchObject({ people, services, account });
    expect(await call(`${api}/personal/access_tokens/${kept.id}.json`, kept.value)).toMatchObject({ status: 200, json: { access_token: { name: "kept", id: kept.id } } });
    expect((await call<Revealed>(tokenUrl, people.admin.token)).json.service_token.value).toBe(serviceToken);
    expect([await applications(), before]).toEqual([6, 6]);
    expect(await rightsIn(baseUrl, session)).toBe("limited@acme.example");
    // To the command alone, as `kill` does: what it started ends with it all the same.
    second.child.kill("SIGTERM");
    expect(await second.ended).toBe(0);
    await expectNothingLeft(place, base, second);
  }, 2 * PATIENCE_MS);
});

let another: string | undefined;
const temporaryCopyOnce = () => (another ??= copyOfTree());

describe("npm start is stopped while it starts, and leaves nothing", () => {
  it.each(sample("moments of a start", 1, [
    ["when the database is starting, by a system that shuts down", "SIGTERM", (base: number) => isTaken(base + 2)],
    ["when the API is starting, on Ctrl-C", "SIGINT", (_base: number, place: string) => Promise.resolve(existsSync(path.join(place, ".local/latchkey.log")))],
  ] as const))("%s (%s)", async (_when, signal, reached) => {
    const place = temporaryCopyOnce();
    rmSync(path.join(place, ".local"), { recursive: true, force: true });
    const base = await freeBase();
    const started = run(place, ["--port", String(base)]);
    await until("that moment", () => reached(base, place));
    started.signal(signal);
    expect(await started.ended).toBe(0);
    expect([started.out(), started.err()]).toEqual(["", ""]);
    await expectNothingLeft(place, base, started);
  }, PATIENCE_MS);
});

describe("npm start says in one line what keeps it from starting", () => {
  it("no Java: what to install", async () => {
    const started = run(temporaryCopyOnce(), [], { PATH: temporary() });
    expect(await started.ended).toBe(1);
    expect(started.err()).toMatch(/^Latchkey did not start: The local database needs Java 17 or later, but no working java is on PATH\. .*apt-get install .*\n$/);
  }, PATIENCE_MS);

  it("a database port that is busy on this machine", async () => {
    const base = await freeBase();
    const occupant = createServer().listen(base + 2, LOOPBACK);
    await once(occupant, "listening");
    const started = run(temporaryCopyOnce(), ["--port", String(base)]);
    expect(await started.ended).toBe(1);
    expect(started.err()).toMatch(new RegExp(`^Latchkey did not start: Port ${base + 2} is in use by another program: [^\\n]*\\n$`));
    await new Promise((closed) => occupant.close(closed));
  }, PATIENCE_MS);

  it.each(sample("wrong starts", 1, [
    ["a port that is none", ["--port", "http"], /^error: option '--port <number>' argument 'http' is invalid\. It must be a number from 1024 to 65530\.\n$/],
    ["a port without room for six", ["--port", "65531"], /^error: .* 1024 to 65530\.\n$/],
    ["a port that only the system may take", ["--port", "80"], /^error: .* 1024 to 65530\.\n$/],
    ["an option that it does not have", ["--prot", "4000"], /^error: unknown option '--prot'\n\(Did you mean --port\?\)\n$/],
    ["a folder that cannot be", ["--data", "/dev/null/data"], /^Latchkey did not start: .*\/dev\/null\/data.*\n$/],
  ] as const))("%s", async (_what, args, message) => {
    const started = run(temporaryCopyOnce(), args.includes("--data" as never) ? [...args, "--port", String(await freeBase())] : args);
    expect(await started.ended).toBe(1);
    expect(started.err()).toMatch(message);
    expect(started.out()).toBe("");
  }, PATIENCE_MS);
});

/** Runs a printed command as a person would, and returns its output; without curl, the same request by fetch. */
async function shell(command: string): Promise<string> {
  const child = spawn("sh", ["-c", command], { stdio: ["ignore", "pipe", "ignore"] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (code !== 127) return output;
  const [, name = "", value = "", url = ""] = /-H '([^:]+): ([^']+)' (\S+)$/.exec(command) ?? [];
  return (await fetch(url, { headers: { [name]: value } })).text();
}

/** Ports and addresses (as /proc writes them) on which a process group listens. */
function listening(group: number): (readonly [number, string])[] {
  const sockets = new Set(membersOf(group).flatMap((pid) => {
    const directory = `/proc/${pid}/fd`;
    return readdirSync(directory).map((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(path.join(directory, fd)))?.[1]);
  }));
  return ["tcp", "tcp6"].flatMap((protocol) => readFileSync(`/proc/net/${protocol}`, "utf8").trim().split("\n").slice(1)).flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    const [address = "", port = ""] = local.split(":");
    return state === "0A" && sockets.has(inode) ? [[Number.parseInt(port, 16), address] as const] : [];
  });
}

function membersOf(group: number): string[] {
  return readdirSync("/proc").filter((name) => {
    try {
      // "pid (name) state parent group": the name may hold anything, so what follows the last parenthesis counts.
      return /^\d+$/.test(name) && Number(readFileSync(`/proc/${name}/stat`, "utf8").split(")").at(-1)?.trim().split(" ")[2]) === group;
    } catch {
      return false;
    }
  });
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}
