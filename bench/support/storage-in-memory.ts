import { EventEmitter } from "node:events";
import http, { type IncomingMessage, type OutgoingHttpHeaders, type RequestOptions } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

type Answer = { readonly statusCode: number | undefined; readonly headers: IncomingMessage["headers"]; readonly body: Buffer };
type Answered = (response: IncomingMessage) => void;

const real = http.request;
const remembered = new Map<string, Answer>();
let answeredSoFar = 0;

/** How many requests were answered from memory. */
export const answersFromMemory = () => answeredSoFar;

/**
 * Takes the place of `node:http`'s `request` for all of this process. A request body that is new goes to the real
 * database, and from then on is answered with the very bytes that came back, as soon as what asked has gone on. So
 * everything on our side of the network counts (building, signing, decoding, deciding), and nothing beyond it does: no
 * turn of the event loop and no stream, as the others' in-memory database has none.
 * Must be called before the code under measurement is imported. A request without a signature throws.
 */
export function keepStorageInMemory(): void {
  http.request = ((options: RequestOptions, answered?: Answered) => new Remembering(options, answered)) as unknown as typeof http.request;
  syncBuiltinESMExports();
}

/** As much of a ClientRequest as clients of AWS use. */
class Remembering extends EventEmitter {
  readonly #options: RequestOptions;
  #sent = "";

  constructor(options: RequestOptions, answered: Answered | undefined) {
    super();
    this.#options = options;
    if (answered !== undefined) this.once("response", answered);
  }

  write(chunk: string | Uint8Array): boolean {
    this.#sent += Buffer.from(chunk).toString();
    return true;
  }

  end(chunk?: string | Uint8Array): this {
    if (chunk !== undefined) this.#sent += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    if (!isSigned(this.#options.headers)) throw new Error("The request is not signed");
    const answer = remembered.get(this.#sent);
    if (answer === undefined) {
      ask(this.#options, this.#sent).then(({ body, ...rest }) => this.emit("response", Object.assign(Readable.from([body]), rest)), (error: Error) => this.emit("error", error));
    } else {
      answeredSoFar++;
      process.nextTick(() => this.#answer(answer));
    }
    return this;
  }

  setTimeout(): this {
    return this;
  }

  destroy(): this {
    return this;
  }

  #answer({ statusCode, headers, body }: Answer): void {
    const response = Object.assign(new EventEmitter(), { statusCode, headers });
    this.emit("response", response);
    response.emit("data", body);
    response.emit("end");
  }
}

async function ask(options: RequestOptions, body: string): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((answered, failed) => void real(options, answered).on("error", failed).end(body));
  const answer = { statusCode: response.statusCode, headers: response.headers, body: await buffer(response) };
  remembered.set(body, answer);
  return answer;
}

function isSigned(headers: RequestOptions["headers"]): boolean {
  const { authorization, Authorization } = (headers ?? {}) as OutgoingHttpHeaders;
  return String(authorization ?? Authorization).startsWith("AWS4-HMAC-SHA256 ");
}
