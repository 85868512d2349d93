import { randomBytes, randomInt } from "node:crypto";
import { id, parseSessionId, type Id, type SessionId } from "../domain/brands.ts";
import { IDS_PER_MS, idNumber } from "../domain/ids.ts";
import { base62Secret, SECRET_LENGTH } from "../domain/token-string.ts";

/** What this process has drawn in the latest millisecond: what it makes at once need not be refused and drawn again. */
const drawn = { at: 0, numbers: new Set<number>() };

/** A new id (D13). It is unique once it has been stored on the condition that it was free: other processes draw too. */
export function newId<T extends Id>(): T {
  const now = Date.now();
  if (now !== drawn.at) {
    drawn.at = now;
    drawn.numbers.clear();
  }
  let number = randomInt(IDS_PER_MS);
  while (drawn.numbers.has(number) && drawn.numbers.size < IDS_PER_MS) number = randomInt(IDS_PER_MS);
  drawn.numbers.add(number);
  return id<T>(idNumber(now, number));
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
