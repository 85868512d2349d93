import { isDeepStrictEqual } from "node:util";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Row } from "../../lib/table/model.ts";
import type { Deployment } from "./deployment.ts";

/** A row that was put, changed or removed since a snapshot: undefined where it is not. */
export type Difference = { readonly key: Row; readonly before: Row | undefined; readonly after: Row | undefined };
export type Snapshot = {
  readonly differences: () => Promise<readonly Difference[]>;
  /** All rows as they were, and no others. */
  readonly restore: () => Promise<void>;
};

/** BatchWriteItem takes no more at once. */
const BATCH = 25;

/** Keeps what `read` finds now, so that the same can be tried again and again. */
export async function snapshotOf({ documents, operator: { table } }: Pick<Deployment, "documents" | "operator">, read: () => Promise<readonly Row[]>): Promise<Snapshot> {
  const rows = async () => new Map((await read()).map((row) => [`${row.pk}\n${row.sk}`, row]));
  const beginning = await rows();
  async function differences(): Promise<readonly Difference[]> {
    const now = await rows();
    return [...new Set([...beginning.keys(), ...now.keys()])].flatMap((name) => {
      const [before, after] = [beginning.get(name), now.get(name)];
      const key = before ?? after;
      return key === undefined || isDeepStrictEqual(before, after) ? [] : [{ key, before, after }];
    });
  }
  return {
    differences,
    async restore() {
      const writes = (await differences()).map(({ key: { pk, sk }, before }) => (before === undefined ? { DeleteRequest: { Key: { pk, sk } } } : { PutRequest: { Item: before } }));
      for (let at = 0; at < writes.length; at += BATCH) await documents.send(new BatchWriteCommand({ RequestItems: { [table.name]: writes.slice(at, at + BATCH) } }));
    },
  };
}
