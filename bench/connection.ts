import type { IncomingHttpHeaders } from 'node:http';
import { Client } from 'undici';
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
  readonly #base: URL;
  readonly #client: Client;
  readonly #jar: ReturnType<typeof createCookieJar>;
  readonly #onEnd: ConnectionOptions['onEnd'];

  constructor(origin: string, options: ConnectionOptions = {}) {
    this.origin = origin;
    const { jar, onEnd, via, localAddress, timeoutMs } = options;
    this.#jar = jar ?? createCookieJar();
    this.#onEnd = onEnd;
    this.#base = new URL(via ?? origin);
    this.#client = new Client(this.#base, {
      ...(localAddress !== undefined && { localAddress, connect: { family: 4 } }),
      ...(timeoutMs !== undefined && { headersTimeout: timeoutMs, bodyTimeout: timeoutMs }),
    });
  }

  async send(
    path: string,
    headers: Record<string, string> = {},
    form?: Record<string, string>,
  ): Promise<Answer> {
    const began = performance.now();
    try {
      const answer = await this.#send(path, headers, form);
      this.#onEnd?.(path, answer, performance.now() - began);
      return answer;
    } catch (error) {
      this.#onEnd?.(path, error as Error, performance.now() - began);
      throw error;
    }
  }

  async #send(path: string, headers: Record<string, string>, form?: Record<string, string>): Promise<Answer> {
    const url = new URL(path, this.#base);
    const cookie = this.#jar.header(url);
    const answer = await this.#client.request({
      path: url.pathname + url.search,
      method: form ? 'POST' : 'GET',
      headers: {
        ...headers,
        ...(cookie !== '' && { cookie }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      body: form ? new URLSearchParams(form).toString() : null,
    });
    const setCookies = answer.headers['set-cookie'];
    if (setCookies !== undefined) {
      answer.headers['set-cookie'] = [setCookies].flat(); // a single one comes as a string
      this.#jar.store(url, answer.headers['set-cookie']);
    }
    const received = answer.headers as IncomingHttpHeaders;
    return { status: answer.statusCode, headers: received, body: await answer.body.text() };
  }

  forgetCookies(): void {
    this.#jar.clear();
  }

  close(): void {
    void this.#client.destroy();
  }
}

/** Where a redirect leads. @throws Error with what the answer says instead */
export function locationOf({ status, headers, body }: Answer): string {
  if (headers.location === undefined)
    throw new Error(`no redirect but ${status}: ${readText(body).slice(0, 300)}`);
  return headers.location;
}
