import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { createCookieJar } from '../test/support/cookie-jar.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** One keep-alive connection with the cookies of one browser; a request at a time. */
export class Connection {
  readonly #origin: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #jar = createCookieJar();

  constructor(origin: string) {
    this.#origin = origin;
  }

  async send(
    path: string,
    headers: Record<string, string> = {},
    form?: Record<string, string>,
  ): Promise<Answer> {
    const url = new URL(path, this.#origin);
    const body = form && new URLSearchParams(form).toString();
    const cookie = this.#jar.header(url);
    const answer = await new Promise<Answer>((resolve, reject) => {
      const outgoing = request(
        url,
        {
          agent: this.#agent,
          method: body === undefined ? 'GET' : 'POST',
          headers: {
            ...headers,
            ...(cookie !== '' && { cookie }),
            ...(body !== undefined && {
              'content-type': 'application/x-www-form-urlencoded',
              'content-length': String(Buffer.byteLength(body)),
            }),
          },
        },
        (incoming) => {
          text(incoming).then(
            (content) =>
              resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: content }),
            reject,
          );
        },
      );
      outgoing.once('error', reject);
      outgoing.end(body);
    });
    this.#jar.store(url, answer.headers['set-cookie'] ?? []);
    return answer;
  }

  forgetCookies(): void {
    this.#jar.clear();
  }

  close(): void {
    this.#agent.destroy();
  }
}
