import { request, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

/** Sends exactly what it is told to: unlike fetch, it repeats a header, gives a GET a body and leaves paths alone. */
export async function send(url: string, method: string, path: string, headers: readonly (readonly [string, string])[] = [], body: string | Buffer = ""): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const all = [["host", "spoofed.example"], ["content-length", String(Buffer.byteLength(body))], ...headers].flat();
  const response = await new Promise<IncomingMessage>((answered, failed) => {
    request({ hostname, port, method, path, headers: all, agent: false }, answered).on("error", failed).end(body);
  });
  return { status: response.statusCode!, headers: response.headers, body: await buffer(response) };
}

export const json = (answer: Answer): unknown => JSON.parse(answer.body.toString());
