import { describe, expect, it } from "vitest";
import { event, memberOf, untilStored, type Storage } from "../../lib/operations/context.ts";
import { account, gateway, member, NOW, signedIn, speaking, token } from "../model/example.ts";

describe("the member on whose behalf somebody acts", () => {
  it("is whoever is signed in, and the owner of a token; a service token acts for nobody", () => {
    const mia = member();
    expect([memberOf(signedIn(mia)), memberOf(speaking(mia, token()))]).toEqual([mia, mia]);
    expect(() => memberOf(gateway)).toThrow(expect.objectContaining({ code: "access_denied", message: "Access denied" }));
  });
});

it("an event is of now, and has an id of its own", () => {
  const deps = { clock: () => NOW } as Storage;
  const what = { accountId: account, type: "service.deleted", actor: { system: "cli" }, subject: {}, facts: {} } as const;
  const [one, other] = [event(deps, what), event(deps, what)];
  expect(one).toEqual({ ...what, id: expect.any(String), at: NOW });
  expect(one.id).not.toBe(other.id);
});

describe("what others may change meanwhile", () => {
  it.each([1, 2, 5])("is tried until it is stored: %i times", async (needed) => {
    let tries = 0;
    expect(await untilStored(async () => (++tries === needed ? "stored" : undefined))).toBe("stored");
    expect(tries).toBe(needed);
  });

  it("is given up after five tries: busy, try again", async () => {
    let tries = 0;
    const trying = untilStored(async () => {
      tries++;
      return undefined;
    });
    await expect(trying).rejects.toMatchObject({ code: "busy", message: "Others are changing the same thing, try again" });
    expect(tries).toBe(5);
  });

  it("is not tried again when it fails", async () => {
    let tries = 0;
    await expect(untilStored(() => Promise.reject(new Error(`try ${++tries}`)))).rejects.toThrow("try 1");
  });
});
