import { DecryptCommand, GenerateDataKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import type { AccountId } from "../domain/brands.ts";

/** A data key, open for use and as KMS wrapped it (base64), which is all that is ever stored. */
export type DataKey = { readonly plaintext: Uint8Array; readonly wrapped: string };

/** Makes and opens the accounts' data keys. The KMS key never leaves KMS, and opens only for the right account. */
export type Keyring = {
  readonly newDataKey: (accountId: AccountId) => Promise<DataKey>;
  readonly unwrap: (accountId: AccountId, wrapped: string) => Promise<Uint8Array>;
};

/** The keyring of a KMS key (ARN, id or alias). One call each; the SDK retries what may be retried. */
export function kmsKeyring(keyId: string, kms = new KMSClient({ maxAttempts: 3 })): Keyring {
  return {
    async newDataKey(accountId) {
      const answer = await kms.send(
        new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: "AES_256", EncryptionContext: contextOf(accountId) }),
      );
      if (answer.Plaintext === undefined || answer.CiphertextBlob === undefined) throw new Error("KMS gave no data key");
      return { plaintext: answer.Plaintext, wrapped: Buffer.from(answer.CiphertextBlob).toString("base64") };
    },
    async unwrap(accountId, wrapped) {
      const answer = await kms.send(
        new DecryptCommand({ KeyId: keyId, CiphertextBlob: Buffer.from(wrapped, "base64"), EncryptionContext: contextOf(accountId) }),
      );
      if (answer.Plaintext === undefined) throw new Error("KMS opened nothing");
      return answer.Plaintext;
    },
  };
}

function contextOf(accountId: AccountId): Record<string, string> {
  return { "latchkey:account": String(accountId) };
}
