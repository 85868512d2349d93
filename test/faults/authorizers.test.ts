import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { id, type ServiceId } from "../../lib/domain/brands.ts";
import { accessTokenString, serviceTokenString } from "../../lib/domain/token-string.ts";
import { importAccessToken } from "../../lib/operations/access-tokens.ts";
import { endSession } from "../../lib/operations/sessions.ts";
import { importedDigests, threescaleDigest } from "../../lib/secrets/pepper.ts";
import { newId, newSecret } from "../../lib/secrets/random.ts";
import { hashOf } from "../../lib/table/model.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { faultsOf, isSlow, startFaultProxy, type Fault, type FaultProxy } from "../support/fault-proxy.ts";
import { httpEvent } from "../support/gateway.ts";
import { signIn } from "../support/portal.ts";
import { request } from "../support/request.ts";
import { rewriteMember, rewriteToken } from "../support/rows.ts";
import { rounds } from "../support/rounds.ts";
import { tried } from "../support/tried.ts";

/**
 * Whoever decides who is calling, while the database fails: nobody is let in without proof, and nobody is turned away who
 * has one. What cannot be known is told as that (D12); what can be known at the second try is.
 */
const WHOLE = rounds(1) > 1;
const PATH = "/admin/api/personal/access_tokens.json";

let latchkey: Deployment;
let faults: FaultProxy;
let account: TestAccount;
beforeAll(async () => {
  faults = await startFaultProxy();
  latchkey = await startDeployment({ AWS_ENDPOINT_URL_DYNAMODB: faults.url });
  faults.sendTo(latchkey.proxy.url);
  account = await createTestAccount(latchkey);
});
afterAll(async () => {
  await latchkey?.stop();
  await faults?.stop();
});

type Verdict = "allowed" | "refused" | "unknown";
/** Somebody who is judged: what is true of them, and by what the reads can be told that are made for them. */
type Judged = { readonly who: string; readonly truth: Verdict; readonly judge: () => Promise<Verdict>; readonly reads: readonly string[] };

async function verdictOf(authorizer: string, headers: Readonly<Record<string, string>>): Promise<Verdict> {
  const event = httpEvent({ method: "GET", path: authorizer === "authorizer" ? PATH : `/p/api${PATH}`, headers });
  try {
    return ((await latchkey.invoke(authorizer, event)) as { readonly isAuthorized: boolean }).isAuthorized ? "allowed" : "refused";
  } catch {
    return "unknown";
  }
}
const bearer = (value: string) => () => verdictOf("authorizer", { authorization: `Bearer ${value}` });
const cookie = (value: string) => () => verdictOf("sessionAuthorizer", { cookie: value, "sec-fetch-site": "same-origin" });

async function everybody(): Promise<readonly Judged[]> {
  const { accountId, id: adminId } = account.admin.member;
  const asAdmin = (method: string, path: string) => request(latchkey, method, path, { token: account.admin.value });
  const member = () => account.member({ sections: ["partners"] });
  const token = ({ token: { id: tokenId }, value }: Person, who: string, truth: Verdict, judge = bearer(value)): Judged => ({ who, truth, judge, reads: [`TOKEN#${tokenId}"`] });

  const [valid, deleted, expired] = [await account.token(account.admin), await account.token(account.admin), await account.token(account.admin)];
  await asAdmin("DELETE", PATH.replace(".json", `/${deleted.token.id}.json`));
  await rewriteToken(latchkey, expired.token, { expiresAt: 1_700_000_000 });
  const [suspended, gone] = [await member(), await member()];
  await rewriteMember(latchkey, suspended.member, { state: "suspended" });
  await asAdmin("DELETE", `/admin/api/users/${gone.member.id}.json`);
  const guessed = await account.token(account.admin);
  const nobodys = newId<Person["token"]["id"]>();

  const newService = async () => id<ServiceId>((await account.service("Service")).id);
  const [service, ended, other] = [await newService(), await newService(), await newService()];
  const valueOf = async (of: ServiceId) => (await asAdmin("GET", `/admin/api/services/${of}/service_token.json`)).json.service_token.value as string;
  const [serviceValue, endedValue] = [await valueOf(service), await valueOf(ended)];
  await asAdmin("DELETE", `/admin/api/services/${ended}.json`);

  const [imported, unknown] = [randomBytes(48).toString("hex"), randomBytes(48).toString("hex")];
  const fromThreescale = await importAccessToken(latchkey.operator, account.admin.member, { name: "From 3scale", scopes: ["account_management"], permission: "ro", expiresAt: "never" }, threescaleDigest(imported));
  const digestOf = (value: string) => importedDigests(latchkey.operator.peppers, threescaleDigest(value))[0]!.hash;

  const [inSession, outOfSession] = [await signIn(latchkey, account.admin.member), await signIn(latchkey, account.admin.member)];
  await endSession(latchkey.operator, outOfSession.session);

  return [
    token(valid, "a token", "allowed"),
    token(deleted, "a deleted token", "refused"),
    token(expired, "an expired token", "refused"),
    token(suspended, "a suspended member's token", "refused"),
    token(gone, "a deleted member's token", "refused"),
    token(guessed, "a token's ids with another secret", "refused", bearer(accessTokenString(accountId, adminId, guessed.token.id, newSecret()))),
    { who: "the ids of no token", truth: "refused", judge: bearer(accessTokenString(accountId, adminId, nobodys, newSecret())), reads: [`TOKEN#${nobodys}"`] },
    { who: "a service token", truth: "allowed", judge: bearer(serviceValue), reads: [`SERVICE#${service}"`] },
    { who: "a deleted service's token", truth: "refused", judge: bearer(endedValue), reads: [`SERVICE#${ended}"`] },
    { who: "a service's ids with another secret", truth: "refused", judge: bearer(serviceTokenString(accountId, other, newSecret())), reads: [`SERVICE#${other}"`] },
    { who: "a token from 3scale", truth: "allowed", judge: bearer(imported), reads: [`IMPORTED#${digestOf(imported)}`, `TOKEN#${fromThreescale.id}"`] },
    { who: "what 3scale never gave us", truth: "refused", judge: bearer(unknown), reads: [`IMPORTED#${digestOf(unknown)}`] },
    { who: "somebody signed in", truth: "allowed", judge: cookie(inSession.cookie), reads: [`SESSION#${hashOf(inSession.session.id)}`] },
    { who: "somebody signed out", truth: "refused", judge: cookie(outOfSession.cookie), reads: [`SESSION#${hashOf(outOfSession.session.id)}`] },
  ];
}

/** What is wrong with the verdicts on somebody while each fault strikes one of their reads: its first try, or all. */
async function wrongOf({ who, truth, judge, reads }: Judged, counts: { verdicts: number }): Promise<readonly string[]> {
  const wrong: string[] = [];
  const say = (how: string, verdict: Verdict, wanted: Verdict) => {
    counts.verdicts++;
    if (verdict !== wanted) wrong.push(`${who}, ${how}: ${verdict}, not ${wanted}`);
  };
  say("without a fault", await judge(), truth);
  for (const read of reads) {
    for (const fault of await faultsAt(read, judge)) {
      for (const always of [false, true]) {
        const watch = faults.watch(read, ({ tries }) => (always || tries === 1 ? { fault } : undefined));
        const verdict = await judge();
        watch.end();
        if (watch.calls.every(({ struck }) => struck === 0)) wrong.push(`${who}, ${fault}: nothing was struck`);
        // Whoever got some of the keys asks for the others alone, which nothing strikes.
        const isForEver = always && watch.calls.some(({ tries }) => tries > 1);
        say(`${fault}${always ? " each time" : " once"} at ${read}`, verdict, isForEver ? "unknown" : truth);
      }
    }
  }
  say("when it is over", await judge(), truth);
  return wrong;
}

async function faultsAt(read: string, judge: () => Promise<Verdict>): Promise<readonly Fault[]> {
  const watch = faults.watch(read);
  await judge();
  watch.end();
  const [call] = watch.calls;
  if (call === undefined || watch.calls.length > 1) throw new Error(`${watch.calls.length} reads are about ${read}`);
  return faultsOf(call.action).filter((fault) => WHOLE || !isSlow(fault));
}

it("nobody is let in who has no proof, and nobody is turned away who has one, whatever the database does", async () => {
  const all = await everybody();
  const counts = { credentials: all.length, verdicts: 0 };
  const wrong = (await Promise.all(all.map((each) => wrongOf(each, counts)))).flat();
  tried("authorizers without their database", counts);
  expect(wrong).toEqual([]);
}, 600_000);
