import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { readText } from '../test/support/html.ts';
import { createCookieJar } from '../test/support/cookie-jar.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface ConnectionOptions {
  /** Another browser's cookies. */
  jar?: ReturnType<typeof createCookieJar>;
  /** The address it comes from, such as 127.0.3.7. */
  localAddress?: string;
  /** Where it really goes: another replica behind the same issuer. */
  via?: string | undefined;
  timeoutMs?: number;
  /** Told of each request once it is over: its answer, or why there was none. */
  onEnd?: (path: string, answer: Answer | Error, ms: number) => void;
}

/** One keep-alive connection with the cookies of one browser; a request at a time. */
export class Connection {
  readonly origin: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #jar: ReturnType<typeof createCookieJar>;
  readonly #options: ConnectionOptions;

  constructor(origin: string, options: ConnectionOptions = {}) {
    this.origin = origin;
    this.#options = options;
    this.#jar = options.jar ?? createCookieJar();
  }

  async send(
    path: string,
    headers: Record<string, string> = {},
    form?: Record<string, string>,
  ): Promise<Answer> {
    const { onEnd } = this.#options;
    const began = performance.now();
    try {
      const answer = await this.#send(path, headers, form);
      onEnd?.(path, answer, performance.now() - began);
      return answer;
    } catch (error) {
      onEnd?.(path, error as Error, performance.now() - began);
      throw error;
    }
  }

  async #send(path: string, headers: Record<string, string>, form?: Record<string, string>): Promise<Answer> {
    const { localAddress, timeoutMs } = this.#options;
    const url = new URL(path, this.#options.via ?? this.origin);
    const body = form && new URLSearchParams(form).toString();
    const cookie = this.#jar.header(url);
    const answer = await new Promise<Answer>((resolve, reject) => {
      const outgoing = request(
        url,
        {
          agent: this.#agent,
          ...(localAddress !== undefined && { localAddress, family: 4 }),
          ...(timeoutMs !== undefined && { timeout: timeoutMs }),
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
      outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')));
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

/** Where a redirect leads. @throws Error with what the answer says instead */
export function locationOf({ status, headers, body }: Answer): string {
  if (headers.location === undefined)
    throw new Error(`no redirect but ${status}: ${readText(body).slice(0, 300)}`);
  return headers.location;
}
