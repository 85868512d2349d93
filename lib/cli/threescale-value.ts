import process from "node:process";
import { threescaleDigest } from "../secrets/pepper.ts";
import { Failure } from "./failure.ts";

const MAX_LENGTH = 1000;
const WANTED = "one line with a token of 3scale (64 or 96 hexadecimal digits) or its stored digest (SHA384$ and 96 hexadecimal digits)";

/**
 * The SHA-384 of a token that is given on standard input, as its value or as the digest that 3scale keeps. Never on
 * the command line, which other users of the machine can read; and not typed at a terminal, which would show it.
 */
export async function digestFromStdin(input: typeof process.stdin = process.stdin): Promise<string> {
  if (input.isTTY) throw new Failure(`The token is read from standard input: give it a file, as in \`latchkey access-tokens import … < token.txt\`, with ${WANTED}.`, 2);
  let text = "";
  for await (const chunk of input.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > MAX_LENGTH) break;
  }
  const digest = digestOf(text.trim());
  if (digest === undefined) throw new Failure(`Standard input must hold ${WANTED}.`, 2);
  return digest;
}

function digestOf(text: string): string | undefined {
  if (/^(?:[0-9a-f]{64}|[0-9a-f]{96})$/.test(text)) return threescaleDigest(text);
  return /^SHA384\$([0-9a-f]{96})$/i.exec(text)?.[1]?.toLowerCase();
}
