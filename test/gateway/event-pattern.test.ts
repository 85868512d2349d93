import { describe, expect, it } from "vitest";
import { matches } from "../support/event-pattern.ts";

const EVENT = {
  eventName: "INSERT",
  userIdentity: { type: "Service" },
  dynamodb: { Keys: { pk: { S: "OUTBOX#1" } }, NewImage: { kind: { S: "service.created" }, count: { N: "3" } } },
  resources: ["a", "b"],
  size: 3,
};

describe("a pattern", () => {
  it.each([
    ["an exact value", { eventName: ["INSERT"] }, true],
    ["one of several values", { eventName: ["REMOVE", "INSERT"] }, true],
    ["another value", { eventName: ["REMOVE"] }, false],
    ["a value of another type", { size: ["3"] }, false],
    ["a number", { size: [3] }, true],
    ["all of several fields", { eventName: ["INSERT"], size: [3] }, true],
    ["only some of several fields", { eventName: ["INSERT"], size: [4] }, false],
    ["a nested value", { dynamodb: { NewImage: { kind: { S: ["service.created"] } } } }, true],
    ["a nested value below what the event does not have", { dynamodb: { OldImage: { kind: { S: ["service.created"] } } } }, false],
    ["a prefix", { dynamodb: { Keys: { pk: { S: [{ prefix: "OUTBOX#" }] } } } }, true],
    ["another prefix", { dynamodb: { Keys: { pk: { S: [{ prefix: "INBOX#" }] } } } }, false],
    ["a prefix of what is not text", { size: [{ prefix: "3" }] }, false],
    ["a prefix or a value", { eventName: [{ prefix: "MOD" }, "INSERT"] }, true],
    ["a field that exists", { userIdentity: { type: [{ exists: true }] } }, true],
    ["a field that does not exist", { userIdentity: { principalId: [{ exists: false }] } }, true],
    ["a field that should not exist and does", { userIdentity: { type: [{ exists: false }] } }, false],
    ["existence of what is not a leaf, which never matches", { dynamodb: { NewImage: [{ exists: true }] } }, false],
    ["anything but a value", { eventName: [{ "anything-but": "REMOVE" }] }, true],
    ["anything but several values", { eventName: [{ "anything-but": ["REMOVE", "INSERT"] }] }, false],
    ["anything but a prefix", { eventName: [{ "anything-but": { prefix: "IN" } }] }, false],
    ["anything but a value, of a field that is missing", { absent: [{ "anything-but": "x" }] }, false],
    ["one element of a list", { resources: ["b", "c"] }, true],
    ["an empty list, which nothing is in", { eventName: [] }, false],
    ["nothing at all, which is everything", {}, true],
  ])("on %s: %o", (_what, pattern, expected) => {
    expect(matches(pattern, EVENT)).toBe(expected);
  });

  it.each([
    ["a comparison it does not know", { size: [{ numeric: [">", 1] }] }, "numeric"],
    ["$or", { $or: [{ eventName: ["INSERT"] }] }, "$or"],
    ["two comparisons in one rule", { eventName: [{ prefix: "I", suffix: "T" }] }, "one comparison"],
    ["a value that is not in a list", { eventName: "INSERT" }, "must be a list"],
  ])("throws on %s", (_what, pattern, message) => {
    expect(() => matches(pattern, EVENT)).toThrow(message);
  });
});
