export interface Page {
  status: number;
  /** The address the answer came from. */
  url: string;
  text: string;
  headers: Headers;
}

interface Request {
  form?: Record<string, string>;
  headers?: Record<string, string>;
}

/** A browser without scripts: one cookie jar, redirects followed with GET across every site. */
export class Visitor {
  readonly cookies = new Map<string, string>();
  readonly origin: string;

  /** @param origin of the MCH system, against which paths are read and which `Origin` names */
  constructor(origin: string) {
    this.origin = origin;
  }

  /** The first answer, redirects not followed. */
  async ask(target: string, request: Request = {}): Promise<Page> {
    const url = new URL(target, this.origin);
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      method: request.form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        ...(cookie === '' ? {} : { cookie }),
        ...(request.form ? { origin: this.origin } : {}),
        ...request.headers,
      },
      ...(request.form ? { body: new URLSearchParams(request.form) } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return { status: response.status, url: url.href, text: await response.text(), headers: response.headers };
  }

  /** The answer after all redirects. */
  async go(target: string, request: Request = {}): Promise<Page> {
    let page = await this.ask(target, request);
    for (let hops = 0; page.status === 303 && hops < 12; hops += 1) {
      page = await this.ask(new URL(page.headers.get('location') ?? '', page.url).href);
    }
    return page;
  }

  /** Follows redirects until the next would go to `path` of the MCH system. @returns that address */
  async goUntil(path: string, target: string, request: Request = {}): Promise<string> {
    let page = await this.ask(target, request);
    for (let hops = 0; page.status === 303 && hops < 12; hops += 1) {
      const next = new URL(page.headers.get('location') ?? '', page.url);
      if (next.origin === this.origin && next.pathname === path) return next.href;
      page = await this.ask(next.href);
    }
    throw new Error(`no redirect to ${path}, but ${page.status} at ${page.url}`);
  }
}
