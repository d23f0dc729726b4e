import type { World } from './sign-in-world.ts';
import { CAPTCHA, PASSWORD } from './sign-in-world.ts';

export interface Answer {
  status: number;
  text: string;
  headers: Headers;
  /** Path and query of a redirect. */
  location: string | undefined;
}

interface Sending {
  method?: 'POST';
  body?: URLSearchParams;
  headers: Record<string, string>;
}

/** A browser in the middle of one interaction. */
export class Visitor {
  readonly #world: World;
  readonly #uid: string;

  constructor(world: World, uid: string) {
    this.#world = world;
    this.#uid = uid;
  }

  get(path = '', headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send(path, { headers });
  }

  post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send(path, { method: 'POST', body: new URLSearchParams(fields), headers });
  }

  /** Draws the sign-in page, which sets a captcha, then sends the form. */
  async signIn(account: string, password = PASSWORD, captcha = CAPTCHA): Promise<Answer> {
    await this.get();
    return this.post('/password', { account, password, captcha });
  }

  async #send(path: string, init: Sending): Promise<Answer> {
    const response = await fetch(`${this.#world.base}/interaction/${this.#uid}${path}`, {
      ...init,
      redirect: 'manual',
      headers: {
        'accept-language': 'en',
        accept: 'text/html',
        'x-browser-interaction': this.#uid,
        ...init.headers,
      },
    });
    const location = response.headers.get('location') ?? undefined;
    return { status: response.status, text: await response.text(), headers: response.headers, location };
  }
}
