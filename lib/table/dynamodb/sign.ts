import { createHmac, createSecretKey, hash, type KeyObject } from "node:crypto";

export type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
/** What of a request is signed: a POST to the root of a host, as every call of DynamoDB is. */
export type Unsigned = { readonly host: string; readonly region: string; readonly target: string; readonly body: string };

/** The key of a day, which is made of four: kept as an object, because Node takes many times as long over a key that comes as bytes. */
let kept: { readonly of: string; readonly key: KeyObject } | undefined;

/**
 * The headers of a signed request (AWS, "Signature Version 4 signing process"; DynamoDB, "Making HTTP requests"). Written for
 * this one kind of request: `aws4` signs any, and costs as much as all the rest of a decision; the tests hold ours against it.
 */
export function signedHeaders({ host, region, target, body }: Unsigned, { accessKeyId, secretAccessKey, sessionToken }: Credentials, now: Date): Record<string, string> {
  const time = now.toISOString().replaceAll(/[:-]|\.\d{3}/g, "");
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/dynamodb/aws4_request`;
  const length = String(Buffer.byteLength(body));
  const [tokenLine, tokenName] = sessionToken === undefined ? ["", ""] : [`x-amz-security-token:${sessionToken}\n`, ";x-amz-security-token"];
  const names = `content-length;content-type;host;x-amz-date${tokenName};x-amz-target`;
  const canonical = `POST\n/\n\ncontent-length:${length}\ncontent-type:${TYPE}\nhost:${host}\nx-amz-date:${time}\n${tokenLine}x-amz-target:${target}\n\n${names}\n${sha256(body)}`;
  const signature = createHmac("sha256", keyOf(secretAccessKey, day, region)).update(`AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`).digest("hex");
  return {
    Host: host, "Content-Type": TYPE, "Content-Length": length, "X-Amz-Target": target, "X-Amz-Date": time,
    ...(sessionToken === undefined ? {} : { "X-Amz-Security-Token": sessionToken }),
    Authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

const TYPE = "application/x-amz-json-1.0";

function keyOf(secret: string, day: string, region: string): KeyObject {
  const of = JSON.stringify([secret, day, region]);
  if (kept?.of !== of) {
    const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
    kept = { of, key: createSecretKey(hmac(hmac(hmac(hmac(`AWS4${secret}`, day), region), "dynamodb"), "aws4_request")) };
  }
  return kept.key;
}

const sha256 = (text: string) => hash("sha256", text, "hex");
