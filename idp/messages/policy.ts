const HERE = 'http://portal.invalid';

/**
 * Where a message may lead: a path of the portal's own, or an address at one of its subsystem's origins.
 * @returns the link in its plain spelling, or undefined when it leads anywhere else
 */
export function allowedLink(link: string, origins: readonly string[]): string | undefined {
  if (link.startsWith('/')) {
    const url = URL.canParse(link, HERE) ? new URL(link, HERE) : undefined;
    const inside = url?.origin === HERE && !url.pathname.startsWith('//');
    return inside ? url.pathname + url.search + url.hash : undefined;
  }
  if (!URL.canParse(link)) return undefined;
  const { href, origin, username, password } = new URL(link);
  return origins.includes(origin) && username === '' && password === '' ? href : undefined;
}
