import { type PrivateNetworks, refuseForeignNetwork } from '#kit/http/outbound.ts';

const MAX_HOPS = 12;
const TIMEOUT_MS = 5000;

/** Where a browser came to rest. */
export interface Arrival {
  kind: 'arrived' | 'strayed' | 'unreachable' | 'lost';
  url: URL;
  status: number;
  /** It came through our authorization endpoint. */
  wasAsked: boolean;
  /** The `error` that came back to the client (RFC 6749 §4.1.2.1). */
  error: string | undefined;
}

interface BrowserOptions {
  issuer: string;
  /** Only these origins are asked for anything. */
  origins: Set<string>;
  /** For our own origin alone. */
  cookie: string;
  privateNetworks: PrivateNetworks;
}

/** A browser as far as the check needs one: redirects within known origins, cookies by origin, no scripts. */
export class CheckBrowser {
  readonly #options: BrowserOptions;
  readonly #jars = new Map<string, Map<string, string>>();

  constructor(options: BrowserOptions) {
    this.#options = options;
  }

  async follow(start: URL): Promise<Arrival> {
    const issuer = new URL(this.#options.issuer).origin;
    let url = start;
    let wasAsked = false;
    let error: string | undefined;
    for (let hops = 0; hops < MAX_HOPS; hops += 1) {
      const at = { url, wasAsked, error };
      if (!this.#options.origins.has(url.origin)) return { kind: 'strayed', status: 0, ...at };
      let response: Response;
      try {
        response = await this.#ask(url);
      } catch {
        return { kind: 'unreachable', status: 0, ...at };
      }
      if (url.origin === issuer) wasAsked = true;
      const location = response.headers.get('location');
      if (
        response.status < 300 ||
        response.status > 399 ||
        location === null ||
        !URL.canParse(location, url.href)
      ) {
        return { kind: 'arrived', ...at, wasAsked, status: response.status };
      }
      url = new URL(location, url);
      error ??= url.origin === issuer ? undefined : (url.searchParams.get('error') ?? undefined);
    }
    return { kind: 'lost', url, status: 0, wasAsked, error };
  }

  /** The status of one address, without following it; undefined when it cannot be reached. */
  async statusOf(url: URL): Promise<number | undefined> {
    try {
      return (await this.#ask(url)).status;
    } catch {
      return undefined;
    }
  }

  async #ask(url: URL): Promise<Response> {
    const isOurs = url.origin === new URL(this.#options.issuer).origin;
    if (!isOurs) await refuseForeignNetwork(url, this.#options.privateNetworks);
    const jar = this.#jarOf(url.origin);
    const own = [...jar].map(([name, value]) => `${name}=${value}`);
    const cookies = [...own, ...(isOurs ? [this.#options.cookie] : [])].join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { accept: 'text/html', 'user-agent': 'single-entry readiness check', cookie: cookies },
    });
    await response.body?.cancel();
    // what we set for the technical person's own session stays as the run made it
    const lines = response.headers.getSetCookie();
    for (const line of lines) if (!isOurs || !isSession(line, this.#options)) keep(jar, line);
    return response;
  }

  #jarOf(origin: string): Map<string, string> {
    const jar = this.#jars.get(origin) ?? new Map<string, string>();
    this.#jars.set(origin, jar);
    return jar;
  }
}

function isSession(line: string, { cookie }: BrowserOptions): boolean {
  const name = line.slice(0, line.indexOf('='));
  return cookie.split('; ').some((own) => own.startsWith(`${name}=`));
}

function keep(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';');
  const at = pair.indexOf('=');
  const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
  const isGone = attributes.some((text) => /^\s*(max-age=0|expires=Thu, 01 Jan 1970)/i.test(text));
  if (isGone || value === '') jar.delete(name);
  else jar.set(name, value);
}
