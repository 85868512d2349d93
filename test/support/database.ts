import { randomBytes } from "node:crypto";
import { REGION } from "./aws.ts";

/** How clients of AWS's SDK connect to a database: what they are made with. */
export type Database = {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
};

/**
 * A new database in a DynamoDB Local that was started with `separate`: it keeps one for each access key id, and what
 * is in the others costs nothing here. One emulator serves a whole run, and is warm when the second file begins.
 */
export function newDatabase(endpoint: string): Database {
  return { endpoint, region: REGION, credentials: { accessKeyId: randomBytes(10).toString("hex"), secretAccessKey: "local" } };
}
