interface Cookie {
  name: string;
  value: string;
  host: string;
  path: string;
  expiresAt: number;
}

/** A browser's cookies: kept by host and path, ports ignored, as browsers do. */
export function createCookieJar() {
  const cookies = new Map<string, Cookie>();

  return {
    /** Takes in the `Set-Cookie` headers of an answer. */
    store(url: URL, setCookies: string[]): void {
      for (const line of setCookies) {
        const cookie = parseCookie(line, url);
        const key = `${cookie.host} ${cookie.path} ${cookie.name}`;
        if (cookie.expiresAt <= Date.now()) cookies.delete(key);
        else cookies.set(key, cookie);
      }
    },

    /** The `Cookie` header for a request, '' when there is none to send. */
    header(url: URL): string {
      return [...cookies.values()]
        .filter(({ host, path }) => host === url.hostname && covers(path, url.pathname))
        .filter(({ expiresAt }) => expiresAt > Date.now())
        .sort((a, b) => b.path.length - a.path.length)
        .map(({ name, value }) => `${name}=${value}`)
        .join('; ');
    },

    get: (name: string): string | undefined =>
      [...cookies.values()].find((cookie) => cookie.name === name)?.value,

    clear: (): void => cookies.clear(),

    /** Gives what is kept now to another browser, as whoever planted or copied it would. */
    copyTo(other: { keep(cookie: Cookie): void }): void {
      for (const cookie of cookies.values()) other.keep(cookie);
    },

    keep(cookie: Cookie): void {
      cookies.set(`${cookie.host} ${cookie.path} ${cookie.name}`, cookie);
    },
  };
}

function parseCookie(line: string, url: URL): Cookie {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
  const at = pair.indexOf('=');
  const attribute = (name: string): string | undefined =>
    attributes.find((text) => text.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1);
  const maxAge = attribute('max-age');
  const expires = attribute('expires');
  const lifetime = maxAge === undefined ? Number.POSITIVE_INFINITY : Date.now() + Number(maxAge) * 1000;
  return {
    name: pair.slice(0, at),
    value: pair.slice(at + 1),
    host: url.hostname,
    path: attribute('path') ?? '/',
    expiresAt: maxAge === undefined && expires !== undefined ? Date.parse(expires) : lifetime,
  };
}

function covers(path: string, pathname: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}
