import { randomBytes, randomInt } from "node:crypto";
import { id, parseSessionId, type Id, type SessionId } from "../domain/brands.ts";
import { IDS_PER_MS, idNumber } from "../domain/ids.ts";
import { base62Secret, SECRET_LENGTH } from "../domain/token-string.ts";

/** A new id (D13). It is unique once it has been stored on the condition that it was free. */
export function newId<T extends Id>(): T {
  return id<T>(idNumber(Date.now(), randomInt(IDS_PER_MS)));
}

/** The secret part of a token: 256 bits from the operating system. */
export function newSecret(): string {
  return base62Secret(SECRET_LENGTH, randomBytes);
}

/** An event's id: sorts by time, and never meets another. */
export function newEventId(): string {
  return `${String(newId()).padStart(16, "0")}-${randomBytes(8).toString("hex")}`;
}

/** The id of a session: nobody who knows others can guess it. */
export function newSessionId(): SessionId {
  const id = parseSessionId(randomBytes(24).toString("base64url"));
  if (id === undefined) throw new Error("A session's id has another form by now");
  return id;
}

/** The id of a report that nobody will repeat. */
export function newReportId(): string {
  return randomBytes(24).toString("base64url");
}

/** Random hexadecimal digits, as 3scale's keys of applications are made of. `digits` is even. */
export function newHex(digits: number): string {
  return randomBytes(digits / 2).toString("hex");
}
