import { afterEach, describe, expect, it, vi } from "vitest";
import { logUse, useIn } from "../../lib/http/use-log.ts";
import { gateway, member, signedIn, speaking, token } from "../model/example.ts";

afterEach(() => void vi.restoreAllMocks());

describe("the use of a token that came in a body", () => {
  const lines = () => {
    const written: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((chunk) => written.push(String(chunk)) > 0);
    return written;
  };

  it("is one line, by ids alone, from which it is read again", () => {
    const written = lines();
    logUse(speaking(member(), token()));
    expect(written).toHaveLength(1);
    expect(JSON.parse(written[0]!)).toMatchObject({ level: "INFO", message: "A token in the body", accountId: "11", memberId: "22", tokenId: "33" });
    expect(useIn(written[0]!, 1_900_000_000_999)).toEqual({ accountId: 11, ownerId: 22, id: 33, at: 1_900_000_000 });
  });

  it.each([["a service's", gateway], ["somebody's who is signed in", signedIn(member())]])("is not told of %s", (_what, principal) => {
    const written = lines();
    logUse(principal);
    expect(written).toEqual([]);
  });
});

describe("no use is told of by", () => {
  const told = { accountId: "11", memberId: "22", tokenId: "33" };
  it.each<[string, string, unknown]>([
    ["what is no JSON", "START RequestId: x", 1], ["an empty line", "", 1], ["null", "null", 1], ["a text", '"x"', 1], ["ids that are numbers", JSON.stringify({ accountId: 11, memberId: 22, tokenId: 33 }), 1],
    ...Object.keys(told).map((name): [string, string, unknown] => [`ids without ${name}`, JSON.stringify({ ...told, [name]: undefined }), 1]),
    ...Object.keys(told).map((name): [string, string, unknown] => [`a ${name} that is none`, JSON.stringify({ ...told, [name]: "0" }), 1]),
    ["a time that is none", JSON.stringify(told), "yesterday"], ["no time", JSON.stringify(told), undefined], ["a time before all time", JSON.stringify(told), -1],
  ])("%s", (_what, line, timestamp) => {
    expect(useIn(line, timestamp)).toBeUndefined();
  });
});
