import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DomainEvent } from "../../lib/domain/events.ts";
import { DynamoDbError } from "../../lib/table/dynamodb/error.ts";
import { sample } from "../support/sample.ts";
import { through } from "../support/table.ts";
import { changesIn, type Deps } from "./changes/changes.ts";
import { eventsIn, recorderOf, type Recorder } from "./changes/recorder.ts";
import { Workshop } from "../support/workshop.ts";

/** When writes fail: before they reach the store, or on the way back, when they have happened. */
type Fault = "none" | "first answer lost" | "every answer lost" | "out of reach";

const w = new Workshop();
const rows = changesIn(w);
let { stored, recorded } = {} as Recorder;
beforeAll(async () => {
  await w.open();
  ({ stored, recorded } = recorderOf(w.latchkey));
});
afterAll(() => w.close());

function over(fault: Fault): Deps {
  let written = 0;
  const table = through(w.operator.table, async (operation, _input, ask) => {
    if (!/Write|Put/.test(operation)) return ask();
    const lost = () => new DynamoDbError("TimeoutError", "No answer", { passing: true });
    if (fault === "out of reach") throw lost();
    const answer = await ask();
    written++;
    if (fault === "every answer lost") throw lost();
    // The client asks the very same again when no answer comes.
    return fault === "first answer lost" && written === 1 ? ask() : answer;
  });
  return { ...w.operator, table };
}

const typesOf = (events: readonly DomainEvent[]) => events.map(({ type }) => String(type)).sort();
/** Kinds of things that are stored by the very code that stores metrics (entities): what holds of a metric on a bad connection holds of them. */
const STORED_LIKE_METRICS: readonly string[] = ["application", "application_plan", "limit", "account_plan", "developer_account", "developer_user", "line_item", "policy"];
const everyFragile = rows.filter(([type]) => !STORED_LIKE_METRICS.some((kind) => type.startsWith(`${kind}.`)));
/** These differ in nothing but what is stored, which the first table tries whole. */
const fragile = (what: string) => sample(what, 15, everyFragile);
/** An account is born with a token, a developer account with a user, which are recorded as every other is. */
const BORN_WITH: Readonly<Record<string, string>> = { "account.created": "access_token.created", "developer_account.created": "developer_user.created" };
const recordsOf = (type: string) => [...[BORN_WITH[type] ?? []].flat(), type].toSorted();

describe("a change is recorded exactly once", () => {
  it.each(rows)("%s: %s", async (type, _what, change) => {
    const act = await change();
    expect(typesOf(await recorded(() => act(over("none"))))).toEqual(recordsOf(type));
  });

  it.each(fragile("changes with an answer lost"))("%s: %s, and the answer of the store is lost on the way: it is asked again, and has happened once", async (type, _what, change) => {
    const act = await change();
    expect(typesOf(await recorded(() => act(over("first answer lost"))))).toEqual(recordsOf(type));
  });

  it.each(fragile("changes without an answer"))("%s: %s, and no answer ever comes: whoever asked is told of a failure, and what happened is recorded once", async (type, _what, change) => {
    const act = await change();
    const events = await recorded(() => expect(act(over("every answer lost"))).rejects.toThrow("No answer"));
    expect(typesOf(events)).toEqual(recordsOf(type));
  });
});

describe("what did not happen is not recorded", () => {
  it.each(fragile("changes out of reach"))("%s: %s, and the store is out of reach", async (_type, _what, change) => {
    const act = await change();
    expect(await stored(() => expect(act(over("out of reach"))).rejects.toThrow("No answer"))).toEqual([]);
  });

  it.each(sample("changes for the second time", 10, everyFragile.filter(([type]) => /deleted|changed|updated/.test(type))))("%s: %s, for the second time", async (type, _what, change) => {
    const act = await change();
    await act(w.operator);
    let failure: string | undefined;
    const changes = await stored(async () => {
      failure = await act(w.operator).then(() => undefined, (error: Error) => error.message);
    });
    expect([undefined, "Not found"]).toContain(failure);
    const again = eventsIn(changes).length;
    // A member who becomes what they are is not changed. Other things may be stored again, and are recorded then.
    expect(again).toBeLessThanOrEqual(/^member|deleted$/.test(type) ? 0 : 1);
    expect(again === 1 || changes.length === 0).toBe(true);
  });
});
