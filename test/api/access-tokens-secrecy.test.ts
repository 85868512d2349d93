import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccessTokenId } from "../../lib/domain/brands.ts";
import { SECRET_LENGTH } from "../../lib/domain/token-string.ts";
import { eventFrom } from "../../lib/table/events.ts";
import { createTestAccount, type Person, type TestAccount } from "../support/account.ts";
import { startDeployment, type Deployment } from "../support/deployment.ts";
import { request, type Answer, type RequestOptions } from "../support/request.ts";
import { everyRow, rewriteToken } from "../support/rows.ts";

/** The value of an access token is in the answer that creates it, and nowhere else, ever. */
const PATH = "/admin/api/personal/access_tokens";
const WANTED = { name: "Canary", permission: "rw", scopes: ["account_management"] };
const CHECK_LENGTH = 6;

let latchkey: Deployment;
let account: TestAccount;
let admin: Person;

beforeAll(async () => {
  latchkey = await startDeployment();
  account = await createTestAccount(latchkey);
  admin = account.admin;
});
afterAll(() => latchkey?.stop());

/** An answer as it went over the wire, with everything in it that a program or a log could keep. */
const wire = ({ status, headers, text }: Answer) => JSON.stringify([status, [...headers], text]);
const secretOf = (value: string) => value.slice(-SECRET_LENGTH - CHECK_LENGTH, -CHECK_LENGTH);

/** The forms in which a value could be written down so that somebody could use it, or find it out by a dictionary. */
function forms(value: string): string[] {
  return [value, secretOf(value)].flatMap((text) => [
    text, Buffer.from(text).toString("hex"), Buffer.from(text).toString("base64").replace(/=+$/, ""), Buffer.from(text).toString("base64url"),
    ...["sha256", "sha384", "sha512"].flatMap((hash) => (["hex", "base64", "base64url"] as const).map((as) => createHash(hash).update(text).digest(as))),
  ]);
}
const traces = (text: string, values: readonly string[]) => values.flatMap(forms).filter((form) => text.includes(form));

describe("the value of a token", () => {
  const values: string[] = [];
  const answers: string[] = [];
  const call = async (method: string, path: string, options: RequestOptions = {}) => {
    const answer = await request(latchkey, method, path, { token: admin.value, ...options });
    answers.push(wire(answer));
    return answer;
  };

  beforeAll(async () => {
    // A life: made in every way, looked at, changed, misused, broken and deleted, by its owner, an admin and itself.
    const creations: RequestOptions[] = [{ json: WANTED }, { form: "name=Canary&permission=rw&scopes[]=account_management" }, { json: { token: WANTED } }];
    const made: { id: AccessTokenId; value: string }[] = [];
    for (const options of creations) {
      const { json, headers } = await request(latchkey, "POST", PATH, { token: admin.value, ...options });
      made.push(json.access_token);
      values.push(json.access_token.value);
      answers.push(JSON.stringify([[...headers], { ...json.access_token, value: "" }]));
    }
    const [first, second, third] = made as [typeof made[0], typeof made[0], typeof made[0]];
    const admins = `/admin/api/users/${admin.member.id}/access_tokens`;

    for (const path of [PATH, `${PATH}.json?name=Canary`, `${PATH}/${first.id}`, `${PATH}/${first.value}.json`, admins, "/admin/api/users.json", "/admin/api/provider.json"]) {
      await call("GET", path);
      await call("GET", path, { token: first.value });
    }
    await call("PUT", `${PATH}/${first.id}`, { json: { name: "Renamed" } });
    await call("PATCH", `${PATH}/${first.value}`, { json: { permission: "ro" } });
    await call("PUT", `${PATH}/${first.id}`, { json: { ...WANTED, value: first.value, name: "Same" } });
    // What goes wrong must not repeat what it was given.
    await call("GET", `${PATH}?access_token=${first.value}`);
    await call("GET", `${PATH}.xml?access_token=${first.value}`);
    await call("GET", `${PATH}/${first.value}.php`);
    await call("PUT", `${PATH}/${first.value}`, { json: { name: "", scopes: [first.value], permission: first.value, expires_at: first.value } });
    await call("POST", PATH, { body: `{"access_token":"${first.value}","name":`, headers: { "content-type": "application/json" } });
    await call("POST", PATH, { body: first.value, headers: { "content-type": "text/plain" } });
    await call("POST", `${PATH}?${first.value}${"[a]".repeat(20)}=1`, { json: WANTED });
    await request(latchkey, "POST", PATH, { form: `access_token=${first.value}&name=` });
    // A row that cannot be read is a failure that is logged.
    const secondToken = { ...admin.token, id: second.id };
    await rewriteToken(latchkey, secondToken, { scopes: "broken" });
    await call("GET", PATH, { token: second.value });
    await call("GET", `${PATH}/${second.value}`);
    await call("GET", `${PATH}/${second.id}`);
    await request(latchkey, "POST", PATH, { form: `access_token=${second.value}&name=Never` });
    await rewriteToken(latchkey, secondToken, { scopes: ["account_management"] });

    await call("DELETE", `${PATH}/${second.value}`, { token: second.value });
    await call("DELETE", `${PATH}/${second.value}`, { token: second.value });
    await call("DELETE", `${admins}/${first.id}`);
    await latchkey.pump.drain();
    // The third one lives on, so that its row is in the table.
    await call("GET", PATH, { token: third.value });
  });

  it("is found by the search that follows, where it is", () => {
    expect(values).toHaveLength(3);
    expect(traces(values[0]!, values)).toEqual([values[0], secretOf(values[0]!)]);
    expect(traces(Buffer.from(`x ${values[0]}`).toString("hex"), values)).not.toEqual([]);
  });

  it("is in no answer but the one that created it", () => {
    expect(answers.length).toBeGreaterThan(30);
    expect(traces(answers.join("\n"), values)).toEqual([]);
  });

  it("is nowhere in the table, nor is any hash of it without the pepper", async () => {
    const rows = await everyRow(latchkey);
    expect(rows.filter(({ type, name }) => type === "access_token" && name === "Canary")).toHaveLength(1);
    expect(traces(JSON.stringify(rows), values)).toEqual([]);
  });

  it("is in no record of what happened, though each creation, change and deletion has one, with facts", async () => {
    const events = (await everyRow(latchkey)).filter(({ type }) => type === "event").map(eventFrom).filter(({ type }) => type.startsWith("access_token."));
    const count = (type: string) => events.filter((event) => event.type === type).length;
    expect([count("access_token.created"), count("access_token.updated"), count("access_token.deleted")]).toEqual([4, 3, 2]);
    expect(events.find(({ type, facts }) => type === "access_token.created" && facts["name"] === "Canary")).toMatchObject({
      actor: { memberId: admin.member.id, tokenId: admin.token.id }, subject: { memberId: admin.member.id }, facts: WANTED,
    });
    expect(traces(JSON.stringify(events), values)).toEqual([]);
  });

  it("is in no event on the bus", () => {
    const published = latchkey.aws.events();
    expect(published.filter(({ DetailType }) => DetailType === "access_token.created").length).toBe(4);
    expect(traces(JSON.stringify(published), values)).toEqual([]);
  });

  it("is in no log, though failures were logged", () => {
    const logs = latchkey.logs();
    expect(logs).toContain("The authorizer could not decide");
    expect(logs).toContain("Something went wrong on our side");
    expect(traces(logs, [...values, admin.value])).toEqual([]);
  });

  it("is in nothing that the gateway was told to log", () => {
    const stages = Object.values(latchkey.template.resources).filter(({ Type }) => Type === "AWS::ApiGatewayV2::Stage");
    const formats = stages.map(({ Properties }) => (Properties["AccessLogSettings"] as { readonly Format: string }).Format);
    expect(formats).toHaveLength(1);
    expect(new Set(formats.flatMap((format) => [...format.matchAll(/\$context\.([\w.]+)/g)].map(([, name]) => name)))).toEqual(new Set([
      "authorizer.accountId", "authorizer.memberId", "authorizer.tokenId", "requestId", "requestTime", "responseLatency", "routeKey", "status",
    ]));
  });
});
