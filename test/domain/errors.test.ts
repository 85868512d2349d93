import { describe, expect, it } from "vitest";
import { DomainError, forbidden, invalid, invalidParameter, missingParameter, noConfiguration, notFound, refused, subjectNotFound } from "../../lib/domain/errors.ts";

describe("a failure that a caller may be told about", () => {
  it.each([
    [notFound(), "not_found", "Not found"], [noConfiguration(), "no_configuration", "Not found"], [subjectNotFound("Service"), "subject_not_found", "Service not found"],
    [subjectNotFound("Application"), "subject_not_found", "Application not found"], [missingParameter("since"), "missing_parameter", "Required parameter missing: since"],
    [invalidParameter("Period is invalid"), "invalid_parameter", "Period is invalid"], [forbidden(), "forbidden", "Forbidden"],
    [refused({ base: ["used"] }), "refused", "That cannot be deleted now"], [invalid({ name: ["can't be blank"] }), "invalid", "Some fields are not valid"],
  ])("is %s", (error, code, message) => {
    expect(error).toBeInstanceOf(DomainError);
    expect([error.name, error.code, error.message]).toEqual(["DomainError", code, message]);
  });

  it("names fields where it has any, and what is missing, and is silent of the rest", () => {
    expect(refused({ base: ["used"] }).fields).toEqual({ base: ["used"] });
    expect(invalid({ name: ["can't be blank"] }).fields).toEqual({ name: ["can't be blank"] });
    expect(notFound()).toMatchObject({ fields: {}, missing: [], instead: undefined });
    expect(new DomainError("insufficient_scope", "No", { missing: ["scope:stats"], instead: { status: 1 } })).toMatchObject({ missing: ["scope:stats"], instead: { status: 1 } });
  });

  it("keeps its cause for the log alone", () => {
    const cause = new Error("inside");
    expect(new DomainError("internal", "Sorry", { cause }).cause).toBe(cause);
    expect("cause" in notFound()).toBe(false);
  });
});
