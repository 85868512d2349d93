import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { z } from "zod";
import { AwsError, parse } from "./operation.ts";
import type { Operations } from "./operation.ts";

const ALGORITHM = "aes-256-gcm";
const DATA_KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

const EncryptionContext = z.record(z.string(), z.string()).default({});
type EncryptionContext = z.output<typeof EncryptionContext>;

const GenerateDataKey = z.object({ KeyId: z.string().min(1), KeySpec: z.literal("AES_256"), EncryptionContext });
const Decrypt = z.object({ CiphertextBlob: z.base64(), KeyId: z.string().min(1).optional(), EncryptionContext });

/**
 * Envelope encryption as KMS does it: the caller gets a data key and the same key wrapped, and only the same
 * encryption context unwraps it. One master key stands behind every key id; the blob remembers its id.
 */
export function kms(masterKey: Buffer): Operations {
  return {
    "kms:GenerateDataKey"(input) {
      const { KeyId, EncryptionContext: context } = parse(GenerateDataKey, input);
      const dataKey = randomBytes(DATA_KEY_BYTES);
      const blob = wrap(masterKey, Buffer.concat([dataKey, Buffer.from(KeyId)]), context);
      return { KeyId, Plaintext: dataKey.toString("base64"), CiphertextBlob: blob.toString("base64") };
    },

    "kms:Decrypt"(input) {
      const { CiphertextBlob, KeyId: expected, EncryptionContext: context } = parse(Decrypt, input);
      const content = unwrap(masterKey, Buffer.from(CiphertextBlob, "base64"), context);
      const KeyId = content.subarray(DATA_KEY_BYTES).toString();
      if (expected !== undefined && expected !== KeyId) {
        throw new AwsError("IncorrectKeyException", "The blob was made under another key than KeyId.");
      }
      const Plaintext = content.subarray(0, DATA_KEY_BYTES).toString("base64");
      return { KeyId, Plaintext, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" };
    },
  };
}

function wrap(masterKey: Buffer, content: Buffer, context: EncryptionContext): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, masterKey, iv).setAAD(canonical(context));
  const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** KMS does not say what is wrong with a blob, and neither does this. */
function unwrap(masterKey: Buffer, blob: Buffer, context: EncryptionContext): Buffer {
  const iv = blob.subarray(0, IV_BYTES);
  const tag = blob.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(ALGORITHM, masterKey, iv, { authTagLength: TAG_BYTES })
      .setAAD(canonical(context))
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(blob.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    throw new AwsError("InvalidCiphertextException", "");
  }
}

/** The same bytes for the same pairs, in whatever order they were sent. */
function canonical(context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify(pairs));
}
